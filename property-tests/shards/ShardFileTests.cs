// What does not belong together is refused, what is missing is named, and what was run twice counts once.

using System.Text.Json.Nodes;
using PyState.Conformance.Reports;
using PyState.Conformance.Shards;
using PyState.PropertyTests.Plugins;
using Xunit;

namespace PyState.PropertyTests.Shards;

public sealed class ShardFileTests : IDisposable
{
    private static readonly Lazy<string[]> Made = new(() =>
    {
        using var call = new RealCall();
        for (int i = 1; i <= 3; i++)
        {
            call.Invoke("run", "--commands", "30_000", "--shard", $"{i}/3", "--report", $"json={i}.json");
        }

        return [.. Enumerable.Range(1, 3).Select(i => File.ReadAllText(Path.Combine(call.Folder, $"{i}.json")))];
    });

    private readonly RealCall call = new();

    public ShardFileTests()
    {
        for (int i = 0; i < 3; i++)
        {
            File.WriteAllText(PathOf($"{i + 1}.json"), Made.Value[i]);
        }
    }

    public void Dispose() => call.Dispose();

    [Fact]
    public void Shards_that_are_missing_are_named_in_one_line_and_nothing_is_written()
    {
        Assert.Equal(2, call.Invoke("merge", "2.json", "--report", "json=all.json"));
        Assert.Equal("pystate: 2 of 3 shards of reference are missing: 1, 3; run them and merge again, or add --partial for what there is\n", call.Error);
        Assert.False(File.Exists(PathOf("all.json")));
    }

    [Fact]
    public void A_part_of_a_run_says_what_is_missing_of_it_and_is_never_green()
    {
        Assert.Equal(3, call.Invoke("merge", "1.json", "3.json", "--partial", "--report", "json=all.json", "--report", "junit=all.xml"));
        Assert.Equal("pystate: 1 of 3 shards of reference is missing: 2\n", call.Error);
        ImplementationDocument one = Assert.Single(JsonReport.Read(PathOf("all.json")).Implementations);
        Assert.Equal(["2/3"], one.MissingShards);
        Assert.Equal(3, one.ExitCode);
        Assert.Contains("1 of 3 shards is missing", one.Outcome, StringComparison.Ordinal);
        Assert.Contains("missing: 2/3", File.ReadAllText(PathOf("all.xml")), StringComparison.Ordinal); // an error, or a dashboard would be green
        Assert.Equal(3, call.Invoke("merge", "all.json"));
    }

    [Fact]
    public void A_shard_that_was_run_again_counts_once()
    {
        Assert.Equal(3, call.Invoke("merge", "1.json", "2.json", "3.json", "--report", "json=once.json"));
        Change("2.json", "again.json", s => s with { Started = s.Started!.Value.AddHours(1) });
        Assert.Equal(3, call.Invoke("merge", "1.json", "2.json", "again.json", "3.json", "--report", "json=twice.json"));
        Assert.Equal(File.ReadAllText(PathOf("once.json")), File.ReadAllText(PathOf("twice.json")));
    }

    [Fact]
    public void A_shard_that_found_something_else_the_second_time_is_refused()
    {
        Change("2.json", "again.json", s => s with
        {
            Subjects = [s.Subjects[0] with { Parts = [.. s.Subjects[0].Parts.Select((p, i) => i > 0 ? p : p with { Campaigns = [p.Campaigns[0] with { Tally = p.Campaigns[0].Tally with { Commands = 1 } }] })] }],
        });
        Assert.Equal(2, call.Invoke("merge", "1.json", "2.json", "again.json", "3.json", "--report", "json=all.json"));
        Assert.Contains("'2.json' and 'again.json' are both shard 2 of 3 and do not agree", call.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("all.json")));
    }

    [Theory]
    [InlineData("version", "its version is 0.0.9")]
    [InlineData("specification", "its specification is 0.0.1 (")]
    [InlineData("count", "its number of shards is 4, and not 3")]
    [InlineData("seed", "its seed is 2, and not 1")]
    [InlineData("commands", "its number of commands is 31, and not 30000")]
    [InlineData("clauses", "its choice of clauses is")]
    [InlineData("suite", "its suite is abc, and not none")]
    [InlineData("platform", "its platform is plan9-mips")]
    [InlineData("implementation", "its implementation is")]
    [InlineData("handshake", "its handshake is")]
    public void A_shard_of_another_run_is_refused_in_one_line(string what, string says)
    {
        Change("2.json", "2.json", s => what switch
        {
            "version" => s with { Program = "0.0.9" },
            "specification" => s with { Specification = s.Specification with { Version = "0.0.1" } },
            "count" => s with { Of = 4 },
            "seed" => s with { Seed = 2 },
            "commands" => s with { Commands = 31 },
            "clauses" => s with { Clauses = [Spec.Clauses.ClauseId.Ready01] },
            "suite" => s with { Suite = "abc" },
            "platform" => s with { Platform = "plan9-mips" },
            "implementation" => Declaring(s, c => c with { InterpreterVersion = "9.9" }),
            _ => Declaring(s, c => c with { Threads = 1 }),
        });
        Assert.Equal(2, call.Invoke("merge", "1.json", "2.json", "3.json", "--report", "json=all.json"));
        Assert.Contains("'2.json' is no shard of the run that '1.json' is of", call.Error, StringComparison.Ordinal);
        Assert.Contains(says, call.Error, StringComparison.Ordinal);
        Assert.Single(call.Error.TrimEnd('\n').Split('\n'));
        Assert.False(File.Exists(PathOf("all.json")));
    }

    [Fact]
    public void A_shard_of_another_build_is_refused()
    {
        Change("2.json", "2.json", s => s with { Build = "0123456789abcdef" });
        Assert.Equal(2, call.Invoke("merge", "1.json", "2.json", "3.json"));
        Assert.Contains("'", call.Error, StringComparison.Ordinal);
        Assert.Contains("is a shard of another build of this program (0.1.0, 0123456789abcdef): merge shards with the build that ran them", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_which_any_byte_is_changed_or_missing_is_refused_and_is_no_internal_error()
    {
        string text = Made.Value[1];
        for (int i = 30; i < text.Length; i += 331)
        {
            File.WriteAllText(PathOf("2.json"), i % 2 == 0 ? text[..i] : $"{text[..i]}{(text[i] == '7' ? '8' : '7')}{text[(i + 1)..]}");
            Assert.Equal(2, call.Invoke("merge", "1.json", "2.json", "3.json"));
            Assert.DoesNotContain("internal error", call.Error, StringComparison.Ordinal);
            Assert.Single(call.Error.TrimEnd('\n').Split('\n'));
        }
    }

    [Fact]
    public void A_shard_is_no_report_to_site()
    {
        Assert.Equal(2, call.Invoke("site", "1.json", "-o", "public"));
        Assert.Contains("'1.json' is a shard and no report: draw the shards of its run together with ", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_of_one_run_and_the_report_of_another_are_drawn_together()
    {
        call.Invoke("run", "--commands", "30_000", "--seed", "2", "--report", "json=other.json");
        Assert.Equal(3, call.Invoke("merge", "1.json", "2.json", "3.json", "other.json", "--report", "json=all.json"));
        ImplementationDocument one = Assert.Single(JsonReport.Read(PathOf("all.json")).Implementations);
        Assert.Equal("1", one.Seed);
        Assert.InRange(one.Commands, 60_000, 61_000);
    }

    [Theory]
    [InlineData("--shard 0/3", "--shard cannot be '0/3'")]
    [InlineData("--shard 4/3", "--shard cannot be '4/3'")]
    [InlineData("--shard x", "--shard cannot be 'x'")]
    [InlineData("--shard 1/3 --time 2s", "--shard and --time do not go together")]
    [InlineData("--shard 1/3 --resume", "--shard and --resume do not go together")]
    [InlineData("--shard 1/3 --report html=x.html", "a shard gives no verdicts, so it has no report of the kind 'html'")]
    [InlineData("--shard 1/3", "--shard needs --report json=FILE")]
    public void What_cannot_be_split_is_refused_before_anything_runs(string options, string says)
    {
        string[] reports = options.Contains("--report", StringComparison.Ordinal) || options.EndsWith("1/3", StringComparison.Ordinal) ? [] : ["--report", "json=x.json"];
        Assert.Equal(2, call.Invoke(["run", .. options.Split(' '), .. reports]));
        Assert.Contains(says, call.Error, StringComparison.Ordinal);
        Assert.Single(call.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void The_file_is_JSON_that_says_what_it_is() =>
        Assert.Equal(ShardFile.Format, JsonNode.Parse(Made.Value[0])!["format"]!.GetValue<string>());

    private string PathOf(string name) => Path.Combine(call.Folder, name);

    private void Change(string from, string to, Func<ShardDocument, ShardDocument> change) => ShardFile.Write(PathOf(to), ShardFile.Sealed(change(ShardFile.Read(PathOf(from)))));

    private static ShardDocument Declaring(ShardDocument shard, Func<Conformance.Engine.Capabilities, Conformance.Engine.Capabilities> change) => shard with
    {
        Subjects = [shard.Subjects[0] with { Parts = [.. shard.Subjects[0].Parts.Select(p => p with { Declared = change(p.Declared) })] }],
    };
}
