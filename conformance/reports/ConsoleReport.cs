// A run for people, on a terminal or in a log.

using PyState.Conformance.Engine;
using PyState.Spec.Clauses;
using Spectre.Console;

namespace PyState.Conformance.Reports;

/// <summary>The console's report: a table for each implementation, then a line for each.</summary>
public static class ConsoleReport
{
    private const int MostNamed = 12;

    /// <summary>Lays it out.</summary>
    /// <param name="report">The run.</param>
    /// <param name="width">The width, in terminal cells.</param>
    /// <param name="program">How this program is started, for the commands to type.</param>
    public static Page Page(RunReport report, int width, string program)
    {
        var page = new Page(width);
        foreach (RunEntry entry in report.Entries)
        {
            VerdictTable.AddTo(page, entry, program);
            page.Blank();
        }

        int name = report.Entries.Select(e => Reports.Page.Cells(SafeText.OneLine(e.Label))).DefaultIfEmpty(0).Max();
        foreach (RunEntry entry in report.Entries)
        {
            Tone tone = entry.ExitCode switch { 0 => Tone.Good, 1 => Tone.Bad, _ => Tone.Warn };
            page.Spans(
                0,
                2,
                new Span(entry.ExitCode switch { 0 => "✓ ", 1 => "✗ ", _ => "? " }, tone),
                new Span(Reports.Page.Pad(entry.Label, name), Tone.Bold),
                new Span("  " + VerdictTable.Outcome(entry), tone));
            AddUnexpected(page, entry);
        }

        return page;
    }

    // What is red once more, where a long run ends and a log is read first. The rows above have the rest.
    private static void AddUnexpected(Page page, RunEntry entry)
    {
        ClauseVerdict[] red = [.. entry.Report.Verdicts.Where(v => v.IsUnexpected && v.Kind.IsRed())];
        foreach (ClauseVerdict verdict in red.Take(MostNamed))
        {
            string words = verdict.Counterexample is { } found ? found.Words : Vocabulary.Of(verdict.Kind);
            page.Spans(4, 16, new Span(Reports.Page.Pad(verdict.Clause.Text(), 12), Tone.Accent), new Span(SafeText.OneLine(words, 200)));
        }

        if (red.Length > MostNamed)
        {
            page.Text($"and {red.Length - MostNamed} more above", Tone.Dim, 4);
        }
    }

    /// <summary>A console that writes to a text writer: colours only where they are wanted, and never a question.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="colour">Whether escape sequences for colours may be written.</param>
    /// <param name="width">The width, in terminal cells.</param>
    public static IAnsiConsole On(TextWriter output, bool colour, int width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width;
        return console;
    }
}
