// Several reports as one: shards of one run, and runs of many machines.

using PyState.Conformance.Plugins;

namespace PyState.Conformance.Reports;

/// <summary>Draws reports together, and refuses what does not belong together.</summary>
public static class Merge
{
    /// <summary>The one report. What ran in the same place with different seeds becomes one implementation, red where it is red anywhere.</summary>
    /// <param name="reports">The reports, each with the name of its file.</param>
    /// <exception cref="SetupException">They do not belong together.</exception>
    public static ReportDocument Of(IReadOnlyList<(string File, ReportDocument Report)> reports)
    {
        (string firstFile, ReportDocument first) = reports[0];
        if (reports.FirstOrDefault(r => r.Report.Program != first.Program) is { Report: not null } other)
        {
            throw new SetupException($"'{firstFile}' was written by version {first.Program} and '{other.File}' by {other.Report.Program}: their clauses may differ; run the older one again");
        }

        if (reports.FirstOrDefault(r => r.Report.Specification != first.Specification) is { Report: not null } judged)
        {
            throw new SetupException($"'{firstFile}' was judged by specification {TitleOf(first)} and '{judged.File}' by {TitleOf(judged.Report)}: run the older one again");
        }

        var clauses = new Dictionary<string, ClauseDocument>();
        foreach ((string file, ReportDocument report) in reports)
        {
            foreach (ClauseDocument clause in report.Clauses)
            {
                if (clauses.TryGetValue(clause.Id, out ClauseDocument? known) && known.Statement != clause.Statement)
                {
                    throw new SetupException($"{clause.Id} says something else in '{file}' than in the reports before it: run one of them again");
                }

                clauses[clause.Id] = clause;
            }
        }

        (string File, ImplementationDocument Of)[] all = [.. reports.SelectMany(r => r.Report.Implementations.Select(i => (r.File, i)))];
        ImplementationDocument[] merged = [.. all.GroupBy(a => KeyOf(a.Of)).Select(g => Together([.. g]))];
        string[] order = [.. reports.SelectMany(r => r.Report.Clauses).OrderBy(c => PlaceOf(c.Id)).Select(c => c.Id).Distinct()];
        return first with
        {
            ExitCode = ExitCode(merged),
            Implementations = merged,
            Clauses = [.. order.Select(id => clauses[id])],
        };
    }

    /// <summary>The exit code of a report: 1 outranks 3.</summary>
    /// <param name="implementations">Its implementations.</param>
    public static int ExitCode(IReadOnlyList<ImplementationDocument> implementations) =>
        implementations.Any(i => i.ExitCode == 1) ? 1 : implementations.Any(i => i.ExitCode == 3) ? 3 : 0;

    private static string TitleOf(ReportDocument report) =>
        report.Specification is { } specification ? $"{specification.Version} ({specification.Content[..Math.Min(12, specification.Content.Length)]})" : "of an unknown version";

    // What makes two runs comparable: what was checked, and where.
    private static string KeyOf(ImplementationDocument i) =>
        string.Join('\n', i.Name, i.ImplementationVersion, i.Interpreter, i.InterpreterVersion, i.Build, i.Platform, i.Python);

    private static readonly Dictionary<string, int> Places = Spec.Clauses.Catalogue.All.Select((c, i) => (Id: Spec.Clauses.ClauseIdText.Text(c.Id), i)).ToDictionary(c => c.Id, c => c.i);

    /// <summary>The place of a clause in the catalogue; one that it does not have comes last.</summary>
    /// <param name="id">The clause.</param>
    internal static int PlaceOf(string id) => Places.GetValueOrDefault(id, int.MaxValue);

    private static ImplementationDocument Together((string File, ImplementationDocument Of)[] shards)
    {
        ImplementationDocument first = shards[0].Of;
        if (shards.Length == 1)
        {
            return first;
        }

        if (shards.GroupBy(s => s.Of.Seed).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            string[] files = [.. twice.Select(t => t.File).Distinct()];
            throw new SetupException(files.Length == 1
                ? $"'{files[0]}' is given twice, or has {first.Label()} twice with the seed {twice.Key}: name each run once"
                : $"'{files[0]}' and '{files[1]}' are the same run of {first.Label()}, with the seed {twice.Key}: shards need a --seed each, runs of different days belong in a site");
        }

        VerdictDocument[] verdicts = [.. shards.SelectMany(s => s.Of.Verdicts).GroupBy(v => v.Clause).OrderBy(g => PlaceOf(g.Key)).Select(Verdict)];
        bool isRed = verdicts.Any(v => !v.Expected);
        string[] missing = [.. shards.SelectMany(s => s.Of.MissingShards ?? []).Distinct()];
        bool isIdle = missing.Length > 0 || !verdicts.Any(v => v.Verdict == "conforms" || v.IsRed()) || verdicts.Any(v => v.Verdict == "not-exercised");
        return first with
        {
            ExitCode = isRed ? 1 : isIdle ? 3 : 0,
            Outcome = shards.Select(s => s.Of).OrderByDescending(i => i.ExitCode == 1).ThenByDescending(i => i.ExitCode == 3).First() is var worst && isRed
                ? $"{verdicts.Count(v => !v.Expected)} unexpected {(verdicts.Count(v => !v.Expected) == 1 ? "deviation" : "deviations")}"
                : missing.Length > 0 ? "shards are missing"
                : isIdle ? "not every clause was exercised" : worst.Outcome,
            MissingShards = missing.Length > 0 ? missing : null,
            Seed = first.Seed,
            Commands = shards.Sum(s => s.Of.Commands),
            Scripts = shards.Sum(s => s.Of.Scripts),
            Seconds = Math.Round(shards.Sum(s => s.Of.Seconds), 3),
            Counts = first.Counts.Keys.ToDictionary(k => k, k => verdicts.Count(v => v.Verdict == k)),
            Verdicts = verdicts,
        };
    }

    private static VerdictDocument Verdict(IGrouping<string, VerdictDocument> all) =>
        all.OrderBy(Rank).ThenBy(v => v.Counterexample?.Steps.Count ?? 0).First() with { Exercised = all.Sum(v => v.Exercised) };

    private static int Rank(VerdictDocument verdict) => verdict switch
    {
        _ when verdict.IsRed() && !verdict.Expected => 0,
        _ when verdict.IsRed() => 1,
        { Expected: false } => 2, // an expected deviation that did not show here: one of the others has shown it, or none has
        { Verdict: "conforms" } => 3,
        { Verdict: "not-exercised" } => 4,
        { Verdict: "not-observable" } => 5,
        _ => 6,
    };
}
