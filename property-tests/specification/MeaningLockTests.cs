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

        Assert.Equal(MeaningLock.Render(SpecVersion.Current, SpecRepository.Locked(File.ReadAllText(Path.Combine(Repository.Root, SpecDocument.FileName)))), text);
        Assert.Matches("^[0-9a-f]{64}$", SpecVersion.Content);
        Assert.Equal(SpecVersion.Content, MeaningLock.Parse(text).Content);
    }

    [Fact]
    public void A_normative_sentence_of_the_document_cannot_change_under_the_same_version()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, SpecDocument.FileName));
        const string Sentence = "An id (clause, obligation, ambiguity) is permanent.";
        Assert.Contains(Sentence, document, StringComparison.Ordinal);
        var written = MeaningLock.Parse(MeaningLock.Render("0.9.0", SpecRepository.Locked(document)));

        string changed = document.Replace(Sentence, "An id (clause, obligation, ambiguity) is mostly permanent.", StringComparison.Ordinal);
        Assert.Equal(
            "prose 16 has other words, which is at least an editorial change: raise the version in spec/PyState.Spec.csproj from 0.9.0 to 0.9.1 if nothing but words changed, to 0.10.0 if what is demanded did, and say it in SPEC.md, Annex F",
            written.Refusal("0.9.0", SpecRepository.Locked(changed)));
        Assert.Null(written.Refusal("0.9.1", SpecRepository.Locked(changed)));
    }

    [Theory]
    [InlineData("*Informative.* It is a first version", "*Informative.* It is an early version")]
    [InlineData("*In the example (informative).* Step 7 breaks OBL-04", "*In the example (informative).* Step 7 is against OBL-04")]
    [InlineData("The words MUST, MUST NOT, SHOULD,", "The words MUST,\nMUST NOT, SHOULD,")]
    public void An_informative_sentence_or_a_line_broken_elsewhere_is_no_change(string now, string then)
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, SpecDocument.FileName));
        Assert.Contains(now, document, StringComparison.Ordinal);
        string changed = document.Replace(now, then, StringComparison.Ordinal);
        Assert.Equal(MeaningLock.Render("1.0.0", SpecRepository.Locked(document)), MeaningLock.Render("1.0.0", SpecRepository.Locked(changed)));
    }

    [Fact]
    public void Every_section_that_says_something_normative_says_what_it_means_for_the_example()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, SpecDocument.FileName));
        string[] sections = document[..document.IndexOf("\n## Annex A", StringComparison.Ordinal)].Split("\n## ")[1..];
        Assert.Equal(["3"], sections.Where(s => !s.Contains("*In the example (informative).*", StringComparison.Ordinal)).Select(s => s.Split(' ')[0]));
    }

    [Fact]
    public void Every_section_with_normative_prose_is_locked() => Assert.Equal(
        ["1", "2", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"],
        SpecProse.Of(File.ReadAllText(Path.Combine(Repository.Root, SpecDocument.FileName))).Select(m => m.Id["prose ".Length..]));

    private static void Refuses(string before, string now, Meaning[] meanings, string part)
    {
        string? refusal = MeaningLock.Parse(MeaningLock.Render(before, Some)).Refusal(now, meanings);
        Assert.NotNull(refusal);
        Assert.Contains(part, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    private static void Allows(string before, string now, Meaning[] meanings) => Assert.Null(MeaningLock.Parse(MeaningLock.Render(before, Some)).Refusal(now, meanings));
}
