// The life of a saved state, from the handle's point of view.

using PyState.Spec.Model;
using Stateless;

namespace PyState.Spec.Lifecycle;

/// <summary>What can happen to a saved state. Calls come from a thread for which they are right: attached, of the owning thread, quiescent for Restore.
/// <see cref="Totality"/> has the others.</summary>
public enum SavedStateTrigger : byte
{
    /// <summary>A state is allocated.</summary>
    New,

    /// <summary>The same, and the allocator fails.</summary>
    NewFails,

    /// <summary>Save on a thread with frames.</summary>
    SaveWithFrames,

    /// <summary>Save on a thread without frames.</summary>
    SaveWithoutFrames,

    /// <summary>Save on a thread with frames inside of <c>Context.run</c>.</summary>
    SaveEnteredWithFrames,

    /// <summary>Save on a thread without frames inside of <c>Context.run</c>, called by C code.</summary>
    SaveEnteredWithoutFrames,

    /// <summary>Restore.</summary>
    Restore,

    /// <summary>Discard.</summary>
    Discard,

    /// <summary>The handle object dies.</summary>
    Drop,

    /// <summary>Its thread ends, its interpreter finalizes, or a fork leaves its thread behind.</summary>
    Strand,

    /// <summary>Somebody enters its Context object by <c>Context.run</c>.</summary>
    EnterContext,

    /// <summary>That <c>Context.run</c> ends.</summary>
    ExitContext,

    /// <summary>Top frame, reading the Context object, traverse: they only look.</summary>
    Inspect,

    /// <summary>Another Context object is set.</summary>
    SetContext,

    /// <summary>The garbage collector's clear.</summary>
    Clear,
}

/// <summary>The lifecycle of a saved state: single use, and nothing leads back to live.</summary>
public static class SavedStateLifecycle
{
    private static readonly SavedStateTrigger[] Saves =
    [
        SavedStateTrigger.SaveWithFrames, SavedStateTrigger.SaveWithoutFrames, SavedStateTrigger.SaveEnteredWithFrames, SavedStateTrigger.SaveEnteredWithoutFrames,
    ];

    private static readonly SavedStateTrigger[] NeedLive =
        [SavedStateTrigger.Restore, SavedStateTrigger.Discard, SavedStateTrigger.Inspect, SavedStateTrigger.SetContext, SavedStateTrigger.Clear];

    /// <summary>The compiled table.</summary>
    public static LifecycleTable<HandleState, SavedStateTrigger> Table { get; } = LifecycleCompiler.Compile(Machine(HandleState.Null));

    /// <summary>The lifecycle as a Mermaid state diagram.</summary>
    /// <param name="errors">Whether to draw the defined errors as loops as well; without them the diagram is readable.</param>
    public static string Diagram(bool errors = false) => LifecycleCompiler.Diagram(Machine(HandleState.Null, errors));

    /// <summary>A machine of its own, mutable and for one thread only.</summary>
    /// <param name="initial">Where it starts.</param>
    /// <param name="errors">Whether the defined errors are part of it; without them it is not total.</param>
    public static StateMachine<HandleState, SavedStateTrigger> Machine(HandleState initial, bool errors = true)
    {
        var machine = new StateMachine<HandleState, SavedStateTrigger>(initial);
        foreach (HandleState none in new[] { HandleState.Null, HandleState.Dropped })
        {
            machine.Configure(none).Permit(SavedStateTrigger.New, HandleState.Empty).PermitReentry(SavedStateTrigger.Strand);
            Refuse(none, Status.NoMemory, SavedStateTrigger.NewFails);
            Refuse(none, Status.InvalidHandle, [.. Saves, .. NeedLive, SavedStateTrigger.Drop]);
            Refuse(none, Status.Inapplicable, SavedStateTrigger.EnterContext, SavedStateTrigger.ExitContext);
        }

        machine.Configure(HandleState.Empty)
            .Permit(SavedStateTrigger.SaveWithFrames, HandleState.LiveWithFrames)
            .Permit(SavedStateTrigger.SaveWithoutFrames, HandleState.LiveWithoutFrames)
            .Permit(SavedStateTrigger.SaveEnteredWithFrames, HandleState.LiveEnteredWithFrames)
            .Permit(SavedStateTrigger.SaveEnteredWithoutFrames, HandleState.LiveEnteredWithoutFrames);
        Ended(HandleState.Empty, Status.NotSaved);

        // With frames: restored or abandoned, never released.
        machine.Configure(HandleState.LiveWithFrames).Permit(SavedStateTrigger.EnterContext, HandleState.LiveEnteredWithFrames).PermitReentry(SavedStateTrigger.SetContext);
        machine.Configure(HandleState.LiveEnteredWithFrames).Permit(SavedStateTrigger.ExitContext, HandleState.LiveWithFrames);
        foreach (HandleState live in new[] { HandleState.LiveWithFrames, HandleState.LiveEnteredWithFrames })
        {
            machine.Configure(live)
                .Permit(SavedStateTrigger.Restore, HandleState.Consumed)
                .Permit(SavedStateTrigger.Drop, HandleState.Dropped)
                .Permit(SavedStateTrigger.Strand, HandleState.Abandoned)
                .PermitReentry(SavedStateTrigger.Inspect)
                .PermitReentry(SavedStateTrigger.Clear);
            Refuse(live, Status.HasFrames, SavedStateTrigger.Discard);
        }

        // Without frames: also released.
        machine.Configure(HandleState.LiveWithoutFrames)
            .Permit(SavedStateTrigger.EnterContext, HandleState.LiveEnteredWithoutFrames)
            .PermitReentry(SavedStateTrigger.SetContext)
            .PermitReentry(SavedStateTrigger.Clear);
        machine.Configure(HandleState.LiveEnteredWithoutFrames)
            .Permit(SavedStateTrigger.ExitContext, HandleState.LiveWithoutFrames)
            .Permit(SavedStateTrigger.Clear, HandleState.LiveWithoutFrames); // the Context object is no longer the state's
        foreach (HandleState live in new[] { HandleState.LiveWithoutFrames, HandleState.LiveEnteredWithoutFrames })
        {
            machine.Configure(live)
                .Permit(SavedStateTrigger.Restore, HandleState.Consumed)
                .Permit(SavedStateTrigger.Discard, HandleState.Discarded)
                .Permit(SavedStateTrigger.Drop, HandleState.Dropped)
                .Permit(SavedStateTrigger.Strand, HandleState.Discarded)
                .PermitReentry(SavedStateTrigger.Inspect);
        }

        foreach (HandleState live in new[] { HandleState.LiveWithFrames, HandleState.LiveWithoutFrames })
        {
            Refuse(live, Status.Inapplicable, SavedStateTrigger.New, SavedStateTrigger.NewFails, SavedStateTrigger.ExitContext);
            Refuse(live, Status.NotEmpty, Saves);
        }

        foreach (HandleState live in new[] { HandleState.LiveEnteredWithFrames, HandleState.LiveEnteredWithoutFrames })
        {
            Refuse(live, Status.Inapplicable, SavedStateTrigger.New, SavedStateTrigger.NewFails);
            Refuse(live, Status.NotEmpty, Saves);
            Refuse(live, Status.Entered, SavedStateTrigger.EnterContext, SavedStateTrigger.SetContext);
        }

        Ended(HandleState.Consumed, Status.Consumed);
        Ended(HandleState.Discarded, Status.Discarded);
        Ended(HandleState.Abandoned, Status.Abandoned);
        foreach (HandleState ended in new[] { HandleState.Consumed, HandleState.Discarded, HandleState.Abandoned })
        {
            Refuse(ended, Status.NotEmpty, Saves);
        }

        return machine;

        // Nothing is saved in it: what needs a live state names why, and its handle can still die.
        void Ended(HandleState state, Status why)
        {
            machine.Configure(state).Permit(SavedStateTrigger.Drop, HandleState.Dropped).PermitReentry(SavedStateTrigger.Strand);
            Refuse(state, why, NeedLive);
            Refuse(state, Status.Inapplicable, SavedStateTrigger.New, SavedStateTrigger.NewFails, SavedStateTrigger.EnterContext, SavedStateTrigger.ExitContext);
        }

        void Refuse(HandleState state, Status status, params SavedStateTrigger[] triggers)
        {
            if (errors)
            {
                machine.Configure(state).Refuse(status, triggers);
            }
        }
    }
}
