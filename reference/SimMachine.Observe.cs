// What can be seen after a command: every channel at one go, because it is looked at after every command. Nothing here allocates.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PyState.Reference;

/// <summary>What can be seen after a command besides the raw values, one field per channel.</summary>
public struct SimObservation
{
    /// <summary>0 to 4: the context that runs on the active thread; -1 on the second interpreter's.</summary>
    public int Context;

    /// <summary>0 to 2: the active thread.</summary>
    public int Thread;

    /// <summary>The labels of the eight innermost frames that run, the innermost in the lowest byte; after <see cref="SimMachine.Walk"/> or
    /// <see cref="SimMachine.Top"/> those of the walked chain.</summary>
    public ulong Frames;

    /// <summary>The labels of the eight frames below those.</summary>
    public ulong OuterFrames;

    /// <summary>The label of the handled exception, 0 if none.</summary>
    public byte Handled;

    /// <summary>The label of the exception that was handled when that one was raised, 0 if none.</summary>
    public byte Link;

    /// <summary>The value of the first ContextVar, through its cache (<c>PyContextVar_Get</c>, Python/context.c); 0 if unset.</summary>
    public byte FirstVariable;

    /// <summary>The value of the second one.</summary>
    public byte SecondVariable;

    /// <summary>The trace function that <c>sys.gettrace</c> names; 0 for none.</summary>
    public byte TraceFunction;

    /// <summary>The trace function that gets the call event of a leaf called now; 0 for none.</summary>
    public byte LeafTraced;

    /// <summary>The profile function that <c>sys.getprofile</c> names; 0 for none.</summary>
    public byte ProfileFunction;

    /// <summary>The profile function that gets the call event of a leaf called now; 0 for none.</summary>
    public byte LeafProfiled;

    /// <summary>The thread-local value.</summary>
    public byte Local;
}

public sealed partial class SimMachine
{
    private const int LabelsShown = 16;

    /// <summary>Everything that can be seen now; nothing after <see cref="End"/>, when there is no thread state any more.</summary>
    /// <param name="seen">Every channel but the raw one.</param>
    /// <param name="raw">Every component of the thread state as it is, as <see cref="RawComponent"/> says: one value each; negative ones wrap.</param>
    public void Observe(ref SimObservation seen, Span<short> raw)
    {
        SimThread thread = _active;
        if (_isOver)
        {
            seen = default;
            raw.Clear();
            return;
        }

        ObserveFrames(ref seen);
        SimThread.Fields fields = thread.Read();
        seen.Context = Current;
        seen.Thread = thread.Index;
        ulong exception = _evaluator.HandledException(thread);
        seen.Handled = (byte)Label(exception);
        seen.Link = exception == 0 ? (byte)0 : (byte)Label(_memory.Load(exception + ObjectOffset.ExceptionContext));
        ulong context = fields[Field.Context];
        (seen.FirstVariable, seen.SecondVariable) = context == 0 ? default
            : (Variable(0, context, fields[Field.Id], fields[Field.ContextVer]), Variable(1, context, fields[Field.Id], fields[Field.ContextVer]));
        short useTracing = UseTracing(fields);
        bool fires = fields[Field.Tracing] == 0 && (_version >= CPythonVersion.V3_12 || useTracing != 0);
        seen.TraceFunction = (byte)fields[Field.TraceObj];
        seen.LeafTraced = fires ? (byte)fields[Field.TraceFunc] : (byte)0;
        seen.ProfileFunction = (byte)fields[Field.ProfileObj];
        seen.LeafProfiled = fires ? (byte)fields[Field.ProfileFunc] : (byte)0;
        ulong dict = fields[Field.Dict];
        seen.Local = dict == 0 ? (byte)0 : (byte)_memory.Load(dict + ObjectOffset.DictValue);
        ReadRaw(fields, context, useTracing, raw);
    }

    private void ReadRaw(SimThread.Fields fields, ulong context, short useTracing, Span<short> raw)
    {
        SimThread thread = _active;
        raw = raw[..((int)RawComponent.Allocations + 1)];
        ref short first = ref MemoryMarshal.GetReference(raw);
        long limit = fields.Has(Field.RecursionLimit) ? (long)fields[Field.RecursionLimit] : thread.Interp.RecursionLimit;
        Put(ref first, RawComponent.RecursionLimit, limit);
        Put(ref first, RawComponent.Depth, _version <= CPythonVersion.V3_10 ? (long)fields[Field.RecursionDepth] : limit - (long)fields[Field.RecursionRemaining]);
        Put(ref first, RawComponent.CDepth, fields.Has(Field.CRecursionRemaining) ? SimThread.CRecursionLimit - (long)fields[Field.CRecursionRemaining] : 0);
        Put(ref first, RawComponent.TracingNesting, (long)fields[Field.Tracing]);
        Put(ref first, RawComponent.TraceEvent, Flag(IsTraceEvent(fields)));
        Put(ref first, RawComponent.TrashNesting, (long)fields[Field.TrashDeleteNesting]);
        Put(ref first, RawComponent.OverflowState, OverflowState(fields));
        Put(ref first, RawComponent.Executor, Flag(fields[Field.CurrentExecutor] != 0));
        Put(ref first, RawComponent.Cframe, Cframe(fields));
        Put(ref first, RawComponent.CStackBounds, Flag(HasRightBounds(fields)));
        Put(ref first, RawComponent.UseTracing, useTracing);
        Put(ref first, RawComponent.AsyncException, (long)fields[Field.AsyncExc]);
        Put(ref first, RawComponent.Allocations, _saveCost);
        Put(ref first, RawComponent.ContextObject, ContextObject(context));
        Put(ref first, RawComponent.PendingException, Label(fields[Field.PendingException]));
        Put(ref first, RawComponent.DataStack, _evaluator.DataStack.Count(fields));
        Put(ref first, RawComponent.Wide, thread.FirstTouched());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref short first, RawComponent component, long value) => Unsafe.Add(ref first, (int)component) = (short)value;

    private static short Flag(bool value) => value ? (short)1 : (short)0;

    private void ObserveFrames(ref SimObservation seen)
    {
        ulong start = _isWalk ? _walked : RunningFrame();
        ulong none = _active.NoFrame();
        ulong body = _evaluator.Body(0);
        seen.OuterFrames = 0;
        if (WalkShort(_memory.All, start, none, body, out seen.Frames))
        {
            DemandThatWalksAgree(in seen, start, none, body);
        }
        else
        {
            WalkAll(ref seen, start, none, body);
        }

        if (!_isWalk && _active.Has(Field.LastProfiledFrame))
        {
            Sample(start);
        }
    }

    // A chain as it nearly always is: of no more than eight labels, and nothing of it gone. False, and nothing said of it, for any other. It is walked after
    // every command: nothing is called, so that all of it stays in registers.
    private static bool WalkShort(ReadOnlySpan<ulong> words, ulong frame, ulong none, ulong body, out ulong labels)
    {
        const int Full = 64;
        ulong found = labels = 0;
        int shift = 0;
        for (int bound = 0; frame != 0 && frame != none; bound++)
        {
            ulong at = frame + body;
            if (at >= (ulong)(words.Length - FrameOffset.Previous) || shift == Full || bound == Evaluator.MaxChain)
            {
                return false;
            }

            ref ulong label = ref Unsafe.Add(ref MemoryMarshal.GetReference(words), (nuint)at);
            frame = Unsafe.Add(ref label, FrameOffset.Previous);
            if (!Memory.IsSound(label) || !Memory.IsSound(frame))
            {
                return false;
            }

            found |= (ulong)(byte)label << shift;
            shift += (byte)label != 0 ? 8 : 0;
        }

        labels = found;
        return true;
    }

    // The tests, and the mutants of CI, run a Debug build: there both ways are walked after every command, whatever an implementation has done to the chain.
    [Conditional("DEBUG")]
    private void DemandThatWalksAgree(in SimObservation seen, ulong start, ulong none, ulong body)
    {
        SimObservation whole = default;
        Fault before = _memory.Fault;
        WalkAll(ref whole, start, none, body);
        if (whole.Frames != seen.Frames || whole.OuterFrames != 0 || _memory.Fault != before)
        {
            throw new InvalidOperationException("the short walk of the frames does not see what the whole one sees");
        }
    }

    private void WalkAll(ref SimObservation seen, ulong frame, ulong none, ulong body)
    {
        ulong inner = 0;
        ulong outer = 0;
        int shift = 0;
        for (int bound = 0; frame != 0 && frame != none; bound++)
        {
            if (bound == Evaluator.MaxChain)
            {
                _memory.Report(Fault.EndlessChain, frame);
                break;
            }

            (ulong label, frame) = _memory.LoadPair(frame + body + FrameOffset.Label);
            if ((byte)label != 0)
            {
                if (shift < 64)
                {
                    inner |= (ulong)(byte)label << shift;
                }
                else if (shift < 8 * LabelsShown)
                {
                    outer |= (ulong)(byte)label << (shift - 64);
                }

                shift += 8;
            }
        }

        seen.Frames = inner;
        seen.OuterFrames = outer;
    }

    // PyContextVar_Get, Python/context.c.
    private byte Variable(int v, ulong context, ulong id, ulong version)
    {
        ref (ulong Value, ulong ThreadId, ulong Version) cache = ref _active.Interp.Cache[v];
        if (cache.Value != 0 && cache.ThreadId == id && cache.Version == version)
        {
            return (byte)cache.Value;
        }

        ulong value = _memory.Load(context + ObjectOffset.ContextValues + (ulong)v);
        if (value != 0)
        {
            cache = (value, id, version);
        }

        return (byte)value;
    }

    // Read past the cache of ContextVar, so that a stale cache can be told from a wrong Context object.
    private long ContextObject(ulong context) =>
        context == 0 ? 0 : Packed(_memory.LoadPair(context + ObjectOffset.ContextValues));

    private static long Packed((ulong First, ulong Second) values) => 1 + (long)values.First + (4 * (long)values.Second);

    private int Label(ulong exception) => exception == 0 ? 0 : (int)_memory.Load(exception + ObjectOffset.ExceptionLabel);

    // 3.15: whoever reads the stack from outside starts at base_frame or above, and does not expect NULL (Modules/_remote_debugging).
    private ulong RunningFrame()
    {
        if (_version < CPythonVersion.V3_13)
        {
            return _active.TopFrame();
        }

        ulong frame = _active.Load(Field.CurrentFrame);
        if (frame == 0 && _active.NoFrame() != 0)
        {
            _memory.Report(Fault.NullPointer, 0);
        }

        return frame;
    }

    // 3.15: a profiler that samples from outside trusts that the frame of its last sample is still in the chain, or that the field says so.
    private void Sample(ulong start)
    {
        ulong sample = _active.Load(Field.LastProfiledFrame);
        bool found = sample == 0;
        ulong frame = start;
        for (int bound = 0; bound < Evaluator.MaxChain && !found && frame != 0 && frame != _active.NoFrame(); bound++)
        {
            found = frame == sample;
            frame = _memory.Load(frame + FrameOffset.Previous);
        }

        if (!found)
        {
            _memory.Report(Fault.StaleProfilerFrame, sample);
        }

        _active.Set(Field.LastProfiledFrame, _evaluator.SkipEntryFrames(_active, start));
    }

    private short UseTracing(SimThread.Fields fields) =>
        _version >= CPythonVersion.V3_12 ? (short)0
        : _version <= CPythonVersion.V3_9 ? (fields[Field.UseTracing] != 0 ? (short)1 : (short)0)
        : UseTracing(_memory.Load(fields[Field.Cframe] + CframeOffset.UseTracing));

    // 3.11 takes another value than 255 for another opcode: it ors the value with the opcode, and only 255 gives DO_TRACING whatever the opcode is
    // (Python/ceval.c). 3.10 asks only whether it is 0.
    private short UseTracing(ulong value) => value == 0 ? (short)0 : _version == CPythonVersion.V3_11 && value != 255 ? (short)2 : (short)1;

    private bool IsTraceEvent(SimThread.Fields fields) => fields.Has(Field.TraceEvent)
        && fields[Field.TraceEvent] != (_version == CPythonVersion.V3_11 ? 0 : ulong.MaxValue);

    private int OverflowState(SimThread.Fields fields)
    {
        if (_version >= CPythonVersion.V3_10)
        {
            return (int)fields[Field.RecursionHeadroom];
        }

        ulong overflowed = fields[Field.Overflowed];
        return overflowed == fields[Field.RecursionCritical] ? (int)overflowed : 2;
    }

    private short Cframe(SimThread.Fields fields)
    {
        if (!fields.Has(Field.Cframe))
        {
            return 0;
        }

        ulong cframe = fields[Field.Cframe];
        Flow flow = _active.Flow;
        return cframe == _active.AddressOf(Field.RootCframe) ? (short)0 : cframe >= flow.Stack.Low && cframe < flow.Top ? (short)1 : (short)2;
    }

    private bool HasRightBounds(SimThread.Fields fields)
    {
        ulong low = _active.Flow.Stack.Low;
        return !fields.Has(Field.CStackTop)
            || (fields[Field.CStackTop] == CStackBounds.Top(low, CStack.Words)
                && fields[Field.CStackSoftLimit] == CStackBounds.SoftLimit(low)
                && fields[Field.CStackHardLimit] == CStackBounds.HardLimit(low));
    }
}
