namespace PyState.Conformance.Plugins.Build;

/// <summary>An extension module that a manifest of kind <c>python</c> has compiled for each interpreter it runs on. A relative path is looked for in the
/// manifest's folder and then in each folder above it, so that one manifest names the same sources in a checkout and beside a built tool.</summary>
public sealed record BuildRecipe
{
    /// <summary>The module's name, as the switcher imports it.</summary>
    public required string Module { get; init; }

    /// <summary>What is compiled: C or assembly files, or archives to link; <c>*</c> and <c>?</c> in the last part of a path. Each pattern must match.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Folders searched for headers, after the folders of the sources and before those of the interpreter.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Arguments for the compiler, each passed as it is, after those that every module gets.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Libraries to link with, without <c>lib</c> and ending: <c>m</c>.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    /// <summary>Whether it can be built at all: a module name and at least one source.</summary>
    internal bool IsComplete => Sources.Count > 0 && Module.Length > 0 && Module.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(Module[0]);
}
