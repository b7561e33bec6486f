// How each component moves out at Save and back at Restore. Which fields a CPython version has differs: Has() says.

using PyState.Reference;

namespace Plugin;

public sealed partial class Plugin
{
    // Components that move as they are: their ready value is 0, and a version that lacks one has nothing to move.
    private static readonly Field[] Plain =
    [
        // [left to you: READY-05, READY-07, READY-08 and their RESTOREs: name the fields of tracing, the trashcan and overflow recovery]
        Field.Tracing, Field.TrashDeleteNesting, Field.Overflowed, Field.RecursionCritical, Field.RecursionHeadroom,
        // [until here]
    ];

    private void Take(SimThread thread, State state, CStackSpec next)
    {
        // READY-01, STACK-04. The cframe in force lies on the C stack: the root cframe stays behind.
        state.Frame = thread.TopFrame();
        state.EntryFrames = thread.Version >= CPythonVersion.V3_12 ? Splice(thread, state.Frame) : 0;
        state.Cframe = thread.Load(Field.Cframe);
        SetIfThere(thread, Field.Frame, 0);
        SetIfThere(thread, Field.Cframe, thread.AddressOf(Field.RootCframe));
        SetIfThere(thread, Field.CurrentFrame, thread.NoFrame());

        // READY-06. A chunk that a flow has left is the next one's.
        if (thread.Has(Field.DataStackChunk))
        {
            (state.Chunk, state.ChunkTop, state.ChunkLimit) = (thread.Load(Field.DataStackChunk), thread.Load(Field.DataStackTop), thread.Load(Field.DataStackLimit));
            ulong spare = threads[thread.Index].SpareChunk;
            threads[thread.Index].SpareChunk = 0;
            SetDataStack(thread, spare, spare == 0 ? 0 : spare + ChunkOffset.Data + 1, spare == 0 ? 0 : spare + ChunkOffset.Data + ChunkOffset.DataWords);
        }

        // READY-03, STACK-05. Up to 3.10 Python calls use C stack, and the depth stays with it.
        state.Depth = DepthOf(thread);
        if (next.IsNew || thread.Version >= CPythonVersion.V3_11)
        {
            SetDepth(thread, 0);
        }

        // READY-02. The thread's own item stays where it is and only its value moves: items of running generators point to it.
        ulong item = thread.AddressOf(Field.ExcState);
        state.Exception = thread.Load(item, ExcItemOffset.Value);
        state.ExcInfo = thread.Load(Field.ExcInfo);
        thread.Store(item, ExcItemOffset.Value, 0);
        thread.Store(Field.ExcInfo, item);

        // READY-04, DERIVED-02. ContextVars cache by thread and version.
        state.Context = thread.Load(Field.Context);
        thread.Store(Field.Context, 0);
        thread.Store(Field.ContextVer, thread.Load(Field.ContextVer) + 1);

        for (int i = 0; i < Plain.Length; i++)
        {
            state.Plain[i] = thread.Load(Plain[i]);
            SetIfThere(thread, Plain[i], 0);
        }

        // READY-09.
        state.TraceEvent = thread.Load(Field.TraceEvent);
        SetIfThere(thread, Field.TraceEvent, thread.Version == CPythonVersion.V3_11 ? 0 : ulong.MaxValue);
        state.InstrumentationVersion = thread.InstrumentationVersion;
        UpdateUseTracing(thread);

        // [left to you: READY-10: current_executor is borrowed; a saved state has to own it (Restore releases state.Executor)]
        state.Executor = thread.Load(Field.CurrentExecutor);
        thread.IncRef(state.Executor);
        SetIfThere(thread, Field.CurrentExecutor, 0);
        // [until here]

        // STACK-01, STACK-02. What follows the C stack is in force as long as the stack is.
        state.CDepth = CDepthOf(thread);
        (state.Top, state.SoftLimit, state.HardLimit) = (thread.Load(Field.CStackTop), thread.Load(Field.CStackSoftLimit), thread.Load(Field.CStackHardLimit));
        if (next.IsNew)
        {
            SetCDepth(thread, 0);
            SetBounds(thread, CStackBounds.Top(next.Low, next.Size), CStackBounds.SoftLimit(next.Low), CStackBounds.HardLimit(next.Low));
        }

        ForgetProfiledFrame(thread);
    }

    private void Give(SimThread thread, State state)
    {
        thread.Store(Field.Context, state.Context);
        thread.Store(Field.ContextVer, thread.Load(Field.ContextVer) + 1);
        SetIfThere(thread, Field.Frame, state.Frame);
        SetIfThere(thread, Field.Cframe, state.Cframe);
        if (state.Frame != 0)
        {
            SetIfThere(thread, Field.CurrentFrame, state.Frame);
        }

        Unsplice(thread, state.EntryFrames);
        if (thread.Has(Field.DataStackChunk))
        {
            ulong left = thread.Load(Field.DataStackChunk);
            SetDataStack(thread, state.Chunk, state.ChunkTop, state.ChunkLimit);
            KeepOrFree(thread, left);
        }

        SetDepth(thread, state.Depth);
        thread.Store(thread.AddressOf(Field.ExcState), ExcItemOffset.Value, state.Exception);
        thread.Store(Field.ExcInfo, state.ExcInfo);
        for (int i = 0; i < Plain.Length; i++)
        {
            SetIfThere(thread, Plain[i], state.Plain[i]);
        }

        SetIfThere(thread, Field.TraceEvent, state.TraceEvent);
        UpdateUseTracing(thread);
        // [left to you: RESTORE-10: give current_executor back]
        SetIfThere(thread, Field.CurrentExecutor, state.Executor);
        // [until here]
        SetCDepth(thread, state.CDepth);
        SetBounds(thread, state.Top, state.SoftLimit, state.HardLimit);
        Instrument(thread, state);
        ForgetProfiledFrame(thread);
    }

    // 3.12 on: frames entered from C are linked through entry frames on the C stack, which is about to be vacated. Whoever walks the chain
    // must not meet them, so they are linked past (FRAME-01). Each keeps in two words that the interpreter does not use there which frame it
    // belongs below and which one is next.
    private static ulong Splice(SimThread thread, ulong top)
    {
        ulong none = thread.NoFrame();
        (ulong first, ulong last) = (0, 0);
        for (ulong frame = top; frame != 0 && frame != none;)
        {
            ulong below = thread.Load(frame, FrameOffset.Previous);
            if (below != 0 && below != none && thread.Load(below, FrameOffset.Label) == 0)
            {
                thread.Store(below, FrameOffset.Instrumentation, frame);
                if (last == 0)
                {
                    first = below;
                }
                else
                {
                    thread.Store(last, FrameOffset.Spare, below);
                }

                last = below;
                below = thread.Load(below, FrameOffset.Previous);
                thread.Store(frame, FrameOffset.Previous, below);
            }

            frame = below;
        }

        return first;
    }

    private static void Unsplice(SimThread thread, ulong entry)
    {
        for (; entry != 0; entry = thread.Load(entry, FrameOffset.Spare))
        {
            thread.Store(thread.Load(entry, FrameOffset.Instrumentation), FrameOffset.Previous, entry);
        }
    }

    // RESTORE-24. A flow that has ended leaves one empty chunk: 3.14 on has a place for it, before that it is kept here.
    private void KeepOrFree(SimThread thread, ulong chunk)
    {
        ref PerThread own = ref threads[thread.Index];
        if (chunk == 0)
        {
            return;
        }

        if (thread.Has(Field.DataStackCachedChunk) && thread.Load(Field.DataStackCachedChunk) == 0)
        {
            thread.Store(Field.DataStackCachedChunk, chunk);
        }
        else if (!thread.Has(Field.DataStackCachedChunk) && own.SpareChunk == 0)
        {
            own.SpareChunk = chunk;
        }
        else
        {
            thread.FreeChunk(chunk);
        }
    }

    // DERIVED-01. use_tracing, up to 3.11: the functions can have changed meanwhile, so that it is never copied.
    private static void UpdateUseTracing(SimThread thread)
    {
        bool on = thread.Load(Field.Tracing) == 0 && (thread.Load(Field.TraceFunc) | thread.Load(Field.ProfileFunc)) != 0;
        if (thread.Version <= CPythonVersion.V3_9)
        {
            thread.Store(Field.UseTracing, on ? 1UL : 0);
        }
        else if (thread.Version <= CPythonVersion.V3_11)
        {
            thread.Store(thread.Load(Field.Cframe), CframeOffset.UseTracing, !on ? 0 : thread.Version == CPythonVersion.V3_11 ? 255UL : 1);
        }
    }

    // DERIVED-04. 3.12 on: frames that were saved while a trace or profile function changed were not found and instrumented then.
    private static void Instrument(SimThread thread, State state)
    {
        if (thread.Version < CPythonVersion.V3_12 || thread.InstrumentationVersion == state.InstrumentationVersion)
        {
            return;
        }

        ulong none = thread.NoFrame();
        for (ulong frame = state.Frame; frame != 0 && frame != none; frame = thread.Load(frame, FrameOffset.Previous))
        {
            if (thread.Load(frame, FrameOffset.Label) != 0)
            {
                thread.Instrument(frame);
            }
        }
    }

    // 3.15: a profiler that samples from outside must not go on in another flow's frames.
    private static void ForgetProfiledFrame(SimThread thread)
    {
        if (thread.Has(Field.LastProfiledFrame))
        {
            thread.Store(Field.LastProfiledFrame, 0);
            thread.Store(Field.LastProfiledFrameSeq, thread.Load(Field.LastProfiledFrameSeq) + 1);
        }
    }

    private static void SetIfThere(SimThread thread, Field field, ulong value)
    {
        if (thread.Has(field))
        {
            thread.Store(field, value);
        }
    }

    private static void SetDataStack(SimThread thread, ulong chunk, ulong top, ulong limit)
    {
        thread.Store(Field.DataStackChunk, chunk);
        thread.Store(Field.DataStackTop, top);
        thread.Store(Field.DataStackLimit, limit);
    }

    // The depth is kept and what remains recomputed: the limit can have changed meanwhile (DERIVED-03).
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

    private static long CDepthOf(SimThread thread) =>
        thread.Has(Field.CRecursionRemaining) ? SimThread.CRecursionLimit - (long)thread.Load(Field.CRecursionRemaining) : 0;

    private static void SetCDepth(SimThread thread, long depth) =>
        SetIfThere(thread, Field.CRecursionRemaining, (ulong)(SimThread.CRecursionLimit - depth));

    private static void SetBounds(SimThread thread, ulong top, ulong softLimit, ulong hardLimit)
    {
        SetIfThere(thread, Field.CStackTop, top);
        SetIfThere(thread, Field.CStackSoftLimit, softLimit);
        SetIfThere(thread, Field.CStackHardLimit, hardLimit);
    }
}
