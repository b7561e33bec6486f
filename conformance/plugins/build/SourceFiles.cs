using System.Security.Cryptography;
using System.Text;

namespace PyState.Conformance.Plugins.Build;

/// <summary>The files that a recipe names, found on this machine.</summary>
/// <param name="Sources">What is compiled, in the order of the recipe; within a pattern by name.</param>
/// <param name="Include">The folders searched for headers: those of the sources, then the recipe's.</param>
internal sealed record SourceFiles(IReadOnlyList<string> Sources, IReadOnlyList<string> Include)
{
    // What a C file may include from beside itself. A name that is none of these would not be missed when it changes.
    private static readonly string[] HeaderEndings = [".h", ".inc", ".c", ".S", ".s"];

    /// <summary>Finds them.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">The manifest's folder.</param>
    /// <param name="missing">The pattern or folder that matches nothing; null when all do.</param>
    internal static SourceFiles? Find(BuildRecipe recipe, string folder, out string? missing)
    {
        var sources = new List<string>();
        var include = new List<string>();
        foreach (string pattern in recipe.Sources)
        {
            string[] found = Upwards(folder, above => Matches(Path.GetFullPath(Path.Combine(above, pattern)))) ?? [];
            if (found.Length == 0)
            {
                missing = pattern;
                return null;
            }

            sources.AddRange(found.Where(f => !sources.Contains(f)));
        }

        include.AddRange(sources.Select(s => Path.GetDirectoryName(s)!).Distinct());
        foreach (string name in recipe.Include)
        {
            string[]? found = Upwards(folder, above => Directory.Exists(Path.Combine(above, name)) ? [Path.GetFullPath(Path.Combine(above, name))] : []);
            if (found is null)
            {
                missing = name;
                return null;
            }

            include.AddRange(found.Where(f => !include.Contains(f)));
        }

        missing = null;
        return new SourceFiles(sources, include);
    }

    /// <summary>Adds names and contents of all that the compiler may read of them.</summary>
    /// <param name="hash">Where to.</param>
    internal void AddTo(IncrementalHash hash)
    {
        foreach (string file in Sources.Concat(Include.SelectMany(HeadersIn)).Distinct().Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file + '\0'));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
    }

    private static IEnumerable<string> HeadersIn(string folder) =>
        Directory.EnumerateFiles(folder).Where(f => HeaderEndings.Contains(Path.GetExtension(f)));

    private static string[] Matches(string pattern)
    {
        string folder = Path.GetDirectoryName(pattern)!;
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal)] : [];
    }

    // The first folder, from this one up, in which there is something.
    private static string[]? Upwards(string folder, Func<string, string[]> find)
    {
        for (string? above = Path.GetFullPath(folder); above is not null; above = Path.GetDirectoryName(above))
        {
            if (find(above) is { Length: > 0 } found)
            {
                return found;
            }
        }

        return null;
    }
}
