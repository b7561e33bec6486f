// The commands that a page shows: its fenced blocks of `sh` and `console`, and the files that it says to write.

using System.Text;
using System.Text.RegularExpressions;

namespace PyState.PropertyTests.Docs;

/// <summary>A thing to do, in the order of a page: a command, or a file to write before the next one.</summary>
/// <param name="Line">The line of the page, from 1.</param>
/// <param name="Text">The command, its continuation lines joined; or the text of the file.</param>
/// <param name="Output">What a console block shows below the command; null where nothing is shown.</param>
/// <param name="File">The file to write; null for a command.</param>
/// <param name="Adds">Whether the text goes to the end of the file.</param>
internal sealed record ShownStep(int Line, string Text, string? Output, string? File, bool Adds = false);

/// <summary>Reads pages.</summary>
/// <remarks>
/// In a <c>sh</c> block every line is a command; a comment behind it, or a line of its own, is left out. In a <c>console</c> block commands begin with <c>$ </c>, and what follows is
/// the output, where <c>[…]</c> stands for anything. A block of any language whose fence says <c>file=NAME</c> is a file, and with <c>append=NAME</c> the end of one.
/// </remarks>
internal static partial class ShownCommands
{
    /// <summary>What stands for what was left out.</summary>
    internal const string Elision = "[…]";

    /// <summary>The steps of a page.</summary>
    /// <param name="text">Its text.</param>
    internal static IReadOnlyList<ShownStep> Of(string text)
    {
        var steps = new List<ShownStep>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } fence)
            {
                continue;
            }

            int end = Array.FindIndex(lines, i + 1, l => l.StartsWith("```", StringComparison.Ordinal));
            (int first, string[] block) = (i + 2, lines[(i + 1)..end]);
            if (FileName().Match(fence.Groups[2].Value) is { Success: true } file)
            {
                steps.Add(new ShownStep(first, string.Join('\n', block) + "\n", null, file.Groups[2].Value, file.Groups[1].Value == "append"));
            }
            else if (fence.Groups[1].Value == "sh")
            {
                steps.AddRange(Joined(block).Select(c => (c.Line, Text: Comment().Replace(c.Text, string.Empty))).Where(c => c.Text.Length > 0).Select(c => new ShownStep(first + c.Line, c.Text, null, null)));
            }
            else if (fence.Groups[1].Value == "console")
            {
                steps.AddRange(Console(first, block));
            }

            i = end;
        }

        return steps;
    }

    /// <summary>Whether a command printed what a page shows, but for what differs from run to run: counts of scripts and commands, times, rates, and the patch release of the interpreter.</summary>
    /// <param name="shown">What the page shows.</param>
    /// <param name="printed">What was printed.</param>
    internal static bool Shows(string shown, string printed)
    {
        string pattern = string.Join(".*?", Steady(shown).Split(Elision).Select(Regex.Escape));
        return Regex.IsMatch(Steady(printed), $"^\\s*{pattern}\\s*$", RegexOptions.Singleline, TimeSpan.FromSeconds(5));
    }

    // Where a line was left out, so was its end.
    private static string Steady(string text)
    {
        text = Version().Replace(text.ReplaceLineEndings("\n"), "CPython$1X");
        text = Row().Replace(text, "$1 N ");
        text = Totals().Replace(text, "N commands in N scripts, N s (N/s)");
        text = Seeds().Replace(text, "script N, shrunk from N steps");
        text = Blanks().Replace(text, " ");
        return Breaks().Replace(text.Trim(), "\n").Replace($"\n{Elision}\n", Elision, StringComparison.Ordinal).Replace($"{Elision}\n", Elision, StringComparison.Ordinal).Replace($"\n{Elision}", Elision, StringComparison.Ordinal);
    }

    private static IEnumerable<ShownStep> Console(int first, string[] block)
    {
        for (int i = 0; i < block.Length;)
        {
            int next = Array.FindIndex(block, i + 1, l => l.StartsWith("$ ", StringComparison.Ordinal));
            next = next < 0 ? block.Length : next;
            (int _, string command) = Joined(block[i..next]).First();
            int used = 1;
            while (block[i + used - 1].EndsWith('\\'))
            {
                used++;
            }

            yield return new ShownStep(first + i, command[2..], string.Join('\n', block[(i + used)..next]), null);
            i = next;
        }
    }

    private static IEnumerable<(int Line, string Text)> Joined(string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            int begun = i;
            var whole = new StringBuilder(lines[i]);
            while (whole.Length > 0 && whole[^1] == '\\' && i + 1 < lines.Length)
            {
                whole.Length--;
                whole.Append(lines[++i].TrimStart());
            }

            yield return (begun, whole.ToString().Trim());
        }
    }

    [GeneratedRegex("^```([a-z]+)(.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"\b(file|append)=(\S+)")]
    private static partial Regex FileName();

    [GeneratedRegex(@"(^|\s+)#\s.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"CPython([ -])\d+\.\d+\.\d+")]
    private static partial Regex Version();

    [GeneratedRegex(@"((?:[✓✗≈] [a-z ]+?|✗ [a-z]+)) +[\d,]+ {2}")]
    private static partial Regex Row();

    [GeneratedRegex(@"[\d,]+ commands in [\d,]+ scripts, [\d.,]+ s \([\d,]+/s\)")]
    private static partial Regex Totals();

    [GeneratedRegex(@"script \d+, shrunk from \d+ steps")]
    private static partial Regex Seeds();

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@" ?\n[ \n]*")]
    private static partial Regex Breaks();
}
