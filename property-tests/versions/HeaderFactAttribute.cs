// Facts that need clang, or the headers of one CPython version, and say, where they are missing, which command provides them.

using PyState.Conformance.Radar;
using Xunit;

namespace PyState.PropertyTests.Versions;

/// <summary>A fact over installed headers. Without them, or without clang, it is skipped with the command that provides them; where
/// <c>PYSTATE_REQUIRE</c> lists <c>radar</c> it fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HeaderFactAttribute : FactAttribute
{
    /// <param name="version">The minor version, for example <c>3.12</c>.</param>
    /// <param name="provide">The command that provides its headers.</param>
    public HeaderFactAttribute(string version, string provide)
    {
        Version = version;
        Provide = provide;
        Skip = Interpreters.IsDemanded("radar") ? null : Headers.ReasonToSkip ?? (Headers.Of(version).Any() ? null : Headers.Missing(version, provide));
    }

    /// <summary>The minor version.</summary>
    public string Version { get; }

    /// <summary>The command that provides its headers.</summary>
    public string Provide { get; }
}

/// <summary>A fact that reads headers of its own making.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClangFactAttribute : FactAttribute
{
    public ClangFactAttribute() => Skip = Interpreters.IsDemanded("radar") ? null : Headers.ReasonToSkip;
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClangTheoryAttribute : TheoryAttribute
{
    public ClangTheoryAttribute() => Skip = Interpreters.IsDemanded("radar") ? null : Headers.ReasonToSkip;
}

/// <summary>The headers found on this machine, and what reads them.</summary>
internal static class Headers
{
    private static readonly Lazy<IReadOnlyList<HeaderSource>> Found = new(HeaderSearch.Everything);
    private static readonly Lazy<string?> Clang = new(HeaderReader.FindClang);

    /// <summary>Why nothing can be read here; null where it can.</summary>
    public static string? ReasonToSkip => Clang.Value is null ? "no clang on the path; apt-get install clang provides it" : null;

    /// <summary>What reads them.</summary>
    public static HeaderReader Reader => new(Clang.Value ?? throw new InvalidOperationException(ReasonToSkip));

    /// <summary>Every set of headers of one minor version, release and debug.</summary>
    /// <param name="version">For example <c>3.12</c>.</param>
    public static IEnumerable<HeaderSource> Of(string version) => Found.Value.Where(s => Path.GetFileName(s.Directory).TrimEnd('d') == "python" + version);

    /// <summary>What to say where there are none.</summary>
    /// <param name="version">The minor version.</param>
    /// <param name="provide">The command that provides them.</param>
    public static string Missing(string version, string provide) =>
        $"no headers of CPython {version} here; {provide} provides them, or {HeaderSearch.Variable} names their directory";
}
