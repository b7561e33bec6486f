using System.Text.RegularExpressions;

namespace PyState.Conformance.Plugins.Process;

/// <summary>The interpreters that conformance/implementations/provision.sh has put into the user's cache.</summary>
internal static partial class Provisioned
{
    /// <summary>Their paths: by suite, then by name, each under one of its names.</summary>
    internal static IReadOnlyList<string> Interpreters()
    {
        string roots = Cache.Folder("roots");
        return Directory.Exists(roots)
            ? [.. Directory.EnumerateDirectories(roots)
                .Where(r => !Path.GetFileName(r).Contains('.', StringComparison.Ordinal)) // one that is being made
                .Select(r => Path.Combine(r, "usr", "bin"))
                .Where(Directory.Exists)
                .SelectMany(Directory.EnumerateFiles)
                .Where(f => Name().IsMatch(Path.GetFileName(f)))
                .Order(StringComparer.Ordinal)]
            : [];
    }

    // python3 and python3.15d are other names of the same.
    [GeneratedRegex(@"^(python3\.\d+(-dbg)?|pypy3)$")]
    private static partial Regex Name();
}
