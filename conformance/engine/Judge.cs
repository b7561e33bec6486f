using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Compares what was seen with what the model expects, and names the clause of the first difference. All after it is noise and is not looked at.</summary>
public static class Judge
{
    // After the teardown only these mean something: everything else belongs to the script that ended.
    private const Channels TeardownChannels = Channels.Status | Channels.Frames | Channels.Handled | Channels.Probe | Channels.Fault;

    /// <summary>Judges a script.</summary>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <param name="script">The script.</param>
    /// <param name="observations">What was seen: one per command, then the teardown; fewer when it did not complete.</param>
    /// <param name="exercised">The clauses that the script put to the test, up to the first difference.</param>
    /// <returns>The first difference, or null.</returns>
    public static Divergence? Check(Capabilities capabilities, Script script, IReadOnlyList<Observation> observations, out ClauseSet exercised)
    {
        Semantics semantics = capabilities.Semantics;
        bool rawShown = capabilities.Channels.HasFlag(Channels.Raw);
        State state = State.Initial(semantics, script.Alphabet);
        exercised = default;
        for (int i = 0; i < observations.Count; i++)
        {
            Command command = i < script.Commands.Count ? script.Commands[i] : new Command(Op.End);
            State before = state;
            Outcome outcome = Machine.Step(semantics, ref state, command);
            exercised = exercised.Union(Exercise.Of(semantics, in before, command, in state, in outcome, rawShown));
            Machine.Observe(semantics, in state, in outcome, out Observation expected);
            Observation actual = observations[i];
            Channels differs = Differing(capabilities, command.Op, in expected, in actual);
            if (differs != Channels.None)
            {
                var attribution = new Attribution(semantics, in before, command, in state, outcome);
                LeaveOutWhatIsNotShown(capabilities, in expected, ref actual);
                return new Divergence(i, differs, attribution.Decide(differs, in expected, in actual, rawShown), expected, actual);
            }
        }

        return null;
    }

    /// <summary>Whether everything was as the model expects: the same comparison, less the counting of what the script put to the test.</summary>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <param name="script">The script.</param>
    /// <param name="result">What it showed.</param>
    public static bool Conforms(Capabilities capabilities, Script script, ScriptResult result)
    {
        if (result.Ending != Ending.Completed || result.Observations is not Observation[] seen || seen.Length != script.Commands.Count + 1)
        {
            return false;
        }

        Semantics semantics = capabilities.Semantics;
        State state = State.Initial(semantics, script.Alphabet);
        for (int i = 0; i < seen.Length; i++)
        {
            Command command = i < script.Commands.Count ? script.Commands[i] : new Command(Op.End);
            Outcome outcome = Machine.Step(semantics, ref state, command);
            Machine.Observe(semantics, in state, in outcome, out Observation expected);
            if (expected.Differs(in seen[i]) != Channels.None && Differing(capabilities, command.Op, in expected, in seen[i]) != Channels.None)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The clause that a death names by itself, whatever command came last. A child that dies after a fork is AMBIENT-09's. A debug build of CPython 3.12 and later checks that the code of a
    /// frame has the instrumentation in force (<c>debug_check_sanity</c> in its instrumentation.c): frames that were suspended when that changed
    /// do not, whatever command it is that goes on in them.</summary>
    /// <param name="detail">How the process ended, with what it said last; may be null.</param>
    public static ClauseId? ClauseNamedBy(string? detail) =>
        detail is null ? null
        : detail == ForkCrashedException.Words ? ClauseId.Ambient09
        : detail.Contains("instrumentation.c", StringComparison.Ordinal) && detail.Contains("Assertion", StringComparison.Ordinal) ? ClauseId.Derived04
        : null;

    /// <summary>The clause of the command during which an implementation died or hung.</summary>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <param name="script">The script.</param>
    /// <param name="step">The index of the command; the number of commands for the teardown.</param>
    public static ClauseId ClauseAt(Capabilities capabilities, Script script, int step)
    {
        State state = State.Initial(capabilities.Semantics, script.Alphabet);
        bool collects = false;
        for (int i = 0; ; i++)
        {
            Command command = i < script.Commands.Count ? script.Commands[i] : new Command(Op.End);
            State before = state;
            Outcome outcome = Machine.Step(capabilities.Semantics, ref state, command);
            if (i >= Math.Min(step, script.Commands.Count))
            {
                return new Attribution(capabilities.Semantics, in before, command, in state, outcome).OfDeath(collects && capabilities.CollectorWalksFrames);
            }

            collects = CollectionOnItsWay.After(collects, command, outcome);
        }
    }

    /// <summary>What the model expects after each command of a script and after the teardown.</summary>
    /// <param name="semantics">What is judged.</param>
    /// <param name="script">The script.</param>
    public static IReadOnlyList<Observation> Expected(Semantics semantics, Script script)
    {
        var expected = new Observation[script.Commands.Count + 1];
        State state = State.Initial(semantics, script.Alphabet);
        for (int i = 0; i < expected.Length; i++)
        {
            Command command = i < script.Commands.Count ? script.Commands[i] : new Command(Op.End);
            Outcome outcome = Machine.Step(semantics, ref state, command);
            Machine.Observe(semantics, in state, in outcome, out expected[i]);
        }

        return expected;
    }

    /// <summary>The channels that are looked at after an operation.</summary>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <param name="op">The operation.</param>
    public static Channels Looked(Capabilities capabilities, Op op) => op == Op.End ? capabilities.Channels & TeardownChannels : capabilities.Channels;

    /// <summary>The declared channels in which two observations differ.</summary>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <param name="op">The operation.</param>
    /// <param name="expected">What the model expects.</param>
    /// <param name="actual">What was seen.</param>
    public static Channels Differing(Capabilities capabilities, Op op, in Observation expected, in Observation actual)
    {
        Channels differs = expected.Differs(in actual) & Looked(capabilities, op);
        return differs.HasFlag(Channels.Raw) && !RawDiffers(capabilities, in expected, in actual) ? differs & ~Channels.Raw : differs;
    }

    // A value that is not declared convicts nobody, and is no part of what was seen.
    private static void LeaveOutWhatIsNotShown(Capabilities capabilities, in Observation expected, ref Observation actual)
    {
        for (int v = 0; v < RawValues.Length; v++)
        {
            actual.Raw[v] = capabilities.RawValues.Contains((RawValue)v) ? actual.Raw[v] : expected.Raw[v];
        }
    }

    private static bool RawDiffers(Capabilities capabilities, in Observation expected, in Observation actual)
    {
        for (int v = 0; v < RawValues.Length; v++)
        {
            if (expected.Raw[v] != actual.Raw[v] && capabilities.RawValues.Contains((RawValue)v))
            {
                return true;
            }
        }

        return false;
    }
}
