// One run, and the same run in shards.

using System.Text.RegularExpressions;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Plugins;
using Xunit;

namespace PyState.PropertyTests.Shards;

/// <summary>Runs something whole and in shards.</summary>
internal static partial class Split
{
    private static readonly string[] Kinds = ["json", "html", "markdown", "sarif", "junit"];

    /// <summary>Asserts that the engine gives the same verdicts on the whole of the shards.</summary>
    /// <param name="start">Starts what is run.</param>
    /// <param name="options">What is asked.</param>
    /// <param name="count">How many shards.</param>
    internal static void AssertComesToTheWhole(Func<ISession> start, RunOptions options, int count)
    {
        using ISession whole = start();
        ImplementationReport expected = Runner.Run(whole, options with { Cores = 1 }, null, CancellationToken.None);
        var shards = new List<IReadOnlyList<CampaignShare>>();
        for (int i = 0; i < count; i++)
        {
            using ISession session = start();
            shards.Add(Runner.RunShard(session, options with { Shard = new Shard(i, count), Cores = 2 + i, Another = start }, null, CancellationToken.None).Campaigns);
        }

        Assert.Equal(Text(expected), Text(Runner.Together(whole.Capabilities, options, shards, TimeSpan.Zero, isWhole: true)));
    }

    /// <summary>Asserts that what <c>run</c> writes and what <c>merge</c> writes of the shards differ in times only, file by file.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="count">How many shards.</param>
    /// <param name="run">The arguments of the run.</param>
    internal static void AssertSameReports(RealCall call, int count, params string[] run)
    {
        string[] Reports(string name) => [.. Kinds.SelectMany(k => (string[])["--report", $"{k}={name}.{k}"])];
        int code = call.Invoke(["run", .. run, "--cores", "1", .. Reports("whole")]);
        Dictionary<string, string> traces = Traces(call);
        foreach (string trace in traces.Keys)
        {
            File.Delete(trace);
        }

        // In any order, as machines end.
        for (int i = count; i >= 1; i--)
        {
            Assert.Equal(0, call.Invoke(["run", .. run, "--shard", $"{i}/{count}", "--report", $"json=shard{i}.json"]));
        }

        Assert.Equal(code, call.Invoke(["merge", .. Enumerable.Range(1, count).Select(i => $"shard{i}.json"), .. Reports("merged")]));
        foreach (string kind in Kinds)
        {
            Assert.Equal(WithoutTimes(call, $"whole.{kind}"), WithoutTimes(call, $"merged.{kind}"));
        }

        Assert.Equal(traces, Traces(call));
    }

    /// <summary>A report without the times in it.</summary>
    /// <param name="text">The report.</param>
    internal static string WithoutTimes(string text) => Times().Replace(text, "…");

    private static string WithoutTimes(RealCall call, string name) => WithoutTimes(File.ReadAllText(Path.Combine(call.Folder, name)));

    private static Dictionary<string, string> Traces(RealCall call) =>
        Directory.Exists(Path.Combine(call.Folder, "pystate-results")) ? Directory.EnumerateFiles(Path.Combine(call.Folder, "pystate-results")).ToDictionary(f => f, File.ReadAllText) : [];

    /// <summary>A report as text, but for how long it took.</summary>
    /// <param name="report">The report.</param>
    internal static string Text(ImplementationReport report) =>
        JsonReport.Text(new RunReport("0", [new RunEntry("x", null, [new RunPart("x", ["x"], null, report with { Elapsed = TimeSpan.Zero })])]));

    // When a run was started, and how long it took.
    [GeneratedRegex("""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?|"seconds": ?[0-9.]+|time="[0-9.]+"|\d+(?:\.\d+)? s\b|\([\d,]+/s\)""")]
    private static partial Regex Times();
}
