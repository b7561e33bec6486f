using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Xunit;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.PropertyTests.Reference;

/// <summary>Two strategies, moving the fields of a flow and exchanging the thread state whole: the same word for word where what is the thread's is carried across, and different in
/// the clauses that say so where it is not.</summary>
public sealed class StrategyTests
{
    private const long Commands = 60_000;

    /// <summary>Every version.</summary>
    public static TheoryData<int> Versions => [.. Profiles.All.Select(p => p.Minor)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Exchanging_the_thread_state_and_carrying_what_is_the_threads_leaves_the_same_words_as_moving_fields(int minor)
    {
        var exchange = new WholeExchange();

        Run(minor, exchange, _ => false);

        Assert.Equal([], exchange.Differences.Distinct().Take(5));
        Assert.True(exchange.Compared > 10_000, $"{exchange.Compared} words");
    }

    [Theory]
    [InlineData(LayoutComponent.TraceFunction)]
    [InlineData(LayoutComponent.ThreadLocals)]
    [InlineData(LayoutComponent.Hooks)]
    public void A_component_of_the_thread_that_is_taken_for_the_flows_is_a_difference(LayoutComponent mistake)
    {
        var exchange = new WholeExchange(mistake);

        Run(15, exchange, _ => exchange.Differences.Count > 0);

        Assert.NotEmpty(exchange.Differences);
    }

    [Theory]
    [InlineData(LayoutComponent.TraceFunction, "WIDE-01", "LEAK-02")] // nobody owns what was set meanwhile
    [InlineData(LayoutComponent.ProfileFunction, "WIDE-02", "LEAK-02")]
    [InlineData(LayoutComponent.ThreadLocals, "WIDE-03", "LEAK-01", "LEAK-02")]
    [InlineData(LayoutComponent.AsyncException, "WIDE-04", "LEAK-02", "AMBIENT-06")] // one that waits is not raised in the flow that runs
    [InlineData(LayoutComponent.TrashList, "WIDE-06")]
    [InlineData(LayoutComponent.Hooks, "WIDE-06")]
    [InlineData(LayoutComponent.Runtime, "WIDE-06")]
    public void What_is_not_carried_violates_the_clause_that_says_it_stays(LayoutComponent lost, params string[] clauses)
    {
        var exchange = new WholeExchange(lost, writes: true);

        string[] reds = [.. Run(14, exchange, _ => false).Order().Select(c => c.Text())];

        Assert.Contains(clauses[0], reds);
        Assert.True(reds.All(clauses.Contains), string.Join(", ", reds));
    }

    private static IEnumerable<ClauseId> Run(int minor, WholeExchange exchange, Func<Campaign, bool> isEnough)
    {
        using var session = new SimulatedSession(Profiles.Of(minor), exchange);
        var campaign = new Campaign(session, session.Capabilities with { Alphabets = [Alphabet.Api, Alphabet.Switcher] }, new RunOptions { Seed = 11 });
        campaign.Run(Commands, TimeSpan.MaxValue, () => isEnough(campaign), () => { }, CancellationToken.None);
        return campaign.Reds.Keys;
    }
}
