// A chain of frames that does not fit an observation looks the same in the model's words and in a child's.

using System.Text;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Model;

public sealed class LongChainTests
{
    private static readonly Semantics RunsOn = new() { Deviations = Deviations.FramesRunOn };

    [Theory]
    [InlineData(4, 11)]
    [InlineData(5, 11)]
    [InlineData(6, 11)]
    [InlineData(12, 12)]
    public void A_chain_that_runs_on_is_the_one_a_child_would_tell(int own, int rest)
    {
        Command call = new(Op.Call, 0);
        Command[] commands = [.. Enumerable.Repeat(call, rest), new(Op.Spawn, 2), new(Op.Switch, 2), .. Enumerable.Repeat(call, own)];
        Observation expected = Judge.Expected(RunsOn, new Script(Alphabet.Switcher, commands))[commands.Length - 1];

        string told = JsonSerializer.Serialize(Enumerable.Repeat("call0", own + rest));
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(told));
        json.Read();
        Observation seen = default;
        ObservationText.Read(ref json, Channels.Frames, ref seen);
        Assert.Equal(seen.Frames, expected.Frames);
    }
}
