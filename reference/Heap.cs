// The simulated heap: blocks of a few fixed kinds, reference counts, and the releases that follow a release.
using System.Runtime.InteropServices;

namespace PyState.Reference;

/// <summary>What a block of the heap is; the first word of a live block.</summary>
internal enum ObjectKind : byte
{
    None,
    Context,
    Exception,
    Frame,
    Generator,
    Executor,
    Dict,
    Chunk,
    CStack,
    Stash,
    SavedState,
    ThreadState,
}

/// <summary>The words of each kind of object. Word 0 is its kind, word 1 its reference count (1 and unused in what is not a Python object).</summary>
internal static class ObjectOffset
{
    internal const int Count = 1;

    internal const int ContextEntered = 2;
    internal const int ContextPrevious = 3;
    internal const int ContextValues = 4;
    internal const int Variables = 2;

    internal const int ExceptionLabel = 2;
    internal const int ExceptionContext = 3;

    // A frame object of 3.10 and before: the same words as a later frame, behind the object header.
    internal const int FrameBody = 2;

    internal const int GeneratorExcItem = 2;
    internal const int GeneratorFrame = 4;
    internal const int GeneratorHandlers = 8;
    internal const int GeneratorSaved = 9;
    internal const int MaxHandlers = 3;

    internal const int DictValue = 2;

    internal const int StackWords = 2;

    /// <summary>The size of each kind.</summary>
    internal static int Words(ObjectKind kind) => kind switch
    {
        ObjectKind.Context => ContextValues + Variables,
        ObjectKind.Exception => 4,
        ObjectKind.Frame => FrameBody + FrameOffset.Words,
        ObjectKind.Generator => GeneratorSaved + (2 * MaxHandlers),
        ObjectKind.Executor => 2,
        ObjectKind.Dict => 3,
        ObjectKind.Chunk => ChunkOffset.Data + ChunkOffset.DataWords,
        ObjectKind.CStack or ObjectKind.Stash => StackWords + CStack.Words,
        ObjectKind.SavedState => 32,
        ObjectKind.ThreadState => 96,
        _ => 0,
    };
}

/// <summary>Allocates, counts references, and reports every release that nobody was entitled to.</summary>
internal sealed class Heap(Memory memory)
{
    private const int Kinds = (int)ObjectKind.ThreadState + 1;

    private readonly int[] _sizes = [.. Enumerable.Range(0, Kinds).Select(kind => ObjectOffset.Words((ObjectKind)kind))];
    private readonly int _largest = Enumerable.Range(0, Kinds).Max(kind => ObjectOffset.Words((ObjectKind)kind));
    private readonly Tally[] _tallies = new Tally[Kinds];
    private readonly ulong[][] _free = [.. Enumerable.Range(0, Kinds).Select(_ => new ulong[16])];
    private readonly Tally[] _keptTallies = new Tally[Kinds];
    private ulong _end = Memory.NullPageWords;
    private (ulong End, int Blocks) _kept;

    /// <summary>The next allocation of an implementation fails.</summary>
    internal bool FailNext { get; set; }

    /// <summary>Allocations since <see cref="Rewind()"/>.</summary>
    internal int Allocations { get; private set; }

    /// <summary>Releases since <see cref="Rewind()"/> that ended an object whose end can run Python code (weak references, finalizers of what it held).</summary>
    internal int CodeRuns { get; private set; }

    /// <summary>Blocks alive.</summary>
    internal int LiveBlocks { get; private set; }

    /// <summary>Every block ever made since <see cref="Rewind()"/>, alive or not.</summary>
    internal List<(ulong Address, ObjectKind Kind)> Blocks { get; } = [];

    /// <summary>Keeps what is allocated now, memory and all, for <see cref="Rewind"/>; nothing may have been freed yet.</summary>
    internal void Keep()
    {
        _tallies.CopyTo(_keptTallies);
        _kept = (_end, Blocks.Count);
        memory.Keep(_end);
    }

    /// <summary>Puts back what was kept.</summary>
    internal void Rewind()
    {
        CollectionsMarshal.SetCount(Blocks, _kept.Blocks); // the first ones are always the same
        _keptTallies.CopyTo(_tallies);
        memory.Rewind(_end + (ulong)_largest); // a wrong release overwrites no more than a block where something was
        _end = _kept.End;
        FailNext = false;
        Allocations = LiveBlocks = _kept.Blocks;
        CodeRuns = 0;
    }

    internal int Live(ObjectKind kind) => _tallies[(int)kind].Live;

    internal bool Is(ulong address, ObjectKind kind) => memory.Peek(address) == (ulong)kind;

    internal bool IsLive(ulong address) => memory.Peek(address) is > 0 and < Kinds;

    /// <summary>A new block of zeros (a C stack: of vacated words) with one reference.</summary>
    internal ulong Allocate(ObjectKind kind)
    {
        int words = _sizes[(int)kind];
        ref Tally tally = ref _tallies[(int)kind];
        ulong address;
        if (tally.Free != 0)
        {
            address = _free[(int)kind][--tally.Free];
        }
        else
        {
            address = _end;
            _end += (ulong)words;
            memory.Require(_end);
            Blocks.Add((address, kind));
        }

        Allocations++;
        LiveBlocks++;
        tally.Live++;
        memory.FillBlock(address, words, kind == ObjectKind.CStack ? Memory.Vacated : 0);
        memory.Put(address, (ulong)kind);
        memory.Put(address + ObjectOffset.Count, 1);
        return address;
    }

    /// <summary>Frees a block that is not reference counted, or whose last reference is gone.</summary>
    internal void Free(ulong address, ObjectKind kind)
    {
        if (!Is(address, kind))
        {
            memory.Report(Fault.DoubleRelease, address);
            return;
        }

        LiveBlocks--;
        ref Tally tally = ref _tallies[(int)kind];
        tally.Live--;
        memory.FillBlock(address, _sizes[(int)kind], Memory.Freed);
        ulong[] free = _free[(int)kind];
        if (tally.Free == free.Length)
        {
            Array.Resize(ref free, 2 * free.Length);
            _free[(int)kind] = free;
        }

        free[tally.Free++] = address;
    }

    /// <summary>Takes a reference; null is allowed.</summary>
    internal void IncRef(ulong address)
    {
        if (address != 0)
        {
            memory.Store(address + ObjectOffset.Count, memory.Load(address + ObjectOffset.Count) + 1);
        }
    }

    /// <summary>Releases a reference, and what the object owned if it was the last; null is allowed.</summary>
    internal void DecRef(ulong address)
    {
        while (address != 0)
        {
            if (memory.Fault != Fault.None)
            {
                return;
            }

            if (!IsLive(address))
            {
                memory.Report(Fault.DoubleRelease, address);
                return;
            }

            ulong count = memory.Load(address + ObjectOffset.Count) - 1;
            memory.Store(address + ObjectOffset.Count, count);
            if (count != 0)
            {
                return;
            }

            address = Finish((ObjectKind)memory.Peek(address), address);
        }
    }

    // Ends one object and returns the reference that is to be released next: chains are followed without recursion.
    private ulong Finish(ObjectKind kind, ulong address)
    {
        ulong next = 0;
        switch (kind)
        {
            case ObjectKind.Context:
                CodeRuns++;
                next = memory.Load(address + ObjectOffset.ContextPrevious);
                break;
            case ObjectKind.Exception:
                CodeRuns++;
                next = memory.Load(address + ObjectOffset.ExceptionContext);
                break;
            case ObjectKind.Frame:
                CodeRuns++;
                next = memory.Load(address + ObjectOffset.FrameBody + FrameOffset.Previous);
                break;
            case ObjectKind.Generator:
                CodeRuns++;
                FinishGenerator(address);
                break;
            default:
                break;
        }

        Free(address, kind);
        return next;
    }

    // A suspended generator that dies lets go of the exceptions its handlers were handling.
    private void FinishGenerator(ulong address)
    {
        DecRef(memory.Load(address + ObjectOffset.GeneratorExcItem + ExcItemOffset.Value));
        int handlers = (int)memory.Load(address + ObjectOffset.GeneratorHandlers);
        for (int i = 0; i < handlers; i++)
        {
            DecRef(memory.Load(address + ObjectOffset.GeneratorSaved + (ulong)((2 * i) + 1)));
        }
    }

    // Of one kind: the blocks alive, and those that can be used again.
    private struct Tally
    {
        internal int Live;
        internal int Free;
    }
}
