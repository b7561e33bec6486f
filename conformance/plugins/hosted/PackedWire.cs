using System.Buffers;
using System.Text;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Process;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>The suite's side of the messages to a <see cref="PluginHost"/>: ten times as fast as JSON, and only for a child that is this program.</summary>
/// <param name="profile">The CPython version that is simulated.</param>
/// <param name="without">Commands and channels that the plug-in does without.</param>
internal sealed class PackedWire(VersionProfile profile, IReadOnlyList<string> without) : IWire
{
    private readonly ArrayBufferWriter<byte> packed = new(1 << 16);

    /// <inheritdoc/>
    public Capabilities Declared(ReadOnlyMemory<byte> hello, string advice)
    {
        try
        {
            using var document = JsonDocument.Parse(hello);
            JsonElement root = document.RootElement;
            if (root.TryGetProperty("message", out JsonElement message))
            {
                throw new SetupException(message.GetString() ?? "the plug-in cannot be used");
            }

            JsonElement implementation = root.GetProperty("implementation");
            using var session = new SimulatedSession(profile, new ReferenceState(), implementation.GetProperty("name").GetString()!);
            Capabilities all = session.Capabilities with { ImplementationVersion = implementation.GetProperty("version").GetString()! };
            return Restricted(all, [.. without, .. root.GetProperty("without").EnumerateArray().Select(w => w.GetString()!)]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SetupException($"the host of the plug-in said {ChildProcess.Quoted(hello.Span)}: {advice}", e);
        }
    }

    /// <inheritdoc/>
    public void WriteRun(ArrayBufferWriter<byte> to, int id, ReadOnlySpan<Script> scripts)
    {
        packed.ResetWrittenCount();
        packed.Write([Packing.Run]);
        Packing.WriteNumber(packed, id);
        Packing.WriteNumber(packed, scripts.Length);
        foreach (Script script in scripts)
        {
            packed.Write([(byte)script.Alphabet]);
            Packing.WriteNumber(packed, script.Commands.Count);
            Span<byte> room = packed.GetSpan(3 * script.Commands.Count);
            for (int i = 0; i < script.Commands.Count; i++)
            {
                Command command = script.Commands[i];
                (room[3 * i], room[(3 * i) + 1], room[(3 * i) + 2]) = ((byte)command.Op, command.A, command.B);
            }

            packed.Advance(3 * script.Commands.Count);
        }

        Packing.WriteLine(to, packed.WrittenSpan);
    }

    /// <inheritdoc/>
    public ScriptResult[] ReadRan(ReadOnlySpan<byte> line, int id, ReadOnlySpan<Script> scripts, Channels declared)
    {
        Packing.ReadLine(packed, line);
        ReadOnlySpan<byte> from = packed.WrittenSpan;
        if (from.IsEmpty || from[0] != Packing.Ran)
        {
            throw new ChildFailure(Ending.Garbled, $"wrote to standard output, which belongs to its host: {ChildProcess.Quoted(line)}");
        }

        from = from[1..];
        if (!Packing.TryReadNumber(ref from, out int answered) || answered != id || !Packing.TryReadNumber(ref from, out int count) || count != scripts.Length)
        {
            throw new ChildFailure(Ending.Garbled, $"answered another message than number {id}");
        }

        var results = new ScriptResult[count];
        for (int s = 0; s < count; s++)
        {
            results[s] = ReadScript(ref from, scripts[s]) ?? throw new ChildFailure(Ending.Garbled, "answered what no host writes: the plug-in has overwritten its memory", s);
        }

        return results;
    }

    private static ScriptResult? ReadScript(ref ReadOnlySpan<byte> from, Script script)
    {
        if (from.IsEmpty)
        {
            return null;
        }

        Ending ending = from[0] == 0 ? Ending.Completed : Ending.Crashed;
        from = from[1..];
        if (!Packing.TryReadNumber(ref from, out int count) || count < 0 || count > script.Commands.Count + 1
            || !Packing.TryReadNumber(ref from, out int words) || words < 0 || words > from.Length)
        {
            return null;
        }

        string? detail = words == 0 ? null : Encoding.UTF8.GetString(from[..words]);
        from = from[words..];
        var observations = new Observation[count];
        Observation before = default;
        for (int i = 0; i < count; i++)
        {
            if (!Packing.TryReadChanges(ref from, in before, ref observations[i]))
            {
                return null;
            }

            before = observations[i];
        }

        return new ScriptResult(ending, observations, detail, ending == Ending.Completed ? null : count);
    }

    private static Capabilities Restricted(Capabilities all, IReadOnlyList<string> without)
    {
        var commands = all.Commands.ToHashSet();
        Channels channels = all.Channels;
        foreach (string word in without)
        {
            if (CommandTable.Find(word) is { } info)
            {
                _ = commands.Remove(info.Op);
            }
            else if (Vocabulary.TryParse(word, out Channels channel))
            {
                channels &= ~channel;
            }
            else
            {
                IEnumerable<string> words = CommandTable.All.Select(i => i.Name).Concat(Vocabulary.Each(Channels.All));
                throw new SetupException($"\"without\" names '{word}', which is neither a command nor a channel{Nearest.Hint(word, words)}; see docs/protocol.md");
            }
        }

        return all with { Commands = commands, Channels = channels };
    }
}
