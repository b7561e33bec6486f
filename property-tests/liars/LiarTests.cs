using PyState.Conformance.Engine;
using PyState.Conformance.Liars;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Liars;

/// <summary>The suite on trial: every liar is convicted by the clause that it offends, and every clause has a liar.</summary>
public class LiarTests
{
    private const long Commands = 600_000;

    public static TheoryData<string> Names() => [.. AllLiars.All.Select(l => l.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_liar_is_convicted_first_by_the_clause_it_offends(string name)
    {
        Liar liar = AllLiars.All.Single(l => l.Name == name);

        // The newest version on which it can lie, and the oldest: fields and layouts differ most between them.
        foreach (VersionProfile version in new[] { liar.Versions.First(), liar.Versions.Last() }.Distinct())
        {
            IReadOnlyDictionary<ClauseId, Counterexample> reds = Convictions(liar, version);
            Assert.True(
                reds.TryGetValue(liar.Clause, out Counterexample? evidence),
                $"{version.Version}: {liar.Clause.Text()} does not convict it; red are {string.Join(", ", reds.Select(r => $"{r.Key.Text()} ({r.Value.Words} {r.Value.Detail}: {string.Join("; ", r.Value.Script.Commands)})"))}");
            int shortest = reds.Values.Min(r => r.Script.Commands.Count);
            Assert.True(
                evidence.Script.Commands.Count <= shortest + 1,
                $"{version.Version}: {liar.Clause.Text()} needs {evidence.Script.Commands.Count} steps, {reds.Values.First(r => r.Script.Commands.Count == shortest).Clause.Text()} only {shortest}: {string.Join("; ", reds.Values.First(r => r.Script.Commands.Count == shortest).Script.Commands)}");
        }
    }

    [Fact]
    public void Every_clause_has_a_liar() =>
        Assert.Empty(Catalogue.All.Select(c => c.Id).Where(c => !AllLiars.Of(c).Any()).Select(c => c.Text()));

    [Fact]
    public void No_two_liars_share_a_name() => Assert.Equal(AllLiars.All.Count, AllLiars.All.Select(l => l.Name).Distinct().Count());

    // Until the clause has convicted it, or the budget is spent.
    private static IReadOnlyDictionary<ClauseId, Counterexample> Convictions(Liar liar, VersionProfile version)
    {
        using SimulatedLiar session = liar.Start(version);
        Capabilities capabilities = Catalogue.ById(liar.Clause).Profile switch
        {
            ClauseProfile.Api => session.Capabilities with { Alphabets = [Alphabet.Api] },
            ClauseProfile.Switcher => session.Capabilities with { Alphabets = [Alphabet.Switcher] },
            _ => session.Capabilities,
        };
        var campaign = new Campaign(session, capabilities, new RunOptions { Seed = 7 });
        campaign.Run(Commands, TimeSpan.MaxValue, () => campaign.Reds.ContainsKey(liar.Clause), () => { }, CancellationToken.None);
        return campaign.Reds;
    }
}
