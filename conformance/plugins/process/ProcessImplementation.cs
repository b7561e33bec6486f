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
    public string Needs => string.Join(", ", manifest.Needs.Select(n => n.What).Prepend(manifest.Command[0]).Distinct());

    /// <inheritdoc/>
    public string Folder => folder;

    /// <inheritdoc/>
    public Manifest Manifest => manifest;

    /// <inheritdoc/>
    public Missing? WhatIsMissing(string? interpreter)
    {
        if (interpreter is not null)
        {
            return new Missing($"{Name} runs no Python of your choice", "leave out --python");
        }

        if (Program() is null)
        {
            return new Missing($"the program {manifest.Command[0]}", manifest.NeedFor(manifest.Command[0]).Command);
        }

        Need? lacking = manifest.Needs.FirstOrDefault(n => n.What != manifest.Command[0] && Programs.Resolve(n.What) is null && !n.What.Contains(' ', StringComparison.Ordinal));
        return lacking is null ? null : new Missing($"the program {lacking.What}", lacking.Command);
    }

    /// <inheritdoc/>
    public ISession Start(string? interpreter)
    {
        return WhatIsMissing(interpreter) is { } missing
            ? throw new SetupException($"{(interpreter is null ? $"{Name} needs " : string.Empty)}{missing.What}: {missing.Command}")
            : new ChildSession(new ChildStart
            {
                Program = Program()!,
                Arguments = [.. manifest.Command.Skip(1).Select(InFolder)],
                Environment = manifest.Environment,
                Limits = manifest.Limits.Of(),
            });
    }

    private string? Program() => Programs.Resolve(InFolder(manifest.Command[0]));

    private string InFolder(string argument)
    {
        string path = Path.Combine(folder, argument);
        return File.Exists(path) ? path : argument;
    }
}
