// The child process that a plug-in lives in: this program once more, started in a mode that no help page shows.

using System.Buffers;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>Loads a plug-in, puts it on the simulated interpreter, and answers batches of scripts until its input ends. Whatever the plug-in does to
/// this process it does to nothing else.</summary>
public static class PluginHost
{
    /// <summary>The first argument that starts this mode; then the minor version, the wire (<c>packed</c> or <c>json</c>) and the plug-in
    /// (<c>reference</c>, or a path).</summary>
    public const string Mode = "--plugin-host";

    /// <summary>Runs the mode.</summary>
    /// <param name="arguments">The arguments after <see cref="Mode"/>.</param>
    /// <returns>The exit code: 0, or 3 when the plug-in cannot be used.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        VersionProfile profile = Profiles.Of(int.Parse(arguments[0], CultureInfo.InvariantCulture));
        using Stream output = TakeOutput();
        using Stream input = Console.OpenStandardInput();
        int file = Array.IndexOf([.. arguments], "--progress");
        using var progress = new ProgressMark(file < 0 ? null : arguments[file + 1]);
        LoadedPlugin plugin;
        try
        {
            plugin = LoadedPlugin.Load(arguments[2]);
        }
        catch (SetupException e)
        {
            JsonAnswers.WriteError(output, e.Message);
            return 3;
        }

        using var session = new SimulatedSession(profile, plugin.Implementation, plugin.Name);
        if (arguments[1] == "json")
        {
            return new JsonAnswers(session, profile, plugin, progress).Serve(input, output);
        }

        var lines = new InputLines(input);
        _ = lines.TryRead(out _); // the greeting
        output.Write(JsonSerializer.SerializeToUtf8Bytes(new { op = "hello", protocol = 1, implementation = new { name = plugin.Name, version = plugin.Version }, without = plugin.Without }));
        output.Write("\n"u8);
        output.Flush();
        var answers = new PackedAnswers(session, progress);
        while (lines.TryRead(out ReadOnlySpan<byte> line) && !line.IsEmpty && line[0] != '{')
        {
            output.Write(answers.To(line));
            output.Flush();
        }

        return 0;
    }

    // Standard output belongs to the answers: what a plug-in prints goes where errors go.
    private static Stream TakeOutput()
    {
        Console.SetOut(Console.Error);
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        int kept = Duplicate(1);
        _ = DuplicateTo(2, 1);
        return new FileStream(new SafeFileHandle(kept, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DuplicateTo(int descriptor, int other);
}
