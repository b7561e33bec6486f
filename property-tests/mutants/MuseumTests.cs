// The museum: every published defect is convicted by its clause, in a few steps.

using PyState.Conformance.Mutants;
using PyState.Conformance.Mutants.Museum;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Mutants;

/// <summary>Each exhibit by itself.</summary>
public class MuseumTests
{
    public static TheoryData<string> Names() => [.. Exhibits.All.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_published_defect_is_convicted_by_its_clause(string name)
    {
        foreach (Mutant mutant in Exhibits.All.Single(e => e.Name == name).Mutants)
        {
            TrialResult result = new Trial(200_000, after: 0).Run(mutant, seed: 3, CancellationToken.None);
            Assert.True(result.First is not null && result.IsExpected, $"{mutant} is convicted by {result.First?.Clause.Text() ?? "nobody"}: {result.First?.Words}");
            Assert.InRange(result.First!.Steps, 0, 8);
        }
    }

    [Fact]
    public void Every_exhibit_has_a_link_and_a_version() =>
        Assert.All(Exhibits.All, e =>
        {
            Assert.True(Uri.TryCreate(e.Link, UriKind.Absolute, out Uri? link) && link.Scheme == Uri.UriSchemeHttps, e.Name);
            Assert.InRange(e.Oldest, Profiles.Oldest, e.Newest);
        });

    [Fact]
    public void No_two_exhibits_share_a_name() => Assert.Equal(Exhibits.All.Count, Exhibits.All.Select(e => e.Name).Distinct().Count());

    [Fact]
    public void Every_published_defect_that_the_clauses_cite_is_in_the_museum_or_said_to_be_left_out()
    {
        // What a clause cites of an issue or a change of greenlet, gevent, Pyodide or Ray is a defect, but for requests and for what users need.
        Source[] notDefects = [Sources.Greenlet196, Sources.Greenlet198, Sources.Greenlet258, Sources.Greenlet452, Sources.Gevent1969, Sources.Pyodide3992, Sources.Cpython91371];
        HashSet<string> shown = [.. Exhibits.All.Select(e => e.Link), .. Exhibits.NotShown.Select(n => n.Link)];
        string[] same = [Sources.Greenlet318.Address, Sources.Ray64772.Address]; // the same defects as gevent #1909 and cpython #139653
        Assert.Empty(Sources.All.Where(s => s.Key.StartsWith("greenlet ", StringComparison.Ordinal) || s.Key.StartsWith("gevent ", StringComparison.Ordinal)
                || s.Key.StartsWith("pyodide ", StringComparison.Ordinal) || s.Key.StartsWith("ray ", StringComparison.Ordinal))
            .Where(s => s != Sources.GreenletChanges).Except(notDefects).Select(s => s.Address).Except(shown).Except(same));
    }
}
