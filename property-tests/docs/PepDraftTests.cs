// The draft PEP is what docutils accepts without a warning, has the sections of a PEP, and says what SPEC.md says.

using System.Globalization;
using PyState.PropertyTests.Plugins;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Docs;

/// <summary>Laws of docs/pep-draft.rst.</summary>
public sealed class PepDraftTests
{
    private static readonly string File = Path.Combine(Repository.Root, "docs", "pep-draft.rst");

    private static readonly string Text = System.IO.File.ReadAllText(File);

    [RequiresProgramFact("rst2html5")]
    public void Docutils_accepts_it_without_a_warning()
    {
        (int code, string error) = Rst("--strict", "--report=1", File);

        Assert.Equal((0, string.Empty), (code, error));
    }

    [RequiresProgramFact("rst2html5")]
    public void Docutils_would_say_if_it_did_not()
    {
        string broken = Path.Combine(Directory.CreateTempSubdirectory("pystate-pep-").FullName, "broken.rst");
        System.IO.File.WriteAllText(broken, Text.Replace("Abstract\n========", "Abstract\n===", StringComparison.Ordinal));

        Assert.NotEqual(0, Rst("--strict", "--report=1", broken).Code);
    }

    [Fact]
    public void It_has_the_sections_of_a_PEP_in_their_order()
    {
        string[] sections =
        [
            "Abstract", "Motivation", "Rationale", "Specification", "Backwards Compatibility", "Security Implications", "How to Teach This", "Reference Implementation",
            "Rejected Ideas", "Open Issues", "References", "Copyright",
        ];
        int[] places = [.. sections.Select(s => Text.IndexOf($"\n{s}\n{new string('=', s.Length)}\n", StringComparison.Ordinal))];

        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void It_names_the_version_and_the_number_of_clauses_that_there_are()
    {
        Assert.Contains($"version {SpecVersion.Current},", Text, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"It has {Catalogue.All.Count} clauses"), Text, StringComparison.Ordinal);
    }

    private static (int Code, string Error) Rst(params string[] arguments)
    {
        (int code, _, string error) = Tool.Run("rst2html5", arguments);
        return (code, error);
    }
}
