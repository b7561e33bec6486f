using PyState.Reference;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>A plug-in that was loaded into this process.</summary>
/// <param name="Name">How it calls itself.</param>
/// <param name="Version">Its version.</param>
/// <param name="Implementation">What it supplies.</param>
/// <param name="Without">Commands that it supplies nothing for.</param>
internal sealed record LoadedPlugin(string Name, string Version, IPyState Implementation, IReadOnlyList<string> Without)
{
    /// <summary>The name that stands for the reference instead of a path.</summary>
    internal const string Reference = "reference";

    /// <summary>Loads a plug-in.</summary>
    /// <param name="path">A .NET assembly (<c>.dll</c>), a native shared library (any other ending), or <see cref="Reference"/>.</param>
    /// <exception cref="SetupException">It cannot be used: one line that says why and what to do.</exception>
    internal static LoadedPlugin Load(string path) =>
        path == Reference ? new LoadedPlugin(Reference, "0.1", new ReferenceState(), [])
        : IsAssembly(path) ? AssemblyPlugin.Load(path)
        : NativePlugin.Load(path);

    /// <summary>Whether a path is that of a .NET assembly.</summary>
    /// <param name="path">The path.</param>
    internal static bool IsAssembly(string path) => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
}
