namespace PyState.Spec.Model;

// The API's alphabet: Save, Restore, Discard, the death of a handle, and introspection. In each, the checks come in the normative order,
// all of them before the first write; what follows the checks cannot fail.
public static partial class Machine
{
    private static Outcome CallApi(Semantics semantics, ref State state, Command command)
    {
        if (command.Op == Op.Abandoned)
        {
            return Probed(state.AbandonedStates); // reads a counter: answers always
        }

        if (state.Detached)
        {
            return Ended(Status.Detached);
        }

        if (state.Finalizing && command.Op != Op.Drop)
        {
            return Ended(Status.Finalizing);
        }

        ref Slot slot = ref state.Slots[command.A];
        bool isHandle = slot.Status is not (SlotStatus.None or SlotStatus.Dropped);
        if (command.Op == Op.New)
        {
            return isHandle ? Ended(Status.Inapplicable) : New(ref slot, state.Active, command.B != 0);
        }

        if (!isHandle)
        {
            return Ended(Status.InvalidHandle); // HANDLE-01
        }

        return command.Op switch
        {
            Op.Save => Save(semantics, ref state, ref slot, command.B),
            Op.Drop => Drop(semantics, ref state, ref slot),
            _ => OnLive(semantics, ref state, ref slot, command),
        };
    }

    private static Outcome New(ref Slot slot, byte thread, bool fails)
    {
        if (fails)
        {
            return Ended(Status.NoMemory); // HANDLE-04
        }

        slot = new Slot { Status = SlotStatus.Empty, Thread = thread };
        return Ended(Status.Ok);
    }

    private static Outcome Save(Semantics semantics, ref State state, ref Slot slot, int stack)
    {
        ref ThreadState thread = ref state.Threads[state.Active];
        if (slot.Status != SlotStatus.Empty)
        {
            return Ended(Status.NotEmpty); // SAVE-04
        }

        if (thread.Pending != 0)
        {
            return Ended(Status.Pending); // SAVE-03
        }

        if (stack == 2)
        {
            return Ended(Status.BadStack); // STACK-03
        }

        bool same = stack == 0;
        slot = new Slot { Status = SlotStatus.Live, Thread = state.Active, Flow = thread.Flow, AtSave = state.WideNow() };
        short depth = same && semantics.DepthIsStackBound ? thread.Flow.Depth : (short)0;
        byte cdepth = same ? thread.Flow.CDepth : (byte)0;
        thread.Flow = new Flow { Origin = Origin.Fresh, Depth = depth, BaseDepth = depth, CDepth = cdepth, BaseCDepth = cdepth };
        return Ended(Status.Ok);
    }

    // The death of a handle object. HANDLE-03.
    private static Outcome Drop(Semantics semantics, ref State state, ref Slot slot)
    {
        bool elsewhere = State.InterpreterOf(slot.Thread) != State.InterpreterOf(state.Active);
        if (slot.Status == SlotStatus.Live && (elsewhere || !slot.Flow.Frames.IsEmpty))
        {
            Abandon(ref state, ref slot, Op.Drop);
        }

        Unwind(semantics, ref state, ref slot.Flow);
        slot = new Slot { Status = SlotStatus.Dropped };
        return Ended(Status.Ok);
    }

    // Every operation below needs a live state of this interpreter.
    private static Outcome OnLive(Semantics semantics, ref State state, ref Slot slot, Command command)
    {
        Status lifecycle = slot.Status switch
        {
            SlotStatus.Empty => Status.NotSaved,
            SlotStatus.Consumed => Status.Consumed,
            SlotStatus.Discarded => Status.Discarded,
            SlotStatus.Abandoned => Status.Abandoned,
            _ => Status.Ok,
        };
        if (lifecycle != Status.Ok)
        {
            return Ended(lifecycle);
        }

        if (State.InterpreterOf(slot.Thread) != State.InterpreterOf(state.Active))
        {
            return Ended(Status.WrongInterpreter);
        }

        return command.Op switch
        {
            Op.Restore => Restore(semantics, ref state, ref slot),
            Op.Discard => Discard(semantics, ref state, ref slot),
            Op.Top => new Outcome(Status.Ok, shows: (byte)(1 + command.A)),
            Op.GetContext => GetContext(ref state, ref slot, command.B),
            Op.SetContext => SetContext(ref state, ref slot, command.B),
            Op.Traverse => Probed(OwnedReferences(semantics, in slot.Flow)),
            _ => Clear(ref slot),
        };
    }

    private static Outcome Restore(Semantics semantics, ref State state, ref Slot slot)
    {
        ref ThreadState thread = ref state.Threads[state.Active];
        if (slot.Thread != state.Active)
        {
            return Ended(Status.WrongThread); // RESTORE-18
        }

        if (thread.Pending != 0)
        {
            return Ended(Status.Pending); // RESTORE-19
        }

        Status quiescence = Quiescence(in thread.Flow);
        if (quiescence != Status.Ok)
        {
            return Ended(quiescence);
        }

        Unwind(semantics, ref state, ref thread.Flow); // blocks without a frame: the switcher has ended them (OBL)
        thread.Flow = slot.Flow;
        thread.Flow.Origin = Origin.Restored;
        thread.Flow.Changed = slot.AtSave.Until(state.WideNow());
        slot = new Slot { Status = SlotStatus.Consumed, Thread = slot.Thread }; // RESTORE-25
        return Ended(Status.Ok);
    }

    private static Status Quiescence(in Flow flow) =>
        !flow.Frames.IsEmpty ? Status.HasFrames // RESTORE-20
        : flow.Handled.Top != 0 ? Status.Handling // RESTORE-21
        : flow.Depth != flow.BaseDepth || flow.CDepth != flow.BaseCDepth ? Status.InRecursion // RESTORE-22
        : flow.Tracing != 0 ? Status.Tracing // RESTORE-23
        : Status.Ok;

    private static Outcome Discard(Semantics semantics, ref State state, ref Slot slot)
    {
        if (!slot.Flow.Frames.IsEmpty)
        {
            return Ended(Status.HasFrames); // DISCARD-02
        }

        Unwind(semantics, ref state, ref slot.Flow);
        slot = new Slot { Status = SlotStatus.Discarded, Thread = slot.Thread };
        return Ended(Status.Ok);
    }

    private static Outcome GetContext(ref State state, ref Slot slot, int k)
    {
        if (!OwnsSharedObjects(in state) || IsEntered(in state, state.UserContext[k]))
        {
            return Ended(Status.Inapplicable);
        }

        if (slot.Flow.Context == 0)
        {
            return Probed(0);
        }

        state.UserContext[k] = slot.Flow.Context;
        return Probed(1);
    }

    private static Outcome SetContext(ref State state, ref Slot slot, int k)
    {
        if (k == 3)
        {
            return Ended(Status.NotAContext);
        }

        if (k < 2 && !OwnsSharedObjects(in state))
        {
            return Ended(Status.Inapplicable);
        }

        if (IsEntered(in state, slot.Flow.Context) || (k < 2 && IsEntered(in state, state.UserContext[k])))
        {
            return Ended(Status.Entered); // INTRO-04
        }

        slot.Flow.Context = k == 2 ? (byte)0 : UserContextOf(ref state, k);
        return Ended(Status.Ok);
    }

    // INTRO-05: the Context object, the exception in the thread's own exc_state, the executor. Frames are owned by their stacks.
    private static int OwnedReferences(Semantics semantics, in Flow flow) =>
        (flow.Context != 0 ? 1 : 0) + (HandlesOutsideGenerators(in flow) ? 1 : 0) + (semantics.HasExecutor && flow.Executor != 0 ? 1 : 0);

    // The thread's own exc_state holds what the innermost handler outside of every generator handles.
    private static bool HandlesOutsideGenerators(in Flow flow)
    {
        int handlers = 0;
        int innermost = -1;
        for (int i = 0; i < flow.Blocks.Count; i++)
        {
            BlockKind kind = new Block(flow.Blocks[i]).Kind;
            if (kind == BlockKind.Generator)
            {
                innermost = -1;
            }
            else if (kind == BlockKind.Handler)
            {
                innermost = innermost < 0 ? handlers : innermost;
                handlers++;
            }
        }

        return innermost >= 0 && flow.Handled[innermost] != 0;
    }

    private static Outcome Clear(ref Slot slot)
    {
        if (slot.Flow.Frames.IsEmpty) // INTRO-06
        {
            slot.Flow.Context = 0;
            slot.Flow.Handled = slot.Flow.Handled.Pop().Push(0); // those of outer handlers are owned by their C frames
        }

        return Ended(Status.Ok);
    }
}
