// The data stack of 3.11 and later: chunks that are pushed and popped, never moved.
using System.Runtime.CompilerServices;

namespace PyState.Reference;

/// <summary>Where frames of Python functions live (<c>_PyThreadState_PushFrame</c> and <c>_PyThreadState_PopFrame</c>, Python/pystate.c).</summary>
internal sealed class DataStack(Memory memory, Heap heap)
{
    /// <summary>Room for one frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Push(SimThread thread)
    {
        ulong chunk = thread.Load(Field.DataStackChunk);
        ulong top = thread.Load(Field.DataStackTop);
        ulong limit = thread.Load(Field.DataStackLimit);
        bool isRight = chunk == 0
            ? (top | limit) == 0
            : memory.Load(chunk) == (ulong)ObjectKind.Chunk // the first touch of a chunk that may have been freed; the rest is what debug builds assert
                && limit == chunk + ChunkOffset.Data + ChunkOffset.DataWords && top >= chunk + ChunkOffset.Data && top <= limit;
        if (!isRight)
        {
            memory.Report(Fault.DataStackCorrupt, top);
            top = 0; // nothing is written there
        }

        if (top == 0 || top + FrameOffset.Words > limit)
        {
            top = PushChunk(thread, top);
        }

        thread.Set(Field.DataStackTop, top + FrameOffset.Words);
        memory.Fill(top, FrameOffset.Words, 0);
        return top;
    }

    /// <summary>Gives back the frame that was pushed last, and its chunk if it was the first there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Pop(SimThread thread, ulong frame)
    {
        ulong chunk = thread.Load(Field.DataStackChunk);
        ulong data = chunk + ChunkOffset.Data;
        if (chunk == 0 || frame < data || frame + FrameOffset.Words != thread.Load(Field.DataStackTop))
        {
            memory.Report(Fault.DataStackCorrupt, frame);
            return;
        }

        memory.Fill(frame, FrameOffset.Words, Memory.Freed);
        if (frame != data)
        {
            thread.Set(Field.DataStackTop, frame);
        }
        else
        {
            PopChunk(thread, chunk);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PopChunk(SimThread thread, ulong chunk)
    {
        ulong previous = memory.Load(chunk + ChunkOffset.Previous);
        thread.Set(Field.DataStackTop, previous + ChunkOffset.Data + memory.Load(previous + ChunkOffset.Top));
        thread.Set(Field.DataStackLimit, previous + ChunkOffset.Data + ChunkOffset.DataWords);
        thread.Set(Field.DataStackChunk, previous);
        FreeOrCache(thread, chunk);
    }

    /// <summary>Frames in use.</summary>
    internal int Count(SimThread.Fields fields)
    {
        ulong chunk = fields[Field.DataStackChunk];
        if (chunk == 0)
        {
            return 0;
        }

        int frames = Frames(fields[Field.DataStackTop] - chunk - ChunkOffset.Data);
        for (int bound = 0; bound < Evaluator.MaxChain && (chunk = memory.Load(chunk + ChunkOffset.Previous)) != 0; bound++)
        {
            frames += Frames(memory.Load(chunk + ChunkOffset.Top));
        }

        return frames;
    }

    /// <summary>How many frames these words are; of a data stack that is corrupt, any number.</summary>
    internal static int Frames(ulong words) => (int)((uint)words / FrameOffset.Words);

    /// <summary>Frees all chunks of a thread state that is going away.</summary>
    internal void Release(SimThread thread)
    {
        ulong chunk = thread.Load(Field.DataStackChunk);
        while (chunk != 0 && memory.Fault == Fault.None)
        {
            ulong previous = memory.Load(chunk + ChunkOffset.Previous);
            heap.Free(chunk, ObjectKind.Chunk);
            chunk = previous;
        }
    }

    /// <summary>Frees the interpreter's own spare chunk.</summary>
    internal void ReleaseCached(SimThread thread)
    {
        ulong cached = Cached(thread);
        if (cached != 0)
        {
            heap.Free(cached, ObjectKind.Chunk);
        }
    }

    // The root chunk leaves its first word unused: no frame of it is ever the one that frees the chunk.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong PushChunk(SimThread thread, ulong top)
    {
        ulong previous = thread.Load(Field.DataStackChunk);
        ulong chunk = TakeCached(thread);
        memory.Store(chunk + ChunkOffset.Previous, previous);
        if (previous != 0)
        {
            memory.Store(previous + ChunkOffset.Top, top - previous - ChunkOffset.Data);
        }

        thread.Set(Field.DataStackChunk, chunk);
        thread.Set(Field.DataStackLimit, chunk + ChunkOffset.Data + ChunkOffset.DataWords);
        return chunk + ChunkOffset.Data + (previous == 0 ? 1UL : 0UL);
    }

    // 3.14 on: one chunk is kept, so that a call at the edge of a chunk does not allocate and free for ever.
    private ulong TakeCached(SimThread thread)
    {
        ulong cached = Cached(thread);
        if (cached != 0 && memory.Load(cached) != (ulong)ObjectKind.Chunk)
        {
            memory.Report(Fault.DataStackCorrupt, cached);
            cached = 0;
        }

        if (cached == 0)
        {
            return heap.Allocate(ObjectKind.Chunk);
        }

        thread.Set(Field.DataStackCachedChunk, 0);
        return cached;
    }

    // Where a version lacks the field, others have something else there.
    private static ulong Cached(SimThread thread) => thread.Has(Field.DataStackCachedChunk) ? thread.Load(Field.DataStackCachedChunk) : 0;

    private void FreeOrCache(SimThread thread, ulong chunk)
    {
        if (thread.Has(Field.DataStackCachedChunk) && thread.Load(Field.DataStackCachedChunk) == 0)
        {
            thread.Set(Field.DataStackCachedChunk, chunk);
        }
        else
        {
            heap.Free(chunk, ObjectKind.Chunk);
        }
    }
}
