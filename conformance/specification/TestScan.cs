// Which tests name which clauses: read from the sources of the tests, in C#, C and Python.

using System.Text.RegularExpressions;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Specification;

/// <summary>A place in a test that names a clause.</summary>
/// <param name="File">The file, from the top of the repository.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Test">The function around it, or the one it stands above; empty where there is none.</param>
/// <param name="Clause">What it names, as READY-01.</param>
public sealed record ClauseMention(string File, int Line, string Test, string Clause)
{
    /// <summary>Whether a clause has that id.</summary>
    public bool Exists => Catalogue.Find(Clause) is not null;

    /// <summary>Whether the id is one that no clause will ever have, for tests of what happens with a wrong one.</summary>
    public bool IsReserved => Clause.EndsWith("-99", StringComparison.Ordinal);
}

/// <summary>Reads tests.</summary>
public static partial class TestScan
{
    private static readonly string[] Skipped = ["bin", "obj", ".git", "node_modules", "pystate-results", "TestResults"];

    private static readonly string[] Places = ["property-tests", "reference/native/tests", "reference/native/examples"];

    private static readonly string Groups = string.Join('|', Catalogue.Groups.Select(g => g.Group));

    private static readonly Regex Id = new($@"\b((?:{Groups})-\d\d)\b|\bClauseId\.([A-Z][a-z]+)(\d\d)\b", RegexOptions.CultureInvariant);

    /// <summary>Every mention of a clause in a test, in the order of files and lines.</summary>
    /// <param name="root">The top of the repository.</param>
    public static IReadOnlyList<ClauseMention> Tests(string root) =>
    [
        .. Places.Select(p => Path.Combine(root, p)).Where(Directory.Exists).SelectMany(p => Files(root, p)).Where(f => IsTest(f)).SelectMany(f => Mentions(f, File.ReadAllText(Path.Combine(root, f)))),
    ];

    /// <summary>Every mention of a clause that does not exist, in any source or page.</summary>
    /// <param name="root">The top of the repository.</param>
    public static IReadOnlyList<ClauseMention> Unknown(string root) =>
        [.. Files(root, root).SelectMany(f => Mentions(f, File.ReadAllText(Path.Combine(root, f)))).Where(m => !m.Exists && !m.IsReserved)];

    /// <summary>The mentions in one text. What stands in an attribute or in a comment above a function belongs to that function.</summary>
    /// <param name="file">The file's name, whose ending says which language it is.</param>
    /// <param name="text">Its text.</param>
    public static IEnumerable<ClauseMention> Mentions(string file, string text)
    {
        Regex? function = Path.GetExtension(file) switch { ".cs" => Method(), ".c" or ".h" => CFunction(), ".py" => Definition(), _ => null };
        string current = string.Empty;
        var above = new List<(int Line, string Clause)>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (function?.Match(line) is { Success: true } begun)
            {
                current = begun.Groups[1].Value;
            }
            else if (function is not null && Above().IsMatch(line))
            {
                above.AddRange(Named(line).Select(c => (i + 1, c)));
                continue;
            }

            if (line.IndexOfAny(['(', '{', ';', '=']) >= 0)
            {
                foreach ((int at, string clause) in above)
                {
                    yield return new ClauseMention(file, at, current, clause);
                }

                above.Clear();
            }

            foreach (string clause in Named(line))
            {
                yield return new ClauseMention(file, i + 1, current, clause);
            }
        }
    }

    private static IEnumerable<string> Named(string line) =>
        Id.Matches(line).Select(m => m.Groups[1].Success ? m.Groups[1].Value : $"{m.Groups[2].Value.ToUpperInvariant()}-{m.Groups[3].Value}");

    private static bool IsTest(string file) =>
        file.StartsWith("property-tests/", StringComparison.Ordinal) ? file.EndsWith("Tests.cs", StringComparison.Ordinal) || file.EndsWith("Laws.cs", StringComparison.Ordinal)
        : Path.GetFileNameWithoutExtension(file).EndsWith("_test", StringComparison.Ordinal) || Path.GetFileName(file) == "soak.py";

    // Text that this project writes, and no build output.
    private static IEnumerable<string> Files(string root, string folder) =>
        Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".cs" or ".c" or ".h" or ".py" or ".md" or ".rst" or ".json" or ".mjs" or ".sh" or ".pl" or ".pml")
            .Select(f => Path.GetRelativePath(root, f).Replace('\\', '/')).Order(StringComparer.Ordinal)
            .Concat(Directory.EnumerateDirectories(folder).Where(d => !Skipped.Contains(Path.GetFileName(d))).Order(StringComparer.Ordinal).SelectMany(d => Files(root, d)));

    [GeneratedRegex(@"^\s*(?:public|private|internal|protected)\s[^=;""]*?\b(\w+)\s*\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"^(?:[a-zA-Z_][\w *]*[ *])?(\w+)\s*\([^;]*$")]
    private static partial Regex CFunction();

    [GeneratedRegex(@"^\s*def\s+(\w+)")]
    private static partial Regex Definition();

    [GeneratedRegex(@"^\s*(?:\[|///|/\*| \*|#)")]
    private static partial Regex Above();
}
