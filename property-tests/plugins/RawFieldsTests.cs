// The fields of the thread state beside what Python sees: a switcher that shows them, or that has _threadstate built, is judged on them.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class RawFieldsTests
{
    private const long Commands = 12_000;

    [RequiresFact("cpython")]
    public void The_native_reference_keeps_them_in_the_alphabet_of_switchers_too() =>
        Assert.Equal([], Unexpected(Judged("cpython"), [ClauseId.Wide05, ClauseId.Wide06, ClauseId.Ready03, ClauseId.Restore03]));

    [RequiresFact("greenlet-raw")]
    public void Greenlet_is_judged_on_its_fields_with_no_more_than_a_line_of_its_manifest() =>
        Assert.Equal([], Unexpected(Judged("greenlet-raw"), [ClauseId.Wide05, ClauseId.Wide06, ClauseId.Restore03]));

    [RequiresFact("greenlet-raw")]
    public void A_switch_that_writes_a_field_of_the_thread_which_Python_never_sees_is_convicted()
    {
        // READY-05 and RESTORE-05 are greenlet's own.
        ClauseVerdict verdict = Assert.Single(Judged("keeps-nothing").Verdicts, v => v.IsRed && v.Clause is not (ClauseId.Ready05 or ClauseId.Restore05));
        Assert.Equal(ClauseId.Wide06, verdict.Clause);
        Assert.Equal(["switch"], verdict.Counterexample!.Script.Commands.Select(c => CommandTable.Of(c.Op).Name));
    }

    [Fact]
    public void A_value_that_is_not_declared_neither_convicts_nor_is_part_of_what_was_seen()
    {
        using var session = new SimulatedSession(Profiles.All[3], new ReferenceState());
        Capabilities declared = session.Capabilities with { RawValues = new HashSet<RawValue> { RawValue.RecursionLimit } };
        var script = new Script(Alphabet.Switcher, [new Command(Op.Call, 1), new Command(Op.Collect)]);
        var seen = (Observation[])session.Run([script])[0].Observations!;
        foreach (ref Observation observation in seen.AsSpan())
        {
            observation.Raw[(int)RawValue.DataStack] = 77;
        }

        Assert.NotNull(Judge.Check(session.Capabilities, script, seen, out _));
        Assert.Null(Judge.Check(declared, script, seen, out _));
        seen[0].Raw[(int)RawValue.RecursionLimit]++;
        Divergence found = Assert.IsType<Divergence>(Judge.Check(declared, script, seen, out _));
        Assert.Equal((0, Channels.Raw, ClauseId.Wide05), (found.Step, found.Channels, found.Clause));
        Assert.Equal(found.Expected.Raw[(int)RawValue.DataStack], found.Actual.Raw[(int)RawValue.DataStack]);
    }

    private static ImplementationReport Judged(string implementation)
    {
        PythonImplementation chosen = Interpreters.Get(implementation);
        using ISession session = chosen.Start(null);
        Assert.Contains(RawValue.Wide, session.Capabilities.RawValues);
        IReadOnlyList<Expectation> known = ExpectationFile.Read(Path.Combine(chosen.Folder, chosen.Manifest.Expectations));
        return Runner.Run(session, new RunOptions { Commands = Commands, Seed = 5, Expectations = known }, null, CancellationToken.None);
    }

    private static IEnumerable<string> Unexpected(ImplementationReport report, ClauseId[] judged) =>
        report.Verdicts.Where(v => v.IsUnexpected || (judged.Contains(v.Clause) && v.Kind != VerdictKind.Conforms))
            .Where(v => v.Kind != VerdictKind.NotExercised)
            .Select(v => $"{v.Clause.Text()} {v.Kind}: {v.Counterexample?.Script}");
}
