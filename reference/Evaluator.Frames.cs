// Frames: their place, their chain, their cframes and entry frames, and the events of their return.
using System.Runtime.CompilerServices;

namespace PyState.Reference;

internal sealed partial class Evaluator
{
    /// <summary>A chain of frames or handled exceptions that is longer than this goes in circles.</summary>
    internal const int MaxChain = 64;

    /// <summary>Instruments the frames on a thread's stack, as a change of the tools does; suspended ones are not on it (Python/instrumentation.c).</summary>
    internal void InstrumentStack(SimThread thread)
    {
        int bound = 0;
        for (ulong frame = thread.TopFrame(); frame != 0 && frame != thread.NoFrame() && bound < MaxChain; bound++)
        {
            if (memory.Load(frame + FrameOffset.Label) != 0)
            {
                thread.Instrument(frame);
            }

            frame = memory.Load(frame + FrameOffset.Previous);
        }
    }

    /// <summary>Recomputes whether tracing is on, where this version keeps it (<c>_PyThreadState_UpdateTracingState</c>).</summary>
    internal void UpdateUseTracing(SimThread thread)
    {
        bool on = thread.Load(Field.Tracing) == 0 && (thread.Load(Field.TraceFunc) | thread.Load(Field.ProfileFunc)) != 0;
        switch (version)
        {
            case <= CPythonVersion.V3_9:
                thread.Set(Field.UseTracing, on ? 1UL : 0);
                break;
            case <= CPythonVersion.V3_11:
                memory.Store(thread.Load(Field.Cframe) + CframeOffset.UseTracing, on ? Tracing : 0);
                break;
            default:
                break;
        }
    }

    /// <summary>The value that tracing is switched on by: 255 in 3.11 (a mask of opcodes), 1 before.</summary>
    private ulong Tracing => version == CPythonVersion.V3_11 ? 255UL : 1UL;

    // Compiled once, as LeaveFrame is, and not into generators as well (docs/decisions/0019).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterFrame(SimThread thread, ulong record, ulong header, ulong generator)
    {
        ulong older = RawTopFrame(thread);
        thread.Flow.Links++;
        ulong frame = NewFrame(thread, Record.Label(header), generator);
        memory.At(record + Record.Frame) = frame;
        if (version <= CPythonVersion.V3_10)
        {
            // PyFrame_New: f_back owns a reference; tstate->frame borrows.
            heap.IncRef(older);
            memory.Store(Body(frame) + FrameOffset.Previous, older);
            thread.Set(Field.Frame, frame);
            if (version == CPythonVersion.V3_10)
            {
                PushCframe(thread, record);
            }

            return;
        }

        thread.Instrument(frame);
        bool entry = IsEntry(thread, record, Record.Kind(header), older);
        if (entry)
        {
            memory.At(record + Record.Header) = header | Record.IsEntry;
            if (version <= CPythonVersion.V3_12)
            {
                PushCframe(thread, record);
            }

            if (version >= CPythonVersion.V3_12)
            {
                // 3.12 on: a frame on the C stack marks where an interpreter loop was entered (Python/ceval.c, entry_frame).
                thread.Flow.Links++;
                memory.At(record + Record.EntryFrame + FrameOffset.Previous) = older;
                older = record + Record.EntryFrame;
            }
        }

        memory.Store(frame + FrameOffset.Previous, older);
        SetTopFrame(thread, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveFrame(SimThread thread, ulong record, ulong header)
    {
        ulong frame = memory.LoadAt(record + Record.Frame);
        ulong older = memory.Load(Body(frame) + FrameOffset.Previous);
        thread.Flow.Links--;
        if (version <= CPythonVersion.V3_10)
        {
            thread.Set(Field.Frame, older);
            if (version == CPythonVersion.V3_10)
            {
                PopCframe(thread, record);
            }

            DropFrame(frame, Record.Kind(header));
            return;
        }

        if ((header & Record.IsEntry) != 0)
        {
            if (version >= CPythonVersion.V3_12)
            {
                thread.Flow.Links--;
                older = memory.Load(older + FrameOffset.Previous);
            }

            if (version <= CPythonVersion.V3_12)
            {
                PopCframe(thread, record);
            }
        }

        SetTopFrame(thread, older);
        if (thread.Has(Field.LastProfiledFrame) && thread.Load(Field.LastProfiledFrame) == frame)
        {
            thread.Set(Field.LastProfiledFrame, SkipEntryFrames(thread, older));
        }

        if (Record.Kind(header) != BlockKind.Generator)
        {
            _dataStack.Pop(thread, frame);
            _frames--;
        }
    }

    /// <summary>The first frame of the program at or below a frame, 0 if there is none.</summary>
    internal ulong SkipEntryFrames(SimThread thread, ulong frame)
    {
        for (int bound = 0; frame != 0 && frame != thread.NoFrame() && bound < MaxChain; bound++)
        {
            if (memory.Load(Body(frame) + FrameOffset.Label) != 0)
            {
                return frame;
            }

            frame = memory.Load(Body(frame) + FrameOffset.Previous);
        }

        return 0;
    }

    /// <summary>The frame's words: behind the object header up to 3.10.</summary>
    internal ulong Body(ulong frame) => version <= CPythonVersion.V3_10 ? frame + ObjectOffset.FrameBody : frame;

    // A generator's frame is its own; the thread only links it in.
    private ulong NewFrame(SimThread thread, byte label, ulong generator)
    {
        if (generator != 0)
        {
            return version <= CPythonVersion.V3_10 ? memory.Load(generator + ObjectOffset.GeneratorFrame) : generator + ObjectOffset.GeneratorFrame;
        }

        ulong frame = version <= CPythonVersion.V3_10 ? heap.Allocate(ObjectKind.Frame) : _dataStack.Push(thread);
        memory.Put(Body(frame) + FrameOffset.Label, label);
        _frames++;
        return frame;
    }

    private void DropFrame(ulong frame, BlockKind kind)
    {
        if (kind == BlockKind.Generator)
        {
            // gen_send_ex: a suspended generator's frame has no f_back.
            ulong older = memory.Load(Body(frame) + FrameOffset.Previous);
            memory.Store(Body(frame) + FrameOffset.Previous, 0);
            heap.DecRef(older);
        }
        else
        {
            _frames--;
            heap.DecRef(frame);
        }
    }

    // A Python function called by a Python function runs in the caller's interpreter loop, 3.11 on.
    private bool IsEntry(SimThread thread, ulong record, BlockKind kind, ulong older)
    {
        if (kind is not (BlockKind.Call or BlockKind.Jit) || older == thread.NoFrame())
        {
            return true;
        }

        return record == thread.Flow.Stack.Low
            || Record.Kind(memory.LoadAt(record - Record.Words + Record.Header)) is BlockKind.Context or BlockKind.Native or BlockKind.Recovering;
    }

    // 3.10: every frame has a cframe. 3.11 and 3.12: every interpreter loop has one (Python/ceval.c, _PyEval_EvalFrameDefault).
    private void PushCframe(SimThread thread, ulong record)
    {
        ulong previous = thread.Load(Field.Cframe);
        ulong cframe = record + Record.Cframe;
        memory.At(cframe + CframeOffset.UseTracing) = memory.Load(previous + CframeOffset.UseTracing);
        memory.At(cframe + CframeOffset.Previous) = previous;
        thread.Set(Field.Cframe, cframe);
    }

    private void PopCframe(SimThread thread, ulong record)
    {
        ulong cframe = record + Record.Cframe;
        ulong previous = memory.LoadAt(cframe + CframeOffset.Previous);
        thread.Set(Field.Cframe, previous);
        memory.Store(previous + CframeOffset.UseTracing, memory.LoadAt(cframe + CframeOffset.UseTracing));
    }

    private ulong RawTopFrame(SimThread thread) => version switch
    {
        <= CPythonVersion.V3_10 => thread.Load(Field.Frame),
        <= CPythonVersion.V3_12 => memory.Load(thread.Load(Field.Cframe) + CframeOffset.CurrentFrame),
        _ => thread.Load(Field.CurrentFrame),
    };

    private void SetTopFrame(SimThread thread, ulong frame)
    {
        if (version <= CPythonVersion.V3_12)
        {
            memory.Store(thread.Load(Field.Cframe) + CframeOffset.CurrentFrame, frame);
        }
        else
        {
            thread.Set(Field.CurrentFrame, frame);
        }
    }

    // Up to 3.11 an event fires where the thread says that tracing is on; later, where the code was instrumented for it.
    private int ReturnEvent(SimThread thread, ulong record)
    {
        if (version >= CPythonVersion.V3_12)
        {
            ulong frame = memory.LoadAt(record + Record.Frame);
            return thread.Load(Field.Tracing) == 0 ? (int)memory.Load(frame + FrameOffset.Instrumentation) : 0;
        }

        return EventFunction(thread, Field.ProfileFunc);
    }

    /// <summary>The function that gets the call event of a leaf called now.</summary>
    internal int EventFunction(SimThread thread, Field function) =>
        thread.Load(Field.Tracing) == 0 && (version >= CPythonVersion.V3_12 || UseTracing(thread)) ? (int)thread.Load(function) : 0;

    /// <summary>Whether the thread says that tracing is on, up to 3.11.</summary>
    internal bool UseTracing(SimThread thread) => version switch
    {
        <= CPythonVersion.V3_9 => thread.Load(Field.UseTracing) != 0,
        <= CPythonVersion.V3_11 => memory.Load(thread.Load(Field.Cframe) + CframeOffset.UseTracing) != 0,
        _ => false,
    };
}
