// The simulated process: three threads, two interpreters, one implementation of Save and Restore; its life from script to script.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PyState.Reference;

/// <summary>
/// Runs commands against an implementation of Save and Restore. One public method per command, one inspector per channel. A command that
/// does not apply changes nothing and says so; once faulted, nothing is executed until <see cref="Reset()"/>. Not thread-safe.
/// </summary>
public sealed partial class SimMachine
{
    private const int ThreadCount = 3;
    private const int UserContexts = 2;

    private static readonly int[] LimitValues = [1000, 40, 6];

    private readonly IPyState _implementation;
    private readonly SimChoices _choices;
    private readonly CPythonVersion _version;
    private readonly ulong _frameBody;
    private readonly Vector512<ulong> _atRest; // what makes raw components of fields: see EightOf
    private readonly Vector512<ulong> _mostShown;
    private readonly Vector512<ulong> _limits;
    private readonly Memory _memory = new();
    private readonly Heap _heap;
    private readonly CStackSwitcher _stacks;
    private readonly Evaluator _evaluator;
    private readonly LeakCheck _leakCheck;
    private readonly SimInterpreter[] _interpreters = [new(0), new(1)];
    private readonly SimThread[] _threads;
    private readonly ulong[] _threadBlocks = new ulong[ThreadCount];
    private readonly (ulong Stack, ulong Thread)[] _firstBlocks = new (ulong, ulong)[ThreadCount];
    private readonly ulong[] _userContexts = new ulong[UserContexts];
    private readonly List<Flow> _abandoned = [];
    private SimThread _active;
    private Alphabet _alphabet;
    private int _saveCost;
    private ulong _walked;
    private bool _isWalk;
    private bool _isOver;

    /// <summary>A machine in its initial state.</summary>
    /// <param name="version">The CPython version to simulate.</param>
    /// <param name="implementation">What is under test.</param>
    /// <param name="choices">What the switcher does where the specification leaves a choice.</param>
    public SimMachine(CPythonVersion version, IPyState implementation, SimChoices choices = default)
    {
        Layout layout = Layout.Of(version);
        _version = version;
        _implementation = implementation;
        _choices = choices;
        _heap = new(_memory);
        _stacks = new(_memory, _heap);
        _evaluator = new(_memory, _heap, version);
        _leakCheck = new(_memory, _heap, version);
        _threads =
        [
            new(0, _interpreters[0], layout, _memory, _heap),
            new(1, _interpreters[0], layout, _memory, _heap),
            new(2, _interpreters[1], layout, _memory, _heap),
        ];
        _active = _threads[0];
        _frameBody = _evaluator.Body(0);
        (_atRest, _mostShown, _limits) = EightOf(layout);
        KeepThreads();
        Reset();
    }

    private enum Alphabet : byte
    {
        Unknown,
        Switcher,
        Api,
    }

    /// <summary>The recursion limits that <see cref="Limit"/> chooses from; the first is in force at the start of a script.</summary>
    public static ReadOnlySpan<int> Limits => LimitValues;

    /// <summary>What a probe command found; 0 after any other.</summary>
    public int Probe { get; private set; }

    /// <summary>After <see cref="Leave"/> of a call: the profile function that got the return event; else 0.</summary>
    public int Event { get; private set; }

    /// <summary>The first thing that would have crashed a real interpreter since <see cref="Reset()"/>.</summary>
    public Fault Fault => _memory.Fault;

    /// <summary>The fault in a sentence; empty without one. Allocates.</summary>
    public string FaultText => Faults.Sentence(_memory.Fault, _memory.FaultAddress);

    /// <summary>Starts a new script whose alphabet is fixed from the start.</summary>
    /// <param name="api">The API's alphabet, or else the switcher's.</param>
    public void Reset(bool api)
    {
        Reset();
        _alphabet = api ? Alphabet.Api : Alphabet.Switcher;
    }

    /// <summary>Starts a new script in a new process.</summary>
    public void Reset()
    {
        _memory.Reset();
        _heap.Rewind();
        _stacks.Reset();
        _evaluator.Reset();
        _implementation.Reset();
        _abandoned.Clear();
        for (int k = 0; k < UserContexts; k++)
        {
            _userContexts[k] = 0;
        }

        foreach (SimInterpreter interpreter in _interpreters)
        {
            interpreter.Reset(LimitValues[0]);
        }

        foreach (SimThread thread in _threads)
        {
            (ulong stack, ulong block) = _firstBlocks[thread.Index];
            BeginThread(thread, block, _stacks.Rent(stack));
            thread.CreateAgain();
        }

        ResetSwitcher();
        ResetApi();
        _alphabet = Alphabet.Unknown;
        _active = _threads[0];
        _active.IsAttached = true;
        _saveCost = 0;
        _isOver = false;
        _ = Begin();
    }

    /// <summary>
    /// The fixed teardown: attaches, clears what is pending, leaves every block, restores and unwinds or discards every live state, drops the
    /// handles, ends the threads, and checks that nothing is left but what abandoned states keep alive. <see cref="Probe"/> is the number of
    /// frames alive beyond those; 0 is expected.
    /// </summary>
    public void End()
    {
        if (!Begin())
        {
            return;
        }

        foreach (SimThread thread in _threads)
        {
            thread.IsAttached = true;
            ClearPending(thread);
            Unwind(thread);
        }

        EndStates();
        foreach (SimThread thread in _threads)
        {
            _implementation.ThreadGone(thread);
            ClearThread(thread, vanished: false);
        }

        _evaluator.DropGenerators();
        for (int k = 0; k < UserContexts; k++)
        {
            _heap.DecRef(_userContexts[k]);
            _userContexts[k] = 0;
        }

        foreach (SimInterpreter interpreter in _interpreters)
        {
            DropExecutors(interpreter, all: true);
        }

        int frames = _evaluator.FramesAlive;
        foreach (Flow flow in _abandoned)
        {
            frames -= flow.Frames;
        }

        Probe = frames;
        _isOver = true;
        _leakCheck.Run(_abandoned);
    }

    // The common beginning of all commands: false once faulted.
    private bool Begin()
    {
        Probe = Event = 0;
        _isWalk = false;
        return _memory.Fault == Fault.None;
    }

    // Whether a command that runs Python code applies.
    private bool BeginCode() => Begin() && _active.IsAttached && !_active.IsFinalizing && _active.Load(Field.PendingException) == 0;

    // The common end of all commands that applied: an asynchronous exception arrives in whoever runs Python code now (AMBIENT-06).
    private SimStatus Done(SimStatus status)
    {
        ulong label = _active.Load(Field.AsyncExc);
        if (label != 0)
        {
            DeliverAsync((int)label);
        }

        return status;
    }

    private void DeliverAsync(int label)
    {
        bool runsCode = _active.IsAttached && !_active.IsFinalizing && _active.Load(Field.PendingException) == 0
            && (_alphabet == Alphabet.Switcher || _active.Flow.Frames > 0);
        if (runsCode && _evaluator.TakesHandler(_active.Flow))
        {
            _active.Set(Field.AsyncExc, 0);
            _evaluator.Enter(_active, BlockKind.Handler, label);
        }
    }

    // The threads of every script begin alike: they are made once, and their words are copied.
    private void KeepThreads()
    {
        foreach (SimInterpreter interpreter in _interpreters)
        {
            interpreter.Reset(LimitValues[0]);
        }

        foreach (SimThread thread in _threads)
        {
            CreateThread(thread);
            _firstBlocks[thread.Index] = (thread.Stack.Block, _threadBlocks[thread.Index]);
        }

        _heap.Keep();
    }

    private void CreateThread(SimThread thread)
    {
        CStack stack = _stacks.Rent();
        BeginThread(thread, _heap.Allocate(ObjectKind.ThreadState), stack);
        thread.Create();
    }

    private void BeginThread(SimThread thread, ulong block, CStack stack)
    {
        _threadBlocks[thread.Index] = block;
        thread.Begin(block, stack);
        stack.Users++;
        thread.Flow = _stacks.Begin(thread, stack);
    }

    // PyThreadState_Clear, and the end of the thread's C stack. A vanished thread keeps what its frames would have released.
    //
    // Compiled once, as other long methods with several callers are: code that is met rarely pushes code that is met always out of the first-level cache.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ClearThread(SimThread thread, bool vanished)
    {
        ClearPending(thread);
        _heap.DecRef(thread.Load(Field.Dict));
        if (!vanished)
        {
            _heap.DecRef(thread.Load(thread.AddressOf(Field.ExcState), ExcItemOffset.Value));
            _heap.DecRef(thread.Load(Field.Context));
            _evaluator.DataStack.Release(thread);
            _stacks.End(thread.Flow);
        }

        _evaluator.DataStack.ReleaseCached(thread);
        _stacks.Leave(thread.Stack);
        _heap.Free(_threadBlocks[thread.Index], ObjectKind.ThreadState);
    }

    private void ClearPending(SimThread thread)
    {
        ulong pending = thread.Load(Field.PendingException);
        thread.Set(Field.PendingException, 0);
        _heap.DecRef(pending);
    }

    // Leaves all blocks of the running flow, and what a spawned context added to the depth.
    private void Unwind(SimThread thread)
    {
        Flow flow = thread.Flow;
        while (flow.Blocks > 0 && _memory.Fault == Fault.None)
        {
            LeaveInnermost(thread);
        }

        if (flow.IsSpawned)
        {
            SetDepth(thread, flow.BaseDepth);
        }
    }

    // Leaving is compiled into the command that leaves; this is the copy for everything else.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveInnermost(SimThread thread) => _ = _evaluator.Leave(thread);

    private long Depth(SimThread thread) => _version <= CPythonVersion.V3_10
        ? (long)thread.Load(Field.RecursionDepth)
        : thread.RecursionLimit - (long)thread.Load(Field.RecursionRemaining);

    private void SetDepth(SimThread thread, long depth)
    {
        if (_version <= CPythonVersion.V3_10)
        {
            thread.Set(Field.RecursionDepth, (ulong)depth);
        }
        else
        {
            thread.Set(Field.RecursionRemaining, (ulong)(thread.RecursionLimit - depth));
        }
    }
}
