// Writes a header anew so that one reading sees both arms of every condition inside a structure, and under which condition each member stands.

using System.Text;

namespace PyState.Conformance.Radar;

/// <summary>The rewriting: <c>#ifdef X … #else … #endif</c> inside a structure becomes <c>struct { … } pystate_arm_0; struct { … } pystate_arm_1;</c>,
/// so that the compiler's own tree holds every member, below the number of its condition. Everything else stays as it is: includes, guards and macros are
/// really preprocessed.</summary>
internal sealed class OpenedHeaders
{
    private const string Mark = "pystate_open_";
    private const string Arm = "pystate_arm_";
    private readonly List<string> conditions = [];
    private int marks;
    private int ended; // the arm that ended last: what the next one of its condition is not

    /// <summary>The condition that a member stands for; null where it is a member like any other.</summary>
    /// <param name="member">Its name.</param>
    public string? ConditionOf(string member) =>
        member.StartsWith(Arm, StringComparison.Ordinal) ? conditions[int.Parse(member[Arm.Length..], System.Globalization.CultureInfo.InvariantCulture)] : null;

    /// <summary>Whether a member is the first of a structure that was written anew, put there to say so.</summary>
    /// <param name="member">Its name; null for none.</param>
    public static bool IsMark(string? member) => member?.StartsWith(Mark, StringComparison.Ordinal) == true;

    /// <summary>Writes a header anew.</summary>
    /// <param name="text">Its text, a character for each byte.</param>
    /// <param name="tokens">Its tokens.</param>
    public string Open(string text, IReadOnlyList<CToken> tokens)
    {
        int[] lines = [0, .. text.Index().Where(c => c.Item == '\n').Select(c => c.Index + 1)];
        int Offset(int token) => token < tokens.Count ? lines[tokens[token].Line - 1] + tokens[token].Column - 1 : text.Length;
        var opened = new StringBuilder();
        int written = 0;
        void Replace(int from, int to, string by)
        {
            opened.Append(text, written, from - written).Append(by);
            written = to;
        }

        var braces = new Stack<bool>(); // whether each is a structure's
        var open = new Stack<int>(); // the arms that have begun and not ended
        string before = string.Empty, last = string.Empty;
        for (int i = 0; i < tokens.Count; i++)
        {
            CToken token = tokens[i];
            if (token.Kind == "hash" && token.StartsLine)
            {
                int end = EndOfDirective(tokens, i);
                if (braces.TryPeek(out bool isStructure) && isStructure && Rewritten(tokens, i + 1, end, open) is { } arm)
                {
                    Replace(Offset(i), Offset(end), arm);
                }

                i = end - 1;
                continue;
            }

            if (token.Kind is "unknown" or "comment")
            {
                continue;
            }

            if (token.Kind == "l_brace")
            {
                braces.Push(last is "struct" or "union" || before is "struct" or "union");
                if (braces.Peek())
                {
                    Replace(Offset(i + 1), Offset(i + 1), $" char {Mark}{marks++};");
                }
            }
            else if (token.Kind == "r_brace" && braces.Count > 0)
            {
                braces.Pop();
            }

            (before, last) = (last, token.Text);
        }

        return opened.Append(text, written, text.Length - written).ToString();
    }

    // The first token after a directive: the blank that holds the end of its line, if that end is not spliced.
    private static int EndOfDirective(IReadOnlyList<CToken> tokens, int hash)
    {
        int i = hash + 1;
        while (i < tokens.Count && !tokens[i].StartsLine
            && !(tokens[i].Kind == "unknown" && tokens[i].Text.Contains('\n', StringComparison.Ordinal)))
        {
            i++;
        }

        return i;
    }

    /// <summary>What stands in the place of a directive; null where that is no condition.</summary>
    private string? Rewritten(IReadOnlyList<CToken> tokens, int from, int to, Stack<int> open)
    {
        string[] words = string.Concat(Enumerable.Range(from, to - from).Select(i => tokens[i]).Select(t => t.Kind is "comment" ? " " : t.Text))
            .Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string condition = words.Length > 1 ? string.Join(' ', words[1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : string.Empty;
        return words.FirstOrDefault() switch
        {
            "if" or "ifdef" => Begin(condition),
            "ifndef" => Begin("!" + condition),
            "elif" or "elifdef" => End() + Begin($"{Not(Last())} && {condition}"),
            "elifndef" => End() + Begin($"{Not(Last())} && !{condition}"),
            "else" => End() + Begin(Not(Last())),
            "endif" => End(),
            _ => null,
        };

        string Begin(string stands)
        {
            open.Push(conditions.Count);
            conditions.Add(stands);
            return "struct {";
        }

        // What does not pair up leaves braces that do not either, and clang says so.
        string End() => $"}} {Arm}{(open.TryPop(out int arm) ? ended = arm : conditions.Count)};";

        string Last() => ended < conditions.Count ? conditions[ended] : string.Empty;

        static string Not(string stands) => $"!({stands})";
    }
}
