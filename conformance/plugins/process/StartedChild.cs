namespace PyState.Conformance.Plugins.Process;

/// <summary>A child from its start on, with the file in which it notes how far it is. It is greeted at once; its answer is read when it is needed.</summary>
internal sealed class StartedChild : IDisposable
{
    private readonly ChildStart start;

    private StartedChild(ChildStart start, ChildProcess process, ProgressFile progress)
    {
        this.start = start;
        Process = process;
        Progress = progress;
    }

    /// <summary>The child.</summary>
    internal ChildProcess Process { get; }

    /// <summary>Where it notes what it does.</summary>
    internal ProgressFile Progress { get; }

    /// <summary>Starts a child and greets it.</summary>
    /// <param name="start">How to start it.</param>
    /// <param name="beside">The child that it shall wait beside: what both use counts together, and too much ends the one that waits. Null for one that is used at once.</param>
    /// <exception cref="SetupException">It cannot be started.</exception>
    /// <exception cref="ChildFailure">It does not read.</exception>
    internal static StartedChild Start(ChildStart start, StartedChild? beside = null)
    {
        var progress = new ProgressFile();
        ChildProcess? process = null;
        try
        {
            process = ChildProcess.Start(start, beside?.Process, "--progress", start.Root?.Inside(progress.FilePath) ?? progress.FilePath);
            process.Say(Protocol.Hello, start.HandshakeLimit);
            return new StartedChild(start, process, progress);
        }
        catch (Exception e) when (e is SetupException or ChildFailure)
        {
            process?.Dispose();
            progress.Dispose();
            throw;
        }
    }

    /// <summary>Waits for its handshake.</summary>
    /// <returns>The line.</returns>
    /// <exception cref="ChildFailure">It died, hung, closed its output or wrote too long a line.</exception>
    internal byte[] Hello() => Process.Answer(start.HandshakeLimit, () => false);

    /// <inheritdoc/>
    public void Dispose()
    {
        Process.Dispose();
        Progress.Dispose();
    }
}
