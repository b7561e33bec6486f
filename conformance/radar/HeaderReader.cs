// Finds installed CPython headers and reads the thread state's members out of them.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PyState.Spec.Versions;

namespace PyState.Conformance.Radar;

/// <summary>The thread state as one set of installed headers has it.</summary>
/// <param name="Version">Full version, for example <c>3.13.0</c>.</param>
/// <param name="Directory">The directory that has <c>patchlevel.h</c>.</param>
/// <param name="ThreadState">Members of <c>struct _ts</c>.</param>
/// <param name="Implementation">Members of <c>_PyThreadStateImpl</c> after <c>struct _ts</c>; empty where the version has none.</param>
public sealed record ThreadStateHeaders(
    string Version,
    string Directory,
    ImmutableArray<HeaderMember> ThreadState,
    ImmutableArray<HeaderMember> Implementation)
{
    /// <summary>The members of one structure.</summary>
    /// <param name="holder">Which; the interpreter's are not read.</param>
    public ImmutableArray<HeaderMember> Of(Holder holder) => holder switch
    {
        Holder.ThreadState => ThreadState,
        Holder.Implementation => Implementation,
        _ => [],
    };
}

/// <summary>Reads headers from the file system.</summary>
public static partial class HeaderReader
{
    /// <summary>Environment variable with more include directories, separated like <c>PATH</c>.</summary>
    public const string Variable = "PYSTATE_HEADERS";

    /// <summary>Reads one include directory.</summary>
    /// <param name="directory">A directory with CPython's <c>patchlevel.h</c>, <c>cpython/</c> and <c>internal/</c>.</param>
    /// <returns>What it has, or null where it is no include directory of CPython 3.8 or later.</returns>
    /// <exception cref="FormatException">The headers have a structure that cannot be read.</exception>
    public static ThreadStateHeaders? Read(string directory)
    {
        string patchlevel = Path.Combine(directory, "patchlevel.h");
        string state = Path.Combine(directory, "cpython", "pystate.h");
        if (!File.Exists(patchlevel) || !File.Exists(state))
        {
            return null;
        }

        string version = VersionText().Match(File.ReadAllText(patchlevel)).Groups["version"].Value;
        string internals = Path.Combine(directory, "internal", "pycore_tstate.h");
        ImmutableArray<HeaderMember> outer = File.Exists(internals) ? HeaderParser.Members(File.ReadAllText(internals), "_PyThreadStateImpl") : [];
        return new ThreadStateHeaders(version, directory, HeaderParser.Members(File.ReadAllText(state), "_ts"), [.. outer.Where(m => m.Name != "base")]);
    }

    /// <summary>Every include directory of CPython in the usual places: <see cref="Variable"/>, pyenv, what fetch-headers.sh fetched, and the system's.</summary>
    public static IEnumerable<string> Discover()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string pyenv = Environment.GetEnvironmentVariable("PYENV_ROOT") ?? Path.Combine(home, ".pyenv");
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache");
        string[] named = (Environment.GetEnvironmentVariable(Variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> roots =
            Children(Path.Combine(pyenv, "versions"), "*").Select(v => Path.Combine(v, "include"))
            .Concat(Children(Path.Combine(cache, "pystate", "headers"), "*").Select(s => Path.Combine(s, "usr", "include")))
            .Concat(["/usr/include", "/usr/local/include"]);
        return named.Concat(roots.SelectMany(r => Children(r, "python3.*")))
            .Where(d => File.Exists(Path.Combine(d, "cpython", "pystate.h")))
            .Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Children(string directory, string pattern) =>
        Directory.Exists(directory) ? Directory.EnumerateDirectories(directory, pattern).Order(StringComparer.Ordinal) : [];

    [GeneratedRegex(@"#define\s+PY_VERSION\s+""(?<version>[^""]+)""")]
    private static partial Regex VersionText();
}
