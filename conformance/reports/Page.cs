// Lines of text with tones, wrapped to a width: the one way by which anything for people is written.

using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PyState.Conformance.Reports;

/// <summary>How a piece of text stands out, where there is colour.</summary>
public enum Tone
{
    /// <summary>As the terminal writes.</summary>
    Plain,

    /// <summary>Less than the rest.</summary>
    Dim,

    /// <summary>A heading.</summary>
    Bold,

    /// <summary>Conforms.</summary>
    Good,

    /// <summary>Does not.</summary>
    Bad,

    /// <summary>Wants attention.</summary>
    Warn,

    /// <summary>Something to type.</summary>
    Accent,
}

/// <summary>A piece of text in one tone.</summary>
/// <param name="Text">The text; made safe when it is added to a page.</param>
/// <param name="Tone">Its tone.</param>
public readonly record struct Span(string Text, Tone Tone = Tone.Plain);

/// <summary>Text laid out for a width. Everything added passes through <see cref="SafeText"/>, so that no line holds a control character, and no line
/// is wider than the page.</summary>
/// <param name="width">In terminal cells; at least 20.</param>
public sealed class Page(int width)
{
    private readonly List<List<Span>> lines = [];

    /// <summary>The width in terminal cells.</summary>
    public int Width { get; } = Math.Max(20, width);

    /// <summary>How many cells a string takes on a terminal.</summary>
    /// <param name="text">A string without control characters.</param>
    public static int Cells(string text) => System.Text.Ascii.IsValid(text) ? text.Length : new Segment(text).CellCount();

    /// <summary>The string cut to a number of cells, with an ellipsis where something is missing.</summary>
    /// <param name="text">The string.</param>
    /// <param name="cells">How many it may take; 0 or less gives the empty string.</param>
    public static string Fit(string text, int cells)
    {
        string safe = SafeText.OneLine(text);
        if (Cells(safe) <= cells)
        {
            return safe;
        }

        return cells < 1 ? string.Empty : Head(safe, cells - 1).TrimEnd() + "…";
    }

    /// <summary>The string followed by blanks up to a number of cells.</summary>
    /// <param name="text">The string.</param>
    /// <param name="cells">The number of cells.</param>
    public static string Pad(string text, int cells)
    {
        string safe = SafeText.OneLine(text);
        return safe + new string(' ', Math.Max(0, cells - Cells(safe)));
    }

    /// <summary>An empty line, unless there is one already or nothing before it.</summary>
    public void Blank()
    {
        if (lines.Count > 0 && lines[^1].Count > 0)
        {
            lines.Add([]);
        }
    }

    /// <summary>A paragraph in one tone.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tone">Its tone.</param>
    /// <param name="indent">Cells before every line.</param>
    public void Text(string text, Tone tone = Tone.Plain, int indent = 0) => Spans(indent, indent, new Span(text, tone));

    /// <summary>A paragraph, wrapped between words; a word wider than the page is broken.</summary>
    /// <param name="indent">Cells before the first line.</param>
    /// <param name="hang">Cells before the lines after it.</param>
    /// <param name="spans">The pieces, one after another.</param>
    public void Spans(int indent, int hang, params ReadOnlySpan<Span> spans) => Wrap(indent, hang, string.Empty, spans);

    /// <summary>A shell command, wrapped so that it can still be pasted: each line but the last ends in a backslash.</summary>
    /// <param name="indent">Cells before the first line.</param>
    /// <param name="hang">Cells before the lines after it.</param>
    /// <param name="spans">The pieces, one after another.</param>
    public void Command(int indent, int hang, params ReadOnlySpan<Span> spans) => Wrap(indent, hang, " \\", spans);

    /// <summary>Writes it with colours where the console has them.</summary>
    /// <param name="console">The console; its width must be that of the page.</param>
    public void WriteTo(IAnsiConsole console)
    {
        foreach (List<Span> line in Written)
        {
            var paragraph = new Paragraph();
            foreach (Span span in line)
            {
                paragraph.Append(span.Text, StyleOf(span.Tone));
            }

            console.Write(paragraph);
            console.WriteLine();
        }
    }

    /// <summary>It without colours.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (List<Span> line in Written)
        {
            text.AppendJoin(string.Empty, line.Select(s => s.Text)).Append('\n');
        }

        return text.ToString();
    }

    private IEnumerable<List<Span>> Written => lines.Count > 0 && lines[^1].Count == 0 ? lines.SkipLast(1) : lines;

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Dim => new Style(decoration: Decoration.Dim),
        Tone.Bold => new Style(decoration: Decoration.Bold),
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red),
        Tone.Warn => new Style(Color.Yellow),
        Tone.Accent => new Style(Color.Teal),
        _ => Style.Plain,
    };

    private static string Head(string text, int cells)
    {
        var head = new StringBuilder();
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            string one = rune.ToString();
            used += Cells(one);
            if (used > cells)
            {
                break;
            }

            head.Append(one);
        }

        return head.ToString();
    }

    private void Wrap(int indent, int hang, string continuation, ReadOnlySpan<Span> spans)
    {
        int whole = indent;
        foreach (Span span in spans)
        {
            whole += Cells(SafeText.OneLine(span.Text));
        }

        bool isCommand = continuation.Length > 0;
        int room = whole <= Width ? Width : Width - continuation.Length;
        var line = new LineBuilder(Math.Min(indent, Width / 2));
        int next = Math.Min(hang, Width / 2);
        if (whole > Width)
        {
            // A path that fits a line of its own is not worth breaking for the sake of a margin.
            foreach (Span span in spans)
            {
                foreach ((_, string word) in Words(SafeText.OneLine(span.Text)))
                {
                    next = Cells(word) <= room ? Math.Min(next, room - Cells(word)) : next;
                }
            }
        }

        foreach (Span span in spans)
        {
            foreach ((string blanks, string word) in isCommand ? Paired(Words(SafeText.OneLine(span.Text)), room - next) : Words(SafeText.OneLine(span.Text)))
            {
                string gap = blanks;
                string rest = word;
                if (line.Used + Cells(gap) + Cells(rest) > room && !line.IsFresh && rest.Length > 0)
                {
                    Close(continuation, next);
                    gap = string.Empty;
                }

                while (line.Used + Cells(gap) + Cells(rest) > room && rest.Length > 0)
                {
                    string head = Head(rest, Math.Max(1, room - line.Used - Cells(gap)));
                    if (head.Length == 0)
                    {
                        head = Rune.GetRuneAt(rest, 0).ToString();
                    }

                    line.Add(gap + head, span.Tone);
                    rest = rest[head.Length..];
                    gap = string.Empty;
                    if (rest.Length > 0)
                    {
                        // What a shell joins again has nothing before it on its next line.
                        Close(isCommand ? "\\" : string.Empty, isCommand ? 0 : next);
                    }
                }

                line.Add(gap + rest, span.Tone);
            }
        }

        lines.Add(line.Done());

        void Close(string end, int start)
        {
            List<Span> done = line.Done();
            if (end.Length > 0)
            {
                done.Add(new Span(end, Tone.Dim));
            }

            lines.Add(done);
            line = new LineBuilder(start);
        }
    }

    // An option stays with its value where both fit.
    private static IEnumerable<(string Blanks, string Word)> Paired(IEnumerable<(string Blanks, string Word)> words, int room)
    {
        (string Blanks, string Word)? held = null;
        foreach ((string blanks, string word) in words)
        {
            if (held is { } option)
            {
                held = null;
                if (!word.StartsWith('-') && Cells(option.Word) + Cells(blanks) + Cells(word) <= room)
                {
                    yield return (option.Blanks, option.Word + blanks + word);
                    continue;
                }

                yield return option;
            }

            if (word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal))
            {
                held = (blanks, word);
            }
            else
            {
                yield return (blanks, word);
            }
        }

        if (held is { } last)
        {
            yield return last;
        }
    }

    private static IEnumerable<(string Blanks, string Word)> Words(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            int word = at;
            while (word < text.Length && text[word] == ' ')
            {
                word++;
            }

            int end = word;
            while (end < text.Length && text[end] != ' ')
            {
                end++;
            }

            yield return (text[at..word], text[word..end]);
            at = end;
        }
    }

    private sealed class LineBuilder
    {
        private readonly List<Span> spans = [];

        public LineBuilder(int indent)
        {
            spans.Add(new Span(new string(' ', indent)));
            Used = indent;
        }

        public int Used { get; private set; }

        public bool IsFresh { get; private set; } = true;

        public void Add(string text, Tone tone)
        {
            if (text.Length == 0)
            {
                return;
            }

            Used += Cells(text);
            IsFresh &= string.IsNullOrWhiteSpace(text);
            if (spans.Count > 0 && spans[^1].Tone == tone)
            {
                spans[^1] = new Span(spans[^1].Text + text, tone);
            }
            else
            {
                spans.Add(new Span(text, tone));
            }
        }

        // Blanks at the end of a line are nothing to look at, and make two equal reports differ.
        public List<Span> Done()
        {
            while (spans.Count > 0)
            {
                Span last = spans[^1];
                string trimmed = last.Text.TrimEnd(' ');
                if (trimmed.Length == last.Text.Length)
                {
                    break;
                }

                spans.RemoveAt(spans.Count - 1);
                if (trimmed.Length > 0)
                {
                    spans.Add(last with { Text = trimmed });
                }
            }

            return spans;
        }
    }
}
