// The suite's own trial, split among machines: the kill matrix of the shards is the one of one machine.

using System.Text.RegularExpressions;
using PyState.Conformance.Engine;
using PyState.Conformance.Mutants;
using PyState.Conformance.Shards;
using PyState.Conformance.Plugins.Simulated;
using PyState.PropertyTests.Gate;
using PyState.PropertyTests.Plugins;
using PyState.Reference;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Shards;

public sealed partial class TrialShardTests : IDisposable
{
    private const int Count = 3;

    // The defects of greenlet that were published, a sample of them with another seed, and the reference with four.
    private static readonly string[] Trial = ["mutants", "museum:greenlet", "--seeds", "2", "--clean", "4"];

    private static readonly Lazy<(string Page, string Json, string[] Shards)> Made = new(() =>
    {
        using var call = new RealCall();
        Assert.Equal(0, call.Invoke([.. Trial, "--write", "whole.md", "--format", "json"]));
        string json = call.Out;
        for (int i = Count; i >= 1; i--)
        {
            Assert.Equal(0, call.Invoke([.. Trial, "--shard", $"{i}/{Count}", "--write", $"{i}.json"]));
        }

        string Read(string name) => File.ReadAllText(Path.Combine(call.Folder, name));
        return (Read("whole.md"), json, [.. Enumerable.Range(1, Count).Select(i => Read($"{i}.json"))]);
    });

    private readonly RealCall call = new();

    public TrialShardTests()
    {
        for (int i = 0; i < Count; i++)
        {
            File.WriteAllText(PathOf($"{i + 1}.json"), Made.Value.Shards[i]);
        }
    }

    public void Dispose() => call.Dispose();

    [Fact]
    public void The_matrix_of_the_shards_differs_in_times_only()
    {
        Assert.Equal(0, call.Invoke("merge", "2.json", "3.json", "1.json", "--report", "markdown=merged.md", "--report", "json=merged.json"));
        Assert.Equal(WithoutTimes(Made.Value.Page), WithoutTimes(File.ReadAllText(PathOf("merged.md"))));
        Assert.Equal(WithoutTimes(Made.Value.Json), WithoutTimes(File.ReadAllText(PathOf("merged.json"))));
        Assert.Contains("✓ every mutant that is not equivalent is convicted", call.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_trial_every_seed_and_the_generator_are_one_shards_whatever_their_number()
    {
        var plan = new TrialPlan(AllMutants.All, new SuiteTrialOptions { Seeds = 3, CleanSeeds = 7 });
        foreach (int count in new[] { 1, 2, 5, 8 })
        {
            Shard[] shards = [.. Enumerable.Range(0, count).Select(i => new Shard(i, count))];
            Assert.Equal(plan.Trials.Count, shards.SelectMany(plan.Of).Distinct().Count());
            Assert.Equal(plan.Trials.Count, shards.Sum(s => plan.Of(s).Count));
            Assert.Equal(Enumerable.Range(1, 7), shards.SelectMany(plan.CleanSeedsOf).Order());
            Assert.Single(shards, plan.MeasuresDistribution);

            // By work: what ends without a conviction takes longest, and is dealt out evenly.
            int[] without = [.. shards.Select(s => plan.Of(s).Count(t => Explanations.Equivalent(t.Mutant) is not null))];
            Assert.InRange(without.Max() - without.Min(), 0, 1);
        }
    }

    [Fact]
    public void A_conviction_of_the_reference_counts_though_other_shards_are_missing()
    {
        var plan = new TrialPlan([], new SuiteTrialOptions { Seeds = 1, CleanSeeds = 4 });
        KillMatrix matrix = plan.Together(isWhole: true, [new TrialShare([], [new CleanRun(2, 1_000, ["3.12: READY-01 violates"])], null, TimeSpan.Zero)]);
        Assert.False(matrix.IsComplete);
        Assert.Equal(["a clean implementation is convicted: 3.12: READY-01 violates"], matrix.Failures);
    }

    [Fact]
    public void The_clean_runs_end_with_the_time()
    {
        int started = 0;
        CleanSubject subject = new("counted", () =>
        {
            started++;
            Thread.Sleep(200);
            return new SimulatedSession(Profiles.All[^1], new ReferenceState());
        });
        var plan = new TrialPlan([], new SuiteTrialOptions { Seeds = 1, CleanSeeds = 1_000, CleanSubjects = [subject], CleanCommands = 10, Time = TimeSpan.FromMilliseconds(100) });
        TrialShare share = SuiteTrial.RunShard(plan, Shard.Whole, null, null, CancellationToken.None);
        Assert.InRange(share.Clean.Count, 0, 1); // none where the machine took the time before they began
        Assert.Equal(share.Clean.Count, started);
    }

    [Fact]
    public void What_the_generator_reaches_is_told_as_on_one_machine()
    {
        var plan = new TrialPlan([.. AllMutants.All.Where(m => m.Name.StartsWith("not-reset:tracing@", StringComparison.Ordinal))], new SuiteTrialOptions { Seeds = 1, CleanSeeds = 1, DistributionScripts = 60 });
        KillMatrix whole = SuiteTrial.Run(plan.Wanted, isWhole: true, plan.Options, null, null, CancellationToken.None);
        KillMatrix together = plan.Together(isWhole: true, [.. Enumerable.Range(0, 2).Select(i => SuiteTrial.RunShard(plan, new Shard(i, 2), null, null, CancellationToken.None))]);
        Assert.NotNull(whole.Distribution);
        Assert.Equal(WithoutTimes(MatrixPage.Render(whole)), WithoutTimes(MatrixPage.Render(together)));
        Assert.Equal(whole.Failures, together.Failures);
    }

    [Fact]
    public void A_shard_that_is_killed_leaves_nothing_and_made_again_it_comes_to_the_same()
    {
        using var campaign = new Campaigns.Campaign();
        File.Delete(PathOf("2.json"));
        (int code, string _, string error) = Shell.Bash(
            $"""
            until '{campaign.Program}' {string.Join(' ', Trial)} --shard 2/{Count} --write 2.json; do [ "$?" -eq 137 ] || exit 9; done
            """,
            call.Folder,
            new Dictionary<string, string>());
        Assert.True(code == 0, error);
        campaign.AssertWasKilled();
        Assert.Equal(0, call.Invoke("merge", "1.json", "2.json", "3.json", "--report", "markdown=merged.md"));
        Assert.Equal(WithoutTimes(Made.Value.Page), WithoutTimes(File.ReadAllText(PathOf("merged.md"))));
    }

    [Fact]
    public void Shards_that_are_missing_are_named_and_a_part_is_never_green()
    {
        Assert.Equal(2, call.Invoke("merge", "2.json", "--report", "markdown=all.md"));
        Assert.Equal("pystate: 2 of 3 shards of mutants museum:greenlet are missing: 1, 3; run them and merge again, or add --partial for what there is\n", call.Error);
        Assert.False(File.Exists(PathOf("all.md")));
        Assert.Equal(3, call.Invoke("merge", "1.json", "2.json", "--partial"));
        Assert.Equal("pystate: these shards are missing: 3/3\n", call.Error);
        Assert.Contains("shards are missing: ", call.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_was_made_again_counts_once_and_with_other_findings_it_is_refused()
    {
        Change("2.json", "again.json", s => s with { Seconds = 99, Started = s.Started!.Value.AddHours(1), Trials = [.. s.Trials.Select(t => t with { Milliseconds = 1 })] });
        Assert.Equal(0, call.Invoke("merge", "1.json", "2.json", "again.json", "3.json", "--report", "json=twice.json"));
        Assert.Equal(WithoutTimes(Made.Value.Json), WithoutTimes(File.ReadAllText(PathOf("twice.json"))));
        Change("2.json", "again.json", s => s with { Trials = [s.Trials[0] with { First = null }, .. s.Trials.Skip(1)] });
        Assert.Equal(2, call.Invoke("merge", "1.json", "2.json", "again.json", "3.json"));
        Assert.Contains("'2.json' and 'again.json' are both shard 2 of 3 and do not agree", call.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version", "its version is 0.0.9")]
    [InlineData("count", "its number of shards is 4, and not 3")]
    [InlineData("seed", "its seed is 2, and not 1")]
    [InlineData("named", "its choice of mutants is museum, and not museum:greenlet")]
    [InlineData("mutants", "its list of mutants is abc")]
    [InlineData("seeds", "its number of seeds of the sample is 9")]
    [InlineData("clean", "its number of seeds of the reference is 9")]
    [InlineData("interpreters", "its list of interpreters is p (3.12)")]
    [InlineData("platform", "its platform is plan9-mips")]
    [InlineData("trials", "'2.json' is damaged: run that shard again")]
    public void A_shard_of_another_trial_is_refused_in_one_line(string what, string says)
    {
        Change("2.json", "2.json", s => what switch
        {
            "version" => s with { Program = "0.0.9" },
            "count" => s with { Of = 4 },
            "seed" => s with { Seed = 2 },
            "named" => s with { Named = ["museum"] },
            "mutants" => s with { Mutants = "abc" },
            "seeds" => s with { Seeds = 9 },
            "clean" => s with { CleanSeeds = 9 },
            "interpreters" => s with { Interpreters = [new FaultyInterpreter("p", 12, false)] },
            "platform" => s with { Platform = "plan9-mips" },
            _ => s with { Trials = [.. s.Trials.Skip(1)] },
        });
        AssertRefused(says, "merge", "1.json", "2.json", "3.json", "--report", "json=all.json");
        Assert.False(File.Exists(PathOf("all.json")));
    }

    [Fact]
    public void A_file_that_was_cut_off_or_changed_is_refused()
    {
        string text = Made.Value.Shards[1];
        for (int i = 40; i < text.Length; i += 997)
        {
            File.WriteAllText(PathOf("2.json"), i % 2 == 0 ? text[..i] : $"{text[..i]}{(text[i] == '7' ? '8' : '7')}{text[(i + 1)..]}");
            AssertRefused("2.json' is ", "merge", "1.json", "2.json", "3.json");
        }
    }

    [Fact]
    public void A_trial_without_a_conviction_and_what_the_generator_reaches_come_back_from_the_file()
    {
        var figures = new DistributionFigures(3, [new OpCount(Spec.Model.Op.Fork, 2)], 4, 5, 6, 7, ["a gap"]);
        Change("2.json", "other.json", s => s with { Distribution = figures, Trials = [s.Trials[0] with { First = null, Others = [] }] });
        TrialShard back = ShardFile.Read<TrialShard>(PathOf("other.json"), ShardFile.TrialFormat);
        Assert.Null(Assert.Single(back.Trials).First);
        Assert.Equal(figures.EachCommand, back.Distribution!.EachCommand);
        Assert.Equal(figures.Gaps, back.Distribution.Gaps);
        Assert.Equal((3, 4, 5, 6, 7), (back.Distribution.Scripts, back.Distribution.PairsGenerated, back.Distribution.PairsReachable, back.Distribution.Between, back.Distribution.BetweenReachable));
    }

    [Fact]
    public void Shards_of_a_run_do_not_go_with_them()
    {
        Assert.Equal(0, call.Invoke("run", "--commands", "3000", "--shard", "1/1", "--report", "json=run.json"));
        AssertRefused("'run.json' is no shard of mutants", "merge", "run.json", "1.json", "2.json", "3.json");
        AssertRefused("has no report of the kind 'html'", "merge", "1.json", "2.json", "3.json", "--report", "html=x.html");
    }

    [Theory]
    [InlineData("--shard 4/3 --write x.json", "--shard cannot be '4/3'")]
    [InlineData("--shard 1/3 --time 2s --write x.json", "--shard and --time do not go together")]
    [InlineData("--shard 1/3 --resume --write x.json", "--shard and --resume do not go together")]
    [InlineData("--shard 1/3", "--shard needs --write FILE")]
    public void What_cannot_be_split_is_refused_before_anything_is_tried(string options, string says)
    {
        AssertRefused(says, ["mutants", .. options.Split(' ')]);
        Assert.False(File.Exists(PathOf("x.json")));
    }

    private void AssertRefused(string says, params string[] arguments)
    {
        Assert.Equal(2, call.Invoke(arguments));
        Assert.Contains(says, call.Error, StringComparison.Ordinal);
        Assert.Single(call.Error.TrimEnd('\n').Split('\n'));
    }

    private string PathOf(string name) => Path.Combine(call.Folder, name);

    private void Change(string from, string to, Func<TrialShard, TrialShard> change) =>
        ShardFile.Write(PathOf(to), ShardFile.Sealed(change(ShardFile.Read<TrialShard>(PathOf(from), ShardFile.TrialFormat))));

    private static string WithoutTimes(string text) => Times().Replace(text, "…");

    [GeneratedRegex("""\d+ ms|\d+\.\d s\b|\d+\.\d minutes|"(?:milli)?seconds": ?[0-9.]+""")]
    private static partial Regex Times();
}
