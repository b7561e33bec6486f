namespace PyState.Conformance.Plugins.Process;

/// <summary>Any program that speaks the protocol (docs/protocol.md).</summary>
/// <param name="manifest">What its folder says of it.</param>
/// <param name="folder">The folder.</param>
public sealed class ProcessImplementation(Manifest manifest, string folder) : IFolder
{
    /// <inheritdoc/>
    public string Name => manifest.Name;

    /// <inheritdoc/>
    public string Summary => manifest.Summary;

    /// <summary>What it needs to run, in a few words.</summary>
    public string Needs => string.Join(", ", manifest.Needs.Select(n => n.What).Concat(manifest.Versions.Count > 0 ? [] : manifest.Command.Take(1)).Distinct());

    /// <inheritdoc/>
    public string Folder => folder;

    /// <inheritdoc/>
    public Manifest Manifest => manifest;

    /// <inheritdoc/>
    public IReadOnlyList<string> Versions => [.. manifest.Versions.Select(v => v["version"])];

    /// <inheritdoc/>
    public Missing? WhatIsMissing(string? interpreter) => Find(interpreter).Missing;

    /// <inheritdoc/>
    public ISession Start(string? interpreter)
    {
        (VersionedCommand? command, Missing? missing) = Find(interpreter);
        return missing is not null
            ? throw new SetupException($"{(command is not null ? $"{Name} needs " : string.Empty)}{missing.What}: {missing.Command}")
            : new ChildSession(new ChildStart
            {
                Program = Programs.Resolve(command!.Program)!,
                Arguments = command.Arguments,
                Environment = manifest.Environment,
                Limits = manifest.Limits.Of(),
                StartsSlowly = manifest.StartsSlowly,
            });
    }

    // The command of the version asked for, or of the first that is ready; the command is null where there is no such version.
    private (VersionedCommand? Command, Missing? Missing) Find(string? asked)
    {
        if (manifest.Versions.Count == 0)
        {
            var only = VersionedCommand.Of(manifest, folder, null);
            return asked is null ? (only, Lacking(only, null)) : (null, new Missing($"{Name} runs no Python of your choice", "leave out --python"));
        }

        IReadOnlyDictionary<string, string>[] candidates = [.. manifest.Versions.Where(v => asked is null || v["version"] == asked)];
        if (candidates.Length == 0)
        {
            return (null, new Missing($"{Name} has no version '{asked}'{Nearest.Hint(asked!, Versions)}", $"name one of {string.Join(", ", Versions)} with --python"));
        }

        (VersionedCommand Command, Missing? Missing)[] found =
            [.. candidates.Select(v => (Command: VersionedCommand.Of(manifest, folder, v), Version: v)).Select(c => (c.Command, Lacking(c.Command, c.Version)))];
        return found.FirstOrDefault(f => f.Missing is null, found[0]);
    }

    private Missing? Lacking(VersionedCommand command, IReadOnlyDictionary<string, string>? version)
    {
        string Remedy(Need need) => VersionedCommand.Filled(need.Command, version);
        if (command.Cached.FirstOrDefault(c => !File.Exists(c) && !Directory.Exists(c)) is { } absent)
        {
            Need need = manifest.NeedFor(absent);
            return new Missing(version is null ? need.What : $"{need.What} for {version["version"]}", Remedy(need));
        }

        if (Programs.Resolve(command.Program) is null)
        {
            return manifest.Needs.FirstOrDefault(n => n.What == command.Program) is { } its
                ? new Missing($"the program {command.Program}", Remedy(its))
                : new Missing($"the program {command.Program} is not on PATH", $"install it, or correct \"command\" in {Manifest.FileName}");
        }

        Need? lacking = manifest.Needs.FirstOrDefault(n => n.What != manifest.Command[0] && Programs.Resolve(n.What) is null && !n.What.Contains(' ', StringComparison.Ordinal));
        return lacking is null ? null : new Missing($"the program {lacking.What}", Remedy(lacking));
    }
}
