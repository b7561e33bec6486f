// Entering and leaving blocks: what CPython's evaluation loop, generators, Context.run and callbacks do to the thread state.
using System.Runtime.CompilerServices;

namespace PyState.Reference;

/// <summary>
/// The interpreter proper. It undoes a block with nothing but what it left on the C stack and finds in the thread state, as the C code
/// does; that is why a wrong Restore is seen.
/// </summary>
internal sealed partial class Evaluator(Memory memory, Heap heap, CPythonVersion version)
{
    private const int Generators = 2;

    private readonly DataStack _dataStack = new(memory, heap);
    private readonly ulong[] _generators = new ulong[Generators];
    private readonly bool[] _running = new bool[Generators];
    private int _frames;

    /// <summary>Labelled frames alive anywhere. Up to 3.10 they are objects; later, words on data stacks and in generators.</summary>
    internal int FramesAlive => version <= CPythonVersion.V3_10 ? heap.Live(ObjectKind.Frame) : _frames;

    /// <summary>The data stacks.</summary>
    internal DataStack DataStack => _dataStack;

    internal void Reset()
    {
        _frames = 0;
        for (int i = 0; i < Generators; i++)
        {
            _generators[i] = 0;
            _running[i] = false;
        }
    }

    /// <summary>Enters a block of any kind but Generator, for which the caller has checked that it applies.</summary>
    internal void Enter(SimThread thread, BlockKind kind, int argument, ulong operand = 0)
    {
        ulong header = Record.HeaderOf(kind, argument, version);
        ulong record = Push(thread.Flow, header);
        Deepen(thread, Record.Levels(header));
        switch (kind)
        {
            case BlockKind.Handler:
                EnterHandler(thread, record, argument);
                break;
            case BlockKind.Context:
                EnterContext(thread, record, operand);
                break;
            case BlockKind.Callback:
                EnterCallback(thread, record, header);
                break;
            case BlockKind.Repr:
                DeepenC(thread, 1);
                EnterFrame(thread, record, header, 0);
                break;
            case BlockKind.Trashcan:
                thread.Add(Field.TrashDeleteNesting, 1);
                EnterFrame(thread, record, header, 0);
                break;
            case BlockKind.Native:
                DeepenC(thread, 1);
                break;
            case BlockKind.Recovering:
                EnterRecovering(thread, record);
                break;
            case BlockKind.Jit:
                EnterFrame(thread, record, header, 0);
                EnterExecutor(thread, record, argument);
                break;
            default:
                EnterFrame(thread, record, header, 0);
                break;
        }
    }

    /// <summary>Leaves the innermost block.</summary>
    /// <returns>The profile function that got the return event of a call's frame, 0 if none did.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Leave(SimThread thread)
    {
        Flow flow = thread.Flow;
        ulong record = flow.Top - Record.Words;
        ulong header = memory.LoadAt(record + Record.Header);
        BlockKind kind = Record.Kind(header);
        int profiled = 0;
        switch (kind)
        {
            case BlockKind.Handler:
                LeaveHandler(thread, record);
                break;
            case BlockKind.Context:
                LeaveContext(thread, record);
                break;
            case BlockKind.Callback:
                LeaveCallback(thread, record, header);
                break;
            case BlockKind.Repr:
                LeaveFrame(thread, record, header);
                DeepenC(thread, -1);
                break;
            case BlockKind.Trashcan:
                LeaveFrame(thread, record, header);
                thread.Add(Field.TrashDeleteNesting, -1);
                break;
            case BlockKind.Native:
                DeepenC(thread, -1);
                break;
            case BlockKind.Recovering:
                LeaveRecovering(thread, record);
                break;
            case BlockKind.Jit:
                LeaveExecutor(thread, record);
                LeaveFrame(thread, record, header);
                break;
            case BlockKind.Generator:
                LeaveGenerator(thread, record, header);
                break;
            case BlockKind.Call:
                profiled = ReturnEvent(thread, record);
                LeaveFrame(thread, record, header);
                break;
            case BlockKind.Finalizer:
                LeaveFrame(thread, record, header);
                break;
            default:
                memory.Report(Fault.StackCorrupt, record);
                break;
        }

        Deepen(thread, -Record.Levels(header));
        Pop(flow, record, header);
        return profiled;
    }

    /// <summary>The record of the innermost block that is no handler, 0 if none; the handlers above it.</summary>
    internal ulong InnermostNonHandler(Flow flow, out int handlers)
    {
        handlers = 0;
        for (ulong record = flow.Top; record > flow.Stack.Low;)
        {
            record -= Record.Words;
            if (Record.Kind(memory.LoadAt(record + Record.Header)) != BlockKind.Handler)
            {
                return record;
            }

            handlers++;
        }

        return 0;
    }

    /// <summary>Whether a handler can be pushed: there is room, and a generator that yields could take it along.</summary>
    internal bool TakesHandler(Flow flow)
    {
        if (flow.Blocks >= CStack.MaxBlocks)
        {
            return false;
        }

        ulong record = InnermostNonHandler(flow, out int handlers);
        return handlers < ObjectOffset.MaxHandlers || record == 0 || Record.Kind(memory.LoadAt(record + Record.Header)) != BlockKind.Generator;
    }

    private ulong Push(Flow flow, ulong header)
    {
        ulong record = flow.Top;
        memory.FillAt(record, Record.Words, 0);
        memory.At(record + Record.Header) = header;
        flow.Top = record + Record.Words;
        flow.Blocks++;
        flow.Frames += OwnFrames(header);
        return record;
    }

    private void Pop(Flow flow, ulong record, ulong header)
    {
        flow.Frames -= OwnFrames(header);
        memory.FillAt(record, Record.Words, Memory.Vacated);
        flow.Top = record;
        flow.Blocks--;
    }

    // 0 or 1, without a branch: whether a block has a frame is as good as random.
    private static int OwnFrames(ulong header) => Unsafe.BitCast<bool, byte>(Record.Label(header) != 0);

    // Py_EnterRecursiveCall and Py_LeaveRecursiveCall count and do not save: what Restore puts back is what goes on being counted.
    private void Deepen(SimThread thread, int levels)
    {
        if (version <= CPythonVersion.V3_10)
        {
            thread.Add(Field.RecursionDepth, levels);
        }
        else
        {
            thread.Add(Field.RecursionRemaining, -levels);
        }
    }

    private static void DeepenC(SimThread thread, int levels) => thread.Add(Field.CRecursionRemaining, -levels);
}
