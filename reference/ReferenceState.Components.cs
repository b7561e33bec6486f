// The reference implementation: how each component but the frames moves out at Save (Take) and back at Restore (Give).
namespace PyState.Reference;

public sealed partial class ReferenceState
{
    private const ulong NoEvent = ulong.MaxValue;

    // READY-03, RESTORE-03, STACK-05, DERIVED-03. recursion_depth (<= 3.10) stays on the same C stack, because there Python calls use
    // it. From 3.11 on what remains is stored; the depth is kept, and what remains follows from the limit in force, even if negative.
    private static void TakeDepth(SimThread thread, ref SavedState state, CStackSpec next)
    {
        state.Depth = DepthOf(thread);
        if (next.IsNew || thread.Version >= CPythonVersion.V3_11)
        {
            SetDepth(thread, 0);
        }
    }

    private static void GiveDepth(SimThread thread, ref SavedState state) => SetDepth(thread, state.Depth);

    private static long DepthOf(SimThread thread) => thread.Version <= CPythonVersion.V3_10
        ? (long)thread.Load(Field.RecursionDepth)
        : thread.RecursionLimit - (long)thread.Load(Field.RecursionRemaining);

    private static void SetDepth(SimThread thread, long depth)
    {
        if (thread.Version <= CPythonVersion.V3_10)
        {
            thread.Store(Field.RecursionDepth, (ulong)depth);
        }
        else
        {
            thread.Store(Field.RecursionRemaining, (ulong)(thread.RecursionLimit - depth));
        }
    }

    // READY-08, RESTORE-08. overflowed and recursion_critical (<= 3.9), recursion_headroom (3.10 on).
    private static void TakeOverflowState(SimThread thread, ref SavedState state)
    {
        if (thread.Has(Field.Overflowed))
        {
            state.Overflow = thread.Load(Field.Overflowed);
            state.RecursionCritical = thread.Load(Field.RecursionCritical);
            thread.Store(Field.Overflowed, 0);
            thread.Store(Field.RecursionCritical, 0);
        }
        else
        {
            state.Overflow = thread.Load(Field.RecursionHeadroom);
            thread.Store(Field.RecursionHeadroom, 0);
        }
    }

    private static void GiveOverflowState(SimThread thread, ref SavedState state)
    {
        if (thread.Has(Field.Overflowed))
        {
            thread.Store(Field.Overflowed, state.Overflow);
            thread.Store(Field.RecursionCritical, state.RecursionCritical);
        }
        else
        {
            thread.Store(Field.RecursionHeadroom, state.Overflow);
        }
    }

    // READY-02, RESTORE-02. exc_state (owns) and exc_info (Include/cpython/pystate.h, _PyErr_StackItem). The thread's own item stays
    // where it is and only its value moves: items of running generators point to it.
    private static void TakeHandledExceptions(SimThread thread, ref SavedState state)
    {
        ulong item = thread.AddressOf(Field.ExcState);
        state.Exception = thread.Load(item, ExcItemOffset.Value);
        state.ExcInfo = thread.Load(Field.ExcInfo);
        thread.Store(item, ExcItemOffset.Value, 0);
        thread.Store(Field.ExcInfo, item);
    }

    private static void GiveHandledExceptions(SimThread thread, ref SavedState state)
    {
        thread.Store(thread.AddressOf(Field.ExcState), ExcItemOffset.Value, state.Exception);
        thread.Store(Field.ExcInfo, state.ExcInfo);
    }

    // READY-04, RESTORE-04, DERIVED-02. context (owned) and context_ver (Python/context.c): ContextVars cache by thread and version, so
    // every change of the Context object needs a new version.
    private static void TakeContext(SimThread thread, ref SavedState state)
    {
        state.Context = thread.Load(Field.Context);
        thread.Store(Field.Context, 0);
        thread.Store(Field.ContextVer, thread.Load(Field.ContextVer) + 1);
    }

    // Returns what the flow that has ended owned, for the caller to release as the very last thing.
    private static ulong GiveContext(SimThread thread, ref SavedState state)
    {
        ulong own = thread.Load(Field.Context);
        thread.Store(Field.Context, state.Context);
        thread.Store(Field.ContextVer, thread.Load(Field.ContextVer) + 1);
        return own;
    }

    // READY-07, RESTORE-07. trash_delete_nesting (<= 3.11), trash.delete_nesting (3.12).
    private static void TakeTrashNesting(SimThread thread, ref SavedState state)
    {
        if (thread.Has(Field.TrashDeleteNesting))
        {
            state.TrashNesting = thread.Load(Field.TrashDeleteNesting);
            thread.Store(Field.TrashDeleteNesting, 0);
        }
    }

    private static void GiveTrashNesting(SimThread thread, ref SavedState state)
    {
        if (thread.Has(Field.TrashDeleteNesting))
        {
            thread.Store(Field.TrashDeleteNesting, state.TrashNesting);
        }
    }

    // READY-05, READY-09, RESTORE-05, RESTORE-09. tracing; tracing_what (3.11), what_event (3.12 on). The functions are thread-wide.
    private static void TakeTracing(SimThread thread, ref SavedState state)
    {
        state.Tracing = thread.Load(Field.Tracing);
        thread.Store(Field.Tracing, 0);
        if (thread.Has(Field.TraceEvent))
        {
            state.TraceEvent = thread.Load(Field.TraceEvent);
            thread.Store(Field.TraceEvent, thread.Version == CPythonVersion.V3_11 ? 0 : NoEvent);
        }

        state.InstrumentationVersion = thread.InstrumentationVersion;
        UpdateUseTracing(thread);
    }

    private static void GiveTracing(SimThread thread, ref SavedState state)
    {
        thread.Store(Field.Tracing, state.Tracing);
        if (thread.Has(Field.TraceEvent))
        {
            thread.Store(Field.TraceEvent, state.TraceEvent);
        }

        UpdateUseTracing(thread);
    }

    // DERIVED-01. use_tracing (<= 3.9), cframe->use_tracing (3.10, 3.11): never copied, because the functions can have changed meanwhile.
    private static void UpdateUseTracing(SimThread thread)
    {
        if (thread.Version >= CPythonVersion.V3_12)
        {
            return;
        }

        bool on = thread.Load(Field.Tracing) == 0 && (thread.Load(Field.TraceFunc) | thread.Load(Field.ProfileFunc)) != 0;
        if (thread.Version <= CPythonVersion.V3_9)
        {
            thread.Store(Field.UseTracing, on ? 1UL : 0);
        }
        else
        {
            ulong mask = thread.Version == CPythonVersion.V3_11 ? 255UL : 1;
            thread.Store(thread.Load(Field.Cframe), CframeOffset.UseTracing, on ? mask : 0);
        }
    }

    // DERIVED-04. 3.12 on: a change of trace or profile function instruments the code of the frames that can be found on the threads'
    // stacks, and saved frames were not among them (Python/instrumentation.c, instrument_all_executing_code_objects).
    private static void GiveInstrumentation(SimThread thread, ref SavedState state)
    {
        if (thread.Version < CPythonVersion.V3_12 || thread.InstrumentationVersion == state.InstrumentationVersion)
        {
            return;
        }

        ulong none = thread.NoFrame();
        for (ulong frame = state.TopFrame; frame != 0 && frame != none; frame = thread.Load(frame, FrameOffset.Previous))
        {
            if (thread.Load(frame, FrameOffset.Label) != 0)
            {
                thread.Instrument(frame);
            }
        }
    }

    // READY-10, RESTORE-10. current_executor (3.14 on) is borrowed, and safe only while the interpreter finds it on a thread: a saved
    // state has to own it (Python/optimizer.c).
    private static void TakeExecutor(SimThread thread, ref SavedState state)
    {
        if (thread.Has(Field.CurrentExecutor))
        {
            state.Executor = thread.Load(Field.CurrentExecutor);
            thread.IncRef(state.Executor);
            thread.Store(Field.CurrentExecutor, 0);
        }
    }

    private static void GiveExecutor(SimThread thread, ref SavedState state)
    {
        if (thread.Has(Field.CurrentExecutor))
        {
            thread.Store(Field.CurrentExecutor, state.Executor);
            thread.DecRef(state.Executor);
        }
    }

    // STACK-01, STACK-02. c_recursion_remaining (3.12, 3.13) and the bounds (3.14 on) follow the C stack: in force as long as it is.
    private static void TakeCStack(SimThread thread, ref SavedState state, CStackSpec next)
    {
        state.CDepth = CDepthOf(thread);
        state.CStackTop = thread.Load(Field.CStackTop);
        state.CStackSoftLimit = thread.Load(Field.CStackSoftLimit);
        state.CStackHardLimit = thread.Load(Field.CStackHardLimit);
        if (!next.IsNew)
        {
            return;
        }

        SetCDepth(thread, 0);
        SetBounds(thread, CStackBounds.Top(next.Low, next.Size), CStackBounds.SoftLimit(next.Low), CStackBounds.HardLimit(next.Low));
    }

    private static void GiveCStack(SimThread thread, ref SavedState state)
    {
        SetCDepth(thread, state.CDepth);
        SetBounds(thread, state.CStackTop, state.CStackSoftLimit, state.CStackHardLimit);
    }

    private static long CDepthOf(SimThread thread) =>
        thread.Has(Field.CRecursionRemaining) ? SimThread.CRecursionLimit - (long)thread.Load(Field.CRecursionRemaining) : 0;

    private static void SetCDepth(SimThread thread, long depth)
    {
        if (thread.Has(Field.CRecursionRemaining))
        {
            thread.Store(Field.CRecursionRemaining, (ulong)(SimThread.CRecursionLimit - depth));
        }
    }

    private static void SetBounds(SimThread thread, ulong top, ulong softLimit, ulong hardLimit)
    {
        if (thread.Has(Field.CStackTop))
        {
            thread.Store(Field.CStackTop, top);
            thread.Store(Field.CStackSoftLimit, softLimit);
            thread.Store(Field.CStackHardLimit, hardLimit);
        }
    }

    // last_profiled_frame and its sequence number (3.15): a profiler that samples from outside must not go on in another flow's frames.
    private static void ForgetProfilerFrame(SimThread thread)
    {
        if (thread.Has(Field.LastProfiledFrame))
        {
            thread.Store(Field.LastProfiledFrame, 0);
            thread.Store(Field.LastProfiledFrameSeq, thread.Load(Field.LastProfiledFrameSeq) + 1);
        }
    }
}
