// The verdicts of one implementation as rows, grouped by clause family; what was not judged is counted with its reasons.

using System.Globalization;
using PyState.Conformance.Engine;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Reports;

/// <summary>Lays out what is known of one implementation.</summary>
public static class VerdictTable
{
    private const int IdWidth = 10;
    private const int TitleWidth = 30;

    /// <summary>Adds title, rows, counterexamples, what was not judged, and totals.</summary>
    /// <param name="page">The page.</param>
    /// <param name="entry">The implementation.</param>
    /// <param name="program">How this program is started, for the commands to type.</param>
    public static void AddTo(Page page, RunEntry entry, string program)
    {
        page.Text($"{entry.Name}: {entry.Report.Capabilities.Title}", Tone.Bold);
        ClauseVerdict[] rows = [.. entry.Report.Verdicts.Where(IsRow)];
        int verdict = rows.Select(r => Page.Cells(r.Cell(IsNarrow(page)))).DefaultIfEmpty(0).Max();
        int exercised = rows.Select(r => Count(r.Exercised).Length).DefaultIfEmpty(0).Max();
        foreach (IGrouping<string, ClauseVerdict> family in rows.GroupBy(v => v.Clause.Group()))
        {
            page.Blank();
            string about = Catalogue.Groups.FirstOrDefault(g => g.Group == family.Key).About ?? string.Empty;
            page.Spans(0, 2, new Span(family.Key, Tone.Bold), new Span("  " + about, Tone.Dim));
            foreach (ClauseVerdict row in family)
            {
                AddRow(page, row, verdict, exercised);
                AddEvidence(page, row, entry, program);
            }
        }

        AddNotJudged(page, entry.Report, VerdictKind.NotObservable);
        AddNotJudged(page, entry.Report, VerdictKind.NotApplicable);
        page.Blank();
        AddTotals(page, entry);
    }

    /// <summary>The outcome in a few words: <c>3 violations not expected</c>.</summary>
    /// <param name="entry">The implementation.</param>
    public static string Outcome(RunEntry entry)
    {
        int deviations = entry.Report.Verdicts.Count(v => v.IsUnexpected && v.Kind.IsRed());
        int passes = entry.Report.Verdicts.Count(v => v.IsUnexpected && !v.Kind.IsRed());
        int idle = entry.Count(VerdictKind.NotExercised);
        int expected = entry.Report.Verdicts.Count(v => v.Kind.IsRed() && !v.IsUnexpected);
        var parts = new List<string>();
        Add(deviations, "unexpected deviation", "unexpected deviations");
        Add(passes, "expected deviation that did not show", "expected deviations that did not show");
        if (parts.Count == 0 && !entry.Report.Verdicts.Any(v => v.Kind.IsJudged()))
        {
            return "nothing was judged";
        }

        Add(idle, "clause was never exercised: give it more commands", "clauses were never exercised: give it more commands");
        return parts.Count > 0 ? string.Join("; ", parts)
            : expected > 0 ? $"as expected, with {expected} known {(expected == 1 ? "deviation" : "deviations")}"
            : "conforms";

        void Add(int count, string one, string many)
        {
            if (count > 0)
            {
                parts.Add($"{count} {(count == 1 ? one : many)}");
            }
        }
    }

    /// <summary>A number with thousands separated.</summary>
    /// <param name="number">The number.</param>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static bool IsNarrow(Page page) => page.Width < 60;

    private static bool IsRow(ClauseVerdict verdict) => verdict.Kind is not (VerdictKind.NotObservable or VerdictKind.NotApplicable);

    private static void AddRow(Page page, ClauseVerdict row, int verdict, int exercised)
    {
        Clause clause = Catalogue.ById(row.Clause);
        int used = 2 + IdWidth + 2 + verdict;
        string count = $"  {Count(row.Exercised).PadLeft(exercised)}";
        bool showsCount = used + count.Length + 14 <= page.Width;
        used += (showsCount ? count.Length : 0) + 2;
        int room = page.Width - used;
        bool showsStatement = room >= TitleWidth + 2 + 56;
        string title = room < 8 ? string.Empty : showsStatement ? Page.Pad(Page.Fit(clause.Title, TitleWidth), TitleWidth) : Page.Fit(clause.Title, room);
        page.Spans(
            0,
            0,
            new Span("  " + Page.Pad(row.Clause.Text(), IdWidth) + "  "),
            new Span(Page.Pad(row.Cell(IsNarrow(page)), verdict), row.Tone()),
            new Span(showsCount ? count : string.Empty, Tone.Dim),
            new Span("  " + title),
            new Span(showsStatement ? "  " + Page.Fit(clause.Statement, room - TitleWidth - 2) : string.Empty, Tone.Dim));
    }

    private static void AddEvidence(Page page, ClauseVerdict row, RunEntry entry, string program)
    {
        if (row.Kind.IsRed() && row.Expectation is { } expectation)
        {
            page.Spans(4, 4, new Span(expectation.Reason, Tone.Warn), new Span(expectation.Link.Length > 0 ? $" ({expectation.Link})" : string.Empty, Tone.Dim));
            if (row.Counterexample is { } known)
            {
                page.Text(CounterexampleBlock.InLine(known.Script), Tone.Dim, 4);
                if (known.Control is { } control)
                {
                    page.Text(control, Tone.Dim, 4);
                }

                if (known.TraceFile is { } trace)
                {
                    page.Spans(4, 4, new Span("trace ", Tone.Dim), new Span(trace));
                }
            }
        }
        else if (row.Expectation is { } unmet)
        {
            page.Text($"expected to deviate: {unmet.Reason}", Tone.Bad, 4);
            page.Text(row.Kind == VerdictKind.Conforms
                ? "It no longer does: take the expectation out, or narrow its versions."
                : "No script of this run would have shown it: give it more commands.", Tone.Plain, 4);
        }
        else if (row.Counterexample is { } counterexample)
        {
            CounterexampleBlock.AddTo(page, counterexample, entry.PartOf(counterexample), program);
        }
    }

    private static void AddNotJudged(Page page, ImplementationReport report, VerdictKind kind)
    {
        ClauseVerdict[] all = [.. report.Verdicts.Where(v => v.Kind == kind)];
        if (all.Length == 0)
        {
            return;
        }

        page.Blank();
        page.Spans(0, 2, new Span($"{kind.Word()}: {all.Length}", Tone.Bold));
        foreach (IGrouping<string, ClauseVerdict> because in all.GroupBy(v => v.Reason ?? "no reason given").OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            page.Spans(
                2,
                8,
                new Span($"{because.Count().ToString(CultureInfo.InvariantCulture),4}  ", Tone.Dim),
                new Span(SafeText.OneLine(because.Key, 400)),
                new Span("  " + ClauseRanges.Of(because.Select(v => v.Clause)), Tone.Dim));
        }
    }

    private static void AddTotals(Page page, RunEntry entry)
    {
        ImplementationReport report = entry.Report;
        int expected = report.Verdicts.Count(v => v.Kind.IsRed() && !v.IsUnexpected);
        var parts = new List<string> { $"{report.Verdicts.Count} {(report.Verdicts.Count == 1 ? "clause" : "clauses")}" };
        Add(entry.Count(VerdictKind.Conforms), "conform");
        foreach (VerdictKind kind in Enum.GetValues<VerdictKind>().Where(VerdictWords.IsRed))
        {
            Add(report.Verdicts.Count(v => v.Kind == kind && v.IsUnexpected), kind == VerdictKind.Violates ? "violated" : kind.Word());
        }

        Add(expected, expected == 1 ? "deviates as expected" : "deviate as expected");
        foreach (VerdictKind kind in new[] { VerdictKind.NotExercised, VerdictKind.NotObservable, VerdictKind.NotApplicable })
        {
            Add(entry.Count(kind), kind.Word());
        }

        page.Text(string.Join(" · ", parts));
        double seconds = report.Elapsed.TotalSeconds;
        string rate = seconds > 0 ? $" ({Count((long)(report.Commands / seconds))}/s)" : string.Empty;
        page.Text(
            string.Create(CultureInfo.InvariantCulture, $"{Count(report.Commands)} commands in {Count(report.Scripts)} scripts, {seconds:0.0} s{rate}, seed {report.Seed}"),
            Tone.Dim);
        page.Text($"specification {SpecVersion.Title}", Tone.Dim);

        void Add(int count, string word)
        {
            if (count > 0)
            {
                parts.Add($"{count} {word}");
            }
        }
    }
}
