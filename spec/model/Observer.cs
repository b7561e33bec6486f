using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
        if (outcome.Shows != 0 || Deviates(semantics, Deviations.FramesRunOn))
        {
            observation.Frames = FramesShown(in state, in outcome);
        }
        else
        {
            observation.Frames = flow.Frames;
        }

        observation.Handled = flow.Handled.Top;
        observation.Local = thread.Local;
        int values = (int)(state.ContextValues >> (4 * flow.Context)) & 15;
        observation.Vars = Variables(values);
        int trace = thread.Trace;
        int profile = thread.Profile;
        int fires = Flag(flow.Tracing == 0);
        observation.Trace = (byte)((trace << 4) | (trace & -fires));
        observation.Profile = (byte)((profile << 4) | (profile & -fires));

        ref short raw = ref observation.Raw[0];
        flow.Shown(semantics.Shown).StoreUnsafe(ref raw); // CDepth, TracingNesting, TraceEvent, DataStack, TrashNesting, OverflowState, Executor
        Put(ref raw, RawValue.Depth, flow.Depth);
        Put(ref raw, RawValue.Cframe, Flag(semantics.HasCframe & !flow.Frames.IsEmpty));
        Put(ref raw, RawValue.CStackBounds, 1);
        Put(ref raw, RawValue.UseTracing, Flag(semantics.HasUseTracing & ((trace | profile) != 0)) & fires);
        Put(ref raw, RawValue.ContextObject, Flag(flow.Context != 0) + values);
        Put(ref raw, RawValue.PendingException, thread.Pending);
        Put(ref raw, RawValue.AsyncException, thread.Async);
        Put(ref raw, RawValue.RecursionLimit, LimitInForce(semantics, in state));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref short raw, RawValue value, int shown) => Unsafe.Add(ref raw, (int)value) = (short)shown;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ByteStack FramesShown(in State state, in Outcome outcome) =>
        outcome.Shows != 0 ? state.Slots[outcome.Shows - 1].Flow.Frames
        : state.Alphabet == Alphabet.Switcher ? ChainOf(in state)
        : state.Threads[state.Active].Flow.Frames;

    // A comparison as a number, without a branch: nobody can predict what a random command has changed.
    private static short Flag(bool value) => Unsafe.BitCast<bool, byte>(value);
}
