// The life of a thread state, as far as Save and Restore care.

using PyState.Spec.Model;
using Stateless;

namespace PyState.Spec.Lifecycle;

/// <summary>Where a thread state is. What it runs, whether an exception is pending and whether it is attached are independent of each other, so the
/// names combine them: detaching and a pending exception hide what runs, and do not end it.</summary>
public enum ThreadPhase : byte
{
    /// <summary>Attached and quiescent: the ready state.</summary>
    Ready,

    /// <summary>Attached, with frames, a handled exception or recursion.</summary>
    Running,

    /// <summary>Attached, a trace or profile callback is running.</summary>
    InCallback,

    /// <summary>As <see cref="Ready"/>, with an exception pending.</summary>
    PendingReady,

    /// <summary>As <see cref="Running"/>, with an exception pending.</summary>
    PendingRunning,

    /// <summary>As <see cref="InCallback"/>, with an exception pending.</summary>
    PendingInCallback,

    /// <summary>As <see cref="Ready"/>, detached.</summary>
    DetachedReady,

    /// <summary>As <see cref="Running"/>, detached.</summary>
    DetachedRunning,

    /// <summary>As <see cref="InCallback"/>, detached.</summary>
    DetachedInCallback,

    /// <summary>As <see cref="PendingReady"/>, detached.</summary>
    DetachedPendingReady,

    /// <summary>As <see cref="PendingRunning"/>, detached.</summary>
    DetachedPendingRunning,

    /// <summary>As <see cref="PendingInCallback"/>, detached.</summary>
    DetachedPendingInCallback,

    /// <summary>Its interpreter is finalizing.</summary>
    Finalizing,

    /// <summary>The thread has ended.</summary>
    Exited,
}

/// <summary>What can happen to a thread state. States that are restored are live and the thread's own; <see cref="Totality"/> has the others.</summary>
public enum ThreadTrigger : byte
{
    /// <summary>A call, a handler or a recursion begins.</summary>
    Enter,

    /// <summary>A trace or profile callback begins.</summary>
    EnterCallback,

    /// <summary>Something inner ends; what it was in goes on.</summary>
    Leave,

    /// <summary>The callback ends; frames are below it.</summary>
    LeaveCallback,

    /// <summary>The last thing that ran ends.</summary>
    LeaveLast,

    /// <summary>An exception becomes pending, or replaces the one that is.</summary>
    SetPending,

    /// <summary>The pending exception, if any, is cleared.</summary>
    ClearPending,

    /// <summary>The thread state is detached (the GIL is released).</summary>
    Detach,

    /// <summary>It is attached again.</summary>
    Attach,

    /// <summary>Save into an empty state.</summary>
    Save,

    /// <summary>Restore of a state that was saved quiescent.</summary>
    RestoreReady,

    /// <summary>Restore of a state that was saved running.</summary>
    RestoreRunning,

    /// <summary>Restore of a state that was saved in a callback.</summary>
    RestoreInCallback,

    /// <summary>The thread ends.</summary>
    Exit,

    /// <summary>The thread begins to finalize its interpreter.</summary>
    Finalize,
}

/// <summary>The lifecycle of a thread state.</summary>
public static class ThreadLifecycle
{
    private static readonly ThreadTrigger[] Calls = [ThreadTrigger.Save, ThreadTrigger.RestoreReady, ThreadTrigger.RestoreRunning, ThreadTrigger.RestoreInCallback];

    private static readonly ThreadTrigger[] Restores = [.. Calls.Skip(1)];

    // What a thread does by running code: impossible while it is detached, burdened with an exception, finalizing or gone.
    private static readonly ThreadTrigger[] Runs =
    [
        ThreadTrigger.Enter, ThreadTrigger.EnterCallback, ThreadTrigger.Leave, ThreadTrigger.LeaveCallback, ThreadTrigger.LeaveLast, ThreadTrigger.Exit, ThreadTrigger.Finalize,
    ];

    private static readonly (ThreadPhase Plain, ThreadPhase Pending, ThreadPhase Detached, ThreadPhase DetachedPending)[] Activities =
    [
        (ThreadPhase.Ready, ThreadPhase.PendingReady, ThreadPhase.DetachedReady, ThreadPhase.DetachedPendingReady),
        (ThreadPhase.Running, ThreadPhase.PendingRunning, ThreadPhase.DetachedRunning, ThreadPhase.DetachedPendingRunning),
        (ThreadPhase.InCallback, ThreadPhase.PendingInCallback, ThreadPhase.DetachedInCallback, ThreadPhase.DetachedPendingInCallback),
    ];

    /// <summary>The compiled table.</summary>
    public static LifecycleTable<ThreadPhase, ThreadTrigger> Table { get; } = LifecycleCompiler.Compile(Machine(ThreadPhase.Ready));

    /// <summary>The lifecycle as a Mermaid state diagram.</summary>
    /// <param name="errors">Whether to draw the defined errors as loops as well; without them the diagram is readable.</param>
    public static string Diagram(bool errors = false) => LifecycleCompiler.Diagram(Machine(ThreadPhase.Ready, errors));

    /// <summary>A machine of its own, mutable and for one thread only.</summary>
    /// <param name="initial">Where it starts.</param>
    /// <param name="errors">Whether the defined errors are part of it; without them it is not total.</param>
    public static StateMachine<ThreadPhase, ThreadTrigger> Machine(ThreadPhase initial, bool errors = true)
    {
        var machine = new StateMachine<ThreadPhase, ThreadTrigger>(initial);

        machine.Configure(ThreadPhase.Ready)
            .Permit(ThreadTrigger.Enter, ThreadPhase.Running)
            .Permit(ThreadTrigger.EnterCallback, ThreadPhase.InCallback)
            .PermitReentry(ThreadTrigger.Save)
            .PermitReentry(ThreadTrigger.RestoreReady)
            .Permit(ThreadTrigger.RestoreRunning, ThreadPhase.Running)
            .Permit(ThreadTrigger.RestoreInCallback, ThreadPhase.InCallback);
        Refuse(ThreadPhase.Ready, Status.Inapplicable, ThreadTrigger.Leave, ThreadTrigger.LeaveCallback, ThreadTrigger.LeaveLast);

        machine.Configure(ThreadPhase.Running)
            .PermitReentry(ThreadTrigger.Enter)
            .Permit(ThreadTrigger.EnterCallback, ThreadPhase.InCallback)
            .PermitReentry(ThreadTrigger.Leave)
            .Permit(ThreadTrigger.LeaveLast, ThreadPhase.Ready)
            .Permit(ThreadTrigger.Save, ThreadPhase.Ready);
        Refuse(ThreadPhase.Running, Status.Inapplicable, ThreadTrigger.LeaveCallback);
        Refuse(ThreadPhase.Running, Status.HasFrames, Restores); // or handling, in-recursion: what of it comes first in the check order

        machine.Configure(ThreadPhase.InCallback)
            .PermitReentry(ThreadTrigger.Enter)
            .PermitReentry(ThreadTrigger.Leave)
            .Permit(ThreadTrigger.LeaveCallback, ThreadPhase.Running)
            .Permit(ThreadTrigger.LeaveLast, ThreadPhase.Ready)
            .Permit(ThreadTrigger.Save, ThreadPhase.Ready);
        Refuse(ThreadPhase.InCallback, Status.Inapplicable, ThreadTrigger.EnterCallback); // callbacks are not traced themselves
        Refuse(ThreadPhase.InCallback, Status.Tracing, Restores); // of a callback without a frame; one with a frame is refused for that first

        foreach (var (plain, pending, detached, detachedPending) in Activities)
        {
            machine.Configure(plain)
                .Permit(ThreadTrigger.SetPending, pending)
                .PermitReentry(ThreadTrigger.ClearPending)
                .Permit(ThreadTrigger.Detach, detached)
                .Permit(ThreadTrigger.Exit, ThreadPhase.Exited)
                .Permit(ThreadTrigger.Finalize, ThreadPhase.Finalizing);
            Refuse(plain, Status.Inapplicable, ThreadTrigger.Attach);

            machine.Configure(pending)
                .PermitReentry(ThreadTrigger.SetPending)
                .Permit(ThreadTrigger.ClearPending, plain)
                .Permit(ThreadTrigger.Detach, detachedPending);
            Refuse(pending, Status.Pending, Calls);
            Refuse(pending, Status.Inapplicable, [.. Runs, ThreadTrigger.Attach]);

            machine.Configure(detached).Permit(ThreadTrigger.Attach, plain);
            machine.Configure(detachedPending).Permit(ThreadTrigger.Attach, pending);
            foreach (ThreadPhase away in new[] { detached, detachedPending })
            {
                Refuse(away, Status.Detached, Calls);
                Refuse(away, Status.Inapplicable, [.. Runs, ThreadTrigger.SetPending, ThreadTrigger.ClearPending, ThreadTrigger.Detach]);
            }
        }

        foreach ((ThreadPhase last, Status answer) in new[] { (ThreadPhase.Finalizing, Status.Finalizing), (ThreadPhase.Exited, Status.Detached) })
        {
            Refuse(last, answer, Calls);
            Refuse(last, Status.Inapplicable, [.. Runs, ThreadTrigger.SetPending, ThreadTrigger.ClearPending, ThreadTrigger.Detach, ThreadTrigger.Attach]);
        }

        return machine;

        void Refuse(ThreadPhase state, Status status, params ThreadTrigger[] triggers)
        {
            if (errors)
            {
                machine.Configure(state).Refuse(status, triggers);
            }
        }
    }
}
