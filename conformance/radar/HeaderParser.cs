// Finds the members of a C structure in the text of one of CPython's headers: enough C for those headers, and an error for what it does not understand.

using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace PyState.Conformance.Radar;

/// <summary>A member of a C structure.</summary>
/// <param name="Name">Its name; dots lead into embedded structures, an arrow into the cframe.</param>
/// <param name="Type">Its type as written, pointer stars included.</param>
/// <param name="Condition">The preprocessor condition around it inside the structure; empty for none.</param>
public sealed record HeaderMember(string Name, string Type, string Condition);

/// <summary>Reads structures out of a header's text. No preprocessor: both arms of a condition are read, and members say under which they stand.</summary>
public static partial class HeaderParser
{
    // The interpreter loop's record on the C stack has two names; what the thread state's pointer leads to belongs to the thread state (3.10 to 3.12).
    private static readonly ImmutableHashSet<string> Followed = ["CFrame", "_PyCFrame"];

    /// <summary>The members of a structure, embedded structures of the same text taken apart; empty when the text has no such structure.</summary>
    /// <param name="text">A header.</param>
    /// <param name="structure">The tag or the typedef name.</param>
    /// <exception cref="FormatException">A declaration was not understood.</exception>
    public static ImmutableArray<HeaderMember> Members(string text, string structure)
    {
        Dictionary<string, string> bodies = Bodies(WithoutComments(text));
        return bodies.TryGetValue(structure, out string? body) ? [.. Flatten(body, bodies)] : [];
    }

    private static string WithoutComments(string text) => Comments().Replace(text.Replace("\\\n", " ", StringComparison.Ordinal), " ");

    /// <summary>Body by tag and by typedef name of every structure at file level.</summary>
    private static Dictionary<string, string> Bodies(string text)
    {
        var bodies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match match in StructHead().Matches(text))
        {
            int close = Closing(text, match.Index + match.Length - 1);
            string body = text[(match.Index + match.Length)..close];
            string after = TypedefName().Match(text, close + 1).Groups["name"].Value;
            foreach (string name in new[] { match.Groups["tag"].Value, match.Groups["typedef"].Success ? after : "" })
            {
                if (name.Length > 0)
                {
                    bodies.TryAdd(name, body);
                }
            }
        }

        return bodies;
    }

    private static IEnumerable<HeaderMember> Flatten(string body, Dictionary<string, string> bodies)
    {
        foreach ((string declaration, string condition) in Declarations(body))
        {
            Match inline = InlineStruct().Match(declaration);
            if (inline.Success)
            {
                int open = declaration.IndexOf('{', StringComparison.Ordinal);
                int close = Closing(declaration, open);
                string name = declaration[(close + 1)..].Trim();
                if (inline.Groups["kind"].Value == "enum")
                {
                    yield return new HeaderMember(name, "enum", condition);
                    continue;
                }

                foreach (HeaderMember inner in Flatten(declaration[(open + 1)..close], bodies))
                {
                    yield return Nested(name, ".", inner, condition);
                }

                continue;
            }

            foreach (HeaderMember member in Declarators(declaration, condition))
            {
                string bare = member.Type.Replace("struct ", "", StringComparison.Ordinal).Trim();
                string pointed = bare.TrimEnd('*').Trim();
                bool embedded = bodies.TryGetValue(bare, out string? embeddedBody);
                if (!embedded)
                {
                    yield return member;
                }

                if (embedded || (Followed.Contains(pointed) && bodies.TryGetValue(pointed, out embeddedBody)))
                {
                    foreach (HeaderMember inner in Flatten(embeddedBody!, []))
                    {
                        yield return Nested(member.Name, embedded ? "." : "->", inner, condition);
                    }
                }
            }
        }
    }

    private static HeaderMember Nested(string outer, string link, HeaderMember inner, string condition) =>
        inner with { Name = outer + link + inner.Name, Condition = Join(condition, inner.Condition) };

    /// <summary>The declarations of a body in order, each with the conditions around it.</summary>
    private static IEnumerable<(string Text, string Condition)> Declarations(string body)
    {
        var conditions = new Stack<string>();
        var current = new StringBuilder();
        int depth = 0;
        foreach (string line in body.Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.StartsWith('#'))
            {
                Directive(trimmed, conditions);
                continue;
            }

            foreach (char c in line)
            {
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
                if (c == ';' && depth == 0)
                {
                    string text = Blanks().Replace(current.ToString(), " ").Trim();
                    current.Clear();
                    if (text.Length > 0)
                    {
                        yield return (text, conditions.Reverse().Aggregate("", Join));
                    }
                }
                else
                {
                    current.Append(c);
                }
            }

            // Not a blank: a structure within a structure keeps its lines, which its own directives need.
            current.Append(depth > 0 ? '\n' : ' ');
        }
    }

    private static void Directive(string line, Stack<string> conditions)
    {
        Match match = ConditionLine().Match(line);
        string argument = match.Groups["rest"].Value.Trim();
        switch (match.Groups["word"].Value)
        {
            case "if" or "ifdef":
                conditions.Push(argument);
                break;
            case "ifndef":
                conditions.Push("!" + argument);
                break;
            case "else":
                conditions.Push("!(" + conditions.Pop() + ")");
                break;
            case "elif":
                conditions.Push("!(" + conditions.Pop() + ") && " + argument);
                break;
            case "endif":
                conditions.Pop();
                break;
            default:
                break;
        }
    }

    /// <summary>The members of one declaration: <c>PyObject *a, *b</c> declares two.</summary>
    private static IEnumerable<HeaderMember> Declarators(string declaration, string condition)
    {
        Match function = FunctionPointer().Match(declaration);
        if (function.Success)
        {
            yield return new HeaderMember(function.Groups["name"].Value, declaration, condition);
            yield break;
        }

        string[] parts = declaration.Split(',');
        string baseType = "";
        for (int i = 0; i < parts.Length; i++)
        {
            if (UnnamedBits().IsMatch(parts[i]))
            {
                continue;
            }

            Match match = Declarator().Match(parts[i]);
            if (!match.Success)
            {
                throw new FormatException($"A member that the header reader does not understand: {declaration}");
            }

            string type = match.Groups["type"].Value.Trim();
            baseType = i == 0 ? type.TrimEnd('*', ' ') : baseType;
            yield return new HeaderMember(match.Groups["name"].Value, i == 0 ? type : baseType + type, condition);
        }
    }

    private static int Closing(string text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        throw new FormatException("A brace is never closed.");
    }

    private static string Join(string outer, string inner) => outer.Length == 0 ? inner : inner.Length == 0 ? outer : outer + " && " + inner;

    [GeneratedRegex(@"/\*.*?\*/|//[^\n]*", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^[ \t]*(?<typedef>typedef\s+)?struct\s*(?<tag>\w+)?\s*\{", RegexOptions.Multiline)]
    private static partial Regex StructHead();

    [GeneratedRegex(@"\G\s*(?<name>\w*)\s*;")]
    private static partial Regex TypedefName();

    [GeneratedRegex(@"^(?<kind>struct|union|enum)\s*\w*\s*\{")]
    private static partial Regex InlineStruct();

    [GeneratedRegex(@"^#\s*(?<word>\w+)(?<rest>.*)$")]
    private static partial Regex ConditionLine();

    [GeneratedRegex(@"\(\s*\*\s*(?<name>\w+)\s*\)\s*\(")]
    private static partial Regex FunctionPointer();

    [GeneratedRegex(@"^\s*(unsigned\s+)?(int|char|long|short)\s*:\s*\d+\s*$")]
    private static partial Regex UnnamedBits();

    [GeneratedRegex(@"^\s*(?<type>[\w\s*]*?[\s*])?(?<name>\w+)\s*(\[[^\]]*\]\s*)*(:\s*\d+)?\s*$")]
    private static partial Regex Declarator();

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();
}
