// worked-example: Save and Restore over the simulated thread state, in C#.
//
// The shape is that of what would go into CPython: decide first, in the order that SPEC.md lists the errors; write only when nothing can
// fail any more; release references last, because a release can run Python code. How the components move is in Components.cs.

using PyState.Reference;

namespace Plugin;

/// <summary>The plug-in: the one public class that implements IPyState.</summary>
public sealed partial class Plugin : IPyState
{
    // A handle is a slot and a generation, so that a stale one is known (HANDLE-01).
    private readonly List<State> states = [];
    private readonly PerThread[] threads = new PerThread[3];
    private int abandoned;

    public void Reset()
    {
        states.Clear();
        Array.Clear(threads);
        abandoned = 0;
    }

    public SimStatus New(SimThread thread, out ulong handle)
    {
        handle = 0;
        if (CallerError(thread) is var error and not SimStatus.Ok)
        {
            return error;
        }

        ulong block = thread.AllocateState();
        if (block == 0)
        {
            return SimStatus.NoMemory;
        }

        int slot = states.FindIndex(s => s.Life == Life.Free);
        uint generation = slot < 0 ? 1 : states[slot].Generation + 1;
        var state = new State { Life = Life.Empty, Generation = generation, Block = block };
        if (slot < 0)
        {
            slot = states.Count;
            states.Add(state);
        }

        states[slot] = state;
        handle = ((ulong)generation << 32) | (uint)slot;
        return SimStatus.Ok;
    }

    public SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        if (CallerError(thread) is var error and not SimStatus.Ok)
        {
            return error;
        }

        State? state = Find(handle);
        if (state is null)
        {
            return SimStatus.InvalidHandle;
        }

        if (state.Life != Life.Empty)
        {
            return SimStatus.NotEmpty;
        }

        if (thread.Load(Field.PendingException) != 0)
        {
            return SimStatus.Pending;
        }

        if (!next.IsValid)
        {
            return SimStatus.BadStack;
        }

        // From here on nothing can fail, allocate, or run Python code (SAVE-05).
        state.Life = Life.Live;
        state.Interpreter = thread.Interpreter;
        state.ThreadId = thread.Load(Field.Id);
        Take(thread, state, next);
        ref PerThread own = ref threads[thread.Index];
        (state.BaseDepth, state.BaseCDepth) = (own.Depth, own.CDepth);
        (own.Depth, own.CDepth) = (DepthOf(thread), CDepthOf(thread));
        return SimStatus.Ok;
    }

    public SimStatus Restore(SimThread thread, ulong handle)
    {
        if (FindLive(thread, handle, out State state) is var error and not SimStatus.Ok)
        {
            return error;
        }

        // The id, not the address: a new thread state can have an old address (RESTORE-18).
        if (state.ThreadId != thread.Load(Field.Id))
        {
            return SimStatus.WrongThread;
        }

        if (thread.Load(Field.PendingException) != 0)
        {
            return SimStatus.Pending;
        }

        // RESTORE-20 to RESTORE-23: what runs now must have come to its end.
        if (thread.TopFrame() != 0)
        {
            return SimStatus.HasFrames;
        }

        if (thread.Load(thread.AddressOf(Field.ExcState), ExcItemOffset.Value) != 0)
        {
            return SimStatus.Handling;
        }

        ref PerThread own = ref threads[thread.Index];
        if (DepthOf(thread) != own.Depth || CDepthOf(thread) != own.CDepth)
        {
            return SimStatus.InRecursion;
        }

        if (thread.Load(Field.Tracing) != 0)
        {
            return SimStatus.Tracing;
        }

        // From here on nothing can fail, and releases come last.
        state.Life = Life.Consumed;
        ulong ownContext = thread.Load(Field.Context);
        Give(thread, state);
        (own.Depth, own.CDepth) = (state.BaseDepth, state.BaseCDepth);
        thread.DecRef(state.Executor);
        thread.DecRef(ownContext);
        return SimStatus.Ok;
    }

    public SimStatus Discard(SimThread thread, ulong handle)
    {
        SimStatus error = FindLive(thread, handle, out State state);
        if (error == SimStatus.Ok && state.Frame != 0)
        {
            return SimStatus.HasFrames; // only unwinding releases what the C stack of frames holds
        }

        if (error == SimStatus.Ok)
        {
            Release(thread, state);
        }

        return error;
    }

    public SimStatus Drop(SimThread thread, ulong handle)
    {
        if (!thread.IsAttached)
        {
            return SimStatus.Detached;
        }

        State? state = Find(handle);
        if (state is null)
        {
            return SimStatus.InvalidHandle;
        }

        if (state.Life == Life.Live)
        {
            AbandonOrRelease(thread, state, state.Interpreter != thread.Interpreter);
        }

        state.Life = Life.Free;
        thread.FreeState(state.Block);
        return SimStatus.Ok;
    }

    public SimStatus TopFrame(SimThread thread, ulong handle, out ulong frame)
    {
        SimStatus error = FindLive(thread, handle, out State state);
        frame = error == SimStatus.Ok ? state.Frame : 0;
        return error;
    }

    public SimStatus GetContext(SimThread thread, ulong handle, out ulong context)
    {
        // [left to you: INTRO-02; take get-context out of "without" in implementation.json then]
        SimStatus error = FindLive(thread, handle, out State state);
        context = error == SimStatus.Ok ? state.Context : 0;
        thread.IncRef(context);
        return error;
        // [until here]
        // [instead] context = 0;
        // [instead] return SimStatus.Inapplicable;
    }

    public SimStatus SetContext(SimThread thread, ulong handle, ulong value)
    {
        // [left to you: INTRO-03 and INTRO-04; take set-context out of "without" then]
        SimStatus error = FindLive(thread, handle, out State state);
        if (error != SimStatus.Ok)
        {
            return error;
        }

        if (value != 0 && !thread.IsContext(value))
        {
            return SimStatus.NotAContext;
        }

        // Context.run would find another object than it entered.
        if ((state.Context != 0 && thread.IsEntered(state.Context)) || (value != 0 && thread.IsEntered(value)))
        {
            return SimStatus.Entered;
        }

        ulong before = state.Context;
        thread.IncRef(value);
        state.Context = value;
        thread.DecRef(before);
        return SimStatus.Ok;
        // [until here]
        // [instead] return SimStatus.Inapplicable;
    }

    public SimStatus Traverse(SimThread thread, ulong handle, IReferenceVisitor visitor)
    {
        // [left to you: INTRO-05; take traverse out of "without" then]
        SimStatus error = FindLive(thread, handle, out State state);
        if (error == SimStatus.Ok)
        {
            visitor.Visit(state.Context);
            visitor.Visit(state.Exception);
            visitor.Visit(state.Executor);
        }

        return error;
        // [until here]
        // [instead] return SimStatus.Inapplicable;
    }

    public SimStatus Clear(SimThread thread, ulong handle)
    {
        // [left to you: INTRO-06; take clear out of "without" then]
        SimStatus error = FindLive(thread, handle, out State state);

        // With frames the references are those of code that will run on.
        if (error == SimStatus.Ok && state.Frame == 0)
        {
            (ulong exception, ulong context) = (state.Exception, state.Context);
            (state.Exception, state.Context) = (0, 0);
            thread.DecRef(exception);
            thread.DecRef(context);
        }

        return error;
        // [until here]
        // [instead] return SimStatus.Inapplicable;
    }

    public int AbandonedCount() => abandoned;

    // AMBIENT-07 to AMBIENT-09: what has frames can never be unwound any more.
    public void ThreadGone(SimThread thread)
    {
        ulong id = thread.Load(Field.Id);
        foreach (State state in states.Where(s => s.Life == Life.Live && s.Interpreter == thread.Interpreter && s.ThreadId == id))
        {
            AbandonOrRelease(thread, state, false);
        }

        ulong chunk = threads[thread.Index].SpareChunk;
        threads[thread.Index] = default;
        if (chunk != 0)
        {
            thread.FreeChunk(chunk);
        }
    }

    public void InterpreterFinalizing(SimThread thread)
    {
        foreach (State state in states.Where(s => s.Life == Life.Live && s.Interpreter == thread.Interpreter))
        {
            AbandonOrRelease(thread, state, false);
        }
    }

    private static SimStatus CallerError(SimThread thread) =>
        !thread.IsAttached ? SimStatus.Detached : thread.IsFinalizing ? SimStatus.Finalizing : SimStatus.Ok;

    private State? Find(ulong handle)
    {
        uint slot = (uint)handle;
        return slot < states.Count && states[(int)slot] is { Life: not Life.Free } state && state.Generation == handle >> 32 ? state : null;
    }

    // What every operation on a live state begins with.
    private SimStatus FindLive(SimThread thread, ulong handle, out State found)
    {
        State? state = Find(handle);
        found = state!;
        return CallerError(thread) is var error and not SimStatus.Ok ? error
            : state is null ? SimStatus.InvalidHandle
            : state.Life switch
            {
                Life.Empty => SimStatus.NotSaved,
                Life.Consumed => SimStatus.Consumed,
                Life.Discarded => SimStatus.Discarded,
                Life.Abandoned => SimStatus.Abandoned,
                _ => state.Interpreter != thread.Interpreter ? SimStatus.WrongInterpreter : SimStatus.Ok,
            };
    }

    private void AbandonOrRelease(SimThread thread, State state, bool outOfReach)
    {
        if (state.Frame != 0 || outOfReach)
        {
            state.Life = Life.Abandoned;
            abandoned++;
        }
        else
        {
            Release(thread, state);
        }
    }

    // Its life changes first: a release can run Python code that looks at it.
    private static void Release(SimThread thread, State state)
    {
        state.Life = Life.Discarded;
        if (state.Chunk != 0)
        {
            thread.FreeChunk(state.Chunk);
        }

        thread.DecRef(state.Exception);
        thread.DecRef(state.Context);
    }
}
