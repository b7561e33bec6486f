// A run comes to the same on any number of cores.

using PyState.Conformance.Engine;
using PyState.Conformance.Liars;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.PropertyTests.Shards;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Engine;

public sealed class CoresTests
{
    private const long Commands = 120_011;

    public static TheoryData<string, int> Everything()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in Implementations.Keys)
        {
            data.Add(name, 2);
            data.Add(name, 5);
        }

        return data;
    }

    // One that is right, one that is wrong in almost every script, one that seldom is, and one that throws.
    private static readonly Dictionary<string, Func<IPyState>> Implementations = new()
    {
        ["reference"] = () => new ReferenceState(),
        ["blind"] = () => new StateLiars.NoTopFrame(),
        ["outlasting"] = () => new StateLiars.IgnoresFinalization(),
        ["throwing"] = () => new Throwing(),
    };

    [Theory]
    [MemberData(nameof(Everything))]
    public void Verdicts_counts_and_counterexamples_are_those_of_one_core(string name, int cores)
    {
        ImplementationReport one = Run(name, new RunOptions { Commands = Commands, Seed = 3, Cores = 1 });
        Assert.Equal(name != "reference", one.Verdicts.Any(v => v.IsRed));
        Assert.Equal(Split.Text(one), Split.Text(Run(name, new RunOptions { Commands = Commands, Seed = 3, Cores = cores })));
    }

    // A search ends when it has found what it looks for: what other cores have done beyond is not counted.
    [Theory]
    [MemberData(nameof(Everything))]
    public void A_search_ends_where_it_ends_on_one_core(string name, int cores)
    {
        Expectation known = new() { Clause = ClauseId.Restore01, Verdict = VerdictKind.Violates, Deviation = nameof(Deviations.TracingNestingShared), Reason = "made up", Link = "here" };
        var options = new RunOptions { Commands = 60_000, Seed = 11, Expectations = [known] };
        Assert.Equal(Split.Text(Run(name, options with { Cores = 1 })), Split.Text(Run(name, options with { Cores = cores })));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_campaign_that_is_stopped_goes_on_on_other_cores(string name, int cores)
    {
        var options = new RunOptions { Seed = 5 };
        using SimulatedSession whole = Start(name);
        var undisturbed = new Campaign(whole, whole.Capabilities, options with { Cores = 1 });
        undisturbed.Run(Commands, TimeSpan.MaxValue, () => false, () => { }, CancellationToken.None);

        using SimulatedSession first = Start(name);
        using var stop = new CancellationTokenSource();
        var stopped = new Campaign(first, first.Capabilities, options with { Cores = cores });
        stopped.Run(Commands, TimeSpan.MaxValue, () => false, () => Stop(stopped, stop), stop.Token);
        Assert.InRange(stopped.Commands, Commands / 4, (Commands * 3) / 4);

        using SimulatedSession second = Start(name);
        var resumed = new Campaign(second, second.Capabilities, options with { Cores = cores + 1 });
        resumed.Restore(stopped.State(TimeSpan.Zero));
        resumed.Run(Commands, TimeSpan.MaxValue, () => false, () => { }, CancellationToken.None);
        Assert.Equal((undisturbed.Scripts, undisturbed.Commands), (resumed.Scripts, resumed.Commands));
        Assert.All(Enum.GetValues<ClauseId>(), c => Assert.Equal(undisturbed.Exercised(c), resumed.Exercised(c)));
        Assert.Equal(
            undisturbed.Reds.OrderBy(r => r.Key).Select(r => $"{r.Key} {r.Value.Script} {r.Value.Seed}"), resumed.Reds.OrderBy(r => r.Key).Select(r => $"{r.Key} {r.Value.Script} {r.Value.Seed}"));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void As_many_processes_come_to_what_one_comes_to(string name, int cores)
    {
        ISession Another() => new Batched(Start(name));
        Expectation known = new() { Clause = ClauseId.Restore01, Verdict = VerdictKind.Violates, Deviation = nameof(Deviations.TracingNestingShared), Reason = "made up", Link = "here" };
        foreach (Expectation[] expectations in new Expectation[][] { [], [known] })
        {
            var options = new RunOptions { Commands = Commands, Seed = 3, Expectations = expectations };
            using ISession one = Another();
            using ISession first = Another();
            Assert.Equal(
                Split.Text(Runner.Run(one, options, null, CancellationToken.None)),
                Split.Text(Runner.Run(first, options with { Cores = cores, Another = Another }, null, CancellationToken.None)));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(64, BatchWorker.Most)]
    public void Processes_are_started_when_they_are_needed_and_end_with_the_run(int cores, int expected)
    {
        var all = new List<Counted>();
        using var first = new Counted(all);
        _ = Runner.Run(first, new RunOptions { Commands = 10, Cores = cores, Another = () => new Counted(all) }, null, CancellationToken.None);
        Assert.Single(all); // a batch was enough
        _ = Runner.Run(first, new RunOptions { Commands = Commands * 4, Cores = cores, Another = () => new Counted(all) }, null, CancellationToken.None);
        Assert.Equal(expected, all.Count);
        Assert.False(all[0].IsDisposed);
        Assert.All(all[1..], c => Assert.True(c.IsDisposed && c.Scripts > 0));
    }

    [Fact]
    public void Where_a_process_takes_long_to_start_there_is_one()
    {
        var all = new List<Counted>();
        using var first = new Counted(all) { StartsSlowly = true };
        _ = Runner.Run(first, new RunOptions { Commands = Commands, Cores = 4, Another = () => new Counted(all) }, null, CancellationToken.None);
        Assert.Single(all);
    }

    [Fact]
    public void One_that_does_not_start_ends_the_run_with_its_own_words()
    {
        using ISession first = new Batched(Start("reference"));
        SetupException e = Assert.Throws<SetupException>(() => Runner.Run(
            first, new RunOptions { Commands = Commands, Cores = 2, Another = () => throw new SetupException("there is no memory left") }, null, CancellationToken.None));
        Assert.Equal("there is no memory left", e.Message);
    }

    // What has to run before is looked for among what that process ran, and not among what others did meanwhile.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void A_death_that_needs_an_earlier_script_is_found_with_it(int cores)
    {
        using ISession first = new Resentful();
        ImplementationReport report = Runner.Run(first, new RunOptions { Commands = Commands, Seed = 2, Cores = cores, Another = () => new Resentful() }, null, CancellationToken.None);
        ClauseVerdict verdict = Assert.Single(report.Verdicts, v => v.IsRed);
        Assert.Equal(VerdictKind.Crashed, verdict.Kind);
        Assert.Equal(Op.Fork, Assert.Single(Assert.Single(verdict.Counterexample!.Before).Commands).Op);
        Assert.Equal(Op.Census, Assert.Single(verdict.Counterexample.Script.Commands).Op);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Each_core_has_an_implementation_of_its_own(int cores)
    {
        int made = 0;
        using var session = new SimulatedSession(Profiles.All[^1], Make);
        _ = Runner.Run(session, new RunOptions { Commands = Commands, Cores = cores }, null, CancellationToken.None);
        Assert.Equal(cores, made);

        IPyState Make()
        {
            _ = Interlocked.Increment(ref made);
            return new ReferenceState();
        }
    }

    [Fact]
    public void An_implementation_of_which_there_is_one_is_used_by_one_thread_at_a_time()
    {
        var alone = new Alone();
        using var session = new SimulatedSession(Profiles.All[^1], alone);
        ImplementationReport report = Runner.Run(session, new RunOptions { Commands = Commands, Cores = 8 }, null, CancellationToken.None);
        Assert.DoesNotContain(report.Verdicts, v => v.Kind is VerdictKind.Violates or VerdictKind.Crashed);
        Assert.Equal(Environment.CurrentManagedThreadId, Assert.Single(alone.Threads));
    }

    private static void Stop(Campaign campaign, CancellationTokenSource stop)
    {
        if (campaign.Commands > Commands / 4)
        {
            stop.Cancel();
        }
    }

    private static SimulatedSession Start(string name) => new(Profiles.All[^1], Implementations[name], name);

    private static ImplementationReport Run(string name, RunOptions options)
    {
        using SimulatedSession session = Start(name);
        return Runner.Run(session, options, null, CancellationToken.None);
    }

    // The reference in a process, counted.
    private sealed class Counted : ISession
    {
        private readonly SimulatedSession session = new(Profiles.All[^1], new ReferenceState());

        internal Counted(List<Counted> all)
        {
            lock (all)
            {
                all.Add(this);
            }
        }

        public Capabilities Capabilities => session.Capabilities;

        public bool? StartsSlowly { get; init; }

        internal bool IsDisposed { get; private set; }

        internal int Scripts { get; private set; }

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts)
        {
            Assert.False(IsDisposed);
            Scripts += scripts.Count;
            return session.Run(scripts);
        }

        public void Restart() => session.Restart();

        public void Dispose()
        {
            IsDisposed = true;
            session.Dispose();
        }
    }

    // The reference, but a process in which something was forked dies of the next census.
    private sealed class Resentful : ISession
    {
        private readonly SimulatedSession session = new(Profiles.All[^1], new ReferenceState());
        private bool hasForked;
        private long ran;

        public Capabilities Capabilities => session.Capabilities with { Alphabets = [Spec.Model.Alphabet.Switcher] };

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => [.. scripts.Select(Run)];

        public void Restart() => (hasForked, ran) = (false, 0);

        public void Dispose() => session.Dispose();

        private ScriptResult Run(Script script)
        {
            int census = script.Commands.TakeWhile(c => c.Op != Op.Census).Count();
            bool dies = hasForked && census < script.Commands.Count;
            hasForked |= script.Commands.Any(c => c.Op == Op.Fork);
            ScriptResult result = session.Run([script])[0] with { Before = ran++ };
            if (!dies)
            {
                return result;
            }

            Restart();
            return new ScriptResult(Ending.Crashed, [.. result.Observations.Take(census)], "is gone", census) { Before = result.Before };
        }
    }

    private sealed class Throwing : StateLiar
    {
        public override SimStatus Discard(SimThread thread, ulong handle) => throw new InvalidOperationException("boom");
    }

    private sealed class Alone : StateLiar
    {
        internal HashSet<int> Threads { get; } = [];

        public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
        {
            lock (Threads)
            {
                _ = Threads.Add(Environment.CurrentManagedThreadId);
            }

            return base.Save(thread, handle, next);
        }
    }
}
