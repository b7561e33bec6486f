// What is kept of a saved flow.

namespace Plugin;

internal enum Life
{
    Free,
    Empty,
    Live,
    Consumed,
    Discarded,
    Abandoned,
}

/// <summary>One saved state. References are owned unless said otherwise.</summary>
internal sealed class State
{
    public Life Life;
    public uint Generation;

    /// <summary>What New allocated.</summary>
    public ulong Block;

    /// <summary>Whose it is.</summary>
    public int Interpreter;
    public ulong ThreadId;

    /// <summary>The innermost frame (borrowed), the cframe, and the entry frames that were linked past.</summary>
    public ulong Frame, Cframe, EntryFrames;

    public ulong Chunk, ChunkTop, ChunkLimit;
    public ulong Exception, ExcInfo, Context, Executor;
    public long Depth, CDepth;

    /// <summary>Where the saved flow itself began.</summary>
    public long BaseDepth, BaseCDepth;

    public readonly ulong[] Plain = new ulong[8];
    public ulong TraceEvent, InstrumentationVersion;
    public ulong Top, SoftLimit, HardLimit;
}

/// <summary>What is kept of a thread: where the running flow began, and a data-stack chunk for the next one.</summary>
internal struct PerThread
{
    public long Depth, CDepth;
    public ulong SpareChunk;
}
