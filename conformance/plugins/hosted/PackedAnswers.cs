using System.Buffers;
using System.Text;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>A host's side of the packed messages: runs a batch and packs what was seen.</summary>
/// <param name="session">The plug-in on the simulated interpreter.</param>
/// <param name="progress">Told before each command.</param>
internal sealed class PackedAnswers(SimulatedSession session, ProgressMark progress)
{
    private readonly ArrayBufferWriter<byte> message = new(1 << 16);
    private readonly ArrayBufferWriter<byte> answer = new(1 << 18);
    private readonly ArrayBufferWriter<byte> line = new(1 << 18);
    private readonly ArrayBufferWriter<byte> seen = new(1 << 12);

    /// <summary>The answer to a batch, its end included.</summary>
    /// <param name="batch">The batch, without its end.</param>
    internal ReadOnlySpan<byte> To(ReadOnlySpan<byte> batch)
    {
        Packing.ReadLine(message, batch);
        ReadOnlySpan<byte> from = message.WrittenSpan[1..];
        _ = Packing.TryReadNumber(ref from, out int id);
        _ = Packing.TryReadNumber(ref from, out int scripts);
        answer.ResetWrittenCount();
        answer.Write([Packing.Ran]);
        Packing.WriteNumber(answer, id);
        Packing.WriteNumber(answer, scripts);
        for (int s = 0; s < scripts; s++)
        {
            var alphabet = (Alphabet)from[0];
            from = from[1..];
            _ = Packing.TryReadNumber(ref from, out int commands);
            RunOne(s, alphabet, from[..(3 * commands)]);
            from = from[(3 * commands)..];
        }

        line.ResetWrittenCount();
        Packing.WriteLine(line, answer.WrittenSpan);
        return line.WrittenSpan;
    }

    private void RunOne(int script, Alphabet alphabet, ReadOnlySpan<byte> commands)
    {
        seen.ResetWrittenCount();
        int count = commands.Length / 3;
        Observation before = default;
        Observation now = default;
        session.Begin(alphabet);
        int observed = 0;
        for (; observed <= count; observed++)
        {
            progress.Begin(script, observed);
            session.Step(observed < count ? CommandAt(commands, observed) : new Command(Op.End), ref now);
            if (now.Fault != 0)
            {
                Explain(script, alphabet, commands);
                return;
            }

            Packing.WriteChanges(seen, in before, in now);
            before = now;
        }

        Write(Ending.Completed, observed, string.Empty);
    }

    // A fault or an exception ends the script. It is run once more for its words, which the hot path does not keep.
    private void Explain(int script, Alphabet alphabet, ReadOnlySpan<byte> commands)
    {
        var list = new Command[commands.Length / 3];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = CommandAt(commands, i);
        }

        progress.Begin(script, 0);
        ScriptResult result = session.Run([new Script(alphabet, list)])[0];
        seen.ResetWrittenCount();
        Observation before = default;
        foreach (Observation now in result.Observations)
        {
            Packing.WriteChanges(seen, in before, in now);
            before = now;
        }

        Write(result.Ending, result.Observations.Count, result.Detail ?? string.Empty);
    }

    private void Write(Ending ending, int observations, string detail)
    {
        answer.Write([ending == Ending.Completed ? (byte)0 : (byte)1]);
        Packing.WriteNumber(answer, observations);
        byte[] words = Encoding.UTF8.GetBytes(detail);
        Packing.WriteNumber(answer, words.Length);
        answer.Write(words);
        answer.Write(seen.WrittenSpan);
    }

    private static Command CommandAt(ReadOnlySpan<byte> commands, int i) => new((Op)commands[3 * i], commands[(3 * i) + 1], commands[(3 * i) + 2]);
}
