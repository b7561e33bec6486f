using PyState.Spec.Clauses;

namespace PyState.Spec.Model;

/// <summary>Which clauses a step exercises: those of which a liar would have looked different here. A component that is not saved, not reset or not
/// restored keeps the value of the flow that ran before, so it shows exactly where the two flows' values differ; a check that is not made
/// shows where it would have refused; a thread-wide value that is switched shows where it changed between Save and Restore.</summary>
public static class Exercise
{
    /// <summary>The clauses that one step exercises.</summary>
    /// <param name="semantics">What is judged.</param>
    /// <param name="before">The model's state before the command.</param>
    /// <param name="command">The command.</param>
    /// <param name="after">The model's state after it.</param>
    /// <param name="outcome">The model's outcome.</param>
    /// <param name="rawShown">Whether the raw channel is declared.</param>
    public static ClauseSet Of(Semantics semantics, in State before, Command command, in State after, in Outcome outcome, bool rawShown)
    {
        if (outcome.Status == Status.Inapplicable)
        {
            return default;
        }

        var attribution = new Attribution(semantics, in before, command, in after, outcome);
        ClauseSet set = default(ClauseSet).With(attribution.OfStatus()).With(Attribution.IsRefusal(outcome.Status), ClauseId.Atom01);
        if (outcome.Status != Status.Ok)
        {
            return set;
        }

        set = set.With(command.Op == Op.Collect, ClauseId.Ambient01)
            .With(command.Op is Op.Census or Op.End, ClauseId.Leak01)
            .With(command.Op == Op.End, ClauseId.Leak02)
            .With(command.Op == Op.Headroom, attribution.OfDepth())
            .With(command.Op == Op.Headroom && rawShown && after.Threads[after.Active].Flow.Origin == Origin.Restored, ClauseId.Derived03)
            .With(command.Op == Op.Reraise, attribution.ByOrigin(ClauseId.Ready02, ClauseId.Restore02))
            .With(command.Op == Op.Abandoned && outcome.Probe != 0, attribution.OfAbandoned())
            .With(before.Threads[before.Active].Async != 0 && after.Threads[before.Active].Async == 0, ClauseId.Ambient06);
        ref readonly Flow now = ref after.Threads[after.Active].Flow;
        if (command.Op == Op.Leave && now.Changed.HasFlag(Changes.Profile) && new Block(before.Threads[before.Active].Flow.Blocks.Top).Kind == BlockKind.Call
            && (!IsOwn(semantics) || outcome.Event != 0))
        {
            set = set.With(attribution.OfEvent());
        }

        return Transfers(in before, command, in after)
            ? set.Union(OfTransfer(semantics, in before, command, in after, attribution, rawShown))
            : set;
    }

    // Where another context's function is never in force here, it shows only that one's own still is.
    private static bool IsOwn(Semantics semantics) => semantics.Deviations.HasFlag(Deviations.ProfileFunctionPerContext);

    private static bool Transfers(in State before, Command command, in State after) => command.Op switch
    {
        Op.Save or Op.Restore => true,
        Op.Switch or Op.Throw or Op.Finish or Op.Fail =>
            before.Threads[before.Active].Current != after.Threads[after.Active].Current,
        _ => false,
    };

    private static ClauseSet OfTransfer(
        Semantics semantics, in State before, Command command, in State after, scoped Attribution attribution, bool rawShown)
    {
        ref readonly ThreadState thread = ref after.Threads[after.Active];
        ref readonly Flow old = ref before.Threads[before.Active].Flow;
        ref readonly Flow now = ref thread.Flow;
        bool functionSet = (thread.Trace | thread.Profile) != 0;
        bool valuesDiffer = Machine.VariablesOf(in before, old.Context) != Machine.VariablesOf(in after, now.Context);
        bool traced = old.Tracing == 0 && functionSet;
        Changes changed = now.Origin == Origin.Restored ? now.Changed : OfSaved(in thread);
        ClauseSet set = default(ClauseSet)
            .With(old.Frames.Packed != now.Frames.Packed, attribution.ByOrigin(ClauseId.Ready01, ClauseId.Restore01))
            .With(old.Handled.Top != now.Handled.Top, attribution.ByOrigin(ClauseId.Ready02, ClauseId.Restore02))
            .With(DeclaresContext(semantics, in now, in after) ? Machine.VariablesOf(in after, now.Context) != 0 : valuesDiffer, attribution.OfContext())
            .With(old.Tracing != now.Tracing && (rawShown || functionSet), attribution.ByOrigin(ClauseId.Ready05, ClauseId.Restore05))
            .With(changed.HasFlag(Changes.Trace), ClauseId.Wide01)
            .With(changed.HasFlag(Changes.Profile), ClauseId.Wide02)
            .With(changed.HasFlag(Changes.Local), ClauseId.Wide03)
            .With(semantics.HasUseTracing && (changed.HasFlag(Changes.UseTracing) || traced != (now.Tracing == 0 && functionSet)), ClauseId.Derived01);
        return rawShown ? set.Union(OfRaw(semantics, in old, in now, command, attribution, changed, valuesDiffer)) : set;
    }

    // A fresh context that should have its starter's values has the same ones, so one that lacks them shows where there are any.
    private static bool DeclaresContext(Semantics semantics, in Flow now, in State after) =>
        now.Origin == Origin.Fresh && after.Alphabet == Alphabet.Switcher && semantics.FreshContext != FreshContext.Empty;

    private static ClauseSet OfRaw(
        Semantics semantics, in Flow old, in Flow now, Command command, scoped Attribution attribution, Changes changed, bool valuesDiffer) =>
        default(ClauseSet)
            .With(old.Depth != now.Depth, attribution.OfDepth())
            .With(semantics.HasDataStack && old.DataStack != now.DataStack, attribution.ByOrigin(ClauseId.Ready06, ClauseId.Restore06))
            .With(semantics.HasTrashNesting && old.Trash != now.Trash, attribution.ByOrigin(ClauseId.Ready07, ClauseId.Restore07))
            .With((old.Overflow != 0) != (now.Overflow != 0), attribution.ByOrigin(ClauseId.Ready08, ClauseId.Restore08))
            .With(semantics.HasTraceEvent && (old.Tracing != 0) != (now.Tracing != 0), attribution.ByOrigin(ClauseId.Ready09, ClauseId.Restore09))
            .With(semantics.HasExecutor && (old.Executor != 0) != (now.Executor != 0), attribution.ByOrigin(ClauseId.Ready10, ClauseId.Restore10))
            .With(semantics.HasCDepth && old.CDepth != now.CDepth, ClauseId.Stack01)
            .With(semantics.HasCStackBounds && command is { Op: Op.Save, B: 1 }, ClauseId.Stack02)
            .With(semantics.HasCframe && old.Frames.IsEmpty != now.Frames.IsEmpty, ClauseId.Stack04)
            .With(valuesDiffer, ClauseId.Derived02)
            .With(changed.HasFlag(Changes.Async), ClauseId.Wide04)
            .With(changed.HasFlag(Changes.Limit), ClauseId.Wide05)
            .With(ClauseId.Wide06)
            .With(command.Op == Op.Save, ClauseId.Save05);

    // A Save that reset what is thread-wide would show wherever a value is set.
    private static Changes OfSaved(in ThreadState thread) =>
        (thread.Trace != 0 ? Changes.Trace : 0) | (thread.Profile != 0 ? Changes.Profile : 0) | (thread.Local != 0 ? Changes.Local : 0)
        | (thread.Async != 0 ? Changes.Async : 0);
}
