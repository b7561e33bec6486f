using System.Text.RegularExpressions;

namespace PyState.Conformance.Plugins.Process;

/// <summary>A manifest's command line for one of its versions: placeholders replaced, files of the folder given as their paths.</summary>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Cached">What of it is expected in the user's cache.</param>
internal sealed partial record VersionedCommand(string Program, IReadOnlyList<string> Arguments, IReadOnlyList<string> Cached)
{
    private static readonly Dictionary<string, string> NoVersion = [];

    /// <summary>Makes one.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="version">The version's members; null where the manifest has no versions.</param>
    internal static VersionedCommand Of(Manifest manifest, string folder, IReadOnlyDictionary<string, string>? version)
    {
        string cache = Cache.Folder(string.Empty).TrimEnd('/');
        string[] words = [.. manifest.Command.Where(w => !IsAbsent(w, version)).Select(w => InFolder(folder, Filled(w, version)))];
        return new VersionedCommand(words[0], words[1..], [.. words.Where(w => w.StartsWith(cache + "/", StringComparison.Ordinal))]);
    }

    /// <summary>A text with its placeholders replaced.</summary>
    /// <param name="text">The text.</param>
    /// <param name="version">The version's members, or null.</param>
    internal static string Filled(string text, IReadOnlyDictionary<string, string>? version) =>
        Placeholder().Replace(text, p =>
            p.Groups[1].Value == "cache" ? Cache.Folder(string.Empty).TrimEnd('/')
            : (version ?? NoVersion).TryGetValue(p.Groups[1].Value, out string? value) ? value
            : p.Value);

    // A flag that only some versions want.
    private static bool IsAbsent(string word, IReadOnlyDictionary<string, string>? version) =>
        Placeholder().Match(word) is { Success: true } only && only.Length == word.Length && version is not null && !version.ContainsKey(only.Groups[1].Value);

    private static string InFolder(string folder, string word)
    {
        string path = Path.GetFullPath(Path.Combine(folder, word));
        return File.Exists(path) ? path : word;
    }

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex Placeholder();
}
