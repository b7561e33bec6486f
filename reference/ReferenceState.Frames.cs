// The reference implementation: how frames and the data stack they live on move out at Save (Take) and back at Restore (Give).
namespace PyState.Reference;

public sealed partial class ReferenceState
{
    // READY-01, RESTORE-01, STACK-04. frame (<= 3.10), cframe (3.10-3.12, Include/cpython/pystate.h), current_frame (3.13 on).
    // The cframe that stays behind must be the root cframe: the one in force lies on the C stack that is about to be vacated.
    private static void TakeFrames(SimThread thread, ref SavedState state)
    {
        state.TopFrame = thread.TopFrame();
        if (thread.Version >= CPythonVersion.V3_12)
        {
            state.EntryFrames = SpliceEntryFrames(thread, state.TopFrame);
        }

        if (thread.Has(Field.Frame))
        {
            thread.Store(Field.Frame, 0);
        }

        if (thread.Has(Field.Cframe))
        {
            state.Cframe = thread.Load(Field.Cframe);
            thread.Store(Field.Cframe, thread.AddressOf(Field.RootCframe));
        }

        if (thread.Has(Field.CurrentFrame))
        {
            // NULL up to 3.14; 3.15 ends every chain with base_frame, and code that unwinds from outside relies on it.
            thread.Store(Field.CurrentFrame, thread.NoFrame());
        }
    }

    private static void GiveFrames(SimThread thread, ref SavedState state)
    {
        if (thread.Has(Field.Frame))
        {
            thread.Store(Field.Frame, state.TopFrame);
        }

        if (thread.Has(Field.Cframe))
        {
            // On 3.11 and 3.12 the innermost frame is in the cframe, on the C stack that has come back.
            thread.Store(Field.Cframe, state.Cframe);
        }

        if (thread.Has(Field.CurrentFrame) && state.TopFrame != 0)
        {
            thread.Store(Field.CurrentFrame, state.TopFrame);
        }

        UnspliceEntryFrames(thread, state.EntryFrames);
    }

    // FRAME-01. 3.12 on: frames of Python functions that were entered from C are linked through entry frames on the C stack
    // (Python/ceval.c, entry_frame). Whoever walks the chain while that stack is vacated would follow them, so they are linked past.
    // Each keeps in words of its own that the interpreter does not use there which frame it belongs below and which one is next:
    // nothing is allocated.
    private static ulong SpliceEntryFrames(SimThread thread, ulong top)
    {
        ulong none = thread.NoFrame();
        ulong first = 0;
        ulong last = 0;
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

    private static void UnspliceEntryFrames(SimThread thread, ulong entry)
    {
        while (entry != 0)
        {
            thread.Store(thread.Load(entry, FrameOffset.Instrumentation), FrameOffset.Previous, entry);
            entry = thread.Load(entry, FrameOffset.Spare);
        }
    }

    // READY-06, RESTORE-06, RESTORE-24. datastack_chunk, _top, _limit (3.11 on; Python/pystate.c, push_chunk). A flow that has ended
    // leaves one empty root chunk; kept for the next fresh flow, it makes starting one some 40 times cheaper.
    private void TakeDataStack(SimThread thread, ref SavedState state)
    {
        if (!thread.Has(Field.DataStackChunk))
        {
            return;
        }

        state.DataStackChunk = thread.Load(Field.DataStackChunk);
        state.DataStackTop = thread.Load(Field.DataStackTop);
        state.DataStackLimit = thread.Load(Field.DataStackLimit);
        ulong chunk = _spareChunk[thread.Index];
        _spareChunk[thread.Index] = 0;
        ulong data = chunk == 0 ? 0 : chunk + ChunkOffset.Data;
        thread.Store(Field.DataStackChunk, chunk);
        thread.Store(Field.DataStackTop, chunk == 0 ? 0 : data + 1);
        thread.Store(Field.DataStackLimit, chunk == 0 ? 0 : data + ChunkOffset.DataWords);
    }

    private void GiveDataStack(SimThread thread, ref SavedState state)
    {
        if (!thread.Has(Field.DataStackChunk))
        {
            return;
        }

        ulong leftover = thread.Load(Field.DataStackChunk);
        thread.Store(Field.DataStackChunk, state.DataStackChunk);
        thread.Store(Field.DataStackTop, state.DataStackTop);
        thread.Store(Field.DataStackLimit, state.DataStackLimit);
        if (leftover != 0)
        {
            KeepOrFreeChunk(thread, leftover);
        }
    }

    private void KeepOrFreeChunk(SimThread thread, ulong chunk)
    {
        if (thread.Has(Field.DataStackCachedChunk))
        {
            // 3.14 on the interpreter itself keeps a spare one, thread-wide, and push_chunk takes it.
            if (thread.Load(Field.DataStackCachedChunk) == 0)
            {
                thread.Store(Field.DataStackCachedChunk, chunk);
                return;
            }
        }
        else if (_spareChunk[thread.Index] == 0)
        {
            _spareChunk[thread.Index] = chunk;
            return;
        }

        thread.FreeChunk(chunk);
    }
}
