using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Process;

/// <summary>The messages of protocol 1 (docs/protocol.md): scripts written, observations read, both without a detour over objects. The handshake is <see cref="Handshake"/>.</summary>
internal static class Protocol
{
    /// <summary>The version spoken.</summary>
    internal const int Version = 1;

    /// <summary>The first message.</summary>
    internal static readonly byte[] Hello = "{\"op\":\"hello\",\"protocol\":1}\n"u8.ToArray();

    /// <summary>The last message.</summary>
    internal static readonly byte[] Bye = "{\"op\":\"bye\"}\n"u8.ToArray();

    private static readonly byte[][] Names = [.. CommandTable.All.Select(i => Encoding.UTF8.GetBytes($"[\"{i.Name}\""))];

    /// <summary>Writes a batch as one line.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="id">The number of the message, repeated in its answer.</param>
    /// <param name="scripts">The scripts.</param>
    internal static void WriteRun(ArrayBufferWriter<byte> to, int id, ReadOnlySpan<Script> scripts)
    {
        to.Write("{\"op\":\"run\",\"id\":"u8);
        WriteNumber(to, id);
        to.Write(",\"scripts\":["u8);
        for (int s = 0; s < scripts.Length; s++)
        {
            to.Write(s == 0 ? "["u8 : ",["u8);
            IReadOnlyList<Command> commands = scripts[s].Commands;
            for (int c = 0; c < commands.Count; c++)
            {
                if (c != 0)
                {
                    to.Write(","u8);
                }

                WriteCommand(to, commands[c]);
            }

            to.Write("]"u8);
        }

        to.Write("]}\n"u8);
    }

    /// <summary>Reads the answer to a batch.</summary>
    /// <param name="line">The line.</param>
    /// <param name="id">The number of the message.</param>
    /// <param name="scripts">The scripts that were sent.</param>
    /// <param name="declared">The channels that must be there.</param>
    /// <returns>One list of observations per script, the teardown's last.</returns>
    /// <exception cref="ChildFailure">It is not the answer to that message.</exception>
    internal static Observation[][] ReadRan(ReadOnlySpan<byte> line, int id, ReadOnlySpan<Script> scripts, Channels declared)
    {
        int script = -1;
        RequireText(line);
        try
        {
            var json = new Utf8JsonReader(line);
            Observation[][]? results = null;
            bool isRan = false;
            bool hasId = false;
            Expect(ref json, JsonTokenType.StartObject, "an object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("op"u8))
                {
                    _ = json.Read();
                    isRan = json.TokenType == JsonTokenType.String && json.ValueTextEquals("ran"u8);
                    if (!isRan)
                    {
                        throw NotRan(line, ref json);
                    }
                }
                else if (json.ValueTextEquals("id"u8))
                {
                    _ = json.Read();
                    hasId = json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int answered) && answered == id;
                    if (!hasId)
                    {
                        throw Garbled($"answered another message than number {id}", line);
                    }
                }
                else if (json.ValueTextEquals("results"u8))
                {
                    results = ReadResults(ref json, scripts, declared, out script);
                }
                else
                {
                    json.Skip();
                }
            }

            _ = json.Read(); // what follows the object is an error of its own
            return isRan && hasId && results is not null ? results : throw Garbled("answered without op, id or results", line);
        }
        catch (JsonException)
        {
            throw Garbled("wrote something that is not JSON", line);
        }
        catch (InvalidOperationException)
        {
            throw Garbled("wrote half of a surrogate pair", line); // an escape such as \ud800 alone is no text, and JSON lets it pass
        }
        catch (MalformedException e)
        {
            throw new ChildFailure(Ending.Garbled, e.Message, script < 0 ? null : script);
        }
    }

    // The parser looks into strings only where somebody asks for them.
    private static void RequireText(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("\uFEFF"u8))
        {
            throw Garbled("began its answer with a byte-order mark", line[3..]);
        }

        if (!Utf8.IsValid(line))
        {
            throw Garbled("wrote bytes that are not UTF-8", line);
        }
    }

    private static Observation[][] ReadResults(ref Utf8JsonReader json, ReadOnlySpan<Script> scripts, Channels declared, out int script)
    {
        script = -1;
        Expect(ref json, JsonTokenType.StartArray, "results as an array");
        var results = new Observation[scripts.Length][];
        for (int s = 0; s < scripts.Length; s++)
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            {
                throw new MalformedException($"answered {s} scripts of {scripts.Length}");
            }

            script = s;
            results[s] = ReadScript(ref json, s, scripts[s], declared);
        }

        script = -1;
        Expect(ref json, JsonTokenType.EndArray, $"no more than {scripts.Length} scripts");
        return results;
    }

    private static Observation[] ReadScript(ref Utf8JsonReader json, int index, Script script, Channels declared)
    {
        var observations = new Observation[script.Commands.Count + 1];
        for (int i = 0; i < observations.Length; i++)
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            {
                throw new MalformedException($"gave {i} observations for {script.Commands.Count} commands and the teardown");
            }

            try
            {
                ObservationReader.Read(ref json, declared, ref observations[i]);
            }
            catch (ForkCrashedException e)
            {
                throw new ChildFailure(Ending.Crashed, e.Message, index, i);
            }
            catch (MalformedException e)
            {
                throw new MalformedException($"{e.Message} after {(i < script.Commands.Count ? $"command {i} ({script.Commands[i]})" : "the teardown")}");
            }
        }

        if (!json.Read() || json.TokenType != JsonTokenType.EndArray)
        {
            throw new MalformedException($"gave more than {observations.Length} observations for {script.Commands.Count} commands and the teardown");
        }

        return observations;
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type, string what)
    {
        if (!json.Read() || json.TokenType != type)
        {
            throw new MalformedException($"did not answer with {what}");
        }
    }

    private static ChildFailure Garbled(string what, ReadOnlySpan<byte> line) => new(Ending.Garbled, $"{what}: {ChildProcess.Quoted(line)}");

    private static ChildFailure NotRan(ReadOnlySpan<byte> line, ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && json.ValueTextEquals("error"u8)
            ? new ChildFailure(Ending.Garbled, $"reported an error: {ErrorMessage(line)}")
            : Garbled("answered with something else than \"ran\"", line);

    /// <summary>The message of an error answer.</summary>
    /// <param name="line">The line.</param>
    internal static string ErrorMessage(ReadOnlySpan<byte> line)
    {
        using var document = JsonDocument.Parse(line.ToArray());
        return document.RootElement.TryGetProperty("message", out JsonElement message) ? Line(message.ToString()) : "no message";
    }

    private static string Line(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static void WriteCommand(ArrayBufferWriter<byte> to, Command command)
    {
        to.Write(Names[(int)command.Op]);
        int parameters = command.Info.Parameters.Length;
        if (parameters > 0)
        {
            to.Write(","u8);
            WriteNumber(to, command.A);
        }

        if (parameters > 1)
        {
            to.Write(","u8);
            WriteNumber(to, command.B);
        }

        to.Write("]"u8);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> to, int number)
    {
        _ = Utf8Formatter.TryFormat(number, to.GetSpan(11), out int written);
        to.Advance(written);
    }
}
