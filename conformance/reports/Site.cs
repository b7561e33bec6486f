// Many reports, of many machines and days, as one static site.

using System.Globalization;
using PyState.Conformance.Plugins;

namespace PyState.Conformance.Reports;

/// <summary>Where a page stands in a site, and what only a site knows: written into the page beside its report.</summary>
/// <param name="Home">The way to the first page; null on the first page.</param>
/// <param name="Clauses">The page of each clause.</param>
/// <param name="Implementations">The page of each implementation of the report, in its order.</param>
/// <param name="History">The runs of each implementation of the report, in its order; the oldest first.</param>
/// <param name="Withheld">Reports that are not shown, and why.</param>
public sealed record SitePlace(
    string? Home,
    IReadOnlyDictionary<string, string> Clauses,
    IReadOnlyList<string> Implementations,
    IReadOnlyList<IReadOnlyList<PastRun>> History,
    IReadOnlyList<string> Withheld);

/// <summary>One run in the past.</summary>
/// <param name="Started">When.</param>
/// <param name="ImplementationVersion">Of what.</param>
/// <param name="InterpreterVersion">On what.</param>
/// <param name="Program">By which version of the suite.</param>
/// <param name="Conforms">How many clauses conform.</param>
/// <param name="Known">How many deviate as expected.</param>
/// <param name="Unexpected">How many verdicts were not expected.</param>
/// <param name="Changed">The clauses whose verdict is another than in the run before.</param>
public sealed record PastRun(
    DateTimeOffset Started, string ImplementationVersion, string InterpreterVersion, string Program, int Conforms, int Known, int Unexpected, IReadOnlyList<string> Changed);

/// <summary>Makes the pages of a site: the matrix of the newest run of everything, a page for each clause and for each implementation.</summary>
public static class Site
{
    /// <summary>The pages, by their names below the site's folder.</summary>
    /// <param name="reports">The reports, each with the name of its file.</param>
    /// <exception cref="SetupException">There is nothing to show, or a report does not say when it was.</exception>
    public static IReadOnlyDictionary<string, string> Pages(IReadOnlyList<(string File, ReportDocument Report)> reports)
    {
        var runs = new List<Run>();
        var withheld = new List<string>();
        foreach ((string file, ReportDocument report) in reports)
        {
            foreach (ImplementationDocument implementation in report.Implementations)
            {
                if (implementation.Started is null)
                {
                    throw new SetupException($"'{file}' does not say when it was run: run it again with this version");
                }

                // A run in which nothing was judged says that the set-up failed, not that anything deviates: the run before it stands.
                if (IsAllErrors(implementation))
                {
                    withheld.Add(SafeText.OneLine($"{implementation.Label()}, {Day(implementation)}: nothing was judged ({Path.GetFileName(file)})", 300));
                }
                else
                {
                    runs.Add(new Run(report, implementation));
                }
            }
        }

        if (runs.Count == 0)
        {
            throw new SetupException("nothing was judged in any of these reports: there is nothing to show");
        }

        Run[][] groups =
        [
            .. runs.GroupBy(r => KeyOf(r.Implementation)).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => g.DistinctBy(r => (r.Implementation.Started, r.Implementation.Seed, r.Implementation.Commands)).OrderBy(r => r.Implementation.Started).ToArray()),
        ];
        Run newest = groups.Select(g => g[^1]).MaxBy(r => r.Implementation.Started)!;
        var clauses = groups.SelectMany(g => g[^1].Report.Clauses).Concat(newest.Report.Clauses).GroupBy(c => c.Id).ToDictionary(g => g.Key, g => g.Last());
        ImplementationDocument[] latest = [.. groups.Select(g => g[^1].Implementation)];
        var today = new ReportDocument
        {
            Format = JsonReport.Format,
            Version = JsonReport.Version,
            Program = newest.Report.Program,
            ExitCode = Merge.ExitCode(latest),
            Implementations = latest,
            Clauses = [.. clauses.Values.OrderBy(c => Merge.PlaceOf(c.Id)).ThenBy(c => c.Id, StringComparer.Ordinal)],
        };
        return Pages(today, [.. groups.Select(History)], withheld);
    }

    /// <summary>Whether a folder holds a site that was written before: its first page has a place in a site, which a report that stands alone has not.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsIn(string folder)
    {
        string index = Path.Combine(folder, "index.html");
        return File.Exists(index) && File.ReadAllText(index).Contains("<script type=\"application/json\" id=\"place\">{", StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Pages(ReportDocument today, IReadOnlyList<PastRun>[] history, List<string> withheld)
    {
        string[] names = [.. today.Implementations.Select((i, n) => $"implementations/{n + 1:00}-{FileName(i)}.html")];
        var clausePages = today.Clauses.ToDictionary(c => c.Id, c => $"clauses/{c.Id}.html");
        var pages = new Dictionary<string, string>
        {
            ["index.html"] = HtmlReport.Text(today, new SitePlace(null, clausePages, names, history, withheld)),
            ["report.json"] = JsonReport.Text(today),
            ["badge.svg"] = BadgeReport.Text(today),
        };
        SitePlace below = new("../index.html", clausePages.ToDictionary(p => p.Key, p => $"../{p.Value}"), [.. names.Select(n => $"../{n}")], history, []);
        for (int i = 0; i < names.Length; i++)
        {
            ImplementationDocument one = today.Implementations[i];
            ReportDocument report = today with { Implementations = [one], ExitCode = one.ExitCode };
            pages[names[i]] = HtmlReport.Text(report, below with { Implementations = [below.Implementations[i]], History = [history[i]] });
            pages[Path.ChangeExtension(names[i], ".svg")] = BadgeReport.Text(report);
        }

        foreach (ClauseDocument clause in today.Clauses)
        {
            pages[clausePages[clause.Id]] = HtmlReport.Text(
                today with { Clauses = [clause], Implementations = [.. today.Implementations.Select(i => i with { Verdicts = [.. i.Verdicts.Where(v => v.Clause == clause.Id)] })] },
                below with { History = [] });
        }

        return pages;
    }

    private static IReadOnlyList<PastRun> History(Run[] runs)
    {
        var history = new List<PastRun>();
        Dictionary<string, string>? before = null;
        foreach (Run run in runs)
        {
            ImplementationDocument i = run.Implementation;
            var now = i.Verdicts.ToDictionary(v => v.Clause, v => v.Verdict);
            history.Add(new PastRun(
                i.Started!.Value,
                i.ImplementationVersion,
                i.InterpreterVersion,
                run.Report.Program,
                i.Verdicts.Count(v => v is { Verdict: "conforms", Expected: true }),
                i.Verdicts.Count(v => v.Expected && v.IsRed()),
                i.Verdicts.Count(v => !v.Expected),
                before is null ? [] : [.. now.Where(v => before.TryGetValue(v.Key, out string? was) && was != v.Value).Select(v => v.Key)]));
            before = now;
        }

        return history;
    }

    private static bool IsAllErrors(ImplementationDocument implementation) =>
        !implementation.Verdicts.Any(v => v.Verdict == "conforms" || v.IsRed())
        || implementation.Verdicts.Where(v => v.Verdict == "conforms" || v.IsRed()).All(v => v.Verdict is "crashed" or "hung" or "garbled" or "unstable");

    // A new patch release, of either, goes on where the one before it was.
    private static string KeyOf(ImplementationDocument i) => string.Join('\n', i.Name, i.Interpreter, Minor(i.InterpreterVersion), i.Build, i.Platform);

    private static string Minor(string version) => string.Join('.', version.Split('.').Take(2).Select(p => p.PadLeft(3, '0')));

    private static string Day(ImplementationDocument i) => i.Started!.Value.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string FileName(ImplementationDocument i) =>
        string.Concat($"{i.Name}-{i.Interpreter}-{i.InterpreterVersion}".ToLowerInvariant().Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-'));

    private sealed record Run(ReportDocument Report, ImplementationDocument Implementation);
}
