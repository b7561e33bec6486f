// One transition of the lifecycle of a thread goes wrong: the call ends well and does nothing.

using PyState.Reference;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using Field = PyState.Reference.Field;

namespace PyState.Conformance.Mutants;

/// <summary>Save or Restore of a thread in one phase ends well and does nothing.</summary>
/// <param name="row">The transition.</param>
public sealed class ThreadMutant(LifecycleRow<ThreadPhase, ThreadTrigger> row) : Decorator
{
    private readonly Dictionary<ulong, ThreadTrigger> savedIn = [];

    /// <inheritdoc/>
    public override void Reset()
    {
        savedIn.Clear();
        base.Reset();
    }

    /// <inheritdoc/>
    protected override SimStatus Around(ApiCall call, SimThread thread, ulong handle, Func<SimStatus> honest)
    {
        if (call is not (ApiCall.Save or ApiCall.Restore))
        {
            return honest();
        }

        ThreadPhase phase = PhaseOf(thread);
        ThreadTrigger trigger = call == ApiCall.Save ? ThreadTrigger.Save : savedIn.GetValueOrDefault(handle, ThreadTrigger.Save);
        bool isMeant = phase == row.From && trigger == row.Trigger && IsMeant(call, thread, handle);
        if (isMeant && row.Status == Status.Ok)
        {
            return SimStatus.Ok;
        }

        SimStatus status = honest();
        if (isMeant && IsOf(row.Status, (Status)(byte)status))
        {
            return SimStatus.Ok;
        }

        if (call == ApiCall.Save && status == SimStatus.Ok)
        {
            savedIn[handle] = phase switch
            {
                ThreadPhase.Ready => ThreadTrigger.RestoreReady,
                ThreadPhase.Running => ThreadTrigger.RestoreRunning,
                _ => ThreadTrigger.RestoreInCallback,
            };
        }

        return status;
    }

    /// <summary>Whether an error is what the lifecycle says of a phase: of a thread that runs it names what comes first in the check order.</summary>
    /// <param name="said">What the lifecycle says.</param>
    /// <param name="status">The error.</param>
    internal static bool IsOf(Status said, Status status) =>
        said == status || (said is Status.HasFrames or Status.Tracing && status is Status.HasFrames or Status.Handling or Status.InRecursion or Status.Tracing);

    // The lifecycle speaks of calls with a handle that is right for them; whose it is cannot be asked by a caller that can do nothing.
    private bool IsMeant(ApiCall call, SimThread thread, ulong handle) =>
        !thread.IsAttached || thread.IsFinalizing || (call == ApiCall.Restore ? IsLive(thread, handle) : Honest.TopFrame(thread, handle, out _) == SimStatus.NotSaved);

    private static ThreadPhase PhaseOf(SimThread thread)
    {
        ThreadPhase activity = thread.Load(Field.Tracing) != 0 ? ThreadPhase.InCallback
            : thread.TopFrame() != 0 || thread.Load(thread.AddressOf(Field.ExcState), ExcItemOffset.Value) != 0 || IsDeep(thread) ? ThreadPhase.Running
            : ThreadPhase.Ready;
        bool pending = thread.Load(Field.PendingException) != 0;
        return thread.IsFinalizing ? ThreadPhase.Finalizing : (activity, pending, thread.IsAttached) switch
        {
            (ThreadPhase.Ready, true, true) => ThreadPhase.PendingReady,
            (ThreadPhase.Ready, false, false) => ThreadPhase.DetachedReady,
            (ThreadPhase.Ready, true, false) => ThreadPhase.DetachedPendingReady,
            (ThreadPhase.Running, true, true) => ThreadPhase.PendingRunning,
            (ThreadPhase.Running, false, false) => ThreadPhase.DetachedRunning,
            (ThreadPhase.Running, true, false) => ThreadPhase.DetachedPendingRunning,
            (ThreadPhase.InCallback, true, true) => ThreadPhase.PendingInCallback,
            (ThreadPhase.InCallback, false, false) => ThreadPhase.DetachedInCallback,
            (ThreadPhase.InCallback, true, false) => ThreadPhase.DetachedPendingInCallback,
            _ => activity,
        };
    }

    private static bool IsDeep(SimThread thread) => (thread.Has(Field.RecursionDepth)
            ? thread.Load(Field.RecursionDepth) != 0
            : thread.RecursionLimit != (long)thread.Load(Field.RecursionRemaining))
        || (thread.Has(Field.CRecursionRemaining) && (long)thread.Load(Field.CRecursionRemaining) != SimThread.CRecursionLimit);
}
