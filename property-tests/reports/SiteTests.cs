// `site`: the newest run of everything, the trend behind it, and no verdict from a run that judged nothing.

using System.Text.Json;
using System.Text.RegularExpressions;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Cli;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Reports;

/// <summary>Sites.</summary>
/// <param name="browser">The browser.</param>
public sealed class SiteTests(Browser browser) : IClassFixture<Browser>
{
    /// <summary>A page for each clause and each implementation.</summary>
    [Fact]
    public void A_site_has_a_page_for_each_clause_and_each_implementation()
    {
        using var call = new Call();
        Save(call, "reports/a.json", Samples.Mixed());
        Save(call, "reports/b.json", On("3.12.1", Samples.Mixed()));
        Assert.Equal(0, call.Invoke("site", "reports", "-o", "public"));
        string[] pages = [.. call.Files.Where(f => f.StartsWith("public/", StringComparison.Ordinal))];
        Assert.Equal(Catalogue.All.Count, pages.Count(p => p.StartsWith("public/clauses/", StringComparison.Ordinal)));
        Assert.Equal(["01-greenlet-cpython-3.11.2.html", "01-greenlet-cpython-3.11.2.svg", "02-greenlet-cpython-3.12.1.html", "02-greenlet-cpython-3.12.1.svg"],
            pages.Where(p => p.Contains("implementations", StringComparison.Ordinal)).Select(Path.GetFileName));
        Assert.Equal(2, JsonReport.Read(Path.Combine(call.Folder, "public", "report.json")).Implementations.Count);
    }

    /// <summary>The newest run is the matrix; the others are the trend, and what changed is named.</summary>
    [Fact]
    public void The_newest_run_is_the_matrix_and_the_others_are_the_trend()
    {
        SitePlace place = PlaceOf(Site.Pages([("new", At(9, Samples.Mixed())), ("old", At(3, Samples.Of(Canned.Green(Canned.Capabilities("greenlet")))))])["index.html"]);
        IReadOnlyList<PastRun> history = Assert.Single(place.History);
        Assert.Equal([3, 9], history.Select(r => r.Started.Day));
        Assert.Equal([0, 3], history.Select(r => r.Unexpected));
        Assert.Contains("READY-05", history[1].Changed);
        Assert.DoesNotContain("READY-01", history[1].Changed);
    }

    /// <summary>A new patch release goes on where the one before was; another minor version is another column.</summary>
    [Fact]
    public void A_patch_release_continues_the_trend()
    {
        SitePlace place = PlaceOf(Site.Pages([("a", At(1, Samples.Mixed())), ("b", On("3.11.9", At(2, Samples.Mixed()))), ("c", On("3.12.0", At(2, Samples.Mixed())))])["index.html"]);
        Assert.Equal([2, 1], place.History.Select(h => h.Count));
    }

    /// <summary>A run that judged nothing, or only saw its processes die, is withheld and named; the one before it stands.</summary>
    [Fact]
    public void A_report_that_is_all_errors_is_withheld()
    {
        ReportDocument broken = At(9, Samples.Mixed());
        broken = broken with { Implementations = [.. broken.Implementations.Select(i => i with { Verdicts = [.. i.Verdicts.Select(v => v with { Verdict = "crashed", Expected = false })] })] };
        string index = Site.Pages([("good.json", At(3, Samples.Mixed())), ("broken.json", broken)])["index.html"];
        SitePlace place = PlaceOf(index);
        Assert.Equal("greenlet 2.0.2 on CPython 3.11.2, 2026-01-09: nothing was judged (broken.json)", Assert.Single(place.Withheld));
        Assert.Equal(3, Assert.Single(Assert.Single(place.History)).Started.Day);
    }

    /// <summary>With nothing to show there is no site.</summary>
    [Fact]
    public void Without_a_verdict_there_is_no_site()
    {
        using var call = new Call();
        Directory.CreateDirectory(Path.Combine(call.Folder, "empty"));
        Assert.Equal(2, call.Invoke("site", "empty"));
        Assert.Contains("there is no report in 'empty'", call.Error, StringComparison.Ordinal);
        Assert.Empty(call.Files);
    }

    /// <summary>An older site is replaced, and what begins with a dot is nobody's page.</summary>
    [Fact]
    public void A_site_replaces_an_older_one()
    {
        using var call = new Call();
        Save(call, "a.json", Samples.Mixed());
        Directory.CreateDirectory(Path.Combine(call.Folder, "public", ".git"));
        Assert.Equal(0, call.Invoke("site", "a.json", "-o", "public"));
        Assert.Equal(0, call.Invoke("site", "a.json", "-o", "public"));
    }

    /// <summary>Neither the reports it is made of nor anything else is overwritten.</summary>
    /// <param name="output">Where the site is to go.</param>
    /// <param name="says">Why not.</param>
    [Theory]
    [InlineData(".", "the site would overwrite its own input 'report.json': name another folder with -o")]
    [InlineData("link", "the site would overwrite its own input 'report.json': name another folder with -o")]
    [InlineData("mine", "'mine' has files in it and is no earlier site: name a folder of the site's own with -o")]
    [InlineData("page", "'page' has files in it and is no earlier site: name a folder of the site's own with -o")]
    public void A_site_overwrites_nothing_but_an_older_site(string output, string says)
    {
        using var call = new Call();
        Save(call, "report.json", Samples.Mixed());
        File.CreateSymbolicLink(Path.Combine(call.Folder, "link"), ".");
        Directory.CreateDirectory(Path.Combine(call.Folder, "mine"));
        Directory.CreateDirectory(Path.Combine(call.Folder, "page"));
        File.WriteAllText(Path.Combine(call.Folder, "mine", "index.html"), "my home page");
        File.WriteAllText(Path.Combine(call.Folder, "page", "index.html"), HtmlReport.Text(Samples.Mixed()));
        Assert.Equal(2, call.Invoke("site", "report.json", "-o", output));
        Assert.Equal($"pystate: {says}\n", call.Error);
        Assert.Equal("my home page", File.ReadAllText(Path.Combine(call.Folder, "mine", "index.html")));
        Assert.Equal(JsonReport.Text(Samples.Mixed()), File.ReadAllText(Path.Combine(call.Folder, "report.json")));
    }

    /// <summary>Every link of a site leads to one of its pages, and its pages say nothing on the console.</summary>
    [RequiresProgramFact("chromium")]
    public async Task Every_link_of_a_site_leads_somewhere()
    {
        IReadOnlyDictionary<string, string> pages = Site.Pages([("a", At(1, Samples.Mixed())), ("b", On("3.12.1", At(2, Samples.Hostility())))]);
        foreach (string name in new[] { "index.html", "clauses/READY-05.html", pages.Keys.First(k => k.StartsWith("implementations/", StringComparison.Ordinal)) })
        {
            Opened page = await browser.OpenText(pages[name], name);
            string[] links = await page.Value<string[]>("[...document.querySelectorAll('a')].map(a => a.getAttribute('href')).filter(h => !h.startsWith('#') && !h.startsWith('http'))");
            Assert.NotEmpty(links);
            Assert.All(links, l => Assert.Contains(Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(name)!, l))), pages.Keys));
            Assert.Empty(page.Troubles);
        }
    }

    private static SitePlace PlaceOf(string page) =>
        JsonSerializer.Deserialize<SitePlace>(Regex.Match(page, "id=\"place\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value, JsonReport.Options)!;

    private static void Save(Call call, string name, ReportDocument report)
    {
        string path = Path.Combine(call.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonReport.Text(report));
    }

    private static ReportDocument At(int day, ReportDocument report) =>
        report with { Implementations = [.. report.Implementations.Select(i => i with { Started = new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero) })] };

    private static ReportDocument On(string version, ReportDocument report) =>
        report with { Implementations = [.. report.Implementations.Select(i => i with { InterpreterVersion = version })] };
}
