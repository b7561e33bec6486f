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
        ulong frame = _isWalk ? _walked : RunningFrame();
        ulong sample = SampledFrame();
        bool sampled = _isWalk || sample == 0;
        ulong top = 0;
        int count = 0;
        for (int bound = 0; frame != 0 && frame != none; bound++)
        {
            if (bound == Evaluator.MaxChain)
            {
                _memory.Report(Fault.EndlessChain, frame);
                break;
            }

            ulong body = _evaluator.Body(frame);
            byte label = (byte)_memory.Load(body + FrameOffset.Label);
            if (label != 0 && count < labels.Length)
            {
                labels[count++] = label;
                top = top == 0 ? frame : top;
            }

            sampled |= frame == sample;
            frame = _memory.Load(body + FrameOffset.Previous);
        }

        Sample(top, sampled);
        return count;
    }

    /// <summary>The value of a ContextVar, through its cache (<c>PyContextVar_Get</c>, Python/context.c).</summary>
    /// <param name="v">0 or 1: which variable.</param>
    /// <returns>Its value; 0 if unset.</returns>
    public int ReadVar(int v)
    {
        ulong context = _active.Load(Field.Context);
        if (context == 0)
        {
            return 0;
        }

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

    /// <summary>Every component of the thread state as it is, as <see cref="RawComponent"/> says. In one go: it is read after every command.</summary>
    /// <param name="values">Where to write them, one per component; negative values wrap.</param>
    public void ReadRaw(Span<short> values)
    {
        SimThread thread = _active;
        values = values[..(int)(RawComponent.Allocations + 1)];
        values[(int)RawComponent.Allocations] = (short)_saveCost;
        values[(int)RawComponent.Wide] = (short)thread.FirstTouched();
        values[(int)RawComponent.RecursionLimit] = (short)thread.RecursionLimit;
        values[(int)RawComponent.AsyncException] = (short)thread.Load(Field.AsyncExc);
        values[(int)RawComponent.PendingException] = (short)Label(thread.Load(Field.PendingException));
        values[(int)RawComponent.ContextObject] = (short)ContextObject(thread.Load(Field.Context));
        values[(int)RawComponent.UseTracing] = (short)(_evaluator.IsTracingMisread(thread) ? 2 : _evaluator.UseTracing(thread) ? 1 : 0);
        values[(int)RawComponent.CStackBounds] = (short)(HasRightBounds() ? 1 : 0);
        values[(int)RawComponent.Cframe] = (short)Cframe();
        values[(int)RawComponent.Executor] = (short)(thread.Load(Field.CurrentExecutor) != 0 ? 1 : 0);
        values[(int)RawComponent.OverflowState] = (short)OverflowState();
        values[(int)RawComponent.TrashNesting] = (short)thread.Load(Field.TrashDeleteNesting);
        values[(int)RawComponent.DataStack] = (short)_evaluator.DataStack.Count(thread);
        values[(int)RawComponent.TraceEvent] = (short)(IsTraceEvent() ? 1 : 0);
        values[(int)RawComponent.TracingNesting] = (short)thread.Load(Field.Tracing);
        values[(int)RawComponent.CDepth] = thread.Has(Field.CRecursionRemaining)
            ? (short)(SimThread.CRecursionLimit - (long)thread.Load(Field.CRecursionRemaining))
            : (short)0;
        values[(int)RawComponent.Depth] = (short)Depth(thread);
    }

    // Read past the cache of ContextVar, so that a stale cache can be told from a wrong Context object.
    private long ContextObject(ulong context) =>
        context == 0 ? 0 : 1 + (long)_memory.Load(context + ObjectOffset.ContextValues) + (4 * (long)_memory.Load(context + ObjectOffset.ContextValues + 1));

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

    private ulong SampledFrame() => _active.Load(Field.LastProfiledFrame);

    // 3.15: a profiler that samples from outside trusts that the frame of its last sample is still in the chain, or that the field says so.
    private void Sample(ulong top, bool sampled)
    {
        if (!sampled)
        {
            _memory.Report(Fault.StaleProfilerFrame, SampledFrame());
        }

        if (!_isWalk && _active.Has(Field.LastProfiledFrame))
        {
            _active.Set(Field.LastProfiledFrame, top);
        }
    }

    private bool IsTraceEvent() => _active.Has(Field.TraceEvent)
        && _active.Load(Field.TraceEvent) != (_version == CPythonVersion.V3_11 ? 0 : ulong.MaxValue);

    private int OverflowState()
    {
        if (_version >= CPythonVersion.V3_10)
        {
            return (int)_active.Load(Field.RecursionHeadroom);
        }

        ulong overflowed = _active.Load(Field.Overflowed);
        return overflowed == _active.Load(Field.RecursionCritical) ? (int)overflowed : 2;
    }

    private int Cframe()
    {
        if (!_active.Has(Field.Cframe))
        {
            return 0;
        }

        ulong cframe = _active.Load(Field.Cframe);
        Flow flow = _active.Flow;
        return cframe == _active.AddressOf(Field.RootCframe) ? 0 : cframe >= flow.Stack.Low && cframe < flow.Top ? 1 : 2;
    }

    private bool HasRightBounds()
    {
        ulong low = _active.Flow.Stack.Low;
        return !_active.Has(Field.CStackTop)
            || (_active.Load(Field.CStackTop) == CStackBounds.Top(low, CStack.Words)
                && _active.Load(Field.CStackSoftLimit) == CStackBounds.SoftLimit(low)
                && _active.Load(Field.CStackHardLimit) == CStackBounds.HardLimit(low));
    }
}
