// A simulated thread state as an implementation sees it: fields, memory, reference counts.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PyState.Reference;

/// <summary>
/// One thread state. An implementation reads and writes its fields and whatever they point to; it has no way to the machine's control
/// structures, nor to what the machine expects.
/// </summary>
public sealed class SimThread
{
    /// <summary>C calls that a thread may make on its C stack (<c>Py_C_RECURSION_LIMIT</c>, 3.12 and 3.13).</summary>
    public const long CRecursionLimit = 1500;

    private const ulong Sentinel = 0x5E47_0000_0000_0000;
    private const ulong Step = 0x100;

    // The words that are compared for them, eight at a time; what lies behind the last field is no one's, and is 0.
    private const int SentinelRoom = 32;

    // Fields are reached from the middle of those that are looked at after every command: a distance of up to 128 bytes either way takes one byte of code, not four.
    private const int Middle = 16;

    private readonly Memory _memory;
    private readonly Heap _heap;
    private readonly ulong _has;
    private readonly int _sentinelWords;
    private readonly ulong[] _numbers; // of the sentinels, from 1; 0 behind the last
    private readonly ulong[] _sentinels;
    private readonly ulong[] _repaired;
    private ulong _base;
    private nint _middle; // where word Middle of the thread state is, until memory grows
    private bool _guarded;
    private int _codeRunsAtGuard;

    internal SimThread(int index, SimInterpreter interpreter, Layout layout, Memory memory, Heap heap)
    {
        Index = index;
        Interp = interpreter;
        Layout = layout;
        Version = layout.Version;
        _memory = memory;
        _heap = heap;
        foreach (Field field in Enum.GetValues<Field>())
        {
            _has |= layout.Has(field) ? 1UL << (int)field : 0;
        }

        _sentinelWords = layout.SentinelWords;
        _sentinels = new ulong[SentinelRoom];
        _numbers = [.. Enumerable.Range(1, SentinelRoom).Select(i => i <= _sentinelWords ? (ulong)i : 0)];
        _repaired = new ulong[Layout.SentinelOffset];
        memory.Moved += Locate;
    }

    /// <summary>0 to 2: which thread state this is. A fresh thread state that takes the place of one that is gone has the same index, and the same address.</summary>
    public int Index { get; }

    /// <summary>0 or 1: the interpreter.</summary>
    public int Interpreter => Interp.Index;

    /// <summary>The layout of this CPython version.</summary>
    public Layout Layout { get; }

    /// <summary>The CPython version.</summary>
    public CPythonVersion Version { get; }

    /// <summary>Whether the caller may use the thread state.</summary>
    public bool IsAttached { get; internal set; }

    /// <summary>Whether the interpreter is finalizing.</summary>
    public bool IsFinalizing => Interp.Finalizing;

    /// <summary>The recursion limit in force.</summary>
    public long RecursionLimit => Has(Field.RecursionLimit) ? (long)Load(Field.RecursionLimit) : Interp.RecursionLimit;

    /// <summary>The instrumentation version in force, 3.12 on: in 3.12 the interpreter's, then above bit 8 of <c>eval_breaker</c>.</summary>
    public ulong InstrumentationVersion => Has(Field.EvalBreaker) ? Load(Field.EvalBreaker) >> 8 : Interp.InstrumentationVersion;

    /// <summary>Where the thread state begins in the simulated memory.</summary>
    public ulong Address => _base;

    /// <summary>Where the simulated memory is, for an implementation that is not written in .NET. It moves when a saved state is allocated, and at no
    /// other time during a call.</summary>
    public nint MemoryAddress => _memory.Address;

    /// <summary>The size of the simulated memory in words.</summary>
    public int MemoryWords => _memory.Length;

    internal SimInterpreter Interp { get; }

    /// <summary>The flow that runs.</summary>
    internal Flow Flow { get; set; } = null!;

    /// <summary>The thread's own C stack.</summary>
    internal CStack Stack { get; private set; } = null!;

    /// <summary>Whether this version has a field.</summary>
    /// <param name="field">The field.</param>
    /// <returns>True if it has.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(Field field) => ((_has >> (int)field) & 1) != 0;

    /// <summary>Reads a field.</summary>
    /// <param name="field">The field.</param>
    /// <returns>Its (first) word; 0 where this version lacks it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Load(Field field)
    {
        return Memory.IsSound(ref WordOf(field)) ? WordOf(field) : _memory.BadAccess(AddressOf(field));
    }

    /// <summary>Writes a field that this version has.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">Its (first) word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Field field, ulong value)
    {
        if (!Has(field))
        {
            _memory.Report(Fault.AbsentField, _base);
        }
        else
        {
            CheckOrder();
            Set(field, value);
        }
    }

    /// <summary>The address of a field that this version has.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The address of its first word.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong AddressOf(Field field) => _base + (Has(field) ? (ulong)Layout.Place(field) : 0);

    /// <summary>Reads a word of a structure.</summary>
    /// <param name="address">Where the structure is.</param>
    /// <param name="offset">Which word.</param>
    /// <returns>The word; 0, and a fault, if the memory is gone.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Load(ulong address, int offset) => _memory.Load(address + (ulong)offset);

    /// <summary>Writes a word of a structure.</summary>
    /// <param name="address">Where the structure is.</param>
    /// <param name="offset">Which word.</param>
    /// <param name="value">The word.</param>
    public void Store(ulong address, int offset, ulong value)
    {
        CheckOrder();
        _memory.Store(address + (ulong)offset, value);
    }

    /// <summary>Takes a reference; null is ignored.</summary>
    /// <param name="reference">The object.</param>
    public void IncRef(ulong reference) => _heap.IncRef(reference);

    /// <summary>Releases a reference; null is ignored. It can run Python code.</summary>
    /// <param name="reference">The object.</param>
    public void DecRef(ulong reference) => _heap.DecRef(reference);

    /// <summary>Allocates the memory of one saved state (<c>PyMem_Malloc</c>).</summary>
    /// <returns>Its address, 0 if the allocator fails.</returns>
    public ulong AllocateState()
    {
        if (_heap.FailNext)
        {
            return 0;
        }

        return _heap.Allocate(ObjectKind.SavedState);
    }

    /// <summary>Frees the memory of a saved state.</summary>
    /// <param name="address">Its address.</param>
    public void FreeState(ulong address) => _heap.Free(address, ObjectKind.SavedState);

    /// <summary>Frees a data-stack chunk (<c>_PyObject_VirtualFree</c>).</summary>
    /// <param name="chunk">Its address.</param>
    public void FreeChunk(ulong chunk) => _heap.Free(chunk, ObjectKind.Chunk);

    /// <summary>Whether an object is a Context (<c>PyContext_CheckExact</c>).</summary>
    /// <param name="reference">The object, not null.</param>
    /// <returns>True if it is.</returns>
    public bool IsContext(ulong reference) => _memory.Load(reference) == (ulong)ObjectKind.Context;

    /// <summary>Whether a Context object is entered by <c>Context.run</c> (<c>ctx_entered</c>).</summary>
    /// <param name="context">The Context, not null.</param>
    /// <returns>True if it is.</returns>
    public bool IsEntered(ulong context) => _memory.Load(context + ObjectOffset.ContextEntered) != 0;

    /// <summary>Instruments the code of a frame for the tools that are active now (<c>_Py_Instrument</c>, Python/instrumentation.c).</summary>
    /// <param name="frame">A frame of the program.</param>
    public void Instrument(ulong frame) => _memory.Store(frame + FrameOffset.Instrumentation, _memory.Load(AddressOf(Field.ProfileFunc)));

    /// <summary>The frame in force at the bottom of an empty flow: NULL, or the thread state's own base frame on 3.15.</summary>
    /// <returns>Its address or 0.</returns>
    public ulong NoFrame() => Has(Field.BaseFrame) ? AddressOf(Field.BaseFrame) : 0;

    /// <summary>The innermost frame, wherever this version keeps it.</summary>
    /// <returns>Its address; 0 if there is none.</returns>
    public ulong TopFrame()
    {
        ulong frame = Version switch
        {
            <= CPythonVersion.V3_10 => Load(Field.Frame),
            <= CPythonVersion.V3_12 => Load(Load(Field.Cframe), CframeOffset.CurrentFrame),
            _ => Load(Field.CurrentFrame),
        };
        return frame == NoFrame() ? 0 : frame;
    }

    /// <summary>From here to the end of the call a write after a release is a fault: the release can have run Python code on a half-restored thread state.</summary>
    internal void BeginGuard()
    {
        _guarded = true;
        _codeRunsAtGuard = _heap.CodeRuns;
    }

    internal void EndGuard() => _guarded = false;

    /// <summary>Says where the thread state is, and its stack.</summary>
    internal void Begin(ulong address, CStack stack)
    {
        _base = address + ObjectOffset.StackWords;
        Locate();
        Stack = stack;
        IsAttached = false;
        _guarded = false;
    }

    /// <summary>Makes a brand-new thread state there (Python/pystate.c, <c>init_threadstate</c>).</summary>
    internal void Create()
    {
        // The block is new and zero: nothing of what is written over can be a pattern.
        ulong id = Interp.NextThreadId++;
        WordOf(Field.Id) = id;
        WordOf(Field.ExcInfo) = AddressOf(Field.ExcState);
        WordOf(Field.ContextVer) = 1;
        if (Has(Field.Cframe))
        {
            WordOf(Field.Cframe) = AddressOf(Field.RootCframe);
        }

        if (Has(Field.CurrentFrame))
        {
            WordOf(Field.CurrentFrame) = NoFrame();
        }

        if (Has(Field.RecursionLimit))
        {
            WordOf(Field.RecursionLimit) = (ulong)Interp.RecursionLimit;
            WordOf(Field.RecursionRemaining) = (ulong)Interp.RecursionLimit;
        }

        if (Has(Field.CRecursionRemaining))
        {
            WordOf(Field.CRecursionRemaining) = (ulong)CRecursionLimit;
        }

        if (Version >= CPythonVersion.V3_12)
        {
            WordOf(Field.TraceEvent) = ulong.MaxValue;
        }

        if (Has(Field.CStackTop))
        {
            WordOf(Field.CStackTop) = CStackBounds.Top(Stack.Low, CStack.Words);
            WordOf(Field.CStackSoftLimit) = CStackBounds.SoftLimit(Stack.Low);
            WordOf(Field.CStackHardLimit) = CStackBounds.HardLimit(Stack.Low);
        }

        if (Has(Field.EvalBreaker))
        {
            WordOf(Field.EvalBreaker) = Interp.InstrumentationVersion << 8;
        }

        ulong sentinel = Sentinel | ((ulong)(uint)Index << 32) | (id << 16);
        ref ulong now = ref Unsafe.Add(ref FirstWord, Layout.SentinelOffset);
        ref ulong then = ref MemoryMarshal.GetArrayDataReference(_sentinels);
        for (nuint i = 0; i < SentinelRoom; i += (nuint)Vector512<ulong>.Count)
        {
            Vector512<ulong> numbers = Vector512.LoadUnsafe(ref _numbers[0], i);
            Vector512<ulong> words = Vector512.AndNot(Vector512.Create(sentinel) + numbers, Vector512.Equals(numbers, Vector512<ulong>.Zero));
            words.StoreUnsafe(ref now, i);
            words.StoreUnsafe(ref then, i);
        }
    }

    /// <summary>The same where the words that were made the first time are there again.</summary>
    internal void CreateAgain()
    {
        Interp.NextThreadId++;
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref FirstWord, Layout.SentinelOffset), SentinelRoom).CopyTo(_sentinels);
    }

    /// <summary>0, or 1 + the index of the first field that something touched though nothing may.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int FirstTouched()
    {
        ref ulong now = ref Unsafe.Add(ref FirstWord, Layout.SentinelOffset);
        ref ulong then = ref MemoryMarshal.GetArrayDataReference(_sentinels);
        Vector512<ulong> touched = (Change(ref now, ref then, 0) | Change(ref now, ref then, 8)) | (Change(ref now, ref then, 16) | Change(ref now, ref then, 24));
        return touched == Vector512<ulong>.Zero ? 0 : 1 + SentinelWords().CommonPrefixLength(_sentinels);
    }

    /// <summary>The interpreter goes on: what Save and Restore must not touch is not what it was at Save any more.</summary>
    internal void PassTime()
    {
        Span<ulong> now = SentinelWords();
        for (int i = 0; i < now.Length; i++)
        {
            _sentinels[i] += Step;
            now[i] += Step; // also where something has touched it: that stays visible
        }
    }

    /// <summary>All fields for reading, at one go: the patterns are looked for once, in all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Fields Read()
    {
        return new(ref IsSound ? ref FirstWord : ref Repaired(), _has);
    }

    /// <summary>Whether there is no pattern in any field.</summary>
    internal bool IsSound
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Memory.AreSound(ref FirstWord);
    }

    /// <summary>All fields for reading, where <see cref="IsSound"/> was asked before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Fields Sound() => new(ref FirstWord, _has);

    // A pattern in a field is a fault and reads as 0, as it does one by one. After the teardown, when the thread state is gone, that is every field.
    private ref ulong Repaired()
    {
        foreach (LayoutField field in Layout.Fields)
        {
            if (field.Field != Field.Untouched)
            {
                _repaired[field.Offset] = Load(field.Field);
            }
        }

        return ref _repaired[0];
    }

    // For the interpreter itself, which is bound by no order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Set(Field field, ulong value)
    {
        if (Memory.IsSound(ref WordOf(field)))
        {
            WordOf(field) = value;
        }
        else
        {
            _ = _memory.BadAccess(AddressOf(field));
        }
    }

    /// <summary>Counts a field up or down, where this version has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(Field field, long amount)
    {
        if (Has(field))
        {
            Set(field, WordOf(field) + (ulong)amount);
        }
    }

    private ref ulong MiddleWord
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AddByteOffset(ref Unsafe.NullRef<ulong>(), _middle);
    }

    private ref ulong FirstWord
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MiddleWord, -Middle);
    }

    // The thread state is a block of the heap, which is there as long as memory is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong WordOf(Field field) => ref Unsafe.Add(ref MiddleWord, Layout.Place(field) - Middle);

    private void Locate() => _middle = _memory.Address + (((nint)_base + Middle) * sizeof(ulong));

    private Span<ulong> SentinelWords() => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref FirstWord, Layout.SentinelOffset), _sentinelWords);

    private static Vector512<ulong> Change(ref ulong now, ref ulong then, [ConstantExpected] int index) =>
        Vector512.LoadUnsafe(ref now, (nuint)index) ^ Vector512.LoadUnsafe(ref then, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckOrder()
    {
        if (_guarded && _heap.CodeRuns != _codeRunsAtGuard)
        {
            _memory.Report(Fault.CodeRanTooEarly, _base);
        }
    }

    /// <summary>The fields of a thread state as they are; not to be held across anything that allocates.</summary>
    internal readonly ref struct Fields
    {
        private readonly ref ulong _middle;
        private readonly ulong _has;

        internal Fields(ref ulong first, ulong has)
        {
            _middle = ref Unsafe.Add(ref first, Middle);
            _has = has;
        }

        /// <summary>Eight words, from that of a field on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Vector512<ulong> Eight(Field first) => Vector512.LoadUnsafe(ref Unsafe.Add(ref _middle, Layout.Place(first) - Middle));

        /// <summary>The version that keys the caches of ContextVars, and the thread's id.</summary>
        internal Vector128<ulong> CacheKey
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Vector128.LoadUnsafe(ref Unsafe.Add(ref _middle, Layout.Place(Field.ContextVer) - Middle));
        }

        /// <summary>The (first) word of a field; 0 where this version lacks it.</summary>
        internal ulong this[Field field]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Unsafe.Add(ref _middle, Layout.Place(field) - Middle);
        }

        /// <summary>Whether this version has a field.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool Has(Field field) => ((_has >> (int)field) & 1) != 0;
    }
}

/// <summary>The bounds that CPython keeps of a C stack (<c>PyUnstable_ThreadState_SetStackProtection</c>, Python/ceval.c of 3.14 on).</summary>
public static class CStackBounds
{
    private const ulong Margin = 4;

    /// <summary>The highest address.</summary>
    /// <param name="low">The lowest address.</param>
    /// <param name="size">The size in words.</param>
    /// <returns>For <see cref="Field.CStackTop"/>.</returns>
    public static ulong Top(ulong low, ulong size) => low + size;

    /// <summary>Where a RecursionError is raised.</summary>
    /// <param name="low">The lowest address.</param>
    /// <returns>For <see cref="Field.CStackSoftLimit"/>.</returns>
    public static ulong SoftLimit(ulong low) => low + (2 * Margin);

    /// <summary>Where the process is aborted.</summary>
    /// <param name="low">The lowest address.</param>
    /// <returns>For <see cref="Field.CStackHardLimit"/>.</returns>
    public static ulong HardLimit(ulong low) => low + Margin;
}
