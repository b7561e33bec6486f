// A meaning cannot change under the same version: each kind of change asks for its kind of version.

using PyState.Conformance.Specification;
using PyState.PropertyTests.Plugins;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Specification;

/// <summary>Laws of the lock of meanings.</summary>
public sealed class MeaningLockTests
{
    private static readonly Meaning[] Some =
    [
        new("clause READY-01", "Must", "Words.", IsOpen: false), new("clause READY-06", "Must; Optional", "Words.", IsOpen: true), new("status ok", "Success", "carried out", IsOpen: true),
    ];

    [Fact]
    public void What_was_written_is_read_again()
    {
        MeaningLock read = MeaningLock.Parse(MeaningLock.Render("1.2.3", Some));

        Assert.Equal(("1.2.3", SpecVersion.ContentOf(Some)), (read.Version, read.Content));
        Assert.Empty(read.Changes(Some));
        Assert.Null(read.Refusal("1.2.3", Some));
    }

    [Theory]
    [InlineData("0.1.0", "0.1.1", "0.2.0")]
    [InlineData("1.4.2", "1.4.3", "2.0.0")]
    public void Another_demand_needs_a_major_version(string before, string tooLittle, string enough)
    {
        Meaning[] changed = [Some[0] with { DemandHash = "0123456789abcdef" }, .. Some[1..]];

        Refuses(before, before, changed, $"clause READY-01 demands something else, which is a major change: raise the version in spec/PyState.Spec.csproj from {before} to {enough} or later");
        Refuses(before, tooLittle, changed, "which is a major change");
        Allows(before, enough, changed);
    }

    [Theory]
    [InlineData("0.1.0", "0.1.1", "0.2.0")]
    [InlineData("1.4.2", "1.4.3", "2.0.0")]
    public void A_requirement_that_is_new_or_gone_needs_a_major_version(string before, string tooLittle, string enough)
    {
        foreach (Meaning[] changed in new Meaning[][] { [.. Some, new("clause READY-99", "Must", "Words.", IsOpen: false)], Some[1..] })
        {
            Refuses(before, tooLittle, changed, "which is a major change");
            Allows(before, enough, changed);
        }
    }

    [Theory]
    [InlineData("0.1.0", "0.1.9", "0.2.0")]
    [InlineData("1.4.2", "1.4.9", "1.5.0")]
    public void What_affects_no_conforming_implementation_needs_a_minor_version(string before, string tooLittle, string enough)
    {
        Meaning[] changed = [.. Some, new("status tired", "Api", "tired", IsOpen: true)];

        Refuses(before, tooLittle, changed, "status tired is new, which is a minor change");
        Allows(before, enough, changed);
    }

    [Fact]
    public void Other_words_need_another_version_and_whoever_wrote_them_decides_which()
    {
        Meaning[] changed = [Some[0] with { WordsHash = "0123456789abcdef" }, .. Some[1..]];

        Refuses("1.4.2", "1.4.2", changed, "clause READY-01 has other words, which is at least an editorial change: raise the version in spec/PyState.Spec.csproj from 1.4.2 to 1.4.3 if nothing but words changed, to 2.0.0 if what is demanded did");
        Allows("1.4.2", "1.4.3", changed);
    }

    [Fact]
    public void The_greatest_change_decides_and_the_others_are_counted()
    {
        Meaning[] changed = [Some[0] with { WordsHash = "0123456789abcdef" }, Some[1] with { DemandHash = "0123456789abcdef" }, Some[2]];

        Refuses("1.4.2", "1.5.0", changed, "clause READY-06 demands something else, and 1 more changed, which is a major change");
    }

    [Fact]
    public void A_version_never_goes_back() => Refuses("1.4.2", "1.4.1", Some, "went from version 1.4.2 back to 1.4.1");

    [Theory]
    [InlineData("")]
    [InlineData("# something else\nspec\t1.0.0\tabc\n")]
    [InlineData("{HEADING}\nspec\tlately\tabc\n")]
    [InlineData("{HEADING}\nspec\t1.0.0\tabc\nclause READY-01\tabc\n")]
    public void A_lock_that_nobody_wrote_is_refused_in_one_line(string text)
    {
        string heading = MeaningLock.Render("1.0.0", []).Split('\n')[0];
        string message = Assert.Throws<FormatException>(() => MeaningLock.Parse(text.Replace("{HEADING}", heading, StringComparison.Ordinal))).Message;
        Assert.Contains("take it back from version control", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_clause_operation_choice_and_obligation_has_an_entry_and_no_two_have_the_same()
    {
        HashSet<string> ids = [.. Meanings.All.Select(m => m.Id)];

        Assert.Equal(Meanings.All.Count, ids.Count);
        Assert.All(Catalogue.All, c => Assert.Contains($"clause {c.Id.Text()}", ids));
        Assert.All(Operations.All, o => Assert.Contains($"operation {o.Name}", ids));
        Assert.All(Choices.All.SelectMany(c => c.Values.Select(v => $"choice {c.Name}={v.Value}")), c => Assert.Contains(c, ids));
        Assert.All(Obligations.All, o => Assert.Contains($"obligation {o.Id}", ids));
    }

    [Fact]
    public void The_lock_in_the_repository_is_of_this_version_and_says_what_the_specification_says()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, MeaningLock.Path));

        Assert.Equal(MeaningLock.Render(SpecVersion.Current, Meanings.All), text);
        Assert.Matches("^[0-9a-f]{64}$", SpecVersion.Content);
        Assert.Equal(SpecVersion.Content, MeaningLock.Parse(text).Content);
    }

    private static void Refuses(string before, string now, Meaning[] meanings, string part)
    {
        string? refusal = MeaningLock.Parse(MeaningLock.Render(before, Some)).Refusal(now, meanings);
        Assert.NotNull(refusal);
        Assert.Contains(part, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    private static void Allows(string before, string now, Meaning[] meanings) => Assert.Null(MeaningLock.Parse(MeaningLock.Render(before, Some)).Refusal(now, meanings));
}
