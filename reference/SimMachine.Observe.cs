// What can be seen after a command: one inspector per channel, none of which allocates.
namespace PyState.Reference;

public sealed partial class SimMachine
{
    /// <summary>0 to 4: the context that runs on the active thread; -1 on the second interpreter's.</summary>
    public int RunningContext => Current;

    /// <summary>0 to 2: the active thread.</summary>
    public int RunningThread => _active.Index;

    /// <summary>The handled exception: its label, and that of the exception handled when it was raised; (0, 0) if none.</summary>
    public (byte Label, byte Link) Handled
    {
        get
        {
            ulong exception = _evaluator.HandledException(_active);
            return exception == 0
                ? default
                : ((byte)Label(exception), (byte)Label(_memory.Load(exception + ObjectOffset.ExceptionContext)));
        }
    }

    /// <summary>The trace function that <c>sys.gettrace</c> names; 0 for none.</summary>
    public int TraceFunction => (int)_active.Load(Field.TraceObj);

    /// <summary>The trace function that gets the call event of a leaf called now; 0 for none.</summary>
    public int LeafTraced => _evaluator.EventFunction(_active, Field.TraceFunc);

    /// <summary>The profile function that <c>sys.getprofile</c> names; 0 for none.</summary>
    public int ProfileFunction => (int)_active.Load(Field.ProfileObj);

    /// <summary>The profile function that gets the call event of a leaf called now; 0 for none.</summary>
    public int LeafProfiled => _evaluator.EventFunction(_active, Field.ProfileFunc);

    /// <summary>The thread-local value.</summary>
    public int LocalValue
    {
        get
        {
            ulong dict = _active.Load(Field.Dict);
            return dict == 0 ? 0 : (int)_memory.Load(dict + ObjectOffset.DictValue);
        }
    }

    /// <summary>The labels of the frames that run, innermost first; after <see cref="Walk"/> or <see cref="Top"/> those of the walked chain.</summary>
    /// <param name="labels">Where to write them; 64 are enough for any chain.</param>
    /// <returns>How many were written.</returns>
    public int CopyFrames(Span<byte> labels)
    {
        ulong none = _active.NoFrame();
        ulong start = _isWalk ? _walked : RunningFrame();
        int count = 0;
        ulong frame = start;
        for (int bound = 0; frame != 0 && frame != none; bound++)
        {
            if (bound == Evaluator.MaxChain)
            {
                _memory.Report(Fault.EndlessChain, frame);
                break;
            }

            (ulong label, ulong previous) = _memory.LoadPair(_evaluator.Body(frame) + FrameOffset.Label);
            if ((byte)label != 0 && count < labels.Length)
            {
                labels[count++] = (byte)label;
            }

            frame = previous;
        }

        if (!_isWalk && _active.Has(Field.LastProfiledFrame))
        {
            Sample(start);
        }

        return count;
    }

    /// <summary>The values of the two ContextVars, each through its cache (<c>PyContextVar_Get</c>, Python/context.c); 0 if unset.</summary>
    public (int First, int Second) Variables
    {
        get
        {
            ulong context = _active.Load(Field.Context);
            return context == 0 ? default : (Variable(0, context), Variable(1, context));
        }
    }

    /// <summary>Every component of the thread state as it is, as <see cref="RawComponent"/> says. In one go: it is read after every command.</summary>
    /// <param name="values">Where to write them, one per component; negative values wrap.</param>
    public void ReadRaw(Span<short> values)
    {
        SimThread thread = _active;
        SimThread.Fields fields = thread.Read();
        values = values[..(int)(RawComponent.Allocations + 1)];
        values[(int)RawComponent.Allocations] = (short)_saveCost;
        values[(int)RawComponent.Wide] = (short)thread.FirstTouched();
        long limit = fields.Has(Field.RecursionLimit) ? (long)fields[Field.RecursionLimit] : thread.Interp.RecursionLimit;
        values[(int)RawComponent.RecursionLimit] = (short)limit;
        values[(int)RawComponent.AsyncException] = (short)fields[Field.AsyncExc];
        values[(int)RawComponent.PendingException] = (short)Label(fields[Field.PendingException]);
        values[(int)RawComponent.ContextObject] = (short)ContextObject(fields[Field.Context]);
        values[(int)RawComponent.UseTracing] = UseTracing(fields);
        values[(int)RawComponent.CStackBounds] = HasRightBounds(fields) ? (short)1 : (short)0;
        values[(int)RawComponent.Cframe] = Cframe(fields);
        values[(int)RawComponent.Executor] = fields[Field.CurrentExecutor] != 0 ? (short)1 : (short)0;
        values[(int)RawComponent.OverflowState] = (short)OverflowState(fields);
        values[(int)RawComponent.TrashNesting] = (short)fields[Field.TrashDeleteNesting];
        values[(int)RawComponent.DataStack] = (short)_evaluator.DataStack.Count(fields);
        values[(int)RawComponent.TraceEvent] = IsTraceEvent(fields) ? (short)1 : (short)0;
        values[(int)RawComponent.TracingNesting] = (short)fields[Field.Tracing];
        values[(int)RawComponent.CDepth] = fields.Has(Field.CRecursionRemaining)
            ? (short)(SimThread.CRecursionLimit - (long)fields[Field.CRecursionRemaining])
            : (short)0;
        values[(int)RawComponent.Depth] = (short)(_version <= CPythonVersion.V3_10 ? (long)fields[Field.RecursionDepth] : limit - (long)fields[Field.RecursionRemaining]);
    }

    private int Variable(int v, ulong context)
    {
        ref (ulong Value, ulong ThreadId, ulong Version) cache = ref _active.Interp.Cache[v];
        ulong id = _active.Load(Field.Id);
        ulong version = _active.Load(Field.ContextVer);
        if (cache.Value != 0 && cache.ThreadId == id && cache.Version == version)
        {
            return (int)cache.Value;
        }

        ulong value = _memory.Load(context + ObjectOffset.ContextValues + (ulong)v);
        if (value != 0)
        {
            cache = (value, id, version);
        }

        return (int)value;
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
