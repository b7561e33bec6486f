// The version profiles of CPython 3.8 to 3.15, built from the rows.

using System.Collections.Immutable;

namespace PyState.Spec.Versions;

/// <summary>The known versions of CPython.</summary>
public static class Profiles
{
    /// <summary>The oldest minor version known.</summary>
    public const int Oldest = 8;

    /// <summary>The newest minor version known.</summary>
    public const int Newest = 15;

    /// <summary>Every version, oldest first.</summary>
    public static ImmutableArray<VersionProfile> All { get; } = [.. Enumerable.Range(Oldest, Newest - Oldest + 1).Select(Build)];

    /// <summary>The profile of CPython 3.<paramref name="minor"/>.</summary>
    /// <param name="minor">8 to 15.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such version is known.</exception>
    public static VersionProfile Of(int minor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minor, Oldest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minor, Newest);
        return All[minor - Oldest];
    }

    /// <summary>The profile of a version as written, patch level allowed: <c>3.12</c>, <c>3.12.1</c>. Null where it is not known.</summary>
    /// <param name="version">The version.</param>
    public static VersionProfile? Find(string version) =>
        version.Split('.') is ["3", var minor, ..] && int.TryParse(minor, out int m) && m is >= Oldest and <= Newest ? Of(m) : null;

    private static VersionProfile Build(int minor) =>
        new(minor, [.. ThreadStateFields.Rows.Concat(OuterFields.Rows).Where(r => r.Since <= minor && minor <= r.Until).Select(r => r.ToField())]);
}
