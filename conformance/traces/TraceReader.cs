using System.Text;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Traces;

/// <summary>Reads a trace that may come from anywhere: nothing in it is believed before it is checked.</summary>
internal static class TraceReader
{
    private const int LongestScript = 10_000;
    private const string WhatToName = "name a file that a run left in pystate-results";

    /// <summary>Reads a trace.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SetupException">It is not there, or is no trace.</exception>
    internal static TraceFile Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new SetupException($"the trace '{path}' is a folder: {WhatToName}");
        }

        if (!File.Exists(path))
        {
            throw new SetupException($"there is no trace '{path}': {WhatToName}");
        }

        try
        {
            using var document = JsonDocument.Parse(InputFile.Read(() => Bytes(path)), new JsonDocumentOptions { MaxDepth = 16 });
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"the trace '{path}' cannot be read: {SafeText.OneLine(e.Message).TrimEnd('.')}; {WhatToName}", e);
        }
        catch (JsonException e)
        {
            throw new SetupException($"'{path}' is no trace, or only a part of one: it is not JSON from line {e.LineNumber + 1} on", e);
        }
        catch (Exception e) when (e is MalformedException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new SetupException($"'{path}' is no trace: {SafeText.OneLine(e.Message)} (docs/schema/trace.schema.json)", e);
        }
    }

    // A file that is too large is not read at all; what has no size, a pipe, is read up to the limit.
    private static ReadOnlyMemory<byte> Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.CanSeek && file.Length > TraceFile.SizeLimit)
        {
            throw TooLarge(path);
        }

        using var bytes = new MemoryStream();
        byte[] chunk = new byte[1 << 16];
        for (int read; (read = file.Read(chunk)) > 0;)
        {
            bytes.Write(chunk, 0, read);
            if (bytes.Length > TraceFile.SizeLimit)
            {
                throw TooLarge(path);
            }
        }

        return bytes.ToArray();
    }

    private static SetupException TooLarge(string path) =>
        new($"'{path}' is larger than {TraceFile.SizeLimit >> 20} MiB and so no trace: {WhatToName}");

    private static TraceFile Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("trace", out JsonElement format))
        {
            throw new MalformedException("it has no \"trace\"");
        }

        string spec = Text(root, "spec");
        if (!(format.ValueKind == JsonValueKind.Number && format.TryGetInt32(out int number) && number is >= TraceFile.OldestFormat and <= TraceFile.Format) || spec != TraceFile.CurrentSpec)
        {
            throw new SetupException(
                $"the trace was written for version {SafeText.OneLine(spec)} of the specification (format {SafeText.OneLine(format.ToString())}), and this is {TraceFile.CurrentSpec} (format {TraceFile.Format}): replay it with that version, or run again");
        }

        JsonElement implementation = Member(root, "implementation");
        JsonElement interpreter = Member(root, "interpreter");
        JsonElement choices = Member(root, "choices");
        return new TraceFile
        {
            Spec = spec,
            Content = root.TryGetProperty("content", out _) ? TextOrNull(root, "content") : null,
            Name = Text(implementation, "run"),
            Implementation = Text(implementation, "name"),
            ImplementationVersion = Text(implementation, "version"),
            Python = TextOrNull(interpreter, "python"),
            Interpreter = Text(interpreter, "name"),
            InterpreterVersion = Text(interpreter, "version"),
            Build = Text(interpreter, "build"),
            FreshContext = Word<FreshContext>(choices, "freshContext"),
            FinishTo = Word<FinishTo>(choices, "finishTo"),
            FreshDepth = Word<FreshDepth>(choices, "freshDepth"),
            Limits = [.. Member(root, "limits").EnumerateArray().Select(l => l.GetInt32())],
            Found = Found(root),
        };
    }

    /// <summary>Reads a deviation without where it was found.</summary>
    /// <param name="root">An object with the members of a trace that speak of it.</param>
    /// <exception cref="MalformedException">It is none.</exception>
    internal static Counterexample Found(JsonElement root)
    {
        string clause = Text(root, "clause");
        if (!ClauseIdText.TryParse(clause, out ClauseId id))
        {
            throw new MalformedException(Catalogue.UnknownMessage(clause));
        }

        JsonElement seed = Member(root, "seed");
        var script = new Script(Word<Alphabet>(root, "alphabet"), Commands(Member(root, "commands")));
        return new Counterexample(
            id,
            Word<VerdictKind>(root, "verdict"),
            script,
            Member(seed, "length").GetInt32(),
            new ScriptSeed(ulong.Parse(Text(seed, "run")), Member(seed, "script").GetInt64()),
            Member(root, "divergence") is { ValueKind: JsonValueKind.Object } divergence ? Divergence(divergence, id, script) : null,
            Text(root, "words"),
            TextOrNull(root, "detail"))
        {
            Before = root.TryGetProperty("before", out JsonElement before) ? Scripts(before) : [],
            Tail = root.TryGetProperty("tail", out _) ? TextOrNull(root, "tail") : null,
        };
    }

    private static Script[] Scripts(JsonElement array) =>
        array.ValueKind == JsonValueKind.Array && array.GetArrayLength() <= Predecessors.Furthest
            ? [.. array.EnumerateArray().Select(s => new Script(Word<Alphabet>(s, "alphabet"), Commands(Member(s, "commands"))))]
            : throw new MalformedException($"\"before\" is no list of at most {Predecessors.Furthest} scripts");

    private static Command[] Commands(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > LongestScript)
        {
            throw new MalformedException($"\"commands\" is no list of at most {LongestScript}");
        }

        return [.. array.EnumerateArray().Select((c, i) => Command(c, i))];
    }

    private static Command Command(JsonElement element, int index)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() is 0 or > 3 || element[0].ValueKind != JsonValueKind.String)
        {
            throw new MalformedException($"command {index} is not [name, arguments]");
        }

        string name = element[0].GetString()!;
        if (CommandTable.Find(name) is not { } info || info.Op == Op.End)
        {
            throw new MalformedException($"command {index} is unknown: '{name}'{Nearest.Hint(name, CommandTable.All.Select(i => i.Name))}");
        }

        int[] arguments = [.. element.EnumerateArray().Skip(1).Select(a => a.ValueKind == JsonValueKind.Number && a.TryGetInt32(out int value) ? value : int.MinValue)];
        return CommandTable.TryMake(name, arguments, out Command command)
            ? command
            : throw new MalformedException($"command {index}, {name}, takes {string.Join(" and ", info.Parameters.Select(p => $"{p.Name} {p.Low} to {p.High}").DefaultIfEmpty("no argument"))}");
    }

    private static Divergence Divergence(JsonElement element, ClauseId clause, Script script)
    {
        int step = Member(element, "step").GetInt32();
        if (step < 0 || step > script.Commands.Count)
        {
            throw new MalformedException($"step {step} is not one of its {script.Commands.Count} commands, nor the teardown");
        }

        Channels channels = Observed(Member(element, "expected"), out Observation expected);
        return channels == Observed(Member(element, "actual"), out Observation actual) && channels != Channels.None
            ? new Divergence(step, channels, clause, expected, actual)
            : throw new MalformedException("\"expected\" and \"actual\" must have the same channels, at least one");
    }

    private static Channels Observed(JsonElement element, out Observation observation)
    {
        observation = default;
        Channels channels = Channels.None;
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!Vocabulary.TryParse(member.Name, out Channels channel))
            {
                throw new MalformedException($"there is no channel '{member.Name}'");
            }

            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(member.Value.GetRawText()));
            _ = json.Read();
            ObservationText.Read(ref json, channel, ref observation);
            channels |= channel;
        }

        return channels;
    }

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : throw new MalformedException($"it lacks \"{name}\"");

    private static string Text(JsonElement element, string name) => TextOrNull(element, name) ?? throw new MalformedException($"\"{name}\" is no string");

    private static string? TextOrNull(JsonElement element, string name) => Member(element, name) switch
    {
        { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new MalformedException($"\"{name}\" is no string"),
    };

    private static T Word<T>(JsonElement element, string name)
        where T : struct, Enum =>
        Vocabulary.TryParse(Text(element, name), out T value) ? value : throw new MalformedException($"\"{name}\" is none of {Vocabulary.All<T>()}");
}
