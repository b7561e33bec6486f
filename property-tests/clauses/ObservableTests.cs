// What the catalogue says of a clause's channels and status is what the attribution and the suite do.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.PropertyTests.Model;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Clauses;

/// <summary>Laws between the catalogue and those who use it.</summary>
public sealed class ObservableTests
{
    /// <summary>A difference in a channel convicts only a clause that the catalogue calls observable in that channel.</summary>
    [Fact]
    public void A_channel_convicts_only_clauses_that_it_shows()
    {
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        Func<Semantics, Semantics>[] choices =
        [
            s => s, s => s with { FreshContext = FreshContext.Copy, FreshDepth = FreshDepth.Inherit, FinishTo = FinishTo.Main },
        ];
        foreach (var step in from choice in choices from seed in Enumerable.Range(1, 20) from step in Walk.Steps((ulong)seed, choice) select step)
        {
            State before = step.Before;
            State after = step.After;
            var attribution = new Attribution(step.Semantics, in before, step.Command, in after, step.Outcome);
            foreach (var channel in Enum.GetValues<Channels>().Where(c => System.Numerics.BitOperations.IsPow2((int)c) && c != Channels.Raw))
            {
                Observation expected = default;
                Observation actual = default;
                var convicted = attribution.Decide(channel, in expected, in actual, rawShown: false);
                if (!Catalogue.ById(convicted).Observable.HasFlag(channel))
                {
                    wrong.Add($"{convicted.Text()} is convicted by {channel}, {CommandTable.Of(step.Command.Op).Name}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    /// <summary>A required clause can be judged without raw fields and without a watched memory, wherever it applies.</summary>
    [Fact]
    public void A_required_clause_is_observable_without_raw_fields()
    {
        var blind = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var profile in Profiles.All)
        {
            var full = SimulatedCapabilities.For(profile);
            var python = full with { Channels = full.Channels & ~(Channels.Raw | Channels.Fault) };
            foreach (var clause in Catalogue.All)
            {
                if (clause.Status == Testability.Required && Observability.Of(clause.Id, python) is { Kind: VerdictKind.NotObservable } obstacle)
                {
                    blind.Add($"{clause.Id.Text()}: {obstacle.Reason}");
                }
            }
        }

        Assert.True(blind.Count == 0, string.Join(Environment.NewLine, blind));
    }

    /// <summary>Every clause can be judged on the simulation of some version, with some declared choice.</summary>
    [Fact]
    public void Every_clause_can_be_judged_somewhere()
    {
        Capabilities[] some =
        [
            .. Profiles.All.Select(p => SimulatedCapabilities.For(p)),
            .. Profiles.All.Select(p => SimulatedCapabilities.For(p))
                .Select(c => c with { Semantics = c.Semantics with { FreshContext = FreshContext.Shared, FreshDepth = FreshDepth.Inherit } }),
        ];
        Assert.Equal([], Catalogue.All.Where(c => some.All(s => Observability.Of(c.Id, s) is not null)).Select(c => c.Id.Text()));
    }

    /// <summary>The versions that the catalogue names are those that the suite calls applicable.</summary>
    [Fact]
    public void The_suite_applies_a_clause_where_the_catalogue_does()
    {
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var profile in Profiles.All)
        {
            var capabilities = SimulatedCapabilities.For(profile);
            foreach (var clause in Catalogue.All)
            {
                var obstacle = Observability.Of(clause.Id, capabilities);
                bool version = obstacle is { Kind: VerdictKind.NotApplicable } && obstacle.Reason.StartsWith("this version", StringComparison.Ordinal);
                if (version == clause.AppliesTo(profile.Minor))
                {
                    wrong.Add($"{clause.Id.Text()} on {profile}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }
}
