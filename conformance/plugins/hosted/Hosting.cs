using System.Runtime.InteropServices;
using PyState.Conformance.Plugins.Process;
using PyState.Spec.Versions;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>How this program starts itself once more, as the process that a plug-in lives in.</summary>
public static class Hosting
{
    /// <summary>A session with a plug-in in a process of its own.</summary>
    /// <param name="profile">The CPython version to simulate.</param>
    /// <param name="plugin">A .NET assembly, a native library, or <c>reference</c>.</param>
    /// <param name="without">Commands and channels that it does without.</param>
    /// <param name="environment">Variables on top of the clean environment.</param>
    /// <param name="json">The protocol of docs/protocol.md instead of the packed messages.</param>
    /// <exception cref="SetupException">It cannot be loaded: one line that says what to do.</exception>
    public static ISession Start(
        VersionProfile profile, string plugin, IReadOnlyList<string> without, IReadOnlyDictionary<string, string>? environment = null, bool json = false) =>
        new ChildSession(StartOf(profile, plugin, without, environment, json));

    /// <summary>How such a process is started.</summary>
    /// <param name="profile">The CPython version to simulate.</param>
    /// <param name="plugin">A .NET assembly, a native library, or <c>reference</c>.</param>
    /// <param name="without">Commands and channels that it does without.</param>
    /// <param name="environment">Variables on top of the clean environment.</param>
    /// <param name="json">The protocol of docs/protocol.md instead of the packed messages.</param>
    public static ChildStart StartOf(
        VersionProfile profile, string plugin, IReadOnlyList<string> without, IReadOnlyDictionary<string, string>? environment, bool json)
    {
        var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>())
        {
            // A crash ends the process at once and its words are short; what runs for seconds is compiled well from the first.
            ["DOTNET_DbgEnableMiniDump"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        return new ChildStart
        {
            Program = Muxer(),
            Arguments = ["exec", Path.Combine(AppContext.BaseDirectory, "pystate.dll"), PluginHost.Mode, $"{profile.Minor}", json ? "json" : "packed", plugin],
            Environment = variables,
            Title = Path.GetFileName(plugin),
            Wire = json ? JsonWire.Instance : new PackedWire(profile, without),
        };
    }

    // The runtime that runs this lies in shared/NAME/VERSION below the program that starts it.
    private static string Muxer()
    {
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string program = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(program) ? program
            : Programs.Find("dotnet") ?? throw new SetupException("there is no dotnet on PATH to start the plug-in's process with: install the .NET 10 SDK");
    }
}
