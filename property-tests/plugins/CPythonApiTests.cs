// The functions of pystate.h on a real interpreter: every clause of the API's profile that the driver can show is judged there, and holds.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class CPythonApiTests
{
    // The clauses of the API's profile that the driver of this alphabet does not reach on any version: another interpreter, finalization.
    private static readonly HashSet<ClauseId> Elsewhere = [ClauseId.Save02, ClauseId.Restore12, ClauseId.Restore17, ClauseId.Discard04, ClauseId.Ambient08];

    private const long Commands = 12_000;

    [RequiresFact("cpython-api")]
    public void The_native_reference_conforms_call_by_call()
    {
        using ISession session = Interpreters.Get("cpython-api").Start(null);
        ImplementationReport report = Runner.Run(session, new RunOptions { Commands = Commands, Seed = 11 }, null, CancellationToken.None);
        Assert.Equal([], report.Verdicts.Where(v => v.IsRed).Select(v => $"{v.Clause.Text()} {v.Kind}: {v.Counterexample?.Script}"));
        Assert.True(report.Verdicts.Count(v => v.Kind == VerdictKind.Conforms) > 55);
    }

    [RequiresFact("cpython-api")]
    public void Every_clause_of_the_API_but_those_of_other_interpreters_and_finalization_can_be_judged()
    {
        using ISession session = Interpreters.Get("cpython-api").Start(null);
        Assert.Equal(
            [],
            Catalogue.All.Where(c => c.Profile == ClauseProfile.Api && !Elsewhere.Contains(c.Id))
                .Where(c => Observability.Of(c.Id, session.Capabilities) is { Kind: VerdictKind.NotObservable })
                .Select(c => c.Id.Text()));
    }

    /// <summary>A flow at its base has no frames: a switch that left the loop's own there would make every Restore answer has-frames.</summary>
    [RequiresFact("cpython-api")]
    public void No_Python_code_of_the_driver_runs_below_a_flow()
    {
        using ISession session = Interpreters.Get("cpython-api").Start(null);
        Assert.False(session.Capabilities.Semantics.AlwaysRunsPython);
        Assert.Equal([Alphabet.Api], session.Capabilities.Alphabets);
        Assert.Equal(0, session.Capabilities.Semantics.Levels.Base[0]);
    }
}
