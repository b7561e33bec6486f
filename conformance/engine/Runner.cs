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

    /// <summary>Judges an implementation.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="options">Bounds, seed, clauses and expectations.</param>
    /// <param name="progress">Told now and then how far the run is.</param>
    /// <param name="cancellation">Ends the run at the next script.</param>
    public static ImplementationReport Run(ISession session, RunOptions options, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        Capabilities declared = session.Capabilities;
        Expectation[] expectations = [.. options.Expectations.Where(e => ExpectationMatch.AppliesTo(e, declared))];
        // A death in the child of a fork costs no process. Crashes not while the expected deviations are looked for: these are often seen on the way to one.
        // A hang costs the whole time limit, and is seldom on the way to anything; where a process takes long to start, a crash costs as much.
        RunOptions wary = options with { Rationed = [.. expectations.Where(e => e.Verdict == VerdictKind.Hung || (e.Verdict == VerdictKind.Crashed && Patience.IsSlow(session)))] };
        RunOptions rationed = options with { Rationed = [.. expectations.Where(e => e.Verdict is (VerdictKind.Crashed or VerdictKind.Hung) && e.Clause != ClauseId.Ambient09)] };
        Deviations deviations = expectations.Aggregate(Deviations.None, (all, e) => all | ExpectationMatch.DeviationOf(e));
        ClauseId[] observable = [.. Wanted(options).Where(c => Observability.Of(c, declared) is null)];
        var campaigns = new List<Campaign>();
        TimeSpan before = TimeSpan.Zero; // what the finished campaigns of an interrupted run took

        void Report() => progress?.Invoke(new RunProgress(
            campaigns.Sum(c => c.Commands),
            campaigns.Sum(c => c.Scripts),
            observable.Count(c => campaigns.Any(k => k.Exercised(c) > 0)),
            observable.Length,
            campaigns.SelectMany(c => c.Reds.Keys).Distinct().Count(),
            clock.Elapsed + before));

        Campaign Run(Capabilities judged, RunOptions options, long commands, TimeSpan time, Func<Campaign, bool> enough)
        {
            var campaign = new Campaign(session, judged, options);
            int number = campaigns.Count;
            if (number > 0)
            {
                session.Restart(); // the numbers of scripts begin anew, and so does what a process has run
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
            campaign.Run(commands, left, () => enough(campaign), Noted, cancellation);
            return campaign;

            void Noted()
            {
                Report();
                options.Journal?.Note(number, campaign.Changes, () => campaign.State(spent + Stopwatch.GetElapsedTime(begun)));
            }
        }

        if (observable.Length == 0)
        {
            return Conclude(declared, expectations, campaigns, options, clock.Elapsed);
        }

        Deviations[] single = [.. Enum.GetValues<Deviations>().Where(d => d != Deviations.None && deviations.HasFlag(d))];
        foreach (Deviations missing in single)
        {
            ClauseId[] awaited = [.. expectations.Where(e => ExpectationMatch.DeviationOf(e) == missing).Select(e => e.Clause).Intersect(observable)];
            double share = ExpectedShare / single.Length;

            // Where a process takes long to start, what else is red is looked into once, by the model with all deviations.
            RunOptions looked = Patience.IsSlow(session) ? wary with { Clauses = awaited.ToHashSet() } : wary;
            _ = Run(With(declared, deviations & ~missing), looked, (long)(options.Commands * share), options.Time * share, c => awaited.All(c.Reds.ContainsKey));
        }

        long spent = campaigns.Sum(c => c.Commands);
        TimeSpan left = options.Time == TimeSpan.MaxValue ? TimeSpan.MaxValue : options.Time - clock.Elapsed - before;
        _ = Run(With(declared, deviations), rationed, options.Commands - spent, left, _ => false);
        cancellation.ThrowIfCancellationRequested();
        return Conclude(declared, expectations, campaigns, options, clock.Elapsed + before);
    }

    private static Capabilities With(Capabilities declared, Deviations deviations) =>
        declared with { Semantics = declared.Semantics with { Deviations = deviations } };

    private static IEnumerable<ClauseId> Wanted(RunOptions options) =>
        Catalogue.All.Select(c => c.Id).Where(c => options.Clauses.Count == 0 || options.Clauses.Contains(c));

    private static ImplementationReport Conclude(
        Capabilities declared, Expectation[] expectations, List<Campaign> campaigns, RunOptions options, TimeSpan elapsed)
    {
        ClauseVerdict[] verdicts = [.. Wanted(options).Select(clause => VerdictOn(clause, declared, expectations, campaigns))];
        if (options.Scripts.Count > 0)
        {
            // A suite judges what it puts to the test; what it leaves alone, and a known deviation that it does not provoke, it says nothing about.
            verdicts = [.. verdicts.Where(v => v.Kind != VerdictKind.NotExercised).Select(v => v.Kind == VerdictKind.Conforms ? v with { Expectation = null } : v)];
        }

        return new ImplementationReport(declared, verdicts, campaigns.Sum(c => c.Commands), campaigns.Sum(c => c.Scripts), options.Seed, elapsed);
    }

    private static ClauseVerdict VerdictOn(ClauseId clause, Capabilities declared, Expectation[] expectations, List<Campaign> campaigns)
    {
        long exercised = campaigns.Sum(c => c.Exercised(clause));

        Expectation? expectation = expectations.FirstOrDefault(e => e.Clause == clause);

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
