// A collection inside of a switch: what the driver sends there, and that generated scripts convict a switcher which it harms.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class CollectionInsideTests
{
    [RequiresFact("greenlet")]
    public void A_switch_that_only_a_collection_inside_of_it_breaks_is_convicted()
    {
        using ISession session = Interpreters.Get("collected-inside").Start(null);
        ImplementationReport report = Runner.Run(session, new RunOptions { Commands = 12_000, Seed = 5 }, null, CancellationToken.None);
        ClauseVerdict verdict = Assert.Single(report.Verdicts, v => v.Clause == ClauseId.Switch01);
        Assert.Equal(VerdictKind.Violates, verdict.Kind);
        Op[] shown = [.. verdict.Counterexample!.Script.Commands.Select(c => c.Op)];
        Assert.True(shown.SkipWhile(op => op != Op.Collect).Contains(Op.Switch), $"{verdict.Counterexample.Script} has no switch after a collection");
    }
}
