// What can be seen after a command: every channel at one go, because it is looked at after every command. Nothing here allocates.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PyState.Reference;

/// <summary>What can be seen after a command besides the raw values, one field per channel. Laid out as it is written here, so that whoever has the same
/// fields in the same order can have it written there.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct SimObservation
{
    /// <summary>The labels of the eight innermost frames that run, the innermost in the lowest byte; after <see cref="SimMachine.Walk"/> or
    /// <see cref="SimMachine.Top"/> those of the walked chain.</summary>
    public ulong Frames;

    /// <summary>The labels of the eight frames below those.</summary>
    public ulong OuterFrames;

    /// <summary>In a script of the switcher's alphabet 0 to 4, the context that runs on the active thread, else 0 to 2, the active thread.</summary>
    public byte Running;

    /// <summary>In the high four bits the label of the handled exception, in the low four that of the one that was handled when it was raised; 0 for none.</summary>
    public byte Handled;

    /// <summary>The value of the first ContextVar in the low four bits, of the second in the high four, through their caches (<c>PyContextVar_Get</c>,
    /// Python/context.c); 0 for one that is unset.</summary>
    public byte Variables;

    /// <summary>In the high four bits the trace function that <c>sys.gettrace</c> names, in the low four the one that gets the call event of a leaf called now;
    /// 0 for none.</summary>
    public byte Trace;

    /// <summary>The same of the profile function.</summary>
    public byte Profile;

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
        if (_isOver)
        {
            seen = default;
            raw.Clear();
            return;
        }

        ref short first = ref MemoryMarshal.GetReference(raw[..((int)RawComponent.Allocations + 1)]);
        SimThread thread = _active;
        seen.Running = (byte)(_alphabet == Alphabet.Switcher ? Current : thread.Index);
        if (Glance(thread, ref seen, ref first))
        {
            DemandThatNothingWasMissed(thread, in seen, raw);
        }
        else
        {
            ObserveCarefully(thread, ref seen, ref first);
        }

        if (!_isWalk && thread.Has(Field.LastProfiledFrame))
        {
            Sample(thread);
        }
    }

    // Word by word, and what is gone is a fault: what every observation is by definition.
    private void ObserveCarefully(SimThread thread, ref SimObservation seen, ref short raw)
    {
        WalkAll(ref seen, _isWalk ? _walked : RunningFrame(), thread.NoFrame());
        SimThread.Fields fields = thread.Read();
        ulong exception = _evaluator.HandledException(thread);
        int link = exception == 0 ? 0 : Label(_memory.Load(exception + ObjectOffset.ExceptionContext));
        seen.Handled = (byte)((Label(exception) << 4) | link);
        ulong context = fields[Field.Context];
        (ulong First, ulong Second) values = context == 0 ? default : _memory.LoadPair(context + ObjectOffset.ContextValues);
        seen.Variables = context == 0 ? (byte)0 : Variables(thread, values);
        short useTracing = UseTracing(fields);
        bool fires = fields[Field.Tracing] == 0 && (_version >= CPythonVersion.V3_12 || useTracing != 0);
        seen.Trace = (byte)((fields[Field.TraceObj] << 4) | (fires ? fields[Field.TraceFunc] : 0));
        seen.Profile = (byte)((fields[Field.ProfileObj] << 4) | (fires ? fields[Field.ProfileFunc] : 0));
        ulong dict = fields[Field.Dict];
        seen.Local = dict == 0 ? (byte)0 : (byte)_memory.Load(dict + ObjectOffset.DictValue);

        long limit = fields.Has(Field.RecursionLimit) ? (long)fields[Field.RecursionLimit] : thread.Interp.RecursionLimit;
        Put(ref raw, RawComponent.RecursionLimit, limit);
        Put(ref raw, RawComponent.Depth, _version <= CPythonVersion.V3_10 ? (long)fields[Field.RecursionDepth] : limit - (long)fields[Field.RecursionRemaining]);
        Put(ref raw, RawComponent.CDepth, fields.Has(Field.CRecursionRemaining) ? SimThread.CRecursionLimit - (long)fields[Field.CRecursionRemaining] : 0);
        Put(ref raw, RawComponent.TracingNesting, (long)fields[Field.Tracing]);
        Put(ref raw, RawComponent.TraceEvent, Flag(IsTraceEvent(fields)));
        Put(ref raw, RawComponent.TrashNesting, (long)fields[Field.TrashDeleteNesting]);
        Put(ref raw, RawComponent.OverflowState, OverflowState(fields));
        Put(ref raw, RawComponent.Executor, Flag(fields[Field.CurrentExecutor] != 0));
        Put(ref raw, RawComponent.Cframe, Cframe(thread, fields));
        Put(ref raw, RawComponent.CStackBounds, Flag(HasRightBounds(thread, fields)));
        Put(ref raw, RawComponent.UseTracing, useTracing);
        Put(ref raw, RawComponent.AsyncException, (long)fields[Field.AsyncExc]);
        Put(ref raw, RawComponent.Allocations, _saveCost);
        Put(ref raw, RawComponent.ContextObject, context == 0 ? 0 : 1 + (long)values.First + (4 * (long)values.Second));
        Put(ref raw, RawComponent.PendingException, Label(fields[Field.PendingException]));
        Put(ref raw, RawComponent.DataStack, _evaluator.DataStack.Count(fields));
        Put(ref raw, RawComponent.Wide, thread.FirstTouched());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref short first, RawComponent component, long value) => Unsafe.Add(ref first, (int)component) = (short)value;

    // A comparison as a number: written with ?: it is compared twice.
    private static short Flag(bool value) => Unsafe.BitCast<bool, byte>(value);

    // The tests, and the mutants of CI, run a Debug build: there both ways are taken after every command, whatever an implementation has done.
    [Conditional("DEBUG")]
    private void DemandThatNothingWasMissed(SimThread thread, in SimObservation seen, Span<short> raw)
    {
        SimObservation whole = new() { Running = seen.Running };
        Span<short> wholeRaw = stackalloc short[(int)RawComponent.Allocations + 1];
        Fault before = _memory.Fault;
        ObserveCarefully(thread, ref whole, ref MemoryMarshal.GetReference(wholeRaw));
        if (whole != seen || !wholeRaw.SequenceEqual(raw[..wholeRaw.Length]) || _memory.Fault != before)
        {
            throw new InvalidOperationException("a glance does not see what a careful look sees");
        }
    }

    private void WalkAll(ref SimObservation seen, ulong frame, ulong none)
    {
        ulong body = _evaluator.Body(0);
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

    // PyContextVar_Get, Python/context.c, of each variable.
    private static byte Variables(SimThread thread, (ulong First, ulong Second) values)
    {
        ref VariableCaches caches = ref thread.Interp.Caches;
        ulong id = thread.Load(Field.Id);
        ulong version = thread.Load(Field.ContextVer);
        return (byte)(caches[0].Get(values.First, version, id) | (caches[1].Get(values.Second, version, id) << 4));
    }

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
    private void Sample(SimThread thread)
    {
        ulong start = RunningFrame();
        ulong sample = thread.Load(Field.LastProfiledFrame);
        bool found = sample == 0;
        ulong frame = start;
        for (int bound = 0; bound < Evaluator.MaxChain && !found && frame != 0 && frame != thread.NoFrame(); bound++)
        {
            found = frame == sample;
            frame = _memory.Load(frame + FrameOffset.Previous);
        }

        if (!found)
        {
            _memory.Report(Fault.StaleProfilerFrame, sample);
        }

        thread.Set(Field.LastProfiledFrame, _evaluator.SkipEntryFrames(thread, start));
    }

    private short UseTracing(SimThread.Fields fields) =>
        _version >= CPythonVersion.V3_12 ? (short)0
        : _version <= CPythonVersion.V3_9 ? Flag(fields[Field.UseTracing] != 0)
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

    private static short Cframe(SimThread thread, SimThread.Fields fields)
    {
        if (!fields.Has(Field.Cframe))
        {
            return 0;
        }

        ulong cframe = fields[Field.Cframe];
        Flow flow = thread.Flow;
        return cframe == thread.AddressOf(Field.RootCframe) ? (short)0 : cframe >= flow.Stack.Low && cframe < flow.Top ? (short)1 : (short)2;
    }

    private static bool HasRightBounds(SimThread thread, SimThread.Fields fields)
    {
        ulong low = thread.Flow.Stack.Low;
        return !fields.Has(Field.CStackTop)
            || (fields[Field.CStackTop] == CStackBounds.Top(low, CStack.Words)
                && fields[Field.CStackSoftLimit] == CStackBounds.SoftLimit(low)
                && fields[Field.CStackHardLimit] == CStackBounds.HardLimit(low));
    }
}
