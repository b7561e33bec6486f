// The reports for other programs: SARIF, Markdown, badges, and the page without a browser.

using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NJsonSchema;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Cli;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Reports;

/// <summary>What other programs read.</summary>
public sealed partial class PublishedFormatTests
{
    /// <summary>The schema is the published one.</summary>
    [Fact]
    public async Task A_sarif_report_fits_the_published_schema()
    {
        JsonSchema schema = await JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "schema", "sarif-2.1.0.json"));
        foreach (ReportDocument report in new[] { Samples.Mixed(), Samples.Hostility(), Samples.Large(3, 50) })
        {
            string sarif = Written(SarifReport.Write, report);
            Assert.Empty(schema.Validate(sarif));
            Assert.NotEmpty(schema.Validate(sarif.Replace("\"ruleId\"", "\"rule\"", StringComparison.Ordinal)));
        }
    }

    /// <summary>Code scanning shows what is unexpected, and why the rest is none of its business.</summary>
    [Fact]
    public void A_sarif_result_is_an_error_where_the_deviation_is_unexpected_and_suppressed_where_it_is_known()
    {
        using JsonDocument sarif = JsonDocument.Parse(Written(SarifReport.Write, Samples.Mixed()));
        JsonElement run = sarif.RootElement.GetProperty("runs")[0];
        JsonElement[] results = [.. run.GetProperty("results").EnumerateArray()];
        Assert.Equal(["READY-05:error", "RESTORE-02:note", "RESTORE-03:error", "SWITCH-05:error"], results.Select(r => $"{r.GetProperty("ruleId").GetString()}:{r.GetProperty("level").GetString()}"));
        Assert.Equal("RESTORE-02", Assert.Single(results, r => r.TryGetProperty("suppressions", out _)).GetProperty("ruleId").GetString());
        foreach (JsonElement result in results)
        {
            Assert.Equal(result.GetProperty("ruleId").GetString(), run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
        }

        Assert.Equal(results.Length, results.Select(r => r.GetProperty("partialFingerprints").GetProperty("pystate/v1").GetString()).Distinct().Count());
        Assert.Contains("▸ 4  switch 1\n     frames  expected call1  seen gen0 < call1", results[0].GetProperty("message").GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The file under test where it is in the repository; never a place outside of it.</summary>
    /// <param name="selected">What was named on the command line.</param>
    /// <param name="location">Where the result is shown.</param>
    [Theory]
    [InlineData("./my switcher.py", "my%20switcher.py")]
    [InlineData("tests/pystate/switcher.py", "tests/pystate/switcher.py")]
    [InlineData("/etc/switcher.py", "pystate-results/x.json")]
    [InlineData("../switcher.py", "pystate-results/x.json")]
    [InlineData("greenlet", "pystate-results/x.json")]
    public void A_sarif_result_points_into_the_repository(string selected, string location)
    {
        ReportDocument report = Samples.Mixed();
        ImplementationDocument one = report.Implementations[0];
        report = report with
        {
            Implementations = [one with { Selection = ["--switcher", selected], Verdicts = [.. one.Verdicts.Where(v => v.Clause == "READY-05").Select(v => v with { Counterexample = v.Counterexample! with { Trace = "pystate-results/x.json" } })] }],
        };
        using JsonDocument sarif = JsonDocument.Parse(Written(SarifReport.Write, report));
        JsonElement place = sarif.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal(location, place.GetProperty("artifactLocation").GetProperty("uri").GetString());
    }

    /// <summary>A summary of a job is Markdown that strings from outside cannot shape.</summary>
    [Fact]
    public void A_markdown_report_keeps_hostile_strings_in_their_place()
    {
        string markdown = MarkdownReport.Text(Samples.Hostility());
        string outside = Fenced().Replace(markdown, string.Empty);
        Assert.DoesNotContain("<script", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("@all", outside, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?<!\\)\]\(", outside);
        Assert.Equal(2, Regex.Count(markdown, "^```+text$", RegexOptions.Multiline));
    }

    /// <summary>The table comes first, then what to mend, the shortest script first.</summary>
    [Fact]
    public void A_markdown_report_says_what_is_red_with_its_steps()
    {
        string markdown = MarkdownReport.Text(Samples.Mixed());
        Assert.StartsWith("## PyState Spec: ✗ 2 unexpected deviations; 1 expected deviation that did not show", markdown, StringComparison.Ordinal);
        Assert.Contains("### ✗ READY-05 TracingNesting: greenlet 2.0.2 on CPython 3.11.2\n\n> After Save, the nesting of trace callbacks MUST be 0.", markdown, StringComparison.Ordinal);
        Assert.Contains("▸ 4  switch 1", markdown, StringComparison.Ordinal);
        Assert.Contains("Expected to deviate, but conforms", markdown, StringComparison.Ordinal);
    }

    /// <summary>A badge is XML and says the outcome.</summary>
    [Fact]
    public void A_badge_says_the_outcome()
    {
        Assert.Equal("PyState Spec: 3 unexpected", (string?)XElement.Parse(BadgeReport.Text(Samples.Mixed())).Attribute("aria-label"));
        Assert.Equal("PyState Spec: conforms", (string?)XElement.Parse(BadgeReport.Text(Samples.Of(Canned.Green(Canned.Capabilities("greenlet"))))).Attribute("aria-label"));
        Assert.Equal("PyState Spec: as expected, 1 known", (string?)XElement.Parse(BadgeReport.Text(Samples.Of(Canned.Expected(Canned.Capabilities("greenlet"))))).Attribute("aria-label"));
    }

    /// <summary>The page's data are the JSON report, and nothing in them can end the element they stand in.</summary>
    [Fact]
    public void A_page_has_the_json_report_in_it_and_nothing_from_elsewhere()
    {
        ReportDocument report = Samples.Hostility();
        string page = HtmlReport.Text(report);
        string data = Regex.Match(page, "<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        Assert.DoesNotContain("<", data, StringComparison.Ordinal);
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(JsonReport.Text(report)).RootElement), JsonSerializer.Serialize(JsonDocument.Parse(data).RootElement));
        Assert.DoesNotMatch(@"(src|href)=""?https?:", page);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(page, "</script>"));
    }

    /// <summary>What was written is read back to the letter.</summary>
    [Fact]
    public void A_report_that_was_written_is_read_back_whole()
    {
        using var call = new Call();
        string file = Path.Combine(call.Folder, "r.json");
        string text = JsonReport.Text(Samples.Hostility());
        File.WriteAllText(file, text);

        // Half a character becomes the one that stands for what is none, and from then on is one.
        Assert.Equal(text.Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal), JsonReport.Text(JsonReport.Read(file)));
    }

    /// <summary>Every kind is written by one command, and each is there.</summary>
    [Fact]
    public void A_run_writes_every_kind_of_report()
    {
        using Call call = new Call().WithReport(Canned.Mixed);
        Assert.Equal(1, call.Invoke(["run", "greenlet", .. Conformance.Cli.ReportTarget.Kinds.SelectMany(k => (string[])["--report", $"{k}=out.{k}"])]));
        Assert.Equal(Conformance.Cli.ReportTarget.Kinds.Select(k => $"out.{k}"), call.Files.Where(f => f.StartsWith("out.", StringComparison.Ordinal)));
    }

    private static string Written(Action<ReportDocument, Stream> write, ReportDocument report)
    {
        using var stream = new MemoryStream();
        write(report, stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    [GeneratedRegex("^(`{3,})text$.*?^\\1$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
