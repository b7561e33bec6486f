// The registers beside the clauses refer to things that exist: statuses, clauses, sources; and nothing is listed twice.

using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Clauses;

/// <summary>Laws of the registers: statuses, operations, obligations, choices, ambiguities, rejected ideas, non-goals, sources.</summary>
public sealed class RegisterTests
{
    private static readonly HashSet<string> StatusNames = [.. Statuses.All.Select(s => s.Name)];

    /// <summary>A status is listed once.</summary>
    [Fact]
    public void A_status_is_listed_once() => Assert.Equal(Statuses.All.Count, StatusNames.Count);

    /// <summary>The statuses of the document are those of the model, in its order.</summary>
    [Fact]
    public void The_statuses_are_those_of_the_model() =>
        Assert.Equal(
            Enum.GetNames<Status>().Select(n => string.Concat(n.Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{c}" : $"{c}")).ToLowerInvariant()),
            Statuses.All.Select(s => s.Name));

    /// <summary>The declared choices are those of the model.</summary>
    [Fact]
    public void The_choices_are_those_of_the_model()
    {
        string[][] model = [Enum.GetNames<FreshContext>(), Enum.GetNames<FinishTo>(), Enum.GetNames<FreshDepth>()];
        Assert.Equal(model.Select(names => names.Select(n => n.ToLowerInvariant())), Choices.All.Select(c => c.Values.Select(v => v.Value)));
    }

    /// <summary>READY and RESTORE clauses of a component apply to exactly the versions that have a field for it.</summary>
    [Fact]
    public void A_component_clause_applies_where_the_component_exists()
    {
        ClauseId[] governed = [.. Catalogue.InGroup("READY").Concat(Catalogue.InGroup("RESTORE").Take(10)).Select(c => c.Id), ClauseId.Stack01, ClauseId.Stack02, ClauseId.Stack04, ClauseId.Derived01];
        foreach (var id in governed)
        {
            var clause = Catalogue.ById(id);
            var component = Enum.Parse<Component>(clause.Title);
            Assert.All(Profiles.All, p => Assert.True(p.Has(component) == clause.AppliesTo(p.Minor), $"{id.Text()} on {p}"));
        }

        Assert.All(Profiles.All, p => Assert.Equal(p.DepthIsStackBound, Catalogue.ById(ClauseId.Stack05).AppliesTo(p.Minor)));
    }

    /// <summary>Every component is governed by clauses that exist.</summary>
    [Fact]
    public void Every_component_is_governed_by_clauses_that_exist()
    {
        foreach (var component in Components.All)
        {
            Assert.NotEmpty(component.Clauses);
            Assert.All(component.Clauses, c => Assert.NotNull(Catalogue.Find(c)));
        }
    }

    /// <summary>Every error that a clause demands is a status.</summary>
    [Fact]
    public void Every_error_of_a_clause_is_a_status() =>
        Assert.All(Catalogue.All.SelectMany(c => c.Errors), e => Assert.Contains(e.Status, StatusNames));

    /// <summary>Every check of an operation answers a status that its clause demands.</summary>
    [Fact]
    public void Every_check_answers_a_known_status()
    {
        foreach (var operation in Operations.All)
        {
            Assert.All(operation.Checks, c => Assert.Contains(c.Status, StatusNames));
            Assert.All(operation.Checks, c => Assert.NotNull(Catalogue.ById(c.Clause)));
            Assert.Equal(operation.Checks.Count, operation.Checks.Select(c => c.Status).Distinct().Count());
        }
    }

    /// <summary>Every status of the API is the answer of some check: none is left over.</summary>
    [Fact]
    public void Every_status_of_the_API_is_answered_somewhere()
    {
        var answered = Operations.All.SelectMany(o => o.Checks).Select(c => c.Status).ToHashSet();
        Assert.Equal(Statuses.All.Where(s => s.Kind == StatusKind.Api).Select(s => s.Name).Order(), answered.Order());
    }

    /// <summary>The clause that a check refers to demands the status that the check answers.</summary>
    [Fact]
    public void A_check_answers_what_its_clause_demands()
    {
        foreach (var check in Operations.All.SelectMany(o => o.Checks))
        {
            Assert.Contains(check.Status, Catalogue.ById(check.Clause).Errors.Select(e => e.Status));
        }
    }

    /// <summary>Obligations are numbered without a gap, are one sentence with MUST, and say how they are detected exactly where they are.</summary>
    [Fact]
    public void Obligations_are_numbered_and_say_whether_they_are_detected()
    {
        Assert.Equal(Enumerable.Range(1, Obligations.All.Count).Select(n => $"OBL-{n:00}"), Obligations.All.Select(o => o.Id));
        foreach (var obligation in Obligations.All)
        {
            Assert.Equal(obligation.Detected, obligation.DetectedAs.Length > 0);
            Assert.Contains("MUST", obligation.Text, StringComparison.Ordinal);
            CatalogueTests.AssertSentence(obligation.Id, obligation.Text);
        }
    }

    /// <summary>Each choice has at least two values, distinct, and a clause that tests it.</summary>
    [Fact]
    public void Each_choice_is_tested()
    {
        Assert.Equal(["freshContext", "finishTo", "freshDepth"], Choices.All.Select(c => c.Name));
        foreach (var choice in Choices.All)
        {
            Assert.True(choice.Values.Select(v => v.Value).Distinct().Count() >= 2, choice.Name);
            Assert.NotEmpty(choice.JudgedBy);
        }
    }

    /// <summary>Ambiguities are numbered without a gap.</summary>
    [Fact]
    public void Ambiguities_are_numbered_without_a_gap() =>
        Assert.Equal(Enumerable.Range(1, Ambiguities.All.Count).Select(n => $"AMB-{n:00}"), Ambiguities.All.Select(a => a.Id));

    /// <summary>Every source is listed once, states a fact, and is used by a clause.</summary>
    [Fact]
    public void Every_source_is_listed_once_and_used()
    {
        Assert.Equal(Sources.All.Count, Sources.All.Select(s => s.Key).Distinct().Count());
        var used = Catalogue.All.SelectMany(c => c.Evidence).ToHashSet();
        Assert.All(Sources.All, s => Assert.True(s.Fact.EndsWith('.'), s.Key));
        Assert.Equal([], Sources.All.Where(s => !used.Contains(s)).Select(s => s.Key));
    }

    /// <summary>Non-goals and rejected ideas are listed once and have a reason.</summary>
    [Fact]
    public void Non_goals_and_rejected_ideas_have_a_reason()
    {
        Assert.Equal(NonGoals.All.Count, NonGoals.All.Select(n => n.What).Distinct().Count());
        Assert.Equal(RejectedIdeas.All.Count, RejectedIdeas.All.Select(r => r.Idea).Distinct().Count());
        Assert.All(NonGoals.All, n => Assert.NotEqual("", n.Why));
        Assert.All(RejectedIdeas.All, r => Assert.True(r.Reason.Length > 0 && r.Instead.Length > 0, r.Idea));
    }
}
