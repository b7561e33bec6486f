// The reference as an implementation of the command line: on every CPython version that it simulates, or on one.

using PyState.Reference;
using PyState.Spec.Versions;

namespace PyState.Conformance.Plugins.Simulated;

/// <summary>Save and Restore of the reference over the simulated thread state. Its interpreters are the versions of the profiles: <c>3.12</c>.</summary>
public sealed class ReferenceImplementation : IImplementation
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public string Summary => "Save and Restore over a simulated thread state, laid out as in each CPython version";

    /// <inheritdoc/>
    public IReadOnlyList<string?> Interpreters { get; } = [.. Profiles.All.Select(p => p.Version)];

    /// <inheritdoc/>
    public Missing? WhatIsMissing(string? interpreter) => interpreter is null || Profiles.Find(interpreter) is not null
        ? null
        : new Missing($"it simulates CPython 3.{Profiles.Oldest} to 3.{Profiles.Newest}, and '{interpreter}' is none of these", $"name a version, for example --python 3.{Profiles.Newest}");

    /// <inheritdoc/>
    public ISession Start(string? interpreter)
    {
        VersionProfile? profile = interpreter is null ? Profiles.All[^1] : Profiles.Find(interpreter);
        return profile is not null
            ? new SimulatedSession(profile, () => new ReferenceState())
            : throw new SetupException($"{Name} is not ready: {WhatIsMissing(interpreter)!.What}; {WhatIsMissing(interpreter)!.Command}");
    }
}
