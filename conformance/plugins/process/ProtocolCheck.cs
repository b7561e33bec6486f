using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Reads the answer to the first scripts as its author wrote it, before anything interprets it, and says which rule of the protocol it breaks.</summary>
internal static class ProtocolCheck
{
    private const int ChannelCount = 10;
    private static readonly int[] Lengths = [1, 3, 2];

    /// <summary>Scripts whose answers cannot be mistaken for each other: they differ in length.</summary>
    /// <param name="declared">What was declared.</param>
    internal static Script[] Scripts(Capabilities declared)
    {
        Op op = declared.Commands.Contains(Op.Call) ? Op.Call : declared.Commands.Where(c => CommandTable.Of(c).Parameters.Length <= 1).Order().FirstOrDefault(declared.Commands.Min());
        byte argument = (byte)(CommandTable.Of(op).Parameters.Length > 0 ? CommandTable.Of(op).Parameters[0].Low : 0);
        return [.. Lengths.Select(l => new Script(declared.Alphabets[0], [.. Enumerable.Repeat(new Command(op, argument), l)]))];
    }

    /// <summary>What is wrong with an answer.</summary>
    /// <param name="line">The answer.</param>
    /// <param name="id">The number of the message.</param>
    /// <param name="declared">What was declared.</param>
    /// <returns>What its author has to mend; null where it is as it should be.</returns>
    internal static string? Wrong(ReadOnlyMemory<byte> line, int id, Capabilities declared)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Wrong(document.RootElement, id, declared);
        }
        catch (JsonException)
        {
            return $"answers the first scripts with something that is not one line of JSON: {ChildProcess.Quoted(line.Span)}";
        }
        catch (InvalidOperationException)
        {
            return "answers the first scripts with a string that is no text: write UTF-8";
        }
    }

    private static string? Wrong(JsonElement answer, int id, Capabilities declared)
    {
        string op = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("op", out JsonElement word) ? word.ToString() : string.Empty;
        if (op != "ran")
        {
            return op == "error" && answer.TryGetProperty("message", out JsonElement message)
                ? $"reports an error for the first scripts: {message}"
                : $"answers \"run\" with {(op.Length == 0 ? "no \"op\"" : $"\"op\":\"{op}\"")}: it must be \"ran\"";
        }

        string number = answer.TryGetProperty("id", out JsonElement given) ? given.GetRawText() : "none";
        if (number != $"{id}")
        {
            return $"answers message {id} with the id {number}: repeat the id of the message";
        }

        if (!answer.TryGetProperty("results", out JsonElement results) || results.ValueKind != JsonValueKind.Array || results.GetArrayLength() != Lengths.Length)
        {
            string count = results.ValueKind == JsonValueKind.Array ? $"{results.GetArrayLength()}" : "no";
            return $"gives {count} results for {Lengths.Length} scripts: \"results\" has a list for each script";
        }

        int[] counts = [.. results.EnumerateArray().Select(r => r.ValueKind == JsonValueKind.Array ? r.GetArrayLength() - 1 : -1)];
        return !counts.SequenceEqual(Lengths)
            ? counts.Order().SequenceEqual(Lengths.Order())
                ? $"answers scripts of {string.Join(", ", Lengths)} commands in the order {string.Join(", ", counts)}: the results must be in the order of the scripts"
                : $"gives {string.Join(", ", counts.Select(c => c + 1))} observations for scripts of {string.Join(", ", Lengths)} commands: one for each command and one for the teardown"
            : results.EnumerateArray().SelectMany(r => r.EnumerateArray()).Select(o => Wrong(o, declared)).FirstOrDefault(w => w is not null);
    }

    private static string? Wrong(JsonElement observation, Capabilities declared)
    {
        if (observation.ValueKind != JsonValueKind.Array || observation.GetArrayLength() < ChannelCount)
        {
            return $"gives an observation without {ChannelCount} channels: {ChildProcess.Quoted(System.Text.Encoding.UTF8.GetBytes(observation.GetRawText()))}";
        }

        foreach (Channels channel in Vocabulary.EachChannel)
        {
            int at = System.Numerics.BitOperations.TrailingZeroCount((int)channel);
            bool shown = at < observation.GetArrayLength() && channel is not Channels.Fault && observation[at].ValueKind != JsonValueKind.Null;
            bool isDeclared = declared.Channels.HasFlag(channel);
            if (shown != isDeclared && channel is not Channels.Fault)
            {
                return shown
                    ? $"shows the channel '{Vocabulary.Of(channel)}', which its handshake does not declare: add it to \"channels\", or say null"
                    : $"shows nothing in the channel '{Vocabulary.Of(channel)}', which its handshake declares: show it, or take it out of \"channels\"";
            }
        }

        return null;
    }
}
