// A run whose time is over goes on where it may, until each clause was exercised, and looks for nothing that would change no verdict.

using PyState.Conformance.Engine;
using PyState.Conformance.Liars;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Engine;

public sealed class FurtherTimeTests
{
    [Fact]
    public void It_goes_on_until_each_clause_was_exercised_and_no_longer()
    {
        ImplementationReport report = Judged(new RunOptions { Time = TimeSpan.Zero, Further = TimeSpan.FromDays(1) });
        Assert.DoesNotContain(report.Verdicts, v => v.Kind == VerdictKind.NotExercised);
        Assert.InRange(report.Commands, 1, 20_000_000);
    }

    [Fact]
    public void Without_it_the_time_holds() =>
        Assert.Contains(Judged(new RunOptions { Time = TimeSpan.Zero }).Verdicts, v => v.Kind == VerdictKind.NotExercised);

    [Fact]
    public void A_clause_that_is_red_is_not_looked_into_again_when_the_time_is_over()
    {
        (Campaign late, Campaign inTime) = (Wrong(TimeSpan.Zero), Wrong(TimeSpan.MaxValue));
        Assert.NotEmpty(late.Reds);
        Assert.Equal((inTime.Scripts, inTime.Commands), (late.Scripts, late.Commands));
        Assert.Equal(inTime.Reds.Values.Select(r => (r.Clause, r.Kind)).Order(), late.Reds.Values.Select(r => (r.Clause, r.Kind)).Order());
        Assert.Equal(late.Reds.Count, late.Share.Examined.Count);
        Assert.True(inTime.Share.Examined.Count > late.Reds.Count);
    }

    // One batch, in which the same clauses turn red again and again.
    private static Campaign Wrong(TimeSpan time)
    {
        using var session = new Batched(new SimulatedSession(Profiles.All[^1], new StateLiars.NoTopFrame()));
        var campaign = new Campaign(session, session.Capabilities, new RunOptions { Seed = 3 });
        campaign.Run(10_000, time, () => false, () => { }, CancellationToken.None);
        return campaign;
    }

    private static ImplementationReport Judged(RunOptions options)
    {
        using var session = new SimulatedSession(Profiles.All[^1], new ReferenceState());
        return Runner.Run(session, options, progress: null, CancellationToken.None);
    }
}
