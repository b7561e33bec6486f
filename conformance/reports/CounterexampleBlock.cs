// A deviation as a reader wants it: the rule, the steps, what differs, and what to type next.

using PyState.Conformance.Engine;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Reports;

/// <summary>Lays out a counterexample below its row in the table, or alone.</summary>
public static class CounterexampleBlock
{
    private const int Indent = 4;

    /// <summary>The longest text of an implementation that is shown, in characters: the tail of a standard error can be of any size.</summary>
    private const int MaximumDetail = 600;
    private const int MaximumTail = 8;
    private const int MaximumBefore = 10;

    /// <summary>Adds the whole block.</summary>
    /// <param name="page">The page.</param>
    /// <param name="counterexample">The deviation.</param>
    /// <param name="part">Where it was found.</param>
    /// <param name="program">How this program is started, for the commands to type.</param>
    public static void AddTo(Page page, Counterexample counterexample, RunPart part, string program)
    {
        Clause clause = Catalogue.ById(counterexample.Clause);
        page.Text(clause.Statement, Tone.Bold, Indent);
        page.Text(counterexample.Words, Tone.Bad, Indent);
        if (LikelyCause.Meaning(counterexample) is { } meaning)
        {
            page.Text(meaning, Tone.Plain, Indent);
        }

        if (counterexample.Detail is { Length: > 0 } detail)
        {
            page.Text(SafeText.OneLine(detail, MaximumDetail), Tone.Plain, Indent);
        }

        foreach (string line in counterexample.Tail?.Split('\n').TakeLast(MaximumTail) ?? [])
        {
            page.Text($"| {SafeText.OneLine(line, MaximumDetail)}", Tone.Dim, Indent);
        }

        page.Blank();
        AddBefore(page, counterexample.Before);
        AddSteps(page, counterexample.Script, counterexample.Divergence);
        page.Blank();
        string shrunk = counterexample.OriginalLength > counterexample.Script.Commands.Count
            ? $", shrunk from {counterexample.OriginalLength} steps"
            : string.Empty;
        if (LikelyCause.Fields(counterexample, part.Report.Capabilities) is { } fields)
        {
            AddFact(page, "look at", string.Join(", ", fields));
        }

        AddFact(page, "on", part.Report.Capabilities.InterpreterTitle);
        AddFact(page, "seed", $"{counterexample.Seed.Run}, script {counterexample.Seed.Number}{shrunk}");
        if (counterexample.Control is { } control)
        {
            AddFact(page, "control", control);
        }

        if (counterexample.TraceFile is { } trace)
        {
            AddFact(page, "trace", trace);
        }

        NextSteps next = NextSteps.Of(counterexample, part, program);
        foreach ((string name, string? command) in new[] { ("replay", next.Replay), ("python", next.Python), ("rule", next.Explain) })
        {
            if (command is not null)
            {
                AddCommand(page, name, command);
            }
        }

        page.Blank();
    }

    /// <summary>Adds the scripts that have to run first, where there are any.</summary>
    /// <param name="page">The page.</param>
    /// <param name="before">The scripts.</param>
    public static void AddBefore(Page page, IReadOnlyList<Script> before)
    {
        if (before.Count == 0)
        {
            return;
        }

        page.Text($"It shows only after {(before.Count == 1 ? "another script" : $"{before.Count} other scripts")} in the same process:", Tone.Plain, Indent);
        foreach (Script script in before.Take(MaximumBefore))
        {
            page.Text(script.Commands.Count == 0 ? "(a script without commands)" : InLine(script), Tone.Dim, Indent + 2);
        }

        if (before.Count > MaximumBefore)
        {
            page.Text($"and {before.Count - MaximumBefore} more, in the trace", Tone.Dim, Indent + 2);
        }

        page.Text("then:", Tone.Plain, Indent);
    }

    /// <summary>Adds the numbered steps, with what the model expects beside what was seen at the one that diverges.</summary>
    /// <param name="page">The page.</param>
    /// <param name="script">The script.</param>
    /// <param name="divergence">Where it diverges; null where nothing was observed that could.</param>
    public static void AddSteps(Page page, Script script, Divergence? divergence)
    {
        int digits = (script.Commands.Count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
        int widest = script.Commands.Select(c => c.ToString().Length).DefaultIfEmpty(0).Max();
        for (int i = 0; i <= script.Commands.Count; i++)
        {
            bool diverges = divergence?.Step == i;
            if (i == script.Commands.Count && !diverges)
            {
                break;
            }

            Command command = i < script.Commands.Count ? script.Commands[i] : new Command(Op.End);
            string number = (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(digits);
            Tone tone = diverges ? Tone.Bad : Tone.Plain;
            string text = command.ToString();
            int hang = Indent + 2 + digits + 2 + widest + 2;
            bool narrow = hang > page.Width / 2;
            page.Spans(
                Indent,
                narrow ? Indent + 2 + digits + 2 : hang,
                new Span(diverges ? "▸ " : "  ", Tone.Bad),
                new Span(number, Tone.Dim),
                new Span("  " + (narrow ? text : Page.Pad(text, widest)), tone),
                new Span("  " + command.Info.Summary, Tone.Dim));
            if (diverges)
            {
                AddDifferences(page, divergence!, script.Alphabet, Indent + 2 + digits + 2);
            }
        }
    }

    /// <summary>The steps in one line: <c>trace 1; spawn 1; switch 1</c>.</summary>
    /// <param name="script">The script.</param>
    public static string InLine(Script script) => string.Join("; ", script.Commands);

    private static void AddDifferences(Page page, Divergence divergence, Alphabet alphabet, int indent)
    {
        IReadOnlyList<Difference> differences = ChannelText.Differences(divergence, alphabet);
        int channel = differences.Select(d => d.Channel.Length).DefaultIfEmpty(0).Max();
        int expected = differences.Select(d => Page.Cells(d.Expected)).DefaultIfEmpty(0).Max();
        int seen = differences.Select(d => Page.Cells(d.Seen)).DefaultIfEmpty(0).Max();
        bool inOneLine = indent + channel + "  expected ".Length + expected + "  seen ".Length + seen <= page.Width;
        foreach (Difference difference in differences)
        {
            if (inOneLine)
            {
                page.Spans(
                    indent,
                    indent,
                    new Span(Page.Pad(difference.Channel, channel), Tone.Bold),
                    new Span("  expected ", Tone.Dim),
                    new Span(Page.Pad(difference.Expected, expected), Tone.Good),
                    new Span("  seen ", Tone.Dim),
                    new Span(difference.Seen, Tone.Bad));
                continue;
            }

            page.Text(difference.Channel, Tone.Bold, indent);
            page.Spans(indent + 2, indent + 11, new Span("expected ", Tone.Dim), new Span(difference.Expected, Tone.Good));
            page.Spans(indent + 2, indent + 11, new Span("seen     ", Tone.Dim), new Span(difference.Seen, Tone.Bad));
        }
    }

    private static void AddFact(Page page, string name, string value) =>
        page.Spans(Indent, Indent + 8, new Span(Page.Pad(name, 8), Tone.Dim), new Span(value));

    private static void AddCommand(Page page, string name, string command) =>
        page.Command(Indent, Indent + 8, new Span(Page.Pad(name, 8), Tone.Dim), new Span(command, Tone.Accent));
}
