using System.Runtime.CompilerServices;

namespace PyState.Spec.Model;

// Thread-wide and interpreter-wide components, and the ambient events of SPEC.md.
public static partial class Machine
{
    private static Outcome SetTrace(Semantics semantics, ref State state, int function)
    {
        state.Threads[state.Active].Trace = (byte)function;
        NoteForSuspended(semantics, ref state, Deviations.TraceFunctionPerContext, Changes.Trace);
        return Ended(Status.Ok);
    }

    private static Outcome SetProfile(Semantics semantics, ref State state, int function)
    {
        state.Threads[state.Active].Profile = (byte)function;
        NoteForSuspended(semantics, ref state, Deviations.ProfileFunctionPerContext, Changes.Profile);
        return Ended(Status.Ok);
    }

    private static Outcome SetLocal(ref State state, int value)
    {
        state.Threads[state.Active].Local = (byte)value;
        return Ended(Status.Ok);
    }

    private static Outcome SetPending(ref State state, int exception)
    {
        state.Threads[state.Active].Pending = (byte)exception;
        return Ended(Status.Ok);
    }

    private static Outcome SetLimit(Semantics semantics, ref State state, int which)
    {
        if (state.Threads[state.Active].Flow.Depth >= semantics.Limits[which])
        {
            return Ended(Status.LimitTooLow);
        }

        state.Limit[State.InterpreterOf(state.Active)] = (byte)which;
        return Ended(Status.Ok);
    }

    private static Outcome SetDetached(ref State state, bool detached)
    {
        state.Detached = detached;
        return Ended(Status.Ok);
    }

    private static Outcome SetAsync(ref State state, int exception)
    {
        state.Threads[state.Active].Async = (byte)exception;
        return Ended(Status.Ok);
    }

    // AMBIENT-06: delivered to whatever runs Python code on the thread first, be it another context than the one that was running.
    private static void DeliverAsync(Semantics semantics, ref State state)
    {
        if (state.Threads[state.Active].Async != 0)
        {
            DeliverWaiting(semantics, ref state);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DeliverWaiting(Semantics semantics, ref State state)
    {
        ref ThreadState thread = ref state.Threads[state.Active];
        if (!state.Detached && !state.Finalizing && thread.Pending == 0
            && (semantics.AlwaysRunsPython || state.Alphabet == Alphabet.Switcher || !thread.Flow.Frames.IsEmpty)
            && HasRoomForHandler(in thread.Flow))
        {
            int exception = thread.Async;
            thread.Async = 0;
            if (Except(semantics, ref state, exception).Status != Status.Ok)
            {
                thread.Async = (byte)exception; // no level left for a handler: it waits
            }
        }
    }

    private static Outcome PassBaton(ref State state, int thread)
    {
        if (state.Alphabet == Alphabet.Switcher && thread == 2)
        {
            return Ended(Status.Inapplicable); // a switcher is loaded into one interpreter
        }

        state.Active = (byte)thread;
        return Ended(Status.Ok);
    }

    // AMBIENT-07.
    private static Outcome ExitThread(Semantics semantics, ref State state)
    {
        int thread = state.Active;
        bool fromSpawned = state.Alphabet == Alphabet.Switcher && state.Threads[thread].Current != 4;
        if (thread == 0 || fromSpawned)
        {
            return Ended(Status.Inapplicable);
        }

        Unwind(semantics, ref state, ref state.Threads[thread].Flow);
        Replace(semantics, ref state, thread, Op.ExitThread);
        state.Active = 0;
        return Ended(Status.Ok);
    }

    // AMBIENT-09: the forking thread goes on; the others are gone without having unwound anything.
    private static Outcome Fork(Semantics semantics, ref State state)
    {
        if (state.Active != 0)
        {
            return Ended(Status.Inapplicable);
        }

        for (int t = 1; t < 3; t++)
        {
            state.AbandonedFrames += (byte)state.Threads[t].Flow.Frames.Count;
            Replace(semantics, ref state, t, Op.Fork);
        }

        return Ended(Status.Ok);
    }

    // A thread is gone and a fresh one with a new unique id takes its place.
    private static void Replace(Semantics semantics, ref State state, int thread, Op by)
    {
        for (int s = 0; s < 5; s++)
        {
            if (state.Slots[s].Thread == thread)
            {
                Strand(semantics, ref state, ref state.Slots[s], by);
            }
        }

        state.Threads[thread] = State.NewThread(semantics, thread);
        if (state.Alphabet == Alphabet.Switcher && thread == 1)
        {
            state.Slots[4] = new Slot { Status = SlotStatus.Running, Thread = 1, Parent = 4 };
        }
    }

    // AMBIENT-08.
    private static Outcome BeginFinalizing(Semantics semantics, ref State state)
    {
        for (int s = 0; s < 5; s++)
        {
            if (State.InterpreterOf(state.Slots[s].Thread) == State.InterpreterOf(state.Active))
            {
                Strand(semantics, ref state, ref state.Slots[s], Op.Finalize);
            }
        }

        state.Finalizing = true;
        return Ended(Status.Ok);
    }

    // What becomes of a saved state when its thread or interpreter ends: abandoned with frames, released without.
    private static void Strand(Semantics semantics, ref State state, ref Slot slot, Op by)
    {
        if (slot.Status is SlotStatus.Running or SlotStatus.Born)
        {
            slot.Status = SlotStatus.Abandoned;
        }
        else if (slot.Status == SlotStatus.Live && (semantics.AlwaysRunsPython || !slot.Flow.Frames.IsEmpty))
        {
            Abandon(ref state, ref slot, by);
            slot.Status = SlotStatus.Abandoned;
        }
        else if (slot.Status == SlotStatus.Live)
        {
            Unwind(semantics, ref state, ref slot.Flow);
            slot.Flow = default;
            slot.Status = state.Alphabet == Alphabet.Switcher ? SlotStatus.Abandoned : SlotStatus.Discarded;
        }
    }

    // Its references leak, no code runs, and it is counted (design decision 6).
    private static void Abandon(ref State state, ref Slot slot, Op by)
    {
        state.LastAbandonedBy = by;
        state.AbandonedFrames += (byte)slot.Flow.Frames.Count;
        state.AbandonedStates++;
        slot.Flow = default;
    }

    private static int FramesAlive(in State state)
    {
        int frames = state.AbandonedFrames;
        for (int t = 0; t < 3; t++)
        {
            frames += state.Threads[t].Flow.Frames.Count;
        }

        for (int s = 0; s < 5; s++)
        {
            frames += state.Slots[s].Flow.Frames.Count;
        }

        for (int g = 0; g < 2; g++)
        {
            // A running generator's frame is counted where it runs.
            frames += state.Generators[g].Exists && !state.Generators[g].Running ? 1 : 0;
        }

        return frames;
    }
}
