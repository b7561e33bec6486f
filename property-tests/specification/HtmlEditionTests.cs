// The HTML edition: whole, from one file, with nothing in it that an implementation could have put there.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PyState.Conformance.Cli;
using PyState.Conformance.Specification;
using PyState.Conformance.Specification.Html;
using PyState.PropertyTests.Cli;
using PyState.PropertyTests.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Specification;

/// <summary>Laws of the edition.</summary>
public sealed partial class HtmlEditionTests : IDisposable
{
    private const string Hostile = "</section></main><script>alert(1)</script><img src=x onerror=alert(2)>\u001b[31m{{script}}&\"'";

    private static readonly string Plain = HtmlEdition.Render(File.ReadAllText(Path.Combine(Repository.Root, SpecDocument.FileName)), [], "..");

    private readonly string folder = Directory.CreateTempSubdirectory("pystate-edition-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_clause_is_a_section_with_its_anchor_and_its_versions()
    {
        foreach (Clause clause in Catalogue.All)
        {
            string versions = string.Join(' ', Profiles.All.Where(p => clause.AppliesTo(p.Minor)).Select(p => p.Minor));
            Assert.Contains($"<section class=\"clause\" id=\"{clause.Id.Text().ToLowerInvariant()}\" data-v=\"{versions}\">", Plain, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_link_within_it_leads_somewhere_and_no_anchor_is_there_twice()
    {
        string[] ids = [.. Id().Matches(Plain).Select(m => m.Groups[1].Value)];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal([], InnerLink().Matches(Plain).Select(m => m.Groups[1].Value).Distinct().Where(l => !ids.Contains(l)));
    }

    [Fact]
    public void Every_link_into_the_repository_leads_to_a_file()
    {
        string[] links = [.. Link().Matches(Plain).Select(m => m.Groups[1].Value).Where(l => !l.StartsWith('#') && !l.Contains("://", StringComparison.Ordinal))];

        Assert.NotEmpty(links);
        Assert.All(links, l => Assert.True(Path.Exists(Path.Combine(Repository.Root, "docs", l.Split('#')[0])), l));
    }

    [Fact]
    public void Both_lifecycles_are_drawn_as_they_are()
    {
        foreach ((string drawing, string diagram) in HtmlEdition.Drawings.Zip([SavedStateLifecycle.Diagram(), ThreadLifecycle.Diagram()]))
        {
            string[][] moves = [.. diagram.Split('\n').Select(l => l.Split([" --> ", " : "], StringSplitOptions.TrimEntries)).Where(m => m.Length == 3)];
            Assert.True(HtmlEdition.ArrowsOf(drawing).SetEquals(moves.Select(m => (m[0], m[1]))), "run conformance/specification/html/draw.sh");
            string text = string.Join('\n', XDocument.Parse(drawing).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value));
            Assert.All(moves, m => Assert.Contains(m[2], text, StringComparison.Ordinal));
            Assert.Contains(drawing, Plain, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_is_loaded_from_elsewhere_and_only_its_own_script_may_run()
    {
        Assert.DoesNotMatch(@"<link\b|\ssrc\s*=|url\(|@import|<iframe|<object|\son\w+\s*=", Plain);
        Match script = Assert.Single(Script().Matches(Plain));
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.Groups[1].Value)));
        Assert.Contains($"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'", Plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_and_columns_carry_the_versions_they_are_of()
    {
        Assert.Contains("<tr data-v=\"8 9 10\"><td><code>frame</code></td>", Plain, StringComparison.Ordinal);
        Assert.Contains("<th data-v=\"8\">3.8</th>", Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("<!-- generated", Plain, StringComparison.Ordinal);
        Assert.DoesNotContain("stateDiagram", Plain, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clause_has_its_verdict_of_each_implementation()
    {
        string report = Report("mine", SpecVersion.Content, ("READY-05", "violates", false, "amnesia"), ("READY-01", "conforms", true, ""), ("RESTORE-05", "violates", true, "known"));
        string page = Edition(report);

        Assert.Matches("""(?s)id="ready-05".{1,900}<li class="bad"><b>✗ violates</b> mine: impl 1 on CPython 3\.11\.2""", page);
        Assert.Matches("""(?s)id="ready-01".{1,900}<li class="good"><b>✓ conforms</b>""", page);
        Assert.Matches("""(?s)id="restore-05".{1,900}<li class="known"><b>≈ violates, known</b>""", page);
        Assert.DoesNotContain("judged by another specification", page, StringComparison.Ordinal);
        Assert.Contains("judged by another specification", Edition(Report("mine", new string('0', 64), ("READY-01", "conforms", true, ""))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_implementation_says_stays_text()
    {
        string page = Edition(Report(Hostile, SpecVersion.Content, ("READY-05", "violates", false, Hostile), ("READY-01", Hostile, true, Hostile)));

        Assert.Single(Script().Matches(page));
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.Equal(Catalogue.All.Count, Regex.Count(page, "</section>"));
    }

    [Theory]
    [InlineData("", "is no report")]
    [InlineData("[]", "is no report of version 1")]
    [InlineData("{\"format\":\"pystate-list\",\"version\":1}", "is no report of version 1")]
    [InlineData("{\"format\":\"pystate-report\",\"version\":2}", "is no report of version 1")]
    [InlineData("{\"format\":\"pystate-report\",\"version\":1}", "is no report")]
    [InlineData("{\"format\":\"pystate-report\",\"version\":1,\"implementations\":[{\"verdicts\":[{\"verdict\":1}]}]}", "is no report")]
    public void A_file_that_is_no_report_is_one_line_and_exit_code_2(string content, string part)
    {
        string file = Path.Combine(folder, "report.json");
        File.WriteAllText(file, content);
        Refused(part, "--html", Path.Combine(folder, "spec.html"), file);
        Assert.False(File.Exists(Path.Combine(folder, "spec.html")));
    }

    [Fact]
    public void What_cannot_be_meant_is_one_line_and_exit_code_2()
    {
        Refused("cannot read", "--html", Path.Combine(folder, "spec.html"), Path.Combine(folder, "none.json"));
        Refused("is of use to --html only", Path.Combine(folder, "none.json"));
        Refused("give one of them", "--check", "--html", Path.Combine(folder, "spec.html"));
        Refused("is a folder", "--html", folder);
    }

    [Theory]
    [InlineData("all", "8 9 10 11 12 13 14 15")]
    [InlineData("all versions", "8 9 10 11 12 13 14 15")]
    [InlineData("3.8–3.10, 3.12", "8 9 10 12")]
    [InlineData("3.13–3.14 (some patches)", "13 14")]
    [InlineData("from 3.12 on", "12 13 14 15")]
    [InlineData("up to 3.9", "8 9")]
    [InlineData("3.12 to 3.13", "12 13")]
    [InlineData("3.11", "11")]
    [InlineData("3.11 or so", null)]
    [InlineData("", null)]
    public void The_versions_of_a_cell_are_read(string text, string? expected) =>
        Assert.Equal(expected, VersionText.Read(text) is { } versions ? string.Join(' ', versions) : null);

    [RequiresProgramTheory("chromium")]
    [InlineData(390, "")]
    [InlineData(390, "?cpython=3.8")]
    [InlineData(1280, "")]
    public void In_a_browser_nothing_sticks_out_and_the_filter_filters(int width, string query)
    {
        File.WriteAllText(Path.Combine(folder, "spec.html"), Edition(Report("greenlet", SpecVersion.Content, [.. Catalogue.All.Select(c => (c.Id.Text(), "conforms", true, "words"))])));
        File.WriteAllText(
            Path.Combine(folder, "frame.html"),
            string.Create(CultureInfo.InvariantCulture, $"<iframe id=f src=\"spec.html{query}\" style=\"width:{width}px;height:800px\"></iframe><p id=o></p>") + """
            <script>f.onload = () => { const d = f.contentDocument;
              const hidden = i => d.getElementById(i).hidden;
              o.textContent = [d.documentElement.scrollWidth, hidden("ready-01"), hidden("ready-09"), d.querySelectorAll(".clause").length].join(" "); }</script>
            """);

        (int code, string page, _) = Tool.Run(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=20000", $"--user-data-dir={Path.Combine(folder, "profile")}", "--dump-dom", $"file://{Path.Combine(folder, "frame.html")}");

        Assert.Equal(0, code);
        Match found = Metrics().Match(page);
        Assert.True(found.Success, page[^Math.Min(page.Length, 500)..]);
        Assert.True(int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) <= width, $"{found.Groups[1].Value} wide");
        Assert.Equal(("false", query.Length > 0 ? "true" : "false"), (found.Groups[2].Value, found.Groups[3].Value));
        Assert.Equal(Catalogue.All.Count, int.Parse(found.Groups[4].Value, CultureInfo.InvariantCulture));
    }

    private static void Refused(string part, params string[] arguments)
    {
        using var call = new Call();
        call.Host = call.Host with { Folder = Repository.Root };

        Assert.Equal(ExitCode.Setup, call.Invoke(["spec", .. arguments]));
        Assert.Contains(part, call.Error, StringComparison.Ordinal);
        Assert.Equal(1, call.Error.Count(c => c == '\n'));
    }

    private static string Report(string name, string content, params (string Clause, string Verdict, bool Expected, string Words)[] verdicts) => System.Text.Json.JsonSerializer.Serialize(new
    {
        format = "pystate-report", version = 1, specification = new { version = "0.1.0", content },
        implementations = new[]
        {
            new
            {
                name, implementation = "impl", implementationVersion = "1", interpreter = "CPython", interpreterVersion = "3.11.2", build = "release",
                verdicts = verdicts.Select(v => new { clause = v.Clause, verdict = v.Verdict, expected = v.Expected, exercised = 7, reason = v.Words, counterexample = new { words = v.Words, steps = new[] { "call 1", v.Words } } }),
            },
        },
    });

    private string Edition(string report)
    {
        string file = Path.Combine(folder, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, report);
        return HtmlEdition.Render(File.ReadAllText(Path.Combine(Repository.Root, SpecDocument.FileName)), EditionReport.Read(file, file), "..");
    }

    [GeneratedRegex("\\sid=\"([^\"]+)\"")]
    private static partial Regex Id();

    [GeneratedRegex("href=\"#([^\"]+)\"")]
    private static partial Regex InnerLink();

    [GeneratedRegex("href=\"([^\"]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("""<p id="o">(\d+) (true|false) (true|false) (\d+)</p>""")]
    private static partial Regex Metrics();
}
