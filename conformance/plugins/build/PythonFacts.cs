using System.Text.Json;
using PyState.Conformance.Plugins.Process;

namespace PyState.Conformance.Plugins.Build;

/// <summary>What an interpreter says of itself that matters to a compiler.</summary>
internal sealed record PythonFacts
{
    /// <summary>A program for the interpreter: one line of JSON after the line that says which interpreter it is.</summary>
    internal const string Program =
        """
        import platform, sys
        sys.stdout.write('pystate %s %s\n' % (platform.python_implementation(), platform.python_version()))
        if sys.version_info >= (3, 8):
            import json, sysconfig
            value, paths = sysconfig.get_config_var, sysconfig.get_paths()
            sys.stdout.write(json.dumps({
                "full": sys.version,
                "include": [p for p in (paths.get("include"), paths.get("platinclude"), value("INCLUDEPY"), value("CONFINCLUDEPY")) if p],
                "suffix": value("EXT_SUFFIX") or ".so",
                "multiarch": value("MULTIARCH") or "",
                "debug": hasattr(sys, "gettotalrefcount"),
            }) + '\n')
        """;

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Version, build date and compiler, in the interpreter's words.</summary>
    public required string Full { get; init; }

    /// <summary>The folders of its headers, most specific last, as it sees them.</summary>
    public required IReadOnlyList<string> Include { get; init; }

    /// <summary>How the file of an extension module must end: <c>.cpython-312-x86_64-linux-gnu.so</c>.</summary>
    public required string Suffix { get; init; }

    /// <summary>Debian's name of the architecture, below which it keeps <c>pyconfig.h</c>; empty elsewhere.</summary>
    public string Multiarch { get; init; } = string.Empty;

    /// <summary>Whether the interpreter was built with its assertions on.</summary>
    public bool Debug { get; init; }

    /// <summary>Reads the line.</summary>
    /// <param name="probe">What came of <see cref="Program"/>.</param>
    /// <returns>The facts; null where this is none, and an ordinary probe will say why.</returns>
    internal static PythonFacts? Read(OneShot.Result probe)
    {
        if (probe.Lines.Count < 2 || !probe.FirstLine.StartsWith("pystate ", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<PythonFacts>(probe.Lines[1], Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The folders to give to the compiler, as this process sees them, in the order of the search.</summary>
    /// <param name="root">The folder that is the interpreter's root, or an empty string.</param>
    internal IReadOnlyList<string> HeaderFolders(string root)
    {
        string[] own = [.. Include.Distinct().Select(i => root + i)];

        // The internal headers include each other by their bare names, and Debian keeps pyconfig.h of an architecture apart.
        return [.. own, .. own.Select(o => Path.Combine(o, "internal")), .. own.Select(o => Path.Combine(Path.GetDirectoryName(o)!, Multiarch, Path.GetFileName(o)))];
    }
}
