using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Xunit;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.PropertyTests.Reference;

/// <summary>Two strategies, moving the fields of a flow and exchanging the thread state whole: the same word for word where what is the thread's is carried across, and different in
/// listed clauses where it is not.</summary>
public sealed class StrategyTests
{
    private const long Commands = 60_000;

    /// <summary>Every version.</summary>
    public static TheoryData<int> Versions => [.. Profiles.All.Select(p => p.Minor)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Exchanging_the_thread_state_and_carrying_what_is_the_threads_leaves_the_same_words_as_moving_fields(int minor)
    {
        var exchange = new WholeExchange(carries: true);

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
        var exchange = new WholeExchange(carries: true, mistake);

        Run(15, exchange, _ => exchange.Differences.Count > 0);

        Assert.NotEmpty(exchange.Differences);
    }

    [Fact]
    public void Without_carrying_exactly_these_clauses_are_violated()
    {
        var exchange = new WholeExchange(carries: false);

        IEnumerable<ClauseId> reds = Run(14, exchange, _ => false);

        Assert.Equal(["WIDE-01", "WIDE-02", "WIDE-03", "WIDE-04", "WIDE-06"], reds.Order().Select(c => c.Text()));
    }

    private static IEnumerable<ClauseId> Run(int minor, WholeExchange exchange, Func<Campaign, bool> isEnough)
    {
        using var session = new SimulatedSession(Profiles.Of(minor), exchange);
        var campaign = new Campaign(session, session.Capabilities with { Alphabets = [Alphabet.Api, Alphabet.Switcher] }, new RunOptions { Seed = 11 });
        campaign.Run(Commands, TimeSpan.MaxValue, () => isEnough(campaign), () => { }, CancellationToken.None);
        return campaign.Reds.Keys;
    }
}
