namespace PyState.Spec.Model;

// The switcher's alphabet: every operation is a composition of Save and Restore, and of a fresh flow that begins in the ready state.
public static partial class Machine
{
    private static Outcome Spawn(ref State state, int c)
    {
        if (state.Slots[c].Status is not (SlotStatus.None or SlotStatus.Finished))
        {
            return Ended(Status.Inapplicable);
        }

        byte current = state.Threads[state.Active].Current;
        state.Slots[c] = new Slot { Status = SlotStatus.Born, Thread = state.Active, Parent = current, Resumer = current };
        return Ended(Status.Ok);
    }

    private static Outcome Switch(Semantics semantics, ref State state, int c)
    {
        Slot target = state.Slots[c];
        if (c == state.Threads[state.Active].Current)
        {
            return Ended(Status.Ok); // SWITCH-02
        }

        if (target.Status is SlotStatus.None or SlotStatus.Finished)
        {
            return Ended(Status.Inapplicable);
        }

        if (IsElsewhere(in state, in target))
        {
            return Ended(Status.Refused); // SWITCH-07
        }

        Transfer(semantics, ref state, c);
        return Ended(Status.Ok);
    }

    private static Outcome Throw(Semantics semantics, ref State state, int c, int exception)
    {
        Slot target = state.Slots[c];
        if (c == state.Threads[state.Active].Current || target.Status is SlotStatus.None or SlotStatus.Finished)
        {
            return Ended(Status.Inapplicable);
        }

        if (IsElsewhere(in state, in target))
        {
            return Ended(Status.Refused);
        }

        if (target.Status == SlotStatus.Born || !HasRoomForHandler(in target.Flow))
        {
            return Ended(Status.Inapplicable);
        }

        Transfer(semantics, ref state, c);
        return Except(semantics, ref state, exception);
    }

    private static bool IsElsewhere(in State state, in Slot target) =>
        target.Thread != state.Active || target.Status is SlotStatus.Abandoned or SlotStatus.Running;

    private static Outcome Walk(in State state, int c) =>
        state.Slots[c].Status != SlotStatus.Live ? Ended(Status.Inapplicable) : new Outcome(Status.Ok, shows: (byte)(1 + c));

    // Save of the running flow into its own slot, then Restore of the other or the start of a fresh one.
    private static void Transfer(Semantics semantics, ref State state, int c)
    {
        ref ThreadState thread = ref state.Threads[state.Active];
        byte from = thread.Current;
        state.Slots[from].Flow = thread.Flow;
        state.Slots[from].Status = SlotStatus.Live;
        state.Slots[from].Flow.Changed = Changes.None;
        state.Slots[from].AtSave = state.WideNow();
        Arrive(semantics, ref state, c, ref state.Slots[from].Flow);
        state.Slots[c].Resumer = from;
    }

    // Control arrives at c; what ran before has been put away in `previous`.
    private static void Arrive(Semantics semantics, ref State state, int c, ref Flow previous)
    {
        ref ThreadState thread = ref state.Threads[state.Active];
        ref Slot target = ref state.Slots[c];
        byte tracing = previous.Tracing;
        TakeOwnValues(semantics, ref thread, target.AtSave);
        if (target.Status == SlotStatus.Born)
        {
            thread.Flow = FreshFlow(semantics, ref state, ref previous);
        }
        else
        {
            thread.Flow = target.Flow;
            thread.Flow.Origin = Origin.Restored;
            thread.Flow.Changed = target.Flow.Changed | target.AtSave.Until(state.WideNow());
        }

        if (Deviates(semantics, Deviations.TracingNestingShared))
        {
            thread.Flow.Tracing = tracing;
        }

        target.Flow = default;
        target.Status = SlotStatus.Running;
        thread.Current = (byte)c;
    }

    // The ready state, but for the declared choices.
    private static Flow FreshFlow(Semantics semantics, ref State state, ref Flow starter)
    {
        int depth = semantics.Levels.Spawn + (semantics.FreshDepth == FreshDepth.Inherit ? starter.Depth : 0);
        return new Flow
        {
            Origin = Origin.Fresh,
            Depth = (short)depth,
            BaseDepth = (short)depth,
            CDepth = semantics.SeparateStacks ? (byte)0 : starter.CDepth,
            BaseCDepth = semantics.SeparateStacks ? (byte)0 : starter.CDepth,
            Context = semantics.FreshContext switch
            {
                FreshContext.Shared => starter.Context,
                FreshContext.Copy when starter.Context != 0 => NewContext(ref state, starter.Context),
                _ => 0,
            },
        };
    }

    // SWITCH-03, and SWITCH-04 where an exception leaves the context.
    private static Outcome Finish(Semantics semantics, ref State state, int exception)
    {
        ref ThreadState thread = ref state.Threads[state.Active];
        int current = thread.Current;
        if (current is 0 or 4)
        {
            return Ended(Status.Inapplicable);
        }

        int receiver = ReceiverOf(semantics, in state, current);
        if (exception != 0 && !HasRoomForHandler(in state.Slots[receiver].Flow))
        {
            return Ended(Status.Inapplicable);
        }

        Unwind(semantics, ref state, ref thread.Flow);
        Flow ended = thread.Flow;
        state.Slots[current].Status = SlotStatus.Finished;
        Inherit(ref state, current, state.Slots[current].Parent);
        Arrive(semantics, ref state, receiver, ref ended);
        return exception == 0 ? Ended(Status.Ok) : Except(semantics, ref state, exception);
    }

    // Whoever it is waits, on the same thread: Inherit has put another in the place of one that is dead.
    private static int ReceiverOf(Semantics semantics, in State state, int c) => semantics.FinishTo switch
    {
        FinishTo.Spawner => state.Slots[c].Parent,
        FinishTo.Resumer => state.Slots[c].Resumer,
        _ => state.Slots[c].Thread == 1 ? 4 : 0,
    };

    // The children of a dead context are its parent's from then on.
    private static void Inherit(ref State state, int dead, byte parent)
    {
        for (int s = 1; s <= 3; s++)
        {
            if (s != dead && state.Slots[s].Parent == dead)
            {
                state.Slots[s].Parent = parent;
            }

            if (state.Slots[s].Resumer == dead)
            {
                state.Slots[s].Resumer = (byte)(state.Slots[s].Thread == 1 ? 4 : 0);
            }
        }
    }

    // SWITCH-06: as if c had been resumed, had left every block and had ended; control is back where it was.
    private static Outcome Kill(Semantics semantics, ref State state, int c)
    {
        ref Slot target = ref state.Slots[c];
        byte current = state.Threads[state.Active].Current;
        if (target.Status is SlotStatus.None or SlotStatus.Finished || c == current)
        {
            return Ended(Status.Inapplicable);
        }

        if (IsElsewhere(in state, in target))
        {
            return Ended(Status.Refused);
        }

        if (IsAncestor(in state, c, current))
        {
            return Ended(Status.Inapplicable);
        }

        byte nested = target.Flow.Tracing;
        Unwind(semantics, ref state, ref target.Flow);
        if (Deviates(semantics, Deviations.TracingNestingShared))
        {
            // The thread has one counter: the victim's callbacks end on it. Its own copy is that of its last switch.
            ref Flow flow = ref state.Threads[state.Active].Flow;
            flow.Tracing = (byte)(flow.Tracing - (byte)(nested - target.Flow.Tracing));
        }

        target.Flow = default;
        target.Status = SlotStatus.Finished;
        Inherit(ref state, c, current);
        return Ended(Status.Ok);
    }

    private static bool IsAncestor(in State state, int c, int of)
    {
        for (int i = of; ; i = state.Slots[i].Parent)
        {
            if (i == c)
            {
                return true;
            }

            if (i is 0 or 4)
            {
                return c is 0 or 4;
            }
        }
    }

    // Deviations of values that are each context's own: those of a context that was never here before are as in a new thread state.
    private static void TakeOwnValues(Semantics semantics, ref ThreadState thread, WideValues own)
    {
        thread.Trace = Deviates(semantics, Deviations.TraceFunctionPerContext) ? own.Trace : thread.Trace;
        thread.Profile = Deviates(semantics, Deviations.ProfileFunctionPerContext) ? own.Profile : thread.Profile;
        thread.Local = Deviates(semantics, Deviations.ThreadLocalsPerContext) ? own.Local : thread.Local;
    }

    // The same deviations: what is set here is in force in no suspended context, and must not disturb what is in force there.
    private static void NoteForSuspended(Semantics semantics, ref State state, Deviations deviation, Changes change)
    {
        for (int s = 0; s < 5 && Deviates(semantics, deviation); s++)
        {
            if (state.Slots[s].Status == SlotStatus.Live && state.Slots[s].Thread == state.Active)
            {
                state.Slots[s].Flow.Changed |= change;
            }
        }
    }

    private static bool Deviates(Semantics semantics, Deviations deviation) => (semantics.Deviations & deviation) != 0;

    // Deviation FramesRunOn: the frames of the running context, then those of its thread's root.
    private static ByteStack ChainOf(in State state)
    {
        int root = state.Active == 1 ? 4 : 0;
        ByteStack own = state.Threads[state.Active].Flow.Frames;
        ByteStack rest = state.Slots[root].Flow.Frames; // none where it is the root that runs
        ByteStack chain = rest;
        for (int i = own.Count - 1; i >= 0; i--)
        {
            chain = chain.Push(own[i]);
        }

        return rest.Count + own.Count > ByteStack.Capacity ? chain.Truncated() : chain;
    }
}
