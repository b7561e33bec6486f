// SPEC.md is what the data says: its generated parts are up to date, its links lead somewhere, its sections are labelled.

using System.Text.RegularExpressions;
using PyState.Conformance.Specification;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Specification;

/// <summary>Laws of SPEC.md.</summary>
public sealed partial class SpecDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root(), SpecDocument.FileName));

    /// <summary>The generated parts are up to date; where not, <c>dotnet run --project conformance -- spec</c> writes them.</summary>
    [Fact]
    public void The_generated_parts_are_up_to_date()
    {
        Assert.Equal([], SpecDocument.OutOfDate(Text));
        Assert.Equal(Text, SpecDocument.Render(Text));
    }

    /// <summary>So is the header of the thread state's fields, in which every field of every version is named.</summary>
    [Fact]
    public void The_header_of_fields_is_up_to_date()
    {
        string header = File.ReadAllText(Path.Combine(Root(), FieldsHeader.Path));
        Assert.Equal(FieldsHeader.Render(), header);
        Assert.All(
            Profiles.All.SelectMany(p => p.Fields).Where(f => f.Holder != Holder.Interpreter),
            f => Assert.Contains($"(\"{f.Name}\", ", header, StringComparison.Ordinal));
    }

    /// <summary>A changed part is named.</summary>
    [Fact]
    public void A_part_that_is_out_of_date_is_named() =>
        Assert.Equal(["non-goals"], SpecDocument.OutOfDate(Text.Replace("Free-threaded builds |", "Free-threaded builds, all |", StringComparison.Ordinal)));

    /// <summary>The list of undefined behaviour is empty, and every check examined something.</summary>
    [Fact]
    public void Undefined_behaviour_is_none()
    {
        Assert.All(UndefinedBehaviour.Checks(), c => Assert.Equal([], c.Findings));
        Assert.All(UndefinedBehaviour.Checks(), c => Assert.True(c.Examined > 0, c.Question));
        Assert.Contains("**Undefined behaviour: none.**", Text, StringComparison.Ordinal);
    }

    /// <summary>A hole is printed, and so is a check that examined nothing: "none" cannot be had for free.</summary>
    [Fact]
    public void A_hole_is_printed()
    {
        Assert.Contains("- READY-99 has no outcome", UndefinedBehaviour.Render([new("clauses", 1, ["READY-99 has no outcome"])]), StringComparison.Ordinal);
        Assert.DoesNotContain("none.**", UndefinedBehaviour.Render([new("clauses", 0, [])]), StringComparison.Ordinal);
    }

    /// <summary>Every link within the document leads to an anchor.</summary>
    [Fact]
    public void Every_inner_link_leads_to_an_anchor()
    {
        var anchors = Anchor().Matches(Text).Select(m => m.Groups[1].Value).ToHashSet();
        var links = InnerLink().Matches(Text).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(links);
        Assert.Equal([], links.Where(l => !anchors.Contains(l)).Distinct());
    }

    /// <summary>Every id that the text names is the id of something.</summary>
    [Fact]
    public void Every_id_in_the_text_exists()
    {
        var known = Catalogue.All.Select(c => c.Id.Text()).Concat(Obligations.All.Select(o => o.Id)).Concat(Ambiguities.All.Select(a => a.Id)).ToHashSet();
        Assert.Equal([], Id().Matches(Text).Select(m => m.Value).Where(id => !known.Contains(id)).Distinct());
    }

    /// <summary>Every section that has text of its own says whether it is normative or informative.</summary>
    [Fact]
    public void Every_section_is_labelled()
    {
        foreach (var section in Text.Split("\n## ").Skip(1))
        {
            Assert.True(section.Contains("*Normative", StringComparison.Ordinal) || section.Contains("*Informative", StringComparison.Ordinal), section.Split('\n')[0]);
        }
    }

    /// <summary>The prose makes no requirement of its own: outside of generated parts, BCP 14's words occur only where they are introduced.</summary>
    [Fact]
    public void The_prose_makes_no_requirement_of_its_own()
    {
        var prose = Generated().Replace(Text, "");
        Assert.All(Keyword().Matches(prose).Cast<Match>(), m => Assert.Contains("BCP 14", Surroundings(prose, m.Index), StringComparison.Ordinal));
    }

    private static string Surroundings(string text, int index) => text[Math.Max(0, index - 100)..Math.Min(text.Length, index + 150)];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Spec.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Spec.sln is in no folder above the tests");
        }

        return folder.FullName;
    }

    [GeneratedRegex("<a id=\"([^\"]+)\"></a>")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"\]\(#([^)]+)\)")]
    private static partial Regex InnerLink();

    [GeneratedRegex(@"\b(?:READY|SAVE|RESTORE|STACK|WIDE|DERIVED|DISCARD|HANDLE|INTRO|ATOM|FRAME|LEAK|SWITCH|CHOICE|AMBIENT|BASE|OBL|AMB)-\d+\b")]
    private static partial Regex Id();

    [GeneratedRegex(@"<!-- generated:(\S+) begin -->.*?<!-- generated:\1 end -->", RegexOptions.Singleline)]
    private static partial Regex Generated();

    [GeneratedRegex(@"\b(MUST|SHOULD|MAY)\b")]
    private static partial Regex Keyword();
}
