// The ambient commands: what happens to a program from outside of the running code.
namespace PyState.Reference;

public sealed partial class SimMachine
{
    /// <summary>Runs the garbage collector: it visits what lives, and throws compiled code away that nobody runs.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Collect()
    {
        if (!BeginCode())
        {
            return Inapplicable();
        }

        foreach (SimInterpreter interpreter in _interpreters)
        {
            DropExecutors(interpreter, all: false);
        }

        return Done(SimStatus.Ok);
    }

    /// <summary>Sets an asynchronous exception for the active thread (<c>PyThreadState_SetAsyncExc</c>).</summary>
    /// <param name="e">1 to 7: its label.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Async(int e)
    {
        if (!IsIn(e, 1, 7) || !BeginCode())
        {
            return Inapplicable();
        }

        _active.Set(Field.AsyncExc, (ulong)e);
        return Done(SimStatus.Ok);
    }

    /// <summary>The active thread, not the main one, unwinds and exits; a fresh thread state takes its place, and the main thread runs.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus ExitThread()
    {
        // A switcher's thread ends where it began, in its root context.
        if (!BeginCode() || _active.Index == 0 || (_alphabet == Alphabet.Switcher && Current != SecondRoot))
        {
            return Inapplicable();
        }

        SimThread thread = _active;
        Unwind(thread);
        EndThread(thread, vanished: false);
        Activate(_threads[0]);
        return Done(SimStatus.Ok);
    }

    /// <summary>The main thread forks and the script goes on in the child: all other threads are gone without running anything.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Fork()
    {
        if (!BeginCode() || _active != _threads[0])
        {
            return Inapplicable();
        }

        foreach (SimThread thread in _threads)
        {
            if (thread != _active)
            {
                EndThread(thread, vanished: true);
            }
        }

        return Done(SimStatus.Ok);
    }

    /// <summary>The active thread's interpreter begins to finalize; from now on only the API and <see cref="Census"/> answer.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus FinalizeInterpreter()
    {
        if (!BeginCode())
        {
            return Inapplicable();
        }

        _active.Interp.Finalizing = true;
        _implementation.InterpreterFinalizing(_active);
        foreach (SimThread thread in _threads)
        {
            if (thread.Interp == _active.Interp)
            {
                RetireStatesOf(thread);
            }
        }

        return Done(SimStatus.Ok);
    }

    /// <summary>Passes the baton.</summary>
    /// <param name="t">0 to 2: the thread that runs then; in the switcher alphabet 0 or 1.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Thread(int t)
    {
        if (!IsIn(t, 0, _alphabet == Alphabet.Switcher ? 1 : 2) || !BeginCode())
        {
            return Inapplicable();
        }

        Activate(_threads[t]);
        return Done(SimStatus.Ok);
    }

    /// <summary>Detaches the active thread state.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Detach()
    {
        if (!Begin() || !_active.IsAttached || _active.IsFinalizing)
        {
            return Inapplicable();
        }

        _active.IsAttached = false;
        return Done(SimStatus.Ok);
    }

    /// <summary>Attaches it again.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Attach()
    {
        if (!Begin() || _active.IsAttached)
        {
            return Inapplicable();
        }

        _active.IsAttached = true;
        return Done(SimStatus.Ok);
    }

    private void Activate(SimThread thread)
    {
        _active.IsAttached = false;
        _active = thread;
        thread.IsAttached = true;
    }

    // A thread state is gone; its address is used again by a fresh one with another unique id.
    private void EndThread(SimThread thread, bool vanished)
    {
        _implementation.ThreadGone(thread);
        RetireStatesOf(thread);
        vanished &= thread.Flow.Blocks > 0;
        if (vanished)
        {
            Flow flow = thread.Flow;
            flow.Roots = (
                thread.Load(thread.AddressOf(Field.ExcState), ExcItemOffset.Value),
                thread.Load(Field.Context),
                thread.Load(Field.DataStackChunk),
                0);
            _abandoned.Add(flow);
        }

        EndContextsOf(thread);
        ClearThread(thread, vanished);
        CreateThread(thread);
        BeginRootOf(thread);
    }

    // The implementation has abandoned the live states of this thread that hold frames, and released the others.
    private void RetireStatesOf(SimThread thread)
    {
        for (int h = 0; h < Handles; h++)
        {
            if (_handleFlows[h] is { } flow && flow.Thread == thread)
            {
                RetireFlow(flow, flow.Frames > 0);
                _handleFlows[h] = null;
            }
        }

        foreach (SimContext context in _contexts)
        {
            if (context.Flow is { } flow && flow.Thread == thread)
            {
                RetireFlow(flow, flow.Frames > 0);
                context.Flow = null;
                context.State = ContextState.Orphan;
                DropContextHandle(context);
            }
        }
    }
}
