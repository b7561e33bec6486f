// What is a difference and what is none: one thing seen otherwise, in every channel, at every step.

using FsCheck.Xunit;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Engine;

public class JudgeTests
{
    private static readonly Capabilities Whole = SimulatedCapabilities.For(Profiles.All[^1]);

    private delegate void Change(ref Observation seen);

    // After the teardown what belongs to the script that ended is gone.
    private static readonly (Channels Channel, bool AfterTeardown, Change Change)[] Changes =
    [
        (Channels.Status, true, (ref Observation o) => o.Status = o.Status == Status.Ok ? Status.Busy : Status.Ok),
        (Channels.Running, false, (ref Observation o) => o.Running ^= 1),
        (Channels.Frames, true, (ref Observation o) => o.Frames = o.Frames.IsEmpty ? o.Frames.Push(1) : o.Frames.Pop()),
        (Channels.Handled, true, (ref Observation o) => o.Handled ^= 0x10),
        (Channels.Vars, false, (ref Observation o) => o.Vars ^= 1),
        (Channels.Trace, false, (ref Observation o) => o.Trace ^= 1),
        (Channels.Profile, false, (ref Observation o) => o.Profile ^= 1),
        (Channels.Event, false, (ref Observation o) => o.Event ^= 1),
        (Channels.Local, false, (ref Observation o) => o.Local ^= 1),
        (Channels.Probe, true, (ref Observation o) => o.Probe++),
        (Channels.Raw, false, (ref Observation o) => o.Raw[(int)RawValue.Depth]++),
        (Channels.Raw, false, (ref Observation o) => o.Raw[(int)RawValue.References]++),
        (Channels.Fault, true, (ref Observation o) => o.Fault ^= 1),
    ];

    [Property(MaxTest = 60)]
    public bool What_the_model_expects_conforms(ulong seed)
    {
        Script script = Generated(seed);
        Observation[] seen = Expected(script);
        return seen.Length == script.Commands.Count + 1 && Judge.Check(Whole, script, seen, out _) is null && Judge.Conforms(Whole, script, new ScriptResult(Ending.Completed, seen));
    }

    [Property(MaxTest = 30)]
    public bool A_change_in_a_declared_channel_is_the_divergence_and_one_in_another_is_none(ulong seed)
    {
        Script script = Generated(seed);
        Observation[] expected = Expected(script);
        return Enumerable.Range(0, expected.Length).All(i => Changes.All(change =>
        {
            var seen = (Observation[])expected.Clone();
            change.Change(ref seen[i]);
            bool looked = i < script.Commands.Count || change.AfterTeardown;
            Capabilities without = Whole with { Channels = Channels.All & ~change.Channel };
            return (Judge.Check(Whole, script, seen, out _) is { } d ? looked && d.Step == i && d.Channels == change.Channel : !looked)
                && Judge.Conforms(Whole, script, new ScriptResult(Ending.Completed, seen)) == !looked
                && Judge.Check(without, script, seen, out _) is null
                && Judge.Conforms(without, script, new ScriptResult(Ending.Completed, seen));
        }));
    }

    [Property(MaxTest = 30)]
    public bool A_raw_value_that_is_not_declared_convicts_nobody_and_is_no_part_of_what_was_seen(ulong seed, RawValue hidden)
    {
        Script script = Generated(seed);
        Observation[] expected = Expected(script);
        Capabilities declared = Whole with { RawValues = Enum.GetValues<RawValue>().Where(v => v != hidden).ToHashSet() };
        RawValue shown = hidden == RawValue.Depth ? RawValue.CDepth : RawValue.Depth;
        return Enumerable.Range(0, script.Commands.Count).All(i =>
        {
            var seen = (Observation[])expected.Clone();
            seen[i].Raw[(int)hidden] += 7;
            if (Judge.Check(declared, script, seen, out _) is not null || !Judge.Conforms(declared, script, new ScriptResult(Ending.Completed, seen)))
            {
                return false;
            }

            seen[i].Raw[(int)shown] += 3;
            return Judge.Check(declared, script, seen, out _) is { Channels: Channels.Raw } d && d.Step == i
                && d.Actual.Raw[(int)hidden] == expected[i].Raw[(int)hidden]
                && d.Actual.Raw[(int)shown] == expected[i].Raw[(int)shown] + 3;
        });
    }

    [Property(MaxTest = 30)]
    public bool Only_the_first_difference_counts_and_what_is_exercised_is_counted_up_to_it(ulong seed)
    {
        Script script = Generated(seed);
        Observation[] seen = Expected(script);
        int first = (int)(seed % (ulong)script.Commands.Count);
        for (int i = first; i < seen.Length; i++)
        {
            seen[i].Probe++;
        }

        Divergence? divergence = Judge.Check(Whole, script, seen, out var exercised);
        _ = Judge.Check(Whole, script, [.. Expected(script).Take(first + 1)], out var upToThere);
        return divergence?.Step == first && exercised.Equals(upToThere);
    }

    [Fact]
    public void What_did_not_complete_or_is_not_whole_never_conforms()
    {
        Script script = Generated(1);
        Observation[] seen = Expected(script);
        Assert.True(Judge.Conforms(Whole, script, new ScriptResult(Ending.Completed, seen)));
        Assert.All([Ending.Crashed, Ending.Hung, Ending.Garbled], e => Assert.False(Judge.Conforms(Whole, script, new ScriptResult(e, seen))));
        Assert.False(Judge.Conforms(Whole, script, new ScriptResult(Ending.Completed, seen[..^1])));
        Assert.False(Judge.Conforms(Whole, script, new ScriptResult(Ending.Completed, (Observation[])[.. seen, seen[^1]])));
    }

    private static Observation[] Expected(Script script) => [.. Judge.Expected(Whole.Semantics, script)];

    private static Script Generated(ulong seed) =>
        new ScriptGenerator(Whole, seed % 2 == 0 ? Alphabet.Api : Alphabet.Switcher).Generate(new ScriptSeed(seed, 0), 30);
}
