// A fact that needs the headers of one CPython version and says, where they are missing, which command provides them.

using PyState.Conformance.Radar;
using Xunit;

namespace PyState.PropertyTests.Versions;

/// <summary>A fact over installed headers. Without them it is skipped with the command that provides them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HeaderFactAttribute : FactAttribute
{
    /// <param name="version">The minor version, for example <c>3.12</c>.</param>
    /// <param name="provide">The command that provides its headers.</param>
    public HeaderFactAttribute(string version, string provide)
    {
        Version = version;
        Provide = provide;
        if (!Headers.Of(version).Any())
        {
            Skip = $"no headers of CPython {version} here; {provide} provides them, or {HeaderReader.Variable} names their directory";
        }
    }

    /// <summary>The minor version.</summary>
    public string Version { get; }

    /// <summary>The command that provides its headers.</summary>
    public string Provide { get; }
}

/// <summary>The headers found on this machine.</summary>
internal static class Headers
{
    private static readonly Lazy<ThreadStateHeaders[]> Found = new(() => [.. HeaderReader.Discover().Select(HeaderReader.Read).OfType<ThreadStateHeaders>()]);

    /// <summary>Every set of headers of one minor version.</summary>
    public static IEnumerable<ThreadStateHeaders> Of(string version) => Found.Value.Where(h => h.Version.StartsWith(version + ".", StringComparison.Ordinal));
}
