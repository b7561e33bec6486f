// Generated parts of a hand-written text: finds the markers, replaces what stands between them, and refuses a text that does not fit.

using System.Text;

namespace PyState.Conformance.Specification;

/// <summary>A text whose markers do not fit what is to be generated. The message says what to do.</summary>
/// <param name="message">One line.</param>
public sealed class MarkerException(string message) : Exception(message);

/// <summary>One generated part: its name in the markers, and how to write it.</summary>
/// <param name="Name">Lower case, hyphens.</param>
/// <param name="Render">The text, without the markers.</param>
public sealed record GeneratedBlock(string Name, Func<string> Render);

/// <summary>The markers <c>&lt;!-- generated:NAME begin --&gt;</c> and <c>&lt;!-- generated:NAME end --&gt;</c>, each on a line of its own.</summary>
public static class Markers
{
    private const string Prefix = "<!-- generated:";
    private const string BeginSuffix = " begin -->";
    private const string EndSuffix = " end -->";

    /// <summary>The names between markers, in the order of the text.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="MarkerException">A marker has no partner, or a name occurs twice.</exception>
    public static IReadOnlyList<string> Names(string text)
    {
        var names = new List<string>();
        string? open = null;
        foreach (var line in Lines(text))
        {
            if (NameOf(line, BeginSuffix) is { } begun)
            {
                if (open is not null)
                {
                    throw new MarkerException($"'{begun}' begins inside '{open}': write the end marker of '{open}' first");
                }

                if (names.Contains(begun))
                {
                    throw new MarkerException($"'{begun}' is generated twice: remove one pair of markers");
                }

                names.Add(begun);
                open = begun;
            }
            else if (NameOf(line, EndSuffix) is { } ended)
            {
                if (ended != open)
                {
                    throw new MarkerException($"'{ended}' ends where {(open is null ? "nothing" : $"'{open}'")} has begun: repair the markers");
                }

                open = null;
            }
        }

        return open is null ? names : throw new MarkerException($"'{open}' has no end marker");
    }

    /// <summary>The text with every generated part written anew; what stands outside of the markers stays as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="blocks">What can be generated: every block needs its markers, every marker its block.</param>
    /// <exception cref="MarkerException">The markers do not fit the blocks.</exception>
    public static string Replace(string text, IReadOnlyCollection<GeneratedBlock> blocks)
    {
        var names = Names(text);
        if (names.FirstOrDefault(n => blocks.All(b => b.Name != n)) is { } unknown)
        {
            throw new MarkerException($"nothing generates '{unknown}': known are {string.Join(", ", blocks.Select(b => b.Name))}");
        }

        if (blocks.FirstOrDefault(b => !names.Contains(b.Name)) is { } missing)
        {
            throw new MarkerException($"the markers of '{missing.Name}' are missing: add '{Begin(missing.Name)}' and '{End(missing.Name)}'");
        }

        var result = new StringBuilder(text.Length);
        var inside = false;
        foreach (var line in Lines(text))
        {
            inside &= NameOf(line, EndSuffix) is null;
            if (inside)
            {
                continue;
            }

            result.Append(line).Append('\n');
            if (NameOf(line, BeginSuffix) is { } name)
            {
                inside = true;
                result.Append(blocks.Single(b => b.Name == name).Render().Trim('\n')).Append('\n');
            }
        }

        return result.ToString();
    }

    /// <summary>What stands between the markers of a name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="MarkerException">The text has no such markers.</exception>
    public static string Content(string text, string name)
    {
        var lines = Lines(text);
        int begin = Array.IndexOf(lines, Begin(name));
        int end = Array.IndexOf(lines, End(name));
        return begin >= 0 && end > begin
            ? string.Join('\n', lines[(begin + 1)..end])
            : throw new MarkerException($"the markers of '{name}' are missing: add '{Begin(name)}' and '{End(name)}'");
    }

    private static string Begin(string name) => Prefix + name + BeginSuffix;

    private static string End(string name) => Prefix + name + EndSuffix;

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');

    private static string? NameOf(string line, string suffix) =>
        line.StartsWith(Prefix, StringComparison.Ordinal) && line.EndsWith(suffix, StringComparison.Ordinal)
            ? line[Prefix.Length..^suffix.Length]
            : null;
}
