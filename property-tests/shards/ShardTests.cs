// A run that is split among machines ends with the report that one machine would have written.

using PyState.Conformance.Cli;
using PyState.Conformance.Engine;
using PyState.Conformance.Liars;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Engine;
using PyState.PropertyTests.Plugins;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Shards;

public sealed class ShardTests
{
    [Fact]
    public void Every_script_of_a_run_is_in_one_shard()
    {
        foreach (int block in new[] { 1, 64, 512 })
        {
            foreach (int count in new[] { 1, 2, 3, 7 })
            {
                long[] numbers = [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(0, 3 * block).Select(p => new Slice(new Shard(i, count), block).NumberAt(p)))];
                Assert.Equal(Enumerable.Range(0, numbers.Length).Select(n => (long)n), numbers.Order());
                for (int i = 0; i < count; i++)
                {
                    var slice = new Slice(new Shard(i, count), block);
                    Assert.All(Enumerable.Range(0, 3 * block), p => Assert.Equal(p, slice.PositionOf(slice.NumberAt(p))));
                }
            }
        }
    }

    [Fact]
    public void The_length_of_a_script_is_known_without_generating_it()
    {
        using var session = new SimulatedSession(Profiles.All[^1], new ReferenceState());
        foreach (Capabilities capabilities in new[] { session.Capabilities, session.Capabilities with { Interpreter = "CPython" } })
        {
            foreach (Alphabet alphabet in capabilities.Alphabets)
            {
                var generator = new ScriptGenerator(capabilities, alphabet);
                for (int number = 0; number < 500; number++)
                {
                    var seed = new ScriptSeed(77, number);
                    Assert.Equal(generator.Generate(seed, 40).Commands.Count, generator.LengthOf(seed, 40));
                }

                // Of many at once too.
                foreach (int step in new[] { 1, 2 })
                {
                    Assert.Equal(
                        Enumerable.Range(0, 300).Sum(i => (long)generator.LengthOf(new ScriptSeed(77, 5 + (i * step)), 40)), generator.LengthsOf(new ScriptSeed(77, 5), step, 300, 40));
                }
            }
        }
    }

    public static TheoryData<string, int> Wrong()
    {
        var data = new TheoryData<string, int>();
        Liar[] some = [.. AllLiars.All.Where((_, i) => i % 15 == 0)];
        for (int i = 0; i < some.Length; i++)
        {
            data.Add(some[i].Name, 2 + (i % 4));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void The_shards_of_a_run_on_a_wrong_implementation_come_to_the_whole(string name, int shards)
    {
        Liar liar = AllLiars.All.Single(l => l.Name == name);
        foreach (bool inProcess in new[] { true, false })
        {
            ISession Start() => inProcess ? liar.Start(liar.Versions.Last()) : new Batched(liar.Start(liar.Versions.Last()));
            var options = new RunOptions { Commands = 90_000, Seed = 3 };
            Split.AssertComesToTheWhole(Start, options, shards);
        }
    }

    // The campaign that looks for a known deviation ends when it has found it: on the whole, and not in each shard.
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void A_search_that_one_shard_ends_counts_nothing_of_what_the_others_did_beyond(int shards)
    {
        foreach (Liar liar in AllLiars.All.Where((_, i) => i % 19 == 0))
        {
            foreach (bool inProcess in new[] { true, false })
            {
                ISession Start() => inProcess ? liar.Start(liar.Versions.Last()) : new Batched(liar.Start(liar.Versions.Last()));
                Expectation known = new() { Clause = liar.Clause, Verdict = VerdictKind.Violates, Deviation = nameof(Deviations.TracingNestingShared), Reason = "made up", Link = "here" };
                Split.AssertComesToTheWhole(Start, new RunOptions { Commands = 60_000, Seed = 11, Expectations = [known] }, shards);
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Deaths_and_hangs_are_looked_into_as_often_as_in_one_run(int shards) =>
        Split.AssertComesToTheWhole(() => new Ends(), new RunOptions { Commands = 60_000, Seed = 4 }, shards);

    [Fact]
    public void Scripts_that_may_show_a_known_crash_are_rationed_alike()
    {
        Expectation known = new() { Clause = ClauseId.Ambient01, Verdict = VerdictKind.Crashed, Pattern = ["fork"], Reason = "made up", Link = "here" };
        Split.AssertComesToTheWhole(() => new Ends(), new RunOptions { Commands = 40_000, Seed = 4, Expectations = [known] }, 3);
    }

    [Fact]
    public void The_shards_of_a_suite_come_to_the_whole()
    {
        using var session = new SimulatedSession(Profiles.All[^1], new ReferenceState());
        var generator = new ScriptGenerator(session.Capabilities, Alphabet.Api);
        Script[] suite = [.. Enumerable.Range(0, 1_500).Select(i => generator.Generate(new ScriptSeed(9, i), 12))];
        Liar liar = AllLiars.Of(ClauseId.Ready02).First();
        Split.AssertComesToTheWhole(() => liar.Start(liar.Versions.Last()), new RunOptions { Scripts = suite }, 3);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void The_reports_of_the_reference_differ_in_times_only(int shards)
    {
        using var call = new RealCall();
        Split.AssertSameReports(call, shards, "--commands", "60_000", "--seed", "5");
    }

    [RequiresFact("greenlet")]
    public void The_reports_on_greenlet_differ_in_times_only()
    {
        using var call = new RealCall();
        Split.AssertSameReports(call, 3, "greenlet", "--commands", "30_000", "--python", Interpreters.PythonOf("greenlet"));
    }

    [RequiresFact("greenlet")]
    public void A_shard_has_no_verdict_so_that_nobody_runs_it_again_for_a_deviation()
    {
        using var call = new RealCall();
        File.WriteAllText(Path.Combine(call.Folder, "wrong.py"), File.ReadAllText(Path.Combine(Repository.Root, "conformance", "implementations", "greenlet", "switcher.py"))); // without its list of known deviations
        string[] run = ["run", "--switcher", "wrong.py", "--python", Interpreters.PythonOf("greenlet"), "--commands", "20_000"];
        Assert.Equal(0, call.Invoke([.. run, "--shard", "1/1", "--report", "json=1.json"]));
        Assert.Contains("no verdict", call.Out, StringComparison.Ordinal);
        Assert.Equal(1, call.Invoke("merge", "1.json"));
    }

    // The reference, but a fork ends the process, and a collection never ends.
    private sealed class Ends : ISession
    {
        private readonly SimulatedSession honest = new(Profiles.All[^1], new ReferenceState());

        public Capabilities Capabilities => honest.Capabilities;

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => [.. scripts.Select(Run)];

        public void Restart() => honest.Restart();

        public void Dispose() => honest.Dispose();

        private ScriptResult Run(Script script)
        {
            int at = script.Commands.TakeWhile(c => c.Op is not (Op.Collect or Op.Fork)).Count();
            ScriptResult result = honest.Run([script])[0];
            return at == script.Commands.Count ? result
                : new ScriptResult(script.Commands[at].Op == Op.Fork ? Ending.Crashed : Ending.Hung, [.. result.Observations.Take(at)], "is gone", at);
        }
    }
}
