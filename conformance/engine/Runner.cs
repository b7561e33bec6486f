using System.Diagnostics;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>The main job: a verdict for every clause of the catalogue on one implementation.</summary>
public static class Runner
{
    // The share of the budget that looks for the expected deviations, each with a model that contains all the others, before the
    // model that contains them all judges everything else.
    private const double ExpectedShare = 0.5;

    // A known crash costs two processes, more where it is looked into: eight scripts that may show it leave time for the others, where a process takes seconds.
    private const int SeldomWhereSlow = 32;

    /// <summary>Judges an implementation.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="options">Bounds, seed, clauses and expectations.</param>
    /// <param name="progress">Told now and then how far the run is.</param>
    /// <param name="cancellation">Ends the run at the next script.</param>
    public static ImplementationReport Run(ISession session, RunOptions options, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        List<Campaign> campaigns = Campaigns(session, options, progress, cancellation, out TimeSpan elapsed);
        return Conclude(session.Capabilities, [.. campaigns.Select(c => c.Findings)], options, elapsed, isWhole: true);
    }

    /// <summary>Runs one shard of a run. Verdicts are given on the whole: <see cref="Together"/>.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="options">Bounds of the whole run, seed, clauses, expectations, and which shard.</param>
    /// <param name="progress">Told now and then how far the shard is.</param>
    /// <param name="cancellation">Ends the run at the next script.</param>
    /// <returns>What it found in each campaign of the run, and how long it took.</returns>
    public static (IReadOnlyList<CampaignShare> Campaigns, TimeSpan Elapsed) RunShard(
        ISession session, RunOptions options, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        List<Campaign> campaigns = Campaigns(session, options, progress, cancellation, out TimeSpan elapsed);
        return ([.. campaigns.Select(c => c.Share)], elapsed);
    }

    /// <summary>The verdicts that one run over all the scripts would have given.</summary>
    /// <param name="declared">What the implementation declares.</param>
    /// <param name="options">What was asked of the whole run.</param>
    /// <param name="shards">For each shard, what it found in each campaign.</param>
    /// <param name="elapsed">How long they took, together.</param>
    /// <param name="isWhole">Whether these are all the shards.</param>
    public static ImplementationReport Together(
        Capabilities declared, RunOptions options, IReadOnlyList<IReadOnlyList<CampaignShare>> shards, TimeSpan elapsed, bool isWhole)
    {
        Plan plan = PlanOf(declared, options);
        var findings = new List<Findings>();
        for (int i = 0; i < shards[0].Count; i++)
        {
            Func<IReadOnlyDictionary<ClauseId, Counterexample>, bool>? enough = i < plan.Searches.Length ? reds => plan.Searches[i].Awaited.All(reds.ContainsKey) : null;
            Findings found = CampaignShare.Together([.. shards.Select(s => s[i])], Campaign.BlockOf(declared), enough);
            Deviations model = i < plan.Searches.Length ? plan.Deviations & ~plan.Searches[i].Missing : plan.Deviations;
            findings.Add(found with { Reds = found.Reds.ToDictionary(r => r.Key, r => r.Value with { Under = model }) });
        }

        return Conclude(declared, findings, options, elapsed, isWhole);
    }

    /// <summary>How many campaigns a run has.</summary>
    /// <param name="declared">What the implementation declares.</param>
    /// <param name="options">What is asked.</param>
    internal static int CampaignsOf(Capabilities declared, RunOptions options) => PlanOf(declared, options) is { Observable.Length: > 0 } plan ? plan.Searches.Length + 1 : 0;

    // Which campaigns a run has: for each deviation that a variant of the model stands for, one that looks for it, and one that judges.
    private sealed record Plan(Expectation[] Expectations, Deviations Deviations, ClauseId[] Observable, (Deviations Missing, ClauseId[] Awaited)[] Searches);

    private static Plan PlanOf(Capabilities declared, RunOptions options)
    {
        Expectation[] expectations = [.. options.Expectations.Where(e => ExpectationMatch.AppliesTo(e, declared))];
        Deviations deviations = expectations.Aggregate(Deviations.None, (all, e) => all | ExpectationMatch.DeviationOf(e));
        ClauseId[] observable = [.. Wanted(options).Where(c => Observability.Of(c, declared) is null)];
        return new Plan(
            expectations,
            deviations,
            observable,
            [
                .. Enum.GetValues<Deviations>().Where(d => d != Deviations.None && deviations.HasFlag(d))
                    .Select(d => (d, expectations.Where(e => ExpectationMatch.DeviationOf(e) == d).Select(e => e.Clause).Intersect(observable).ToArray())),
            ]);
    }

    private static List<Campaign> Campaigns(ISession session, RunOptions options, Action<RunProgress>? progress, CancellationToken cancellation, out TimeSpan elapsed)
    {
        BatchWorker[] workers = BatchWorker.For(session, options);
        try
        {
            return Campaigns(session, workers, options, progress, cancellation, out elapsed);
        }
        finally
        {
            Array.ForEach(workers[1..], w => w.Dispose()); // the first is the caller's
        }
    }

    private static List<Campaign> Campaigns(
        ISession session, BatchWorker[] workers, RunOptions options, Action<RunProgress>? progress, CancellationToken cancellation, out TimeSpan elapsed)
    {
        var clock = Stopwatch.StartNew();
        Capabilities declared = session.Capabilities;
        (Expectation[] expectations, Deviations deviations, ClauseId[] observable, (Deviations Missing, ClauseId[] Awaited)[] searches) = PlanOf(declared, options);
        // A death in the child of a fork costs no process. Crashes not while the expected deviations are looked for: these are often seen on the way to one.
        // A hang costs the whole time limit, and is seldom on the way to anything; where a process takes long to start, a crash costs as much.
        RunOptions wary = options with { Rationed = [.. expectations.Where(e => e.Verdict == VerdictKind.Hung || (e.Verdict == VerdictKind.Crashed && Patience.IsSlow(session)))] };
        RunOptions rationed = options with { Rationed = [.. expectations.Where(e => e.Verdict is (VerdictKind.Crashed or VerdictKind.Hung) && e.Clause != ClauseId.Ambient09)] };
        rationed = rationed with { RationedEvery = Patience.IsSlow(session) ? SeldomWhereSlow : rationed.RationedEvery };
        var campaigns = new List<Campaign>();
        TimeSpan before = TimeSpan.Zero; // what the finished campaigns of an interrupted run took

        void Report() => progress?.Invoke(new RunProgress(
            campaigns.Sum(c => c.Commands),
            campaigns.Sum(c => c.Scripts),
            observable.Count(c => campaigns.Any(k => k.Exercised(c) > 0)),
            observable.Length,
            campaigns.SelectMany(c => c.Reds.Keys).Distinct().Count(),
            clock.Elapsed + before));

        bool AllExercised() => observable.All(c => campaigns.Any(k => k.Exercised(c) > 0));

        void Run(Capabilities judged, RunOptions options, long commands, TimeSpan time, TimeSpan further, Func<Campaign, bool>? enough)
        {
            var campaign = new Campaign(session, judged, options, workers) { HasBlocks = enough is not null };
            int number = campaigns.Count;
            if (number > 0)
            {
                Array.ForEach(workers, w => w.Restart()); // the numbers of scripts begin anew, and so does what a process has run
            }

            campaigns.Add(campaign);
            TimeSpan spent = TimeSpan.Zero;
            if (options.Journal?.Restored(number) is { } state)
            {
                campaign.Restore(state);
                spent = TimeSpan.FromMilliseconds(state.Milliseconds);
                before += spent;
            }

            long begun = Stopwatch.GetTimestamp();
            TimeSpan left = time == TimeSpan.MaxValue ? time : time - spent;
            TimeSpan longest = further == TimeSpan.Zero || time == TimeSpan.MaxValue ? left : left + further;
            campaign.Run(commands, longest, () => enough?.Invoke(campaign) == true || (longest > left && Stopwatch.GetElapsedTime(begun) >= left && AllExercised()), Noted, cancellation);

            void Noted()
            {
                Report();
                options.Journal?.Note(number, campaign.Changes, () => campaign.State(spent + Stopwatch.GetElapsedTime(begun)));
            }
        }

        if (observable.Length > 0)
        {
            foreach ((Deviations missing, ClauseId[] awaited) in searches)
            {
                double share = ExpectedShare / searches.Length;

                // Where a process takes long to start, what else is red is looked into once, by the model with all deviations; a known crash is seen then.
                RunOptions looked = Patience.IsSlow(session) ? wary with { Clauses = awaited.ToHashSet(), RationedEvery = 0 } : wary;
                Run(With(declared, deviations & ~missing), looked, (long)(options.Commands * share), options.Time * share, TimeSpan.Zero, c => awaited.All(c.Reds.ContainsKey));
            }

            // A bound in commands holds for what judges, whatever the search took before it: that depends on what was found.
            TimeSpan left = options.Time == TimeSpan.MaxValue ? TimeSpan.MaxValue : options.Time - clock.Elapsed - before;
            Run(With(declared, deviations), rationed, options.Commands, left, options.Further, null);
            cancellation.ThrowIfCancellationRequested();
        }

        elapsed = clock.Elapsed + before;
        return campaigns;
    }

    private static Capabilities With(Capabilities declared, Deviations deviations) =>
        declared with { Semantics = declared.Semantics with { Deviations = deviations } };

    private static IEnumerable<ClauseId> Wanted(RunOptions options) =>
        Catalogue.All.Select(c => c.Id).Where(c => options.Clauses.Count == 0 || options.Clauses.Contains(c));

    private static ImplementationReport Conclude(
        Capabilities declared, IReadOnlyList<Findings> campaigns, RunOptions options, TimeSpan elapsed, bool isWhole)
    {
        Expectation[] expectations = PlanOf(declared, options).Expectations;
        ClauseVerdict[] verdicts = [.. Wanted(options).Select(clause => VerdictOn(clause, declared, expectations, campaigns))];
        if (options.IsSuite || options.Scripts.Count > 0)
        {
            // A suite judges what it puts to the test; what it leaves alone, and a known deviation that it does not provoke, it says nothing about.
            verdicts = [.. verdicts.Where(v => v.Kind != VerdictKind.NotExercised).Select(v => v.Kind == VerdictKind.Conforms ? v with { Expectation = null } : v)];
        }

        if (!isWhole)
        {
            // What a shard that is not there may have shown is not missed.
            verdicts = [.. verdicts.Select(v => v.Kind == VerdictKind.Conforms ? v with { Expectation = null } : v)];
        }

        return new ImplementationReport(declared, verdicts, campaigns.Sum(c => c.Tally.Commands), campaigns.Sum(c => c.Tally.Scripts), options.Seed, elapsed);
    }

    private static ClauseVerdict VerdictOn(ClauseId clause, Capabilities declared, Expectation[] expectations, IReadOnlyList<Findings> campaigns)
    {
        long exercised = campaigns.Sum(c => c.Exercised(clause));

        Expectation? expectation = expectations.FirstOrDefault(e => e.Clause == clause && !e.Rare);

        // What the model with all deviations finds red is not explained by them; only an expectation without a variant can cover it.
        if (campaigns.Count > 0 && campaigns[^1].Reds.GetValueOrDefault(clause) is { } unexplained)
        {
            Expectation? covering = expectations.FirstOrDefault(e => ExpectationMatch.DeviationOf(e) == Deviations.None && ExpectationMatch.Covers(e, unexplained));
            return new ClauseVerdict(clause, unexplained.Kind, exercised, unexplained, covering);
        }

        Counterexample[] shown = [.. campaigns.SkipLast(1).Select(c => c.Reds.GetValueOrDefault(clause)).OfType<Counterexample>()];
        if (shown.Length > 0)
        {
            Counterexample red = shown.FirstOrDefault(r => !expectations.Any(e => ExpectationMatch.Covers(e, r))) ?? shown[0];
            return new ClauseVerdict(clause, red.Kind, exercised, red, expectations.FirstOrDefault(e => ExpectationMatch.Covers(e, red)));
        }

        if (Observability.Of(clause, declared) is { } obstacle)
        {
            return new ClauseVerdict(clause, obstacle.Kind, exercised, Reason: obstacle.Reason);
        }

        return exercised == 0
            ? new ClauseVerdict(clause, VerdictKind.NotExercised, 0, Expectation: expectation, Reason: "no script of this run would have shown a violation")
            : new ClauseVerdict(clause, VerdictKind.Conforms, exercised, Expectation: expectation);
    }
}
