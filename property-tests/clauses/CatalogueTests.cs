// The clause catalogue is complete, and every clause has the anatomy of a rule.

using System.Text.RegularExpressions;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Clauses;

/// <summary>Laws of the clause catalogue.</summary>
public sealed partial class CatalogueTests
{
    /// <summary>How many clauses each group has: ids are permanent, so a number here only grows.</summary>
    private static readonly (string Group, int Count)[] Groups =
    [
        ("READY", 10), ("SAVE", 6), ("RESTORE", 25), ("STACK", 5), ("WIDE", 6), ("DERIVED", 4), ("DISCARD", 4), ("HANDLE", 4),
        ("INTRO", 7), ("ATOM", 1), ("FRAME", 1), ("LEAK", 2), ("SWITCH", 7), ("CHOICE", 2), ("AMBIENT", 10), ("BASE", 1),
    ];

    /// <summary>Every id has exactly one clause.</summary>
    [Fact]
    public void Every_id_has_exactly_one_clause()
    {
        var ids = Enum.GetValues<ClauseId>().Where(i => i != ClauseId.None).ToList();
        Assert.Equal(ids.Order(), Catalogue.All.Select(c => c.Id).Order());
        Assert.Equal(ClauseIdText.Count, ids.Count);
    }

    /// <summary>The numbers in packed words are pinned: they may never move.</summary>
    [Fact]
    public void The_byte_of_a_clause_never_moves()
    {
        Assert.Equal(1, (int)ClauseId.Ready01);
        Assert.Equal(11, (int)ClauseId.Save01);
        Assert.Equal(17, (int)ClauseId.Restore01);
        Assert.Equal(42, (int)ClauseId.Stack01);
        Assert.Equal(47, (int)ClauseId.Wide01);
        Assert.Equal(53, (int)ClauseId.Derived01);
        Assert.Equal(57, (int)ClauseId.Discard01);
        Assert.Equal(61, (int)ClauseId.Handle01);
        Assert.Equal(65, (int)ClauseId.Intro01);
        Assert.Equal(72, (int)ClauseId.Atom01);
        Assert.Equal(73, (int)ClauseId.Frame01);
        Assert.Equal(74, (int)ClauseId.Leak01);
        Assert.Equal(76, (int)ClauseId.Switch01);
        Assert.Equal(83, (int)ClauseId.Choice01);
        Assert.Equal(85, (int)ClauseId.Ambient01);
        Assert.Equal(95, (int)ClauseId.Base01);
    }

    /// <summary>Groups are complete and numbered from 1 without a gap.</summary>
    [Fact]
    public void Groups_are_numbered_without_a_gap()
    {
        foreach (var (group, count) in Groups)
        {
            Assert.Equal(Enumerable.Range(1, count).Select(n => $"{group}-{n:00}"), Catalogue.InGroup(group).Select(c => c.Id.Text()));
        }

        Assert.Equal(Groups.Select(g => g.Group), Catalogue.Groups.Select(g => g.Group));
    }

    /// <summary>Parse undoes Text, in any letter case.</summary>
    [Fact]
    public void Parse_undoes_Text()
    {
        foreach (var clause in Catalogue.All)
        {
            Assert.Equal(clause.Id, ClauseIdText.Parse(clause.Id.Text()));
            Assert.Equal(clause.Id, ClauseIdText.Parse(clause.Id.Text().ToLowerInvariant()));
            Assert.Same(clause, Catalogue.Find(clause.Id.Text()));
            Assert.Same(clause, Catalogue.ById(clause.Id));
        }
    }

    /// <summary>What is no id does not parse, and the message names what was probably meant.</summary>
    /// <param name="typed">What somebody typed.</param>
    /// <param name="meant">What was meant.</param>
    [Theory]
    [InlineData("READY-1", "READY-01")]
    [InlineData("restor-03", "RESTORE-03")]
    [InlineData("AMBIANT-10", "AMBIENT-10")]
    [InlineData("derived04", "DERIVED-04")]
    [InlineData("hand_02", "HANDLE-02")]
    public void A_mistyped_id_is_refused_and_the_nearest_is_named(string typed, string meant)
    {
        Assert.Null(Catalogue.Find(typed));
        Assert.Contains(meant, Catalogue.Nearest(typed));
        Assert.Contains(meant, Assert.Throws<FormatException>(() => ClauseIdText.Parse(typed)).Message, StringComparison.Ordinal);
    }

    /// <summary>The empty text is no clause.</summary>
    [Fact]
    public void The_empty_text_is_no_clause()
    {
        Assert.False(ClauseIdText.TryParse("", out _));
        Assert.False(ClauseIdText.TryParse(null, out _));
        Assert.Null(Catalogue.Find(""));
        Assert.Equal("", ClauseId.None.Text());
    }

    /// <summary>A statement has exactly one keyword, it is one sentence, and the keyword is the clause's level.</summary>
    [Fact]
    public void A_statement_is_one_sentence_with_one_keyword()
    {
        foreach (var clause in Catalogue.All)
        {
            var keyword = Assert.Single(Keyword().Matches(clause.Statement).Cast<Match>()).Groups[1].Value;
            Assert.Equal(clause.Level.ToString().ToUpperInvariant(), keyword);
            AssertSentence(clause.Id.Text(), clause.Statement);
        }
    }

    /// <summary>No clause lacks a reason, evidence, or a channel that can show a violation.</summary>
    [Fact]
    public void No_clause_lacks_intent_evidence_or_channel()
    {
        foreach (var clause in Catalogue.All)
        {
            var id = clause.Id.Text();
            Assert.False(string.IsNullOrWhiteSpace(clause.Title), id);
            AssertSentence(id, clause.Intent);
            Assert.NotEmpty(clause.Evidence);
            Assert.True(clause.Status == Testability.NotTestable || clause.Observable != Channels.None, id);
            Assert.Equal(clause.Status == Testability.Required, clause.StatusReason.Length == 0);
            Assert.True(clause.Since is null || clause.Until is null || clause.Since <= clause.Until, id);
        }
    }

    /// <summary>What shows only in raw fields or in a simulated machine is not required of implementations that have neither.</summary>
    [Fact]
    public void What_only_raw_fields_show_is_optional() => Assert.All(
        Catalogue.All.Where(c => (c.Observable & ~(Channels.Raw | Channels.Fault)) == Channels.None), c => Assert.NotEqual(Testability.Required, c.Status));

    /// <summary>Titles within a group differ, so that a table row can be told from the next.</summary>
    [Fact]
    public void Titles_within_a_group_differ()
    {
        foreach (var (group, count) in Groups)
        {
            Assert.Equal(count, Catalogue.InGroup(group).Select(c => c.Title).Distinct().Count());
        }
    }

    /// <summary>A component that a fresh context must not have can show contamination; one that comes back can also show amnesia.</summary>
    [Fact]
    public void Verdicts_on_components_have_words()
    {
        Assert.All(Catalogue.InGroup("READY"), c => Assert.NotEqual("", c.Contamination));
        Assert.All(Catalogue.InGroup("RESTORE").Take(10), c => Assert.True(c.Contamination.Length > 0 && c.Amnesia.Length > 0, c.Id.Text()));
    }

    /// <summary>The ready value and the return of a component apply to the same versions.</summary>
    [Fact]
    public void Ready_and_Restore_of_a_component_apply_to_the_same_versions()
    {
        foreach (var (ready, restore) in Catalogue.InGroup("READY").Zip(Catalogue.InGroup("RESTORE")))
        {
            Assert.Equal(ready.Title, restore.Title);
            Assert.Equal((ready.Since, ready.Until), (restore.Since, restore.Until));
        }
    }

    internal static void AssertSentence(string id, string text)
    {
        Assert.True(text.EndsWith('.') && !text.Contains(". ", StringComparison.Ordinal), $"{id}: not one sentence: {text}");
        Assert.True(text.Count(c => c == '`') % 2 == 0, $"{id}: unbalanced backquotes");
    }

    [GeneratedRegex(@"\b(MUST|SHOULD|MAY)(?: NOT)?\b")]
    private static partial Regex Keyword();
}
