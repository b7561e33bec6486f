using System.Buffers;
using System.Diagnostics;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Process;

/// <summary>An implementation in a child process. Scripts go to it in batches; whatever it does, every script gets exactly one result, and those after a
/// death, a hang or babble run in a fresh child. Where a child takes long to start and one was lost, the next is started ahead.</summary>
public sealed class ChildSession : ISession
{
    private const int MostFailedStarts = 3;
    private ChildStart start;
    private readonly ArrayBufferWriter<byte> message = new(1 << 16);
    private readonly byte[] declared;
    private StartedChild? child;
    private StartedChild? spare;
    private bool wantsSpare;
    private TimeSpan timeLimit;
    private int batchSize = 4;
    private int lastId;
    private int failedStarts;
    private long ran;

    /// <summary>Starts the child and reads what it declares.</summary>
    /// <param name="start">How to start it.</param>
    /// <exception cref="SetupException">It does not start, or does not shake hands: one line that says what to do.</exception>
    public ChildSession(ChildStart start)
    {
        this.start = start;
        timeLimit = start.TimeLimit;
        try
        {
            declared = Begin();
            Capabilities = start.Wire.Declared(declared, start.Advice);
        }
        catch (ChildFailure e)
        {
            Dispose();
            throw new SetupException(
                start.Title is { } title
                    ? $"{title} {e.Message} while it was loaded: look at what it does then"
                    : $"{start.Program} {string.Join(' ', start.Arguments.Select(Path.GetFileName))} {e.Message} before its handshake: run it by hand to see why",
                e);
        }
        catch (SetupException)
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Capabilities Capabilities { get; }

    /// <summary>How many children were started so far.</summary>
    public int Starts { get; private set; }

    /// <inheritdoc/>
    public TimeSpan StartTime { get; private set; }

    /// <inheritdoc/>
    public bool? StartsSlowly => start.StartsSlowly;

    /// <inheritdoc/>
    public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts)
    {
        Script[] all = [.. scripts];
        var results = new ScriptResult[all.Length];
        for (int done = 0; done < all.Length;)
        {
            int size = Math.Min(batchSize, all.Length - done);
            done += RunBatch(all.AsSpan(done, size), results.AsSpan(done, size));
        }

        return results;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ScriptResult> RunHastily(IReadOnlyList<Script> scripts)
    {
        timeLimit = start.HastyTimeLimit;
        try
        {
            return Run(scripts);
        }
        finally
        {
            timeLimit = start.TimeLimit;
        }
    }

    /// <inheritdoc/>
    public void Verify()
    {
        string? wrong;
        try
        {
            Script[] scripts = ProtocolCheck.Scripts(Capabilities);
            wrong = null;
            for (int round = 0; round < 2 && wrong is null; round++)
            {
                StartedChild running = child ?? BeginAgain();
                message.ResetWrittenCount();
                running.Progress.BeginBatch();
                Protocol.WriteRun(message, ++lastId, scripts);
                byte[] answer = running.Process.Ask(message.WrittenMemory, start.TimeLimit, running.Progress.HasMoved);
                wrong = running.Process.HasBabbled ? "writes more than one line for a message: keep standard output for the answers" : ProtocolCheck.Wrong(answer, lastId, Capabilities);
            }
        }
        catch (ChildFailure)
        {
            wrong = null; // a death, a hang or babble is a verdict, and the run will give it
        }

        Restart();
        if (wrong is not null)
        {
            throw new SetupException($"the plug-in of {Capabilities.Implementation} {wrong} (docs/protocol.md)");
        }
    }

    /// <inheritdoc/>
    public void Restart()
    {
        child?.Dispose();
        child = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        child?.Process.Dismiss(Protocol.Bye);
        Restart();
        spare?.Dispose();
        spare = null;
    }

    // Gives results for the first scripts of the batch and says for how many: all of them, or up to the one that failed.
    private int RunBatch(Span<Script> scripts, Span<ScriptResult> results)
    {
        long before = child is null ? 0 : ran;
        try
        {
            Ask(scripts, results);
            return scripts.Length;
        }
        catch (ChildFailure failure)
        {
            Progress reached = child?.Progress.Read() ?? default;
            string? tail = failure.Tail ?? child?.Process.Tail;
            Restart();
            wantsSpare = true;
            batchSize = Math.Max(1, batchSize / 2);
            int done = Blame(failure, reached, scripts, results);
            ScriptResult last = results[done - 1];
            if (last.Ending != Ending.Completed && last.Tail is null)
            {
                results[done - 1] = last with { Tail = tail, Before = before + done - 1 };
            }

            return done;
        }
    }

    private int Blame(ChildFailure failure, Progress reached, Span<Script> scripts, Span<ScriptResult> results)
    {
        (int script, int? command) = Culprit(failure, reached, scripts);
        if (script < 0)
        {
            return RunOneByOne(failure, scripts, results);
        }

        // What came before it was well, but its answer is lost with the child.
        int before = 0;
        while (before < script)
        {
            before += RunBatch(scripts[before..script], results[before..script]);
        }

        results[script] = new ScriptResult(failure.Ending, ObservedBefore(scripts[script], command), failure.Message, command);

        // What this child has run is not what the numbers of the scripts say: the next script begins in one of its own.
        Restart();
        return script + 1;
    }

    // The answer itself may say which script it is; progress says it of a death or a hang, but not of babble, which is read after the fact.
    private static (int Script, int? Command) Culprit(ChildFailure failure, Progress reached, Span<Script> scripts)
    {
        if (failure.Script is { } index)
        {
            return (index, failure.Command);
        }

        if (reached.IsKept && failure.Ending != Ending.Garbled)
        {
            return reached.At is not { } at ? (0, null) // it died or hung before it began this batch
                : at.Script < scripts.Length && at.Command <= scripts[at.Script].Commands.Count ? at
                : (-1, null);
        }

        return scripts.Length == 1 ? (0, null) : (-1, null);
    }

    // Each script in a batch of its own, up to the first that fails. Where none does, the failure still happened: the last one carries it.
    private int RunOneByOne(ChildFailure failure, Span<Script> scripts, Span<ScriptResult> results)
    {
        if (scripts.Length == 1)
        {
            results[0] = new ScriptResult(failure.Ending, [], failure.Message);
            return 1;
        }

        for (int i = 0; i < scripts.Length; i++)
        {
            _ = RunBatch(scripts.Slice(i, 1), results.Slice(i, 1));
            if (results[i].Ending != Ending.Completed)
            {
                return i + 1;
            }
        }

        results[^1] = new ScriptResult(failure.Ending, results[^1].Observations, $"{failure.Message} (in a batch of {scripts.Length} scripts; not when they were run one by one)");
        return scripts.Length;
    }

    // What the commands before the fatal one showed: they are run again as a script of their own.
    private Observation[] ObservedBefore(Script script, int? command)
    {
        if (command is not > 0)
        {
            return [];
        }

        var prefix = new ScriptResult[1];
        try
        {
            Ask(new[] { script with { Commands = [.. script.Commands.Take(command.Value)] } }, prefix);
            return [.. prefix[0].Observations.Take(command.Value)];
        }
        catch (ChildFailure)
        {
            Restart();
            return [];
        }
    }

    private void Ask(ReadOnlySpan<Script> scripts, Span<ScriptResult> results)
    {
        StartedChild running = child ?? BeginAgain();
        if (running.Process.HasBabbled)
        {
            throw new ChildFailure(Ending.Garbled, "wrote more than it was asked for");
        }

        running.Progress.BeginBatch();
        message.ResetWrittenCount();
        start.Wire.WriteRun(message, ++lastId, scripts);
        long begun = Stopwatch.GetTimestamp();
        byte[] answer = running.Process.Ask(message.WrittenMemory, timeLimit, running.Progress.HasMoved);
        TimeSpan taken = Stopwatch.GetElapsedTime(begun);
        ScriptResult[] answered = start.Wire.ReadRan(answer, lastId, scripts, Capabilities.Channels);
        if (running.Process.HasBabbled)
        {
            throw new ChildFailure(Ending.Garbled, "wrote more than it was asked for");
        }

        for (int i = 0; i < scripts.Length; i++)
        {
            results[i] = answered[i] with { Before = ran++ };
        }

        Adapt(scripts.Length, taken);
    }

    private void Adapt(int scripts, TimeSpan taken)
    {
        if (taken > start.BatchTarget)
        {
            batchSize = Math.Max(1, scripts / 2);
        }
        else if (scripts == batchSize && taken < start.BatchTarget / 2)
        {
            batchSize = Math.Min(start.LargestBatch, batchSize * 2);
        }
    }

    // A later child that does not start, or declares something else, is a failure of the script it was started for.
    private StartedChild BeginAgain()
    {
        if (failedStarts >= MostFailedStarts)
        {
            throw new ChildFailure(Ending.Crashed, $"did not start again {MostFailedStarts} times in a row", script: 0);
        }

        failedStarts++;
        try
        {
            if (!Begin().AsSpan().SequenceEqual(declared))
            {
                throw new ChildFailure(Ending.Garbled, "declared something else in a fresh process", script: 0);
            }
        }
        catch (SetupException e)
        {
            throw new ChildFailure(Ending.Crashed, e.Message, script: 0);
        }
        catch (ChildFailure e) when (e.Script is null)
        {
            throw new ChildFailure(e.Ending, $"{e.Message} when it was started again", script: 0);
        }

        failedStarts = 0;
        KeepSpare();
        return child!;
    }

    // The one that was started ahead, or one that is started now.
    private byte[] Begin()
    {
        ran = 0;
        child = Spare();
        if (child is not null)
        {
            return child.Hello();
        }

        long begun = Stopwatch.GetTimestamp();
        child = StartNow(null);
        byte[] hello = child.Hello();
        StartTime = Stopwatch.GetElapsedTime(begun);
        return hello;
    }

    private StartedChild StartNow(StartedChild? beside)
    {
        var started = StartedChild.Start(start, beside);
        Starts++;
        return started;
    }

    // It starts while the child that is used runs. One that dies meanwhile has failed to start, as any other.
    private void KeepSpare()
    {
        if (!wantsSpare || StartTime <= start.SpareFrom)
        {
            return;
        }

        try
        {
            spare = StartNow(child);
        }
        catch (Exception e) when (e is SetupException or ChildFailure)
        {
            // There is none; the next start fails in the same way where it has to, or it does not.
        }
    }

    private StartedChild? Spare()
    {
        StartedChild? taken = spare;
        spare = null;
        if (taken is not null && !ChildWatch.TakeAlone(taken.Process, start.Limits))
        {
            taken.Dispose(); // both together were too much: from now on one at a time, as without a spare
            start = start with { SpareFrom = TimeSpan.MaxValue };
            return null;
        }

        return taken;
    }
}
