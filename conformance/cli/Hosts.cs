// The host of the real program: every implementation there is, the runner, traces and the Python export.

using PyState.Conformance.Engine;

namespace PyState.Conformance.Cli;

/// <summary>Makes hosts.</summary>
public static class Hosts
{
    /// <summary>The real one.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Errors.</param>
    /// <param name="terminal">What they are connected to.</param>
    /// <param name="cancellation">Cancelled when the run is to stop.</param>
    public static Host Of(TextWriter output, TextWriter error, Terminal terminal, CancellationToken cancellation) => new()
    {
        Out = output,
        Error = error,
        Terminal = terminal,
        Cancellation = cancellation,
        Program = Program(),
        Implementations = [],
        FromSwitcher = _ => throw new NotSupportedException(),
        ExpectationsOf = (_, _) => [],
        Run = Runner.Run,
        Replay = Replay.Run,
        WriteTrace = (_, _, _) => { },
        ReadTrace = _ => throw new NotSupportedException(),
        ToPython = (_, _) => throw new NotSupportedException(),
    };

    // Built in a checkout it lies below conformance/bin, and is started as the README says; installed as a tool it has its own name.
    private static string Program() =>
        AppContext.BaseDirectory.Replace('\\', '/').Contains("/conformance/bin/", StringComparison.Ordinal) ? "dotnet run --project conformance --" : "pystate";
}
