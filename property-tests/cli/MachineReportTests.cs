// The reports for programs: JSON that fits its schema, JUnit that parses, files that are whole or not there.

using System.Text.Json;
using System.Xml.Linq;
using NJsonSchema;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>JSON, JUnit, and how they get onto the disk.</summary>
public sealed class MachineReportTests
{
    /// <summary>Fits the schema, in a file and on standard output.</summary>
    [Fact]
    public async Task A_json_report_fits_its_schema()
    {
        JsonSchema schema = await JsonSchema.FromFileAsync(Path.Combine(Root(), "docs", "schema", "report.schema.json"));
        using Call call = new Call().WithReport(Hostile);
        Assert.Equal(1, call.Invoke("run", "greenlet", "--python", "python3", "--format", "json", "--report", "json=deep/down/r.json"));
        string file = await File.ReadAllTextAsync(Path.Combine(call.Folder, "deep", "down", "r.json"));
        Assert.Empty(schema.Validate(call.Out));
        Assert.Equal(call.Out, file);
        Assert.Empty(call.Error);
    }

    /// <summary>The schema would notice.</summary>
    [Fact]
    public async Task The_schema_refuses_what_is_no_report()
    {
        JsonSchema schema = await JsonSchema.FromFileAsync(Path.Combine(Root(), "docs", "schema", "report.schema.json"));
        using var call = new Call();
        call.Invoke("run", "--format", "json");
        Assert.Empty(schema.Validate(call.Out));
        Assert.NotEmpty(schema.Validate(call.Out.Replace("\"conforms\"", "\"passed\"", StringComparison.Ordinal)));
        Assert.NotEmpty(schema.Validate(call.Out.Replace("\"READY-01\"", "\"READY-1\"", StringComparison.Ordinal)));
        Assert.NotEmpty(schema.Validate(call.Out.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)));
        Assert.NotEmpty(schema.Validate(call.Out.Replace("\"title\"", "\"titel\"", StringComparison.Ordinal)));
    }

    /// <summary>Every clause is in the report, with what the table says.</summary>
    [Fact]
    public void A_json_report_says_what_the_table_says()
    {
        using Call call = new Call().WithReport(Canned.Mixed);
        call.Invoke("run", "greenlet", "--format", "json");
        using JsonDocument report = JsonDocument.Parse(call.Out);
        JsonElement greenlet = report.RootElement.GetProperty("implementations")[0];
        JsonElement[] verdicts = [.. greenlet.GetProperty("verdicts").EnumerateArray()];
        Assert.Equal(Catalogue.All.Select(c => c.Id.Text()), verdicts.Select(v => v.GetProperty("clause").GetString()));
        JsonElement red = verdicts.Single(v => v.GetProperty("clause").GetString() == "READY-05");
        Assert.Equal("violates", red.GetProperty("verdict").GetString());
        Assert.False(red.GetProperty("expected").GetBoolean());
        JsonElement counterexample = red.GetProperty("counterexample");
        Assert.Equal(["trace 1", "callback 0", "spawn 1", "switch 1"], counterexample.GetProperty("steps").EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(4, counterexample.GetProperty("divergence").GetProperty("step").GetInt32());
        JsonElement frames = counterexample.GetProperty("divergence").GetProperty("differences")[0];
        Assert.Equal(("frames", """["call1"]""", """["gen0","call1"]"""), (frames.GetProperty("channel").GetString(), Compact(frames.GetProperty("expected")), Compact(frames.GetProperty("seen"))));
        Assert.True(File.Exists(Path.Combine(call.Folder, counterexample.GetProperty("trace").GetString()!)));
        Assert.Equal(1, greenlet.GetProperty("exitCode").GetInt32());
    }

    /// <summary>Counts and cases agree, and every clause is a case.</summary>
    [Fact]
    public void A_junit_report_parses_and_its_counts_are_true()
    {
        using Call call = new Call().WithReport(Hostile);
        Assert.Equal(1, call.Invoke("run", "greenlet", "reference", "--report", "junit=r.xml"));
        XElement suites = XDocument.Load(Path.Combine(call.Folder, "r.xml")).Root!;
        Assert.Equal(["greenlet", "reference"], suites.Elements("testsuite").Select(s => (string?)s.Attribute("name")));
        foreach (XElement suite in suites.Elements("testsuite"))
        {
            XElement[] cases = [.. suite.Elements("testcase")];
            Assert.Equal(Catalogue.All.Count, cases.Length);
            Assert.Equal(cases.Length, (int?)suite.Attribute("tests"));
            Assert.Equal(cases.Count(c => c.Element("failure") is not null), (int?)suite.Attribute("failures"));
            Assert.Equal(cases.Count(c => c.Element("error") is not null), (int?)suite.Attribute("errors"));
            Assert.Equal(cases.Count(c => c.Element("skipped") is not null), (int?)suite.Attribute("skipped"));
        }

        XElement red = suites.Descendants("testcase").First(c => (string?)c.Attribute("name") == "READY-05 TracingNesting");
        Assert.Equal("pystate.greenlet.READY", (string?)red.Attribute("classname"));
        Assert.Contains("▸ 4  switch 1", red.Element("failure")!.Value, StringComparison.Ordinal);
        Assert.Contains(@"\x00 \ud800 \uffff ]]> [red]", (string?)suites.Descendants("failure").First(f => (string?)f.Attribute("type") == "crashed").Attribute("message"), StringComparison.Ordinal);
    }

    /// <summary>What dashboards ask of a JUnit file: the elements and attributes that the schema of Jenkins' xUnit plugin has, in places where it has them, and no two cases that GitLab
    /// would take for one, whatever was run and merged.</summary>
    [Fact]
    public void A_junit_report_has_what_Jenkins_accepts_and_no_two_cases_that_GitLab_takes_for_one()
    {
        using Call call = new Call().WithReport(Hostile);
        Assert.Equal(1, call.Invoke("run", "greenlet", "--python", "a", "--python", "b", "--report", "json=a.json"));
        call.Host = call.Host with { Implementations = [new FakeImplementation("reference"), new FakeImplementation("greenlet", version: "3.12.0")] };
        Assert.Equal(1, call.Invoke("run", "greenlet", "--python", "a", "--report", "json=b.json"));
        Assert.Equal(1, call.Invoke("merge", "a.json", "b.json", "--report", "junit=r.xml"));
        XElement suites = XDocument.Load(Path.Combine(call.Folder, "r.xml")).Root!;

        Assert.Equal(3, suites.Elements("testsuite").Count());
        Assert.All(suites.DescendantsAndSelf(), e => Assert.Contains(e.Name.LocalName, Allowed.Keys));
        Assert.All(suites.DescendantsAndSelf(), e => Assert.Subset(Allowed[e.Name.LocalName].Attributes.ToHashSet(), e.Attributes().Select(a => a.Name.LocalName).ToHashSet()));
        Assert.All(suites.DescendantsAndSelf(), e => Assert.Subset(Allowed[e.Name.LocalName].Children.ToHashSet(), e.Elements().Select(c => c.Name.LocalName).ToHashSet()));
        Assert.All(suites.Elements("testsuite"), s => Assert.Superset(new HashSet<string> { "name", "tests", "failures", "errors" }, s.Attributes().Select(a => a.Name.LocalName).ToHashSet()));
        Assert.All(suites.Elements("testsuite"), s => Assert.Matches(@"^[0-9]+\.[0-9]{3}$", (string?)s.Attribute("time")));
        XElement[] cases = [.. suites.Descendants("testcase")];
        Assert.Equal(cases.Length, cases.Select(c => ((string?)c.Attribute("classname"), (string?)c.Attribute("name"))).Distinct().Count());
    }

    // Facts of the schema, an element a row: its attributes, its children. There is more of each; what we have no use for is not here.
    private static readonly Dictionary<string, (string[] Attributes, string[] Children)> Allowed = new()
    {
        ["testsuites"] = (["name", "time", "tests", "failures", "errors"], ["testsuite"]),
        ["testsuite"] = (["name", "tests", "failures", "errors", "skipped", "time", "timestamp"], ["properties", "testcase"]),
        ["properties"] = ([], ["property"]),
        ["property"] = (["name", "value"], []),
        ["testcase"] = (["name", "classname", "time"], ["skipped", "error", "failure", "system-out"]),
        ["skipped"] = (["type", "message"], []),
        ["error"] = (["type", "message"], []),
        ["failure"] = (["type", "message"], []),
        ["system-out"] = ([], []),
    };

    /// <summary>A write that fails leaves the older file, and no other.</summary>
    [Fact]
    public void A_write_that_fails_leaves_the_older_file()
    {
        using var call = new Call();
        string path = Path.Combine(call.Folder, "r.json");
        File.WriteAllText(path, "older");
        Assert.Throws<SetupException>(() => AtomicFile.Write(path, s =>
        {
            s.WriteByte(1);
            throw new IOException("the disk is full");
        }));
        Assert.Equal("older", File.ReadAllText(path));
        Assert.Equal(["r.json"], call.Files);
    }

    /// <summary>A report replaces an older one, and a link to it stays a link.</summary>
    [Fact]
    public void A_report_replaces_an_older_one_through_a_link()
    {
        using var call = new Call();
        string target = Path.Combine(call.Folder, "target.json");
        File.WriteAllText(target, new string('x', 1_000_000));
        File.CreateSymbolicLink(Path.Combine(call.Folder, "link.json"), target);
        Assert.Equal(0, call.Invoke("run", "--report", "json=link.json"));
        Assert.NotNull(new FileInfo(Path.Combine(call.Folder, "link.json")).LinkTarget);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(target));
        Assert.Equal("pystate-report", report.RootElement.GetProperty("format").GetString());
        Assert.Equal(["link.json", "target.json"], call.Files);
    }

    /// <summary>Looking whether a file can be written leaves nothing behind.</summary>
    [Fact]
    public void A_probe_leaves_nothing()
    {
        using var call = new Call();
        AtomicFile.Probe(Path.Combine(call.Folder, "a", "b", "r.json"));
        Assert.Empty(call.Files);
        Assert.Empty(Directory.EnumerateFileSystemEntries(call.Folder));
    }

    private static ImplementationReport Hostile(Capabilities capabilities)
    {
        const string Text = "\0 \ud800 \uffff ]]> [red] \x1b[31m \"<&>' \u0085\u2028";
        ImplementationReport mixed = Canned.Mixed(capabilities with { ImplementationVersion = Text, Build = Text });
        return mixed with
        {
            Verdicts =
            [
                .. mixed.Verdicts.Select(v => v.Clause switch
                {
                    ClauseId.Ready01 => new ClauseVerdict(v.Clause, VerdictKind.Crashed, 1, Canned.Crash(v.Clause, Text) with { Words = Text }),
                    ClauseId.Switch04 => new ClauseVerdict(v.Clause, VerdictKind.Violates, 1, Canned.Violation(v.Clause), Canned.Expectation(v.Clause, VerdictKind.Violates, Text)),
                    ClauseId.Switch06 => new ClauseVerdict(v.Clause, VerdictKind.NotApplicable, 0, Reason: Text),
                    _ => v,
                }),
            ],
        };
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Spec.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Spec.sln above the tests");
        }

        return folder;
    }
}
