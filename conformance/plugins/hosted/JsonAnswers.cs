using System.Buffers;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>A host that speaks docs/protocol.md as any program can: what the protocol can carry is measured with it, and both sides of the protocol
/// are tested against the schema. A fault of the simulated interpreter ends this process, as it would end a real one.</summary>
/// <param name="session">The plug-in on the simulated interpreter.</param>
/// <param name="profile">The CPython version that is simulated.</param>
/// <param name="plugin">Whose it is.</param>
/// <param name="progress">Told before each command.</param>
internal sealed class JsonAnswers(SimulatedSession session, VersionProfile profile, LoadedPlugin plugin, ProgressMark progress)
{
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    // An asynchronous exception waits here for Python code; a driver's own frames would have taken it at once, and this protocol is for drivers.
    private static readonly string[] NotHere = ["async"];

    private static readonly Channels[] Order = [.. Vocabulary.EachChannel.Where(c => c is not (Channels.Raw or Channels.Fault))];

    /// <summary>Answers one line: the plug-in cannot be used.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="message">Why.</param>
    internal static void WriteError(Stream output, string message)
    {
        output.Write(JsonSerializer.SerializeToUtf8Bytes(new { op = "error", message }));
        output.Write("\n"u8);
        output.Flush();
    }

    /// <summary>Answers until the input ends.</summary>
    /// <param name="input">The suite's messages.</param>
    /// <param name="output">The answers.</param>
    /// <returns>The exit code.</returns>
    internal int Serve(Stream input, Stream output)
    {
        var lines = new InputLines(input);
        var answer = new ArrayBufferWriter<byte>(1 << 18);
        using var json = new Utf8JsonWriter(answer, Unchecked);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            answer.ResetWrittenCount();
            json.Reset(answer);
            if (!TryAnswer(line, json))
            {
                return 0;
            }

            json.Flush();
            answer.Write("\n"u8);
            output.Write(answer.WrittenSpan);
            output.Flush();
        }

        return 0;
    }

    private bool TryAnswer(ReadOnlySpan<byte> line, Utf8JsonWriter json)
    {
        var message = new Utf8JsonReader(line);
        string? op = null;
        try
        {
            int id = 0;
            while (message.Read() && op != "bye")
            {
                if (message.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                string? name = message.GetString();
                _ = message.Read();
                switch (name)
                {
                    case "op":
                        op = message.GetString();
                        break;
                    case "id":
                        id = message.GetInt32();
                        break;
                    case "scripts":
                        WriteRan(json, id, ref message);
                        return true;
                    default:
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            op = null;
        }

        if (op == "hello")
        {
            WriteHello(json);
        }
        else if (op != "bye")
        {
            json.Reset(); // nothing of a message that was begun
            WriteMistake(json);
        }

        return op != "bye";
    }

    private static void WriteMistake(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("op", "error");
        json.WriteString("message", "not a message of protocol 1");
        json.WriteEndObject();
    }

    private void WriteHello(Utf8JsonWriter json)
    {
        Capabilities all = session.Capabilities;
        json.WriteStartObject();
        json.WriteString("op", "hello");
        json.WriteNumber("protocol", 1);
        json.WriteStartObject("implementation");
        json.WriteString("name", plugin.Name);
        json.WriteString("version", plugin.Version);
        json.WriteEndObject();
        json.WriteStartObject("interpreter");
        json.WriteString("name", "CPython");
        json.WriteString("version", profile.Version);
        json.WriteEndObject();
        WriteWords(json, "alphabets", ["switcher"]);
        WriteWords(json, "commands", all.Commands.Where(o => CommandTable.AlphabetOf(o) != Alphabet.Api).Select(o => CommandTable.Of(o).Name).Except(plugin.Without).Except(NotHere));
        WriteWords(json, "channels", Order.Select(Vocabulary.Of));
        json.WriteStartObject("choices");
        json.WriteString("freshContext", Vocabulary.Of(all.Semantics.FreshContext));
        json.WriteString("finishTo", Vocabulary.Of(all.Semantics.FinishTo));
        json.WriteString("freshDepth", Vocabulary.Of(all.Semantics.FreshDepth));
        json.WriteEndObject();
        json.WriteString("topology", "mesh");
        json.WriteNumber("threads", all.Threads);
        json.WriteStartArray("limits");
        foreach (int limit in all.Semantics.Limits)
        {
            json.WriteNumberValue(limit);
        }

        json.WriteEndArray();
        json.WriteStartObject("levels");
        foreach (BlockKind kind in Enum.GetValues<BlockKind>().Where(k => k != BlockKind.None))
        {
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), all.Semantics.Levels.Of[(int)kind]);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IEnumerable<string> words)
    {
        json.WriteStartArray(name);
        foreach (string word in words)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }

    // Reads and runs at once: a command is run as soon as it is read.
    private void WriteRan(Utf8JsonWriter json, int id, ref Utf8JsonReader message)
    {
        json.WriteStartObject();
        json.WriteString("op", "ran");
        json.WriteNumber("id", id);
        json.WriteStartArray("results");
        for (int script = 0; message.Read() && message.TokenType == JsonTokenType.StartArray; script++)
        {
            json.WriteStartArray();
            RunOne(json, script, ref message);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void RunOne(Utf8JsonWriter json, int script, ref Utf8JsonReader message)
    {
        Span<int> arguments = stackalloc int[2];
        var commands = new List<Command>(40);
        while (message.Read() && message.TokenType == JsonTokenType.StartArray)
        {
            _ = message.Read();
            string name = message.GetString() ?? string.Empty;
            int count = 0;
            while (message.Read() && message.TokenType == JsonTokenType.Number && count < arguments.Length)
            {
                arguments[count++] = message.GetInt32();
            }

            if (!CommandTable.TryMake(name, arguments[..count], out Command command))
            {
                throw new FormatException($"not a command: {name}");
            }

            commands.Add(command);
        }

        session.Begin(Alphabet.Switcher);
        Observation seen = default;
        for (int i = 0; i <= commands.Count; i++)
        {
            progress.Begin(script, i);
            session.Step(i < commands.Count ? commands[i] : new Command(Op.End), ref seen);
            if (seen.Fault != 0)
            {
                Environment.FailFast($"the simulated interpreter would have crashed (fault {seen.Fault})");
            }

            json.WriteStartArray();
            foreach (Channels channel in Order)
            {
                ObservationText.Write(json, channel, in seen);
            }

            json.WriteEndArray();
        }
    }
}
