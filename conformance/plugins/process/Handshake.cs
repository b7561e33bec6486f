using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Reads a child's first message, what the implementation declares (docs/protocol.md), into <see cref="Capabilities"/>.</summary>
internal static class Handshake
{
    private static readonly (string Name, BlockKind Kind)[] LevelNames =
        [.. Enum.GetValues<BlockKind>().Where(k => k != BlockKind.None).Select(k => (JsonNamingPolicy.CamelCase.ConvertName(k.ToString()), k))];

    /// <summary>Reads the message.</summary>
    /// <param name="line">The line.</param>
    /// <param name="advice">What to do where it cannot be used.</param>
    /// <returns>What it declares.</returns>
    /// <exception cref="SetupException">It is no such message: one line that says what is wrong with it.</exception>
    internal static Capabilities Read(ReadOnlyMemory<byte> line, string advice)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement, line, advice);
        }
        catch (JsonException e)
        {
            throw new SetupException($"the first line of an implementation must be its handshake (docs/protocol.md), not {ChildProcess.Quoted(line.Span)}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new SetupException($"the handshake has a string that is no text: {advice}", e);
        }
        catch (MalformedException e)
        {
            throw new SetupException($"the handshake {e.Message}: {advice}", e);
        }
    }

    private static Capabilities Read(JsonElement hello, ReadOnlyMemory<byte> line, string advice)
    {
        if (hello.ValueKind != JsonValueKind.Object)
        {
            throw new MalformedException("is no JSON object");
        }

        if (Text(hello, "op") == "error")
        {
            throw new SetupException($"the implementation reports: {Protocol.ErrorMessage(line.Span)}: {advice}");
        }

        if (Text(hello, "op") != "hello" || Number(hello, "protocol") != Protocol.Version)
        {
            throw new MalformedException($"is not a \"hello\" of protocol {Protocol.Version}");
        }

        JsonElement implementation = Member(hello, "implementation");
        JsonElement interpreter = Member(hello, "interpreter");
        string name = Text(interpreter, "name");
        string version = Text(interpreter, "version");
        Alphabet[] alphabets = [.. Each(hello, "alphabets").Select(Parse<Alphabet>)];
        return new Capabilities
        {
            Implementation = Text(implementation, "name"),
            ImplementationVersion = Text(implementation, "version"),
            Interpreter = name,
            InterpreterVersion = version,
            Build = interpreter.TryGetProperty("build", out JsonElement build) ? build.ToString() : "release",
            Alphabets = alphabets,
            Commands = Each(hello, "commands").Select(OperationOf).ToHashSet(),
            Channels = Each(hello, "channels").Select(Parse<Channels>).Aggregate(Channels.Status, (all, c) => all | c),
            RawValues = hello.TryGetProperty("raw", out _) ? Each(hello, "raw").Select(Parse<RawValue>).ToHashSet() : [],
            Threads = Number(hello, "threads") is >= 1 and <= 3 and var threads ? threads : throw new MalformedException("declares threads other than 1 to 3"),
            Semantics = SemanticsOf(hello, name, version, alphabets),
        };
    }

    private static Semantics SemanticsOf(JsonElement hello, string interpreter, string version, Alphabet[] alphabets)
    {
        // Only CPython has the fields that the traits speak of; on another interpreter they do not exist.
        Semantics traits = interpreter != "CPython" ? new Semantics()
            : Profiles.Find(version) is { } profile ? Semantics.For(profile)
            : throw new SetupException(
                $"CPython {version} has no profile (known: 3.{Profiles.Oldest} to 3.{Profiles.Newest}): use another interpreter, or add its rows in spec/versions");
        JsonElement choices = Member(hello, "choices");
        return traits with
        {
            AlwaysRunsPython = alphabets.Contains(Alphabet.Switcher), // a driver of switchers has frames of its own below every flow, one of the API has none
            FreshContext = Choice<FreshContext>(choices, "freshContext"),
            FinishTo = Choice<FinishTo>(choices, "finishTo"),
            FreshDepth = Choice<FreshDepth>(choices, "freshDepth"),
            Levels = hello.TryGetProperty("levels", out JsonElement levels) && levels.ValueKind != JsonValueKind.Null ? LevelsOf(levels) : new Levels(),
            Limits = hello.TryGetProperty("limits", out JsonElement limits) ? LimitsOf(limits) : [int.MaxValue, int.MaxValue, int.MaxValue],
        };
    }

    private static Levels LevelsOf(JsonElement levels)
    {
        int[] of = new int[12];
        foreach ((string name, BlockKind kind) in LevelNames)
        {
            of[(int)kind] = Optional(levels, name, 0);
        }

        int t0 = Optional(levels, "base", 0);
        return new Levels
        {
            Base = [t0, Optional(levels, "threadBase", t0), t0],
            Spawn = Optional(levels, "spawn", 0),
            GeneratorHandler = Optional(levels, "generatorHandler", of[(int)BlockKind.Handler]),
            Of = of,
        };
    }

    private static int[] LimitsOf(JsonElement limits)
    {
        int[] values = limits.ValueKind == JsonValueKind.Array ? [.. limits.EnumerateArray().Select(l => l.TryGetInt32(out int limit) ? limit : 0)] : [];
        return values.Length == 3 && values.All(v => v is > 0 and <= short.MaxValue)
            ? values
            : throw new MalformedException($"must give three limits from 1 to {short.MaxValue}");
    }

    private static Op OperationOf(JsonElement element) =>
        CommandTable.Find(element.ToString()) is { } info && info.Op != Op.End
            ? info.Op
            : throw new MalformedException($"declares an unknown command '{element}'{Nearest.Hint(element.ToString(), CommandTable.All.Select(i => i.Name))}");

    private static T Choice<T>(JsonElement choices, string name)
        where T : struct, Enum => Parse<T>(Member(choices, name));

    private static T Parse<T>(JsonElement element)
        where T : struct, Enum =>
        Vocabulary.TryParse(element.ToString(), out T value)
            ? value
            : throw new MalformedException($"says '{element}' where it must say one of: {Vocabulary.All<T>()}");

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : throw new MalformedException($"lacks \"{name}\"");

    private static string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw new MalformedException($"must give \"{name}\" as a string");

    private static int Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int value)
            ? value
            : throw new MalformedException($"must give \"{name}\" as a whole number");

    private static int Optional(JsonElement element, string name, int otherwise) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _) ? Number(element, name) : otherwise;

    private static JsonElement.ArrayEnumerator Each(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : throw new MalformedException($"must give \"{name}\" as a list");
}
