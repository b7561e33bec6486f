using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PyState.Spec.Model;

/// <summary>How a flow came to run: decides whether a wrong value is blamed on the ready state or on Restore.</summary>
public enum Origin : byte
{
    /// <summary>It ran from the start of the script and was never saved.</summary>
    Initial,

    /// <summary>It began in the ready state that a Save left.</summary>
    Fresh,

    /// <summary>It was restored.</summary>
    Restored,
}

/// <summary>One flow of Python code with its context-local components. Sixty-four bytes and a few; copied, never shared.</summary>
[StructLayout(LayoutKind.Auto)]
public struct Flow
{
    /// <summary>What the C stack holds: the blocks the flow is inside of. It moves with the C stack, whatever Save and Restore do.</summary>
    public ByteStack Blocks;

    /// <summary>Component Frames: the labels of the frames, innermost first.</summary>
    public ByteStack Frames;

    /// <summary>Component HandledExceptions: exception label in the high four bits, the label of its <c>__context__</c> in the low four.</summary>
    public ByteStack Handled;

    /// <summary>Component Depth, in levels.</summary>
    public short Depth;

    /// <summary>The depth at which this flow began; Restore needs it back there.</summary>
    public short BaseDepth;

    /// <summary>Component CDepth: C recursion in use.</summary>
    public byte CDepth
    {
        readonly get => Count(RawValue.CDepth);
        set => SetCount(RawValue.CDepth, value);
    }

    /// <summary>The C depth at which this flow began.</summary>
    public byte BaseCDepth;

    /// <summary>Component TracingNesting.</summary>
    public byte Tracing
    {
        readonly get => Count(RawValue.TracingNesting);
        set => SetCount(RawValue.TracingNesting, value);
    }

    /// <summary>Component DataStack: frames on it.</summary>
    public byte DataStack
    {
        readonly get => Count(RawValue.DataStack);
        set => SetCount(RawValue.DataStack, value);
    }

    /// <summary>Component TrashNesting.</summary>
    public byte Trash
    {
        readonly get => Count(RawValue.TrashNesting);
        set => SetCount(RawValue.TrashNesting, value);
    }

    /// <summary>Component OverflowState.</summary>
    public byte Overflow
    {
        readonly get => Count(RawValue.OverflowState);
        set => SetCount(RawValue.OverflowState, value);
    }

    /// <summary>Component Executor: JIT-compiled calls on the stack.</summary>
    public byte Executor
    {
        readonly get => Count(RawValue.Executor);
        set => SetCount(RawValue.Executor, value);
    }

    /// <summary>Component ContextObject: an index into the Context objects, 0 for NULL.</summary>
    public byte Context;

    /// <summary>How the flow came to run.</summary>
    public Origin Origin;

    /// <summary>What changed thread-wide or interpreter-wide between the Save and the Restore of this flow.</summary>
    public Changes Changed;

    // What the open blocks add up to, a byte for each raw value that is a count, in their order: a block adds to several, and eight are shown, at one go.
    private ulong counts;

    /// <summary>The first eight raw values but for Depth: what a version does not have is 0, and what is shown as whether it counts anything is 0 or 1.</summary>
    /// <param name="most">The most that each is shown as, a byte each.</param>
    internal readonly Vector128<short> Shown(ulong most)
    {
        // A trace callback is both nesting and an event.
        ulong all = counts | ((counts & (0xFFUL << Place(RawValue.TracingNesting))) << (Place(RawValue.TraceEvent) - Place(RawValue.TracingNesting)));
        return Vector128.WidenLower(Vector128.Min(Bytes(all), Bytes(most))).AsInt16();
    }

    /// <summary>Counts a block that is entered.</summary>
    /// <param name="each">What it adds to each count, as <see cref="One"/> makes it.</param>
    internal void Add(ulong each) => counts = (Bytes(counts) + Bytes(each)).AsUInt64().ToScalar();

    /// <summary>Counts a block that is left.</summary>
    /// <param name="each">What it had added.</param>
    internal void Subtract(ulong each) => counts = (Bytes(counts) - Bytes(each)).AsUInt64().ToScalar();

    /// <summary>One of a count.</summary>
    /// <param name="value">Which.</param>
    internal static ulong One(RawValue value) => 1UL << Place(value);

    private static int Place(RawValue value) => 8 * (int)value;

    private static Vector128<byte> Bytes(ulong packed) => Vector128.CreateScalarUnsafe(packed).AsByte();

    private readonly byte Count(RawValue value) => (byte)(counts >> Place(value));

    private void SetCount(RawValue value, byte count) => counts = (counts & ~(0xFFUL << Place(value))) | ((ulong)count << Place(value));
}

/// <summary>Thread-wide and interpreter-wide components, as a set.</summary>
[Flags]
public enum Changes : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The trace function.</summary>
    Trace = 1,

    /// <summary>The profile function.</summary>
    Profile = 2,

    /// <summary>The thread-local value.</summary>
    Local = 4,

    /// <summary>The recursion limit.</summary>
    Limit = 8,

    /// <summary>Whether any trace or profile function is set.</summary>
    UseTracing = 16,

    /// <summary>The asynchronous exception.</summary>
    Async = 32,
}

/// <summary>A thread: the flow it runs and its thread-wide components.</summary>
[StructLayout(LayoutKind.Auto)]
public struct ThreadState
{
    /// <summary>What runs.</summary>
    public Flow Flow;

    /// <summary>Component TraceFunction, 0 for none.</summary>
    public byte Trace;

    /// <summary>Component ProfileFunction, 0 for none.</summary>
    public byte Profile;

    /// <summary>Component ThreadLocals: the value of one attribute.</summary>
    public byte Local;

    /// <summary>Component AsyncException: its label, 0 for none.</summary>
    public byte Async;

    /// <summary>Component PendingException: its label, 0 for none.</summary>
    public byte Pending;

    /// <summary>Switcher alphabet: the context that runs on this thread.</summary>
    public byte Current;
}

/// <summary>The thread-wide and interpreter-wide components at one moment.</summary>
/// <param name="Trace">The trace function.</param>
/// <param name="Profile">The profile function.</param>
/// <param name="Local">The thread-local value.</param>
/// <param name="Async">The asynchronous exception.</param>
/// <param name="Limit">Which recursion limit.</param>
public readonly record struct WideValues(byte Trace, byte Profile, byte Local, byte Async, byte Limit)
{
    /// <summary>What differs between two moments.</summary>
    /// <param name="now">The later one.</param>
    public Changes Until(WideValues now) =>
        (Trace != now.Trace ? Changes.Trace : 0) | (Profile != now.Profile ? Changes.Profile : 0) | (Local != now.Local ? Changes.Local : 0)
        | (Async != now.Async ? Changes.Async : 0) | (Limit != now.Limit ? Changes.Limit : 0)
        | ((Trace | Profile) != 0 != ((now.Trace | now.Profile) != 0) ? Changes.UseTracing : 0);
}

/// <summary>The lifecycle of a saved state (API alphabet) or of a context (switcher alphabet).</summary>
public enum SlotStatus : byte
{
    /// <summary>Never assigned: a null handle, an unused context.</summary>
    None,

    /// <summary>API: allocated, nothing saved in it.</summary>
    Empty,

    /// <summary>API: holds a saved state. Switcher: suspended.</summary>
    Live,

    /// <summary>API: restored.</summary>
    Consumed,

    /// <summary>API: discarded.</summary>
    Discarded,

    /// <summary>API: abandoned. Switcher: the context of a thread that is gone.</summary>
    Abandoned,

    /// <summary>API: the handle object died; its value is stale.</summary>
    Dropped,

    /// <summary>Switcher: made, not started.</summary>
    Born,

    /// <summary>Switcher: runs on its thread.</summary>
    Running,

    /// <summary>Switcher: ended.</summary>
    Finished,
}

/// <summary>A saved state, or a context with what it saved.</summary>
[StructLayout(LayoutKind.Auto)]
public struct Slot
{
    /// <summary>What was saved.</summary>
    public Flow Flow;

    /// <summary>Where it is in its life.</summary>
    public SlotStatus Status;

    /// <summary>The thread it belongs to.</summary>
    public byte Thread;

    /// <summary>The thread-wide and interpreter-wide components as they were at the Save.</summary>
    public WideValues AtSave;

    /// <summary>Switcher: who spawned it.</summary>
    public byte Parent;

    /// <summary>Switcher: who resumed it last.</summary>
    public byte Resumer;
}

/// <summary>A generator object.</summary>
[StructLayout(LayoutKind.Auto)]
public struct GeneratorObject
{
    /// <summary>Whether it has been created and not ended.</summary>
    public bool Exists;

    /// <summary>Whether it is executing in some flow.</summary>
    public bool Running;

    /// <summary>The handlers opened in its body while it is suspended, as in <see cref="Flow.Handled"/>.</summary>
    public ByteStack Handled;
}

/// <summary>Three threads: t0 and t1 of one interpreter, t2 of another.</summary>
[InlineArray(3)]
public struct Threads
{
    private ThreadState first;
}

/// <summary>Five slots: handles 0 to 3 of the API alphabet, or contexts 0 to 4 of the switcher alphabet.</summary>
[InlineArray(5)]
public struct Slots
{
    private Slot first;
}

/// <summary>Two generator objects.</summary>
[InlineArray(2)]
public struct Generators
{
    private GeneratorObject first;
}

/// <summary>Two small numbers.</summary>
[InlineArray(2)]
public struct Pair
{
    private byte first;
}

/// <summary>The whole state of the model: a value, compared and copied like a number.</summary>
[StructLayout(LayoutKind.Auto)]
public struct State
{
    /// <summary>The threads.</summary>
    public Threads Threads;

    /// <summary>The saved states or contexts.</summary>
    public Slots Slots;

    /// <summary>The generators.</summary>
    public Generators Generators;

    /// <summary>The ContextVar values of every Context object: four bits each, two per variable.</summary>
    public ulong ContextValues;

    /// <summary>Which Context objects are in use, a bit each; bit 0 is NULL and always set.</summary>
    public ushort ContextsInUse;

    /// <summary>The two user Context objects, 0 before first use.</summary>
    public Pair UserContext;

    /// <summary>Per user Context object: 1 when it is entered by <c>Context.run</c>.</summary>
    public Pair UserEntered;

    /// <summary>Per user Context object: the Context object that was current when it was entered.</summary>
    public Pair UserPrevious;

    /// <summary>Per interpreter: which of the three recursion limits is in force.</summary>
    public Pair Limit;

    /// <summary>The alphabet of the script.</summary>
    public Alphabet Alphabet;

    /// <summary>The thread that has the baton.</summary>
    public byte Active;

    /// <summary>Whether the active thread state is detached.</summary>
    public bool Detached;

    /// <summary>Whether the active interpreter is finalizing.</summary>
    public bool Finalizing;

    /// <summary>How many states were abandoned.</summary>
    public byte AbandonedStates;

    /// <summary>How many labelled frames leaked with abandoned states.</summary>
    public byte AbandonedFrames;

    /// <summary>What abandoned the last of them: drop, exit-thread, fork or finalize.</summary>
    public Op LastAbandonedBy;

    /// <summary>The suspended contexts, or the saved states that hold a flow: a bit for each slot.</summary>
    public readonly int Suspended
    {
        get
        {
            int suspended = 0;
            for (int s = 0; s < 5; s++)
            {
                suspended |= Slots[s].Status == SlotStatus.Live ? 1 << s : 0;
            }

            return suspended;
        }
    }

    /// <summary>The state at the start of a script.</summary>
    /// <param name="semantics">What is judged.</param>
    /// <param name="alphabet">The alphabet of the script.</param>
    public static State Initial(Semantics semantics, Alphabet alphabet)
    {
        var state = new State { Alphabet = alphabet, ContextsInUse = 1 };
        for (int t = 0; t < 3; t++)
        {
            state.Threads[t] = NewThread(semantics, t);
        }

        if (alphabet == Alphabet.Switcher)
        {
            state.Slots[0] = new Slot { Status = SlotStatus.Running, Thread = 0, Parent = 0 };
            state.Slots[4] = new Slot { Status = SlotStatus.Running, Thread = 1, Parent = 4 };
        }

        return state;
    }

    /// <summary>A thread state that has just been created.</summary>
    /// <param name="semantics">What is judged.</param>
    /// <param name="thread">0 to 2.</param>
    public static ThreadState NewThread(Semantics semantics, int thread)
    {
        short depth = (short)semantics.Levels.Base[thread];
        return new ThreadState { Flow = new Flow { Depth = depth, BaseDepth = depth }, Current = (byte)(thread == 1 ? 4 : 0) };
    }

    /// <summary>The thread-wide and interpreter-wide components of the active thread as they are now.</summary>
    public readonly WideValues WideNow()
    {
        ref readonly ThreadState thread = ref Threads[Active];
        return new WideValues(thread.Trace, thread.Profile, thread.Local, thread.Async, Limit[InterpreterOf(Active)]);
    }

    /// <summary>The interpreter of a thread: 0 for t0 and t1, 1 for t2.</summary>
    /// <param name="thread">0 to 2.</param>
    public static int InterpreterOf(int thread) => thread == 2 ? 1 : 0;
}
