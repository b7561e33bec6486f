using PyState.Conformance.Plugins.Process;
using PyState.Spec.Versions;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>Save and Restore in a .NET assembly or a native library, over the simulated thread state, in a process of its own. Its interpreters are the
/// versions of the profiles: <c>3.12</c>.</summary>
/// <param name="manifest">What its folder says of it.</param>
/// <param name="folder">The folder.</param>
public sealed class HostedImplementation(Manifest manifest, string folder) : IFolder
{
    /// <inheritdoc/>
    public string Name => manifest.Name;

    /// <inheritdoc/>
    public string Summary => manifest.Summary;

    /// <summary>What it needs to run, in a few words.</summary>
    public string Needs => manifest.Make.Count == 0 ? "nothing but .NET" : manifest.Make[0];

    /// <inheritdoc/>
    public string Folder => folder;

    /// <inheritdoc/>
    public Manifest Manifest => manifest;

    /// <inheritdoc/>
    public IReadOnlyList<string?> Interpreters { get; } = [.. Profiles.All.Select(p => p.Version)];

    private string Target => Path.GetFullPath(Path.Combine(folder, manifest.Target!));

    /// <inheritdoc/>
    public Missing? WhatIsMissing(string? interpreter) =>
        interpreter is not null && Profiles.Find(interpreter) is null
            ? new Missing($"it runs on a simulated CPython 3.{Profiles.Oldest} to 3.{Profiles.Newest}, and '{interpreter}' is none of these", $"name a version, for example --python 3.{Profiles.Newest}")
            : Making.WhatIsMissing(manifest, folder, Target);

    /// <inheritdoc/>
    public ISession Start(string? interpreter)
    {
        if (WhatIsMissing(interpreter) is { } missing)
        {
            throw new SetupException($"{Name} is not ready: {missing.What}; {missing.Command}");
        }

        Making.Make(manifest, folder, Target);
        VersionProfile profile = interpreter is null ? Profiles.All[^1] : Profiles.Find(interpreter)!;
        return new ChildSession(Hosting.StartOf(profile, Target, manifest.Without, manifest.Environment, json: false) with { Limits = manifest.Limits.Of() });
    }
}
