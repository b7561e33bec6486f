using PyState.Conformance.Plugins;

namespace PyState.Conformance.Engine;

/// <summary>One of the sessions that run the batches of a campaign side by side. What it is given it runs in order.</summary>
/// <param name="start">Starts the session, when it is first needed.</param>
internal sealed class BatchWorker(Func<ISession> start) : IDisposable
{
    /// <summary>How many there are at most: each is a process with its memory, and more are worth a run that is split.</summary>
    internal const int Most = 8;

    private readonly Lazy<ISession> session = new(start);
    private Task last = Task.CompletedTask;

    /// <summary>The session. Nobody else's while <see cref="Wait"/> has returned and nothing was sent since.</summary>
    internal ISession Session => session.Value;

    /// <summary>As many workers as are worth having for a run: one where a process takes long to start, because then each death and each search costs seconds.</summary>
    /// <param name="first">The session that there is.</param>
    /// <param name="options">How many cores there are, and what starts another one.</param>
    internal static BatchWorker[] For(ISession first, RunOptions options) =>
    [
        new BatchWorker(() => first),
        .. options.Another is { } another && !Patience.IsSlow(first) ? Enumerable.Range(1, Math.Min(options.Cores, Most) - 1).Select(_ => new BatchWorker(another)) : [],
    ];

    /// <summary>Has scripts run, after those that it was given before.</summary>
    /// <param name="scripts">The scripts.</param>
    /// <param name="isWanted">Asked when their turn has come.</param>
    /// <returns>One result per script, in order; none where they are not wanted any more.</returns>
    internal Task<IReadOnlyList<ScriptResult>> Send(IReadOnlyList<Script> scripts, Func<bool> isWanted)
    {
        // A thread of its own: it waits for a process most of the time, and the pool has no more threads than there are cores.
        Task<IReadOnlyList<ScriptResult>> next = last.ContinueWith(
            _ => isWanted() ? Session.Run(scripts) : [], CancellationToken.None, TaskContinuationOptions.LongRunning, TaskScheduler.Default);
        last = next;
        return next;
    }

    /// <summary>Waits until all that it was given has run.</summary>
    internal void Wait() => Task.WhenAny(last).GetAwaiter().GetResult(); // who takes the results hears of what went wrong

    /// <summary>Starts afresh, where it has started.</summary>
    internal void Restart()
    {
        if (session.IsValueCreated)
        {
            session.Value.Restart();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Wait();
        if (session.IsValueCreated)
        {
            session.Value.Dispose();
        }
    }
}
