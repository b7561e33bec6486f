namespace PyState.Spec.Model;

// What the model expects to be seen after a command.
public static partial class Machine
{
    /// <summary>The observation that a conforming implementation makes after a command.</summary>
    /// <param name="semantics">What is judged.</param>
    /// <param name="state">The state after the command.</param>
    /// <param name="outcome">The command's outcome.</param>
    /// <param name="observation">The expected observation.</param>
    public static void Observe(Semantics semantics, in State state, in Outcome outcome, out Observation observation)
    {
        ref readonly ThreadState thread = ref state.Threads[state.Active];
        ref readonly Flow flow = ref thread.Flow;
        observation = default;
        observation.Status = outcome.Status;
        observation.Probe = outcome.Probe;
        observation.Event = outcome.Event;
        observation.Running = state.Alphabet == Alphabet.Switcher ? thread.Current : state.Active;
        observation.Frames = outcome.Shows != 0 ? state.Slots[outcome.Shows - 1].Flow.Frames
            : Deviates(semantics, Deviations.FramesRunOn) && state.Alphabet == Alphabet.Switcher ? ChainOf(in state)
            : flow.Frames;
        observation.Handled = flow.Handled.Top;
        observation.Vars = VariablesOf(in state, flow.Context);
        observation.Trace = (byte)((thread.Trace << 4) | LeafEvent(in flow, thread.Trace));
        observation.Profile = (byte)((thread.Profile << 4) | LeafEvent(in flow, thread.Profile));
        observation.Local = thread.Local;
        Raw(semantics, in state, in thread, ref observation.Raw);
    }

    private static void Raw(Semantics semantics, in State state, in ThreadState thread, ref RawValues raw)
    {
        ref readonly Flow flow = ref thread.Flow;
        raw[(int)RawValue.Depth] = flow.Depth;
        raw[(int)RawValue.CDepth] = semantics.HasCDepth ? flow.CDepth : (short)0;
        raw[(int)RawValue.TracingNesting] = flow.Tracing;
        raw[(int)RawValue.TraceEvent] = Flag(semantics.HasTraceEvent && flow.Tracing != 0);
        raw[(int)RawValue.DataStack] = semantics.HasDataStack ? flow.DataStack : (short)0;
        raw[(int)RawValue.TrashNesting] = semantics.HasTrashNesting ? flow.Trash : (short)0;
        raw[(int)RawValue.OverflowState] = Flag(flow.Overflow != 0);
        raw[(int)RawValue.Executor] = Flag(semantics.HasExecutor && flow.Executor != 0);
        raw[(int)RawValue.Cframe] = Flag(semantics.HasCframe && !flow.Frames.IsEmpty);
        raw[(int)RawValue.CStackBounds] = 1;
        raw[(int)RawValue.UseTracing] = Flag(semantics.HasUseTracing && flow.Tracing == 0 && (thread.Trace | thread.Profile) != 0);
        raw[(int)RawValue.ContextObject] = flow.Context == 0 ? (short)0 : (short)(1 + ((int)(state.ContextValues >> (4 * flow.Context)) & 15));
        raw[(int)RawValue.PendingException] = thread.Pending;
        raw[(int)RawValue.AsyncException] = thread.Async;
        raw[(int)RawValue.RecursionLimit] = (short)LimitInForce(semantics, in state);
    }

    private static short Flag(bool value) => value ? (short)1 : (short)0;
}
