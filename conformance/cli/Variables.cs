// The environment variables that the program heeds; a test compares them with those that its sources read.

namespace PyState.Conformance.Cli;

/// <summary>Environment variables.</summary>
internal static class Variables
{
    /// <summary>Each with what it does.</summary>
    internal static IReadOnlyList<(string Name, string Does)> All { get; } =
    [
        ("PATH", "where interpreters, compilers and clang are looked for"),
        ("CC", "the C compiler that builds extension modules and native plug-ins (default cc)"),
        ("HOME, LANG, LD_LIBRARY_PATH, TMPDIR", "with PATH all that an interpreter under test inherits; --python PATH,NAME=VALUE gives it others"),
        ("NO_COLOR", "when set, no colours"),
        ("CI", "when set, and neither 0 nor false: no colours and no live line"),
        ("TERM", "when dumb: no colours and no live line"),
        ("XDG_CACHE_HOME", "the folder for pystate/, the cache, where everything may be deleted (default ~/.cache)"),
        ("PYSTATE_HEADERS", "folders of headers besides those that are found, for radar, separated by colons"),
        ("PYSTATE_CLANG", "the clang that reads headers, for radar (default the newest on PATH)"),
        ("PYSTATE_DEBUG", "when set, an internal error is shown with its stack"),
    ];
}
