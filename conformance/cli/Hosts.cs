// The host of the real program: every implementation there is, the runner, traces and the Python export.

using PyState.Conformance.Engine;
using PyState.Conformance.Liars;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Conformance.Reports;
using PyState.Conformance.Traces;

namespace PyState.Conformance.Cli;

/// <summary>Makes hosts.</summary>
public static class Hosts
{
    /// <summary>The real one.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Errors.</param>
    /// <param name="terminal">What they are connected to.</param>
    /// <param name="cancellation">Cancelled when the run is to stop.</param>
    /// <exception cref="SetupException">A manifest beside the program cannot be read.</exception>
    public static Host Of(TextWriter output, TextWriter error, Terminal terminal, CancellationToken cancellation)
    {
        var registry = new Registry();
        return new Host
        {
            Out = output,
            Error = error,
            Terminal = terminal,
            Cancellation = cancellation,
            Program = Program(),
            Implementations = [new ReferenceImplementation(), .. registry.All],
            Provisioned = Plugins.Process.Provisioned.Interpreters(),
            FromPath = registry.FromPath,
            FromSwitcher = registry.FromSwitcher,
            ExpectationsOf = i => i is IFolder folder ? ExpectationFile.Read(Path.Combine(folder.Folder, folder.Manifest.Expectations)) : [],
            LiarsOf = c => [.. AllLiars.Of(c).Select(l => (l.Name, l.Summary))],
            Run = Runner.Run,
            Check = PluginCheck.Verify,
            Replay = (session, found, known) => Replay.Run(session, found.Script, found.Before, found.Clause, known),
            WriteTrace = (path, part, found) => TraceFile.Of(part.Implementation, part.Interpreter, part.Report.Capabilities, found).Write(path),
            ReadTrace = TraceFile.Read,
            ToPython = PythonProgram.Of,
        };
    }

    // Built in a checkout it lies below conformance/bin, and is started as the README says, in any folder; installed as a tool it has its own name.
    private static string Program()
    {
        const string Built = "/conformance/bin/";
        int end = AppContext.BaseDirectory.LastIndexOf(Built, StringComparison.Ordinal);
        if (end < 0)
        {
            return "pystate";
        }

        string project = AppContext.BaseDirectory[..(end + "/conformance".Length)];
        string nearer = Path.GetRelativePath(Directory.GetCurrentDirectory(), project);
        return $"dotnet run --project {NextSteps.Quoted(nearer.StartsWith("..", StringComparison.Ordinal) ? project : nearer)} --";
    }
}
