// The clauses that the tables name, against the catalogue.

using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Versions;

/// <summary>No table names a clause that there is not.</summary>
public sealed class ClauseReferenceTests
{
    private static readonly HashSet<string> Known = [.. Catalogue.All.Select(c => c.Id.Text())];

    [Fact]
    public void Every_clause_of_a_component_exists() => Assert.All(Components.All.SelectMany(c => c.Clauses), c => Assert.Contains(c, Known));

    [Fact]
    public void Every_clause_of_a_field_exists() => Assert.All(Profiles.All.SelectMany(p => p.Fields).SelectMany(f => f.Clauses), c => Assert.Contains(c, Known));

    [Fact]
    public void Every_clause_of_the_totality_tables_exists() =>
        Assert.All(Totality.Rules.Select(r => r.Clause).Concat(Ambient.Rules.Select(r => r.Clause)), c => Assert.Contains(c, Known));

    [Fact]
    public void A_clause_of_the_totality_table_demands_the_errors_that_it_is_named_for() => Assert.All(
        Totality.Rules.Where(r => r.Status is not (Status.Ok or Status.Inapplicable)),
        r =>
        {
            Clause clause = Catalogue.All.Single(c => c.Id.Text() == r.Clause);
            Assert.Contains(StatusText.Of(r.Status), clause.Errors.Select(e => e.Status));
        });

}
