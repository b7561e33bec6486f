// What can be seen after a command: every channel at one go, because it is looked at after every command. Nothing here allocates.
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

    /// <summary>Everything that can be seen now.</summary>
    /// <param name="seen">Every channel but the raw one.</param>
    /// <param name="raw">Every component of the thread state as it is, as <see cref="RawComponent"/> says: one value each; negative ones wrap.</param>
    public void Observe(ref SimObservation seen, Span<short> raw)
    {
        SimThread thread = _active;
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
        long limit = fields.Has(Field.RecursionLimit) ? (long)fields[Field.RecursionLimit] : thread.Interp.RecursionLimit;
        long depth = _version <= CPythonVersion.V3_10 ? (long)fields[Field.RecursionDepth] : limit - (long)fields[Field.RecursionRemaining];
        long cdepth = fields.Has(Field.CRecursionRemaining) ? SimThread.CRecursionLimit - (long)fields[Field.CRecursionRemaining] : 0;
        int wide = thread.FirstTouched();
        int pending = Label(fields[Field.PendingException]);
        long values = ContextObject(context);
        bool bounds = HasRightBounds(fields);
        short cframe = Cframe(fields);
        int overflow = OverflowState(fields);
        int dataStack = _evaluator.DataStack.Count(fields);
        bool traceEvent = IsTraceEvent(fields);

        raw = raw[..((int)RawComponent.Allocations + 1)];
        raw[(int)RawComponent.Allocations] = (short)_saveCost;
        raw[(int)RawComponent.Wide] = (short)wide;
        raw[(int)RawComponent.RecursionLimit] = (short)limit;
        raw[(int)RawComponent.AsyncException] = (short)fields[Field.AsyncExc];
        raw[(int)RawComponent.PendingException] = (short)pending;
        raw[(int)RawComponent.ContextObject] = (short)values;
        raw[(int)RawComponent.UseTracing] = useTracing;
        raw[(int)RawComponent.CStackBounds] = Flag(bounds);
        raw[(int)RawComponent.Cframe] = cframe;
        raw[(int)RawComponent.Executor] = Flag(fields[Field.CurrentExecutor] != 0);
        raw[(int)RawComponent.OverflowState] = (short)overflow;
        raw[(int)RawComponent.TrashNesting] = (short)fields[Field.TrashDeleteNesting];
        raw[(int)RawComponent.DataStack] = (short)dataStack;
        raw[(int)RawComponent.TraceEvent] = Flag(traceEvent);
        raw[(int)RawComponent.TracingNesting] = (short)fields[Field.Tracing];
        raw[(int)RawComponent.CDepth] = (short)cdepth;
        raw[(int)RawComponent.Depth] = (short)depth;
    }

    private static short Flag(bool value) => value ? (short)1 : (short)0;

    private void ObserveFrames(ref SimObservation seen)
    {
        ulong none = _active.NoFrame();
        ulong start = _isWalk ? _walked : RunningFrame();
        ulong body = _evaluator.Body(0);
        ulong inner = 0;
        ulong outer = 0;
        int shift = 0;
        ulong frame = start;
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
        if (!_isWalk && _active.Has(Field.LastProfiledFrame))
        {
            Sample(start);
        }
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
