// Every relative link of a Markdown page leads to a file of the repository, and an anchor in it to a heading.

using System.Text.RegularExpressions;
using Xunit;

namespace PyState.PropertyTests.Docs;

/// <summary>Laws of the pages.</summary>
public sealed partial class LinkTests
{
    private static readonly string Root = FindRoot();

    /// <summary>The pages, relative to the root: those that git would track, outside of build output and of what a run leaves behind.</summary>
    public static TheoryData<string> Pages() =>
        [.. Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Where(IsOurs).Order(StringComparer.Ordinal)];

    /// <summary>Every relative link of a page resolves.</summary>
    /// <param name="page">The page.</param>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_relative_link_resolves(string page) => Assert.Equal([], Broken(page, File.ReadAllText(Path.Combine(Root, page))));

    /// <summary>A link that leads nowhere is found, and one in a code block is none.</summary>
    [Fact]
    public void A_link_that_leads_nowhere_is_found()
    {
        const string text = "[a](README.md) [b](no-such-page.md) [c](SPEC.md#no-such-heading) ![d](docs/none.svg)\n```\n[e](none.md)\n```\n[f](https://example.org/x)";
        Assert.Equal(["no-such-page.md", "SPEC.md#no-such-heading", "docs/none.svg"], Broken("README.md", text));
    }

    /// <summary>There are pages, and links in them: the test would pass on an empty folder otherwise.</summary>
    [Fact]
    public void There_are_pages_with_links() =>
        Assert.Contains(Links(File.ReadAllText(Path.Combine(Root, "README.md"))), l => !IsElsewhere(l));

    /// <summary>Nobody has to guess that a page exists.</summary>
    [Fact]
    public void Every_page_of_docs_is_in_its_index()
    {
        string[] linked = [.. Links(File.ReadAllText(Path.Combine(Root, "docs", "README.md"))).Select(l => l.Split('#')[0])];
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Root, "docs")).Select(f => Path.GetFileName(f)).Where(f => f != "README.md").Except(linked));
    }

    /// <summary>A class of tests that a guide names is there.</summary>
    /// <param name="page">The page.</param>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_class_of_tests_that_a_page_names_is_there(string page) =>
        Assert.All(TestClass().Matches(File.ReadAllText(Path.Combine(Root, page))).Select(m => m.Groups[1].Value).Distinct(), name => Assert.Contains(name, Classes.Value));

    private static readonly Lazy<HashSet<string>> Classes = new(() =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, "property-tests"), "*.cs", SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f))]);

    private static string[] Broken(string page, string text) => [.. Links(text).Where(l => !IsElsewhere(l) && !Resolves(page, l)).Distinct()];

    private static IEnumerable<string> Links(string text) => Link().Matches(Code().Replace(text, string.Empty)).Select(m => m.Groups[1].Value);

    private static bool IsElsewhere(string link) => Scheme().IsMatch(link);

    private static bool Resolves(string page, string link)
    {
        string[] parts = link.Split('#', 2);
        string target = parts[0].Length == 0 ? Path.Combine(Root, page) : Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0])));
        if (!target.StartsWith(Root, StringComparison.Ordinal) || (!File.Exists(target) && !Directory.Exists(target)))
        {
            return false;
        }

        return parts.Length == 1 || !target.EndsWith(".md", StringComparison.Ordinal) || Anchors(File.ReadAllText(target)).Contains(parts[1]);
    }

    // A heading's anchor as GitHub makes it, and those that a page sets itself.
    private static HashSet<string> Anchors(string text) =>
    [
        .. Heading().Matches(Code().Replace(text, string.Empty)).Select(m => NotInAnchor().Replace(m.Groups[1].Value.Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-')),
        .. Id().Matches(text).Select(m => m.Groups[1].Value),
    ];

    private static bool IsOurs(string path) => !path.Split('/').Any(p => p is "bin" or "obj" or "pystate-results" or "TestResults" or "node_modules" || p.StartsWith('.'));

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Spec.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("Spec.sln is in no folder above the tests");
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("^[a-z][a-z0-9+.-]*:", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex("`([A-Z][A-Za-z]+(?:Tests|Laws))`")]
    private static partial Regex TestClass();

    [GeneratedRegex("<a id=\"([^\"]+)\"")]
    private static partial Regex Id();
}
