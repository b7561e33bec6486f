// A run whose time is over goes on where it may, until each clause was exercised.

using PyState.Conformance.Engine;
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

    private static ImplementationReport Judged(RunOptions options)
    {
        using var session = new SimulatedSession(Profiles.All[^1], new ReferenceState());
        return Runner.Run(session, options, progress: null, CancellationToken.None);
    }
}
