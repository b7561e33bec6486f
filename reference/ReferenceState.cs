// The reference implementation: handles, lifecycle, and the order of the checks.
namespace PyState.Reference;

/// <summary>
/// Save, Restore and Discard as the specification has them. A handle is a slot and a generation. Every operation first decides, in the
/// order of the specification, and only then writes; how each component moves is in the other parts of this class.
/// </summary>
public sealed partial class ReferenceState : IPyState
{
    private const int ThreadSlots = 3;

    private readonly BaseDepths[] _base = new BaseDepths[ThreadSlots];
    private readonly ulong[] _spareChunk = new ulong[ThreadSlots];
    private readonly Stack<int> _freeSlots = new();
    private SavedState[] _states = new SavedState[16];
    private int _usedSlots;
    private int _abandoned;

    /// <inheritdoc/>
    public void Reset()
    {
        for (int thread = 0; thread < ThreadSlots; thread++)
        {
            _base[thread] = default;
            _spareChunk[thread] = 0;
        }

        if (_usedSlots != 0)
        {
            Array.Clear(_states, 0, _usedSlots);
            _freeSlots.Clear();
            _usedSlots = 0;
        }

        _abandoned = 0;
    }

    /// <inheritdoc/>
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

        int slot = TakeSlot();
        ref SavedState state = ref _states[slot];
        uint generation = state.Generation + 1;
        state = new() { Generation = generation, Life = Life.Empty, Block = block };
        handle = ((ulong)generation << 32) | (uint)slot;
        return SimStatus.Ok;
    }

    /// <inheritdoc/>
    public SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        if (CallerError(thread) is var error and not SimStatus.Ok)
        {
            return error;
        }

        ref SavedState state = ref Find(handle, out bool found);
        if (!found)
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

        // Nothing below can fail, allocate, or run Python code (SAVE-05).
        state.Life = Life.Live;
        state.OwnerInterpreter = thread.Interpreter;
        state.OwnerThreadId = thread.Load(Field.Id);
        TakeFrames(thread, ref state);
        TakeDataStack(thread, ref state);
        TakeDepth(thread, ref state, next);
        TakeOverflowState(thread, ref state);
        TakeHandledExceptions(thread, ref state);
        TakeContext(thread, ref state);
        TakeTrashNesting(thread, ref state);
        TakeTracing(thread, ref state);
        TakeExecutor(thread, ref state);
        TakeCStack(thread, ref state, next);
        ForgetProfilerFrame(thread);
        state.Base = _base[thread.Index];
        _base[thread.Index] = new(DepthOf(thread), CDepthOf(thread));
        return SimStatus.Ok;
    }

    /// <inheritdoc/>
    public SimStatus Restore(SimThread thread, ulong handle)
    {
        ref SavedState state = ref FindLive(thread, handle, out SimStatus error);
        if (error != SimStatus.Ok)
        {
            return error;
        }

        // The unique id and not the thread state's address, which a new thread can have again (RESTORE-18).
        if (state.OwnerThreadId != thread.Load(Field.Id))
        {
            return SimStatus.WrongThread;
        }

        if (thread.Load(Field.PendingException) != 0)
        {
            return SimStatus.Pending;
        }

        if (QuiescenceError(thread) is var busy and not SimStatus.Ok)
        {
            return busy;
        }

        // Nothing below can fail; whatever can run Python code comes last, when all is as it should be.
        state.Life = Life.Consumed;
        ulong ownContext = GiveContext(thread, ref state);
        GiveFrames(thread, ref state);
        GiveDataStack(thread, ref state);
        GiveDepth(thread, ref state);
        GiveOverflowState(thread, ref state);
        GiveHandledExceptions(thread, ref state);
        GiveTrashNesting(thread, ref state);
        GiveTracing(thread, ref state);
        GiveExecutor(thread, ref state);
        GiveCStack(thread, ref state);
        GiveInstrumentation(thread, ref state);
        ForgetProfilerFrame(thread);
        _base[thread.Index] = state.Base;
        thread.DecRef(ownContext);
        return SimStatus.Ok;
    }

    /// <inheritdoc/>
    public SimStatus Discard(SimThread thread, ulong handle)
    {
        ref SavedState state = ref FindLive(thread, handle, out SimStatus error);
        if (error != SimStatus.Ok)
        {
            return error;
        }

        // Only unwinding releases what the C stack of frames holds.
        if (state.TopFrame != 0)
        {
            return SimStatus.HasFrames;
        }

        Release(thread, ref state);
        return SimStatus.Ok;
    }

    /// <inheritdoc/>
    public SimStatus Drop(SimThread thread, ulong handle)
    {
        if (!thread.IsAttached)
        {
            return SimStatus.Detached;
        }

        ref SavedState state = ref Find(handle, out bool found);
        if (!found)
        {
            return SimStatus.InvalidHandle;
        }

        if (state.Life == Life.Live)
        {
            if (state.TopFrame != 0 || state.OwnerInterpreter != thread.Interpreter)
            {
                Abandon(ref state);
            }
            else
            {
                Release(thread, ref state);
            }
        }

        ulong block = state.Block;
        state.Life = Life.Free;
        _freeSlots.Push((int)(uint)handle);
        thread.FreeState(block);
        return SimStatus.Ok;
    }

    /// <inheritdoc/>
    public int AbandonedCount() => _abandoned;

    /// <inheritdoc/>
    public void ThreadGone(SimThread thread)
    {
        ulong id = thread.Load(Field.Id);
        for (int slot = 0; slot < _usedSlots; slot++)
        {
            ref SavedState state = ref _states[slot];
            if (state.Life == Life.Live && state.OwnerInterpreter == thread.Interpreter && state.OwnerThreadId == id)
            {
                AbandonOrRelease(thread, ref state);
            }
        }

        _base[thread.Index] = default;
        ulong chunk = _spareChunk[thread.Index];
        _spareChunk[thread.Index] = 0;
        if (chunk != 0)
        {
            thread.FreeChunk(chunk);
        }
    }

    /// <inheritdoc/>
    public void InterpreterFinalizing(SimThread thread)
    {
        for (int slot = 0; slot < _usedSlots; slot++)
        {
            ref SavedState state = ref _states[slot];
            if (state.Life == Life.Live && state.OwnerInterpreter == thread.Interpreter)
            {
                AbandonOrRelease(thread, ref state);
            }
        }
    }

    private static SimStatus CallerError(SimThread thread) =>
        !thread.IsAttached ? SimStatus.Detached
        : thread.IsFinalizing ? SimStatus.Finalizing
        : SimStatus.Ok;

    private static SimStatus LifeError(Life life) => life switch
    {
        Life.Empty => SimStatus.NotSaved,
        Life.Consumed => SimStatus.Consumed,
        Life.Discarded => SimStatus.Discarded,
        Life.Abandoned => SimStatus.Abandoned,
        _ => SimStatus.Ok,
    };

    // Lets go of everything that a state without frames can own; an executor has a frame. The life comes first and what the state holds
    // is out of reach then: a release can run Python code, which can look at this state.
    private static void Release(SimThread thread, ref SavedState state)
    {
        state.Life = Life.Discarded;
        if (state.DataStackChunk != 0)
        {
            thread.FreeChunk(state.DataStackChunk);
        }

        thread.DecRef(state.Exception);
        thread.DecRef(state.Context);
    }

    private ref SavedState Find(ulong handle, out bool found)
    {
        uint slot = (uint)handle;
        found = slot < (uint)_usedSlots && _states[slot].Life != Life.Free && _states[slot].Generation == (uint)(handle >> 32);
        return ref _states[found ? slot : 0];
    }

    // The checks that every operation on a Live state begins with.
    private ref SavedState FindLive(SimThread thread, ulong handle, out SimStatus error)
    {
        ref SavedState state = ref Find(handle, out bool found);
        error = CallerError(thread);
        if (error != SimStatus.Ok)
        {
            return ref state;
        }

        error = !found ? SimStatus.InvalidHandle
            : state.Life != Life.Live ? LifeError(state.Life)
            : state.OwnerInterpreter != thread.Interpreter ? SimStatus.WrongInterpreter
            : SimStatus.Ok;
        return ref state;
    }

    private SimStatus QuiescenceError(SimThread thread)
    {
        if (thread.TopFrame() != 0)
        {
            return SimStatus.HasFrames;
        }

        // Without frames no generator runs, so that the thread's own item is the innermost one.
        if (thread.Load(thread.AddressOf(Field.ExcState), ExcItemOffset.Value) != 0)
        {
            return SimStatus.Handling;
        }

        if (new BaseDepths(DepthOf(thread), CDepthOf(thread)) != _base[thread.Index])
        {
            return SimStatus.InRecursion;
        }

        return thread.Load(Field.Tracing) != 0 ? SimStatus.Tracing : SimStatus.Ok;
    }

    // The thread is gone or the interpreter is: what has frames can never be unwound.
    private void AbandonOrRelease(SimThread thread, ref SavedState state)
    {
        if (state.TopFrame != 0)
        {
            Abandon(ref state);
        }
        else
        {
            Release(thread, ref state);
        }
    }

    // No code runs and nothing is released; the number can be read (HANDLE-03).
    private void Abandon(ref SavedState state)
    {
        state.Life = Life.Abandoned;
        _abandoned++;
    }

    private int TakeSlot()
    {
        if (_freeSlots.TryPop(out int slot))
        {
            return slot;
        }

        if (_usedSlots == _states.Length)
        {
            Array.Resize(ref _states, _states.Length * 2);
        }

        return _usedSlots++;
    }
}
