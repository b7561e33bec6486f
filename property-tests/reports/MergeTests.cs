// `merge`: what belongs together becomes one report, and what does not is refused in one line.

using System.Text.Json.Nodes;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Cli;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Reports;

/// <summary>Merging reports.</summary>
public sealed class MergeTests
{
    /// <summary>Two interpreters stand side by side.</summary>
    [Fact]
    public void Runs_of_two_interpreters_are_two_columns()
    {
        using var call = new Call();
        Save(call, "a.json", Samples.Mixed());
        Save(call, "b.json", On("3.12.1", Samples.Of(Canned.Green(Canned.Capabilities("greenlet")))));
        Assert.Equal(1, call.Invoke("merge", "a.json", "b.json", "--report", "html=all.html", "--report", "json=all.json"));
        Assert.Contains("✗ greenlet 2.0.2 on CPython 3.11.2  2 unexpected deviations", call.Out, StringComparison.Ordinal);
        Assert.Contains("✓ greenlet 2.0.2 on CPython 3.12.1  conforms", call.Out, StringComparison.Ordinal);
        ReportDocument all = JsonReport.Read(Path.Combine(call.Folder, "all.json"));
        Assert.Equal(["3.11.2", "3.12.1"], all.Implementations.Select(i => i.InterpreterVersion));
        Assert.Equal(Catalogue.All.Select(c => c.Id.Text()), all.Clauses.Select(c => c.Id));
    }

    /// <summary>Two seeds of one run are one column: red where either is red.</summary>
    [Fact]
    public void Shards_of_one_run_are_one_column_that_is_red_where_either_is()
    {
        ReportDocument green = Samples.Of(Canned.Green(Canned.Capabilities("greenlet")));
        ReportDocument merged = Merge.Of([("a", Seed("2", green)), ("b", Samples.Mixed())]);
        ImplementationDocument one = Assert.Single(merged.Implementations);
        Assert.Equal(1, merged.ExitCode);
        Assert.Equal("violates", one.Verdicts.Single(v => v.Clause == "READY-05").Verdict);
        Assert.Equal("conforms", one.Verdicts.Single(v => v.Clause == "READY-06").Verdict);
        Assert.Equal(4_000_000, one.Commands);
        Assert.Equal(1234 + 34, one.Verdicts.Single(v => v.Clause == "READY-05").Exercised);
        Assert.Equal(one.Counts.Values.Sum(), one.Verdicts.Count);
    }

    /// <summary>The same run twice says nothing more than once.</summary>
    [Fact]
    public void The_same_run_twice_is_refused()
    {
        using var call = new Call();
        Save(call, "a.json", Samples.Mixed());
        Save(call, "b.json", Samples.Mixed());
        Assert.Equal(2, call.Invoke("merge", "a.json", "b.json", "--report", "json=all.json"));
        Assert.Equal("pystate: 'a.json' and 'b.json' are the same run of greenlet 2.0.2 on CPython 3.11.2, with the seed 1: shards need a --seed each, runs of different days belong in a site\n", call.Error);
        Assert.Equal(["a.json", "b.json"], call.Files);
    }

    /// <summary>Two versions of the suite do not judge by the same rules.</summary>
    [Fact]
    public void Reports_of_two_versions_are_refused()
    {
        using var call = new Call();
        Save(call, "a.json", Samples.Mixed());
        Save(call, "b.json", On("3.12.1", Samples.Mixed()) with { Program = "0.0.9" });
        Assert.Equal(2, call.Invoke("merge", "a.json", "b.json"));
        Assert.Contains("'a.json' was written by version 0.1.0 and 'b.json' by 0.0.9", call.Error, StringComparison.Ordinal);
    }

    /// <summary>What is no report is said to be none, in one line.</summary>
    /// <param name="content">A file.</param>
    /// <param name="says">What is wrong with it.</param>
    [Theory]
    [InlineData("", "'{0}' is no report: it is empty; name one that --report json=FILE wrote")]
    [InlineData("{}", "'{0}' is no report: it lacks \"format\", \"version\", \"program\", \"exitCode\", \"implementations\" (line 1); name one")]
    [InlineData("{\n\"format\":3}", "'{0}' is no report: \"format\" must be a string (line 2)")]
    [InlineData("{\n\"format\":", "'{0}' is no report: it is not JSON from line 2 on")]
    [InlineData("null", "its format is not pystate-report")]
    [InlineData("[]", "is no report")]
    [InlineData("{\"format\":\"pystate-report\"}", "is no report")]
    [InlineData("{\"format\":\"pystate-report\",\"version\":9,\"program\":\"1\",\"exitCode\":0,\"implementations\":[]}", "it is of version 9")]
    [InlineData("{\"format\":\"pystate-report\",\"version\":1,\"program\":\"1\",\"exitCode\":0,\"implementations\":[]}", "it has no implementations")]
    [InlineData("{\"format\":\"pystate-report\",\"version\":1,\"program\":\"1\",\"exitCode\":0,\"implementations\":[null]}", "it has no implementations")]
    public void What_is_no_report_is_refused_in_one_line(string content, string says)
    {
        using var call = new Call();
        File.WriteAllText(Path.Combine(call.Folder, "r.json"), content);
        Assert.Equal(2, call.Invoke("merge", "r.json", "--report", "html=all.html"));
        Assert.Contains(says.Replace("{0}", Path.Combine(call.Folder, "r.json"), StringComparison.Ordinal), call.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", call.Error, StringComparison.Ordinal);
        Assert.Single(call.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(["r.json"], call.Files);
    }

    [Theory]
    [InlineData("$.exitCode")]
    [InlineData("$.implementations[0].exitCode")]
    public void A_report_with_an_exit_code_that_no_run_has_is_refused(string path)
    {
        using var call = new Call();
        JsonNode report = JsonNode.Parse(JsonReport.Text(Samples.Mixed() with { Clauses = [] }))!;
        (path.Contains('[', StringComparison.Ordinal) ? report["implementations"]![0]! : report)["exitCode"] = 2;
        File.WriteAllText(Path.Combine(call.Folder, "r.json"), report.ToJsonString());
        Assert.Equal(2, call.Invoke("merge", "r.json", "--report", "html=all.html"));
        Assert.Contains("2 is no exit code of a run", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_shards_of_two_interpreters_are_two_cases()
    {
        ReportDocument one = Samples.Mixed();
        ImplementationDocument On(string version) => one.Implementations[0] with { InterpreterVersion = version, Python = $"python{version}", MissingShards = ["2/3"] };
        ReportDocument both = one with { Implementations = [On("3.11.2"), On("3.12.1")] };
        using var stream = new MemoryStream();
        JunitReport.Write(both, stream);
        string[] cases = [.. System.Xml.Linq.XDocument.Parse(System.Text.Encoding.UTF8.GetString(stream.ToArray())).Descendants("testcase").Where(c => c.Elements("error").Any(e => e.Attribute("type")?.Value == "missing-shards"))
            .Select(c => $"{c.Attribute("classname")?.Value} {c.Attribute("name")?.Value}")];
        Assert.Equal(2, cases.Distinct().Count());
    }

    /// <summary>A folder is called one, and one implementation is not several.</summary>
    [Fact]
    public void A_folder_is_called_a_folder_and_one_implementation_one()
    {
        using var call = new Call();
        Assert.Equal(2, call.Invoke("merge", "."));
        Assert.Equal($"pystate: '{call.Folder}' is a folder: name a report in it that --report json=FILE wrote\n", call.Error);
        Save(call, "a.json", Samples.Mixed());
        call.Invoke("merge", "a.json");
        Assert.Contains("\n1 implementation, ", call.Out, StringComparison.Ordinal);
    }

    /// <summary>A report with any one value broken is refused or read, and never an internal error.</summary>
    [Fact]
    public void A_report_with_a_broken_value_is_no_internal_error()
    {
        using var call = new Call();
        string text = JsonReport.Text(Samples.Mixed() with { Clauses = [] });
        int count = Paths(JsonNode.Parse(text)!).Count;
        foreach (string bad in new[] { "null", "{}", "[7]", "\"x\"", "-1" })
        {
            for (int i = 0; i < count; i += i < 60 ? 1 : 37)
            {
                JsonNode broken = JsonNode.Parse(text)!;
                (JsonNode parent, object key) = Paths(broken)[i];
                if (key is string name)
                {
                    parent[name] = JsonNode.Parse(bad);
                }
                else
                {
                    parent[(int)key] = JsonNode.Parse(bad);
                }

                File.WriteAllText(Path.Combine(call.Folder, "r.json"), broken.ToJsonString());
                call.Invoke(["merge", "r.json", .. Conformance.Cli.ReportTarget.Kinds.SelectMany(k => (string[])["--report", $"{k}=out.{k}"])]);
            }
        }

        Assert.DoesNotContain("internal error", call.Error, StringComparison.Ordinal);
    }

    private static List<(JsonNode Parent, object Key)> Paths(JsonNode node)
    {
        var all = new List<(JsonNode, object)>();
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members)
            {
                all.Add((node, name));
                all.AddRange(value is null ? [] : Paths(value));
            }
        }
        else if (node is JsonArray items)
        {
            for (int i = 0; i < items.Count; i++)
            {
                all.Add((node, i));
                all.AddRange(items[i] is { } item ? Paths(item) : []);
            }
        }

        return all;
    }

    private static void Save(Call call, string name, ReportDocument report) => File.WriteAllText(Path.Combine(call.Folder, name), JsonReport.Text(report));

    private static ReportDocument On(string version, ReportDocument report) =>
        report with { Implementations = [.. report.Implementations.Select(i => i with { InterpreterVersion = version })] };

    private static ReportDocument Seed(string seed, ReportDocument report) =>
        report with { Implementations = [.. report.Implementations.Select(i => i with { Seed = seed })] };
}
