// A report for the summary of a CI job: a table, then each unexpected deviation, folded.

using System.Globalization;
using System.Text;

namespace PyState.Conformance.Reports;

/// <summary>The Markdown report. It stays well below the mebibyte that a job's summary may have.</summary>
public static class MarkdownReport
{
    private const int MaximumDeviations = 40;

    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; UTF-8.</param>
    public static void Write(ReportDocument report, Stream stream) => stream.Write(Encoding.UTF8.GetBytes(Text(report)));

    /// <summary>The report.</summary>
    /// <param name="report">The report.</param>
    public static string Text(ReportDocument report)
    {
        var text = new StringBuilder();
        int red = report.Implementations.Count(i => i.ExitCode == 1);
        int count = report.Implementations.Count;
        _ = text.Append("## PyState Spec: ").Append((report.ExitCode, count) switch
        {
            (0, 1) => $"✓ {Escaped(report.Implementations[0].Outcome)}",
            (0, _) => $"✓ {count} implementations as expected",
            (1, 1) => $"✗ {Escaped(report.Implementations[0].Outcome)}",
            (1, _) => $"✗ {red} of {count} implementations deviate unexpectedly",
            _ => "? nothing was judged, or not all of it",
        }).Append("\n\n");
        _ = text.Append("| implementation | interpreter | conforms | known | unexpected | not exercised | not judged | |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
        foreach (ImplementationDocument i in report.Implementations)
        {
            string interpreter = $"{i.Interpreter} {i.InterpreterVersion}{(i.Build == "release" ? string.Empty : $" ({i.Build})")}";
            int[] cells =
            [
                i.Verdicts.Count(v => v is { Verdict: "conforms", Expected: true }), i.Verdicts.Count(v => v.IsRed() && v.Expected), i.Verdicts.Count(v => !v.Expected),
                i.Verdicts.Count(v => v.Verdict == "not-exercised"), i.Verdicts.Count(v => v.Verdict is "not-observable" or "not-applicable"),
            ];
            _ = text.Append(CultureInfo.InvariantCulture, $"| {Escaped(i.Name)} {Escaped(i.ImplementationVersion)} | {Escaped(interpreter)} | {string.Join(" | ", cells)} | {(i.ExitCode == 0 ? "✓" : i.ExitCode == 1 ? "✗" : "?")} {Escaped(i.Outcome)} |\n");
        }

        var clauses = report.Clauses.ToDictionary(c => c.Id);
        (ImplementationDocument Where, VerdictDocument Verdict)[] all = [.. report.Implementations.SelectMany(i => i.Verdicts.Where(v => !v.Expected).Select(v => (i, v))).OrderBy(p => p.v.Counterexample?.Steps.Count ?? int.MaxValue)];
        foreach ((ImplementationDocument where, VerdictDocument verdict) in all.Take(MaximumDeviations))
        {
            Append(text, where, verdict, clauses.GetValueOrDefault(verdict.Clause));
        }

        if (all.Length > MaximumDeviations)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"\nand {all.Length - MaximumDeviations} more, in the other reports.\n");
        }

        return text.ToString();
    }

    /// <summary>Text that Markdown shows as it is: no markup, no links, nobody notified.</summary>
    /// <param name="text">Any string.</param>
    public static string Escaped(string text)
    {
        var safe = new StringBuilder();
        foreach (char c in SafeText.OneLine(text, 1000))
        {
            _ = c switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '@' => safe.Append("&#64;"),
                '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '#' or '|' or '~' or '!' => safe.Append('\\').Append(c),
                _ => safe.Append(c),
            };
        }

        return safe.ToString().Replace("://", ":&#47;/", StringComparison.Ordinal).Replace("www.", "www&#46;", StringComparison.Ordinal);
    }

    private static void Append(StringBuilder text, ImplementationDocument where, VerdictDocument verdict, ClauseDocument? clause)
    {
        _ = text.Append(CultureInfo.InvariantCulture, $"\n### ✗ {verdict.Clause} {Escaped(verdict.Title)}: {Escaped(where.Label())}\n\n");
        if (clause is not null)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"> {Escaped(clause.Statement)}\n\n");
        }

        if (verdict.Counterexample is not { } found)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"Expected to deviate, but {Escaped(verdict.Verdict)}: {Escaped(verdict.Expectation?.Reason ?? string.Empty)}\n");
            return;
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"**{Escaped(found.Words)}**{(found.Meaning is { } meaning ? $": {Escaped(meaning)}" : string.Empty)}\n\n");
        Block(text, $"{found.Steps.Count} {(found.Steps.Count == 1 ? "step" : "steps")}", [.. CounterexampleText.Steps(found), string.Empty, .. CounterexampleText.Facts(found), string.Empty, .. CounterexampleText.Commands(found)]);
    }

    // A fence longer than any run of backticks inside of it cannot be closed from there.
    private static void Block(StringBuilder text, string summary, IReadOnlyList<string> lines)
    {
        int longest = 2;
        int run = 0;
        foreach (char c in lines.SelectMany(l => l))
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        string fence = new('`', longest + 1);
        _ = text.Append(CultureInfo.InvariantCulture, $"<details open><summary>{summary}</summary>\n\n{fence}text\n{string.Join('\n', lines)}\n{fence}\n\n</details>\n");
    }
}
