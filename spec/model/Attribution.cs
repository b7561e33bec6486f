using PyState.Spec.Clauses;

namespace PyState.Spec.Model;

/// <summary>Which clause decides what is seen after a command. One function per channel; the first channel that differs, in the order below, is blamed,
/// because what differs after it is a consequence.</summary>
/// <param name="semantics">What is judged.</param>
/// <param name="before">The model's state before the command.</param>
/// <param name="command">The command.</param>
/// <param name="after">The model's state after it.</param>
/// <param name="outcome">The model's outcome.</param>
public readonly ref struct Attribution(Semantics semantics, ref readonly State before, Command command, ref readonly State after, Outcome outcome)
{
    private readonly ref readonly State before = ref before;
    private readonly ref readonly State after = ref after;

    private Flow Running => after.Threads[after.Active].Flow;

    /// <summary>The clause that a difference convicts.</summary>
    /// <param name="differs">The channels that differ, already restricted to the declared ones.</param>
    /// <param name="expected">What the model expects.</param>
    /// <param name="actual">What was seen.</param>
    /// <param name="rawShown">Whether the raw channel is declared: it tells causes apart that look alike from Python.</param>
    public ClauseId Decide(Channels differs, in Observation expected, in Observation actual, bool rawShown)
    {
        if (differs.HasFlag(Channels.Fault))
        {
            return actual.Fault == Observation.LeakFault ? ClauseId.Leak01 : ClauseId.Leak02;
        }

        if (differs.HasFlag(Channels.Status))
        {
            return OfStatus();
        }

        if (differs.HasFlag(Channels.Running))
        {
            return OfRunning();
        }

        if (IsRefusal(outcome.Status) && differs != Channels.None)
        {
            return ClauseId.Atom01;
        }

        if (command.Op == Op.Collect)
        {
            return ClauseId.Ambient01;
        }

        return differs.HasFlag(Channels.Frames) ? OfFrames()
            : differs.HasFlag(Channels.Handled) ? OfHandled()
            : differs.HasFlag(Channels.Raw) ? OfRaw(FirstRaw(in expected, in actual))
            : differs.HasFlag(Channels.Vars) ? OfVariables(rawShown)
            : differs.HasFlag(Channels.Trace) ? OfTracing(expected.Trace, actual.Trace, ClauseId.Wide01)
            : differs.HasFlag(Channels.Profile) ? OfTracing(expected.Profile, actual.Profile, ClauseId.Wide02)
            : differs.HasFlag(Channels.Local) ? ClauseId.Wide03
            : differs.HasFlag(Channels.Event) ? OfEvent()
            : OfProbe(rawShown);
    }

    /// <summary>Whether a status says that the call was refused, so that nothing may have changed (ATOM-01).</summary>
    /// <param name="status">The status.</param>
    public static bool IsRefusal(Status status) => status is Status.Refused or >= Status.Detached;

    /// <summary>The clause that decides how the command ends.</summary>
    public ClauseId OfStatus() => command.Op switch
    {
        Op.Save => OfSave(),
        Op.Restore => OfRestore(),
        Op.Discard => outcome.Status switch
        {
            Status.Ok => ClauseId.Discard01,
            Status.HasFrames => ClauseId.Discard02,
            Status.WrongInterpreter => ClauseId.Discard04,
            Status.InvalidHandle => ClauseId.Handle01,
            _ => ClauseId.Discard03,
        },
        Op.New => ClauseId.Handle04,
        Op.Drop or Op.Abandoned => outcome.Status == Status.InvalidHandle ? ClauseId.Handle01 : ClauseId.Handle03,
        Op.Top or Op.GetContext or Op.SetContext or Op.Traverse or Op.Clear => OfIntrospection(),
        Op.Switch or Op.Throw or Op.Finish or Op.Fail or Op.Kill or Op.Spawn or Op.Walk => OfSwitch(),
        Op.Generator => before.Generators[command.A].Exists ? ClauseId.Ambient10 : OfPush(),
        Op.Async => ClauseId.Ambient06,
        Op.ExitThread => ClauseId.Ambient07,
        Op.Finalize => ClauseId.Ambient08,
        Op.Fork => ClauseId.Ambient09,
        Op.Collect => ClauseId.Ambient01,
        Op.Limit => ClauseId.Ambient05,
        Op.Callback or Op.CTrace when SomeCallbackRuns() => ByOrigin(ClauseId.Ready05, ClauseId.Restore05), // nesting decides whether one can begin
        Op.End => ClauseId.Leak01,
        _ => OfPush(),
    };

    /// <summary>The clause of the command during which the process died. From 3.12 on CPython walks the frames of every thread state when a trace or profile function is
    /// set, to instrument their code: where contexts are suspended, that is a walk of their frames. So is a collection where the collector begins with frames.</summary>
    /// <param name="collectorWalks">Whether a collection that walks the frames of every thread state is on its way into the next switch.</param>
    public ClauseId OfDeath(bool collectorWalks) =>
        before.Alphabet == Alphabet.Switcher && before.Suspended != 0 && WalksFrames(collectorWalks) ? ClauseId.Frame01 : OfStatus();

    private bool WalksFrames(bool collectorWalks) => command.Op switch
    {
        Op.Trace or Op.Profile => !semantics.HasUseTracing,
        Op.Switch or Op.Throw or Op.Kill or Op.End => collectorWalks,
        _ => false,
    };

    // A block that could not be entered, or could: a matter of the recursion depth that is left.
    private ClauseId OfPush() => outcome.Status switch
    {
        Status.RecursionError => OfDepth(),
        Status.Entered => ByOrigin(ClauseId.Ready04, ClauseId.Restore04),
        _ => ClauseId.Base01,
    };

    private ClauseId OfSave() => outcome.Status switch
    {
        Status.Detached => ClauseId.Save01,
        Status.Finalizing => ClauseId.Save02,
        Status.Pending => ClauseId.Save03,
        Status.BadStack => ClauseId.Stack03,
        Status.InvalidHandle => ClauseId.Handle01,
        Status.NotEmpty => ClauseId.Save04,
        _ => InsideOf(ClauseId.Save06),
    };

    private ClauseId OfRestore() => outcome.Status switch
    {
        Status.Detached => ClauseId.Restore11,
        Status.Finalizing => ClauseId.Restore12,
        Status.InvalidHandle => ClauseId.Handle01,
        Status.NotSaved => ClauseId.Restore13,
        Status.Consumed => ClauseId.Restore14,
        Status.Discarded => ClauseId.Restore15,
        Status.Abandoned => ClauseId.Restore16,
        Status.WrongInterpreter => ClauseId.Restore17,
        Status.WrongThread => ClauseId.Restore18,
        Status.Pending => ClauseId.Restore19,
        Status.HasFrames => ClauseId.Restore20,
        Status.Handling => ClauseId.Restore21,
        Status.InRecursion => ClauseId.Restore22,
        Status.Tracing => ClauseId.Restore23,
        _ when before.Threads[before.Active].Flow.Context != 0 => ClauseId.Restore24,
        _ when AnotherIsLive() => ClauseId.Handle02,
        _ => ClauseId.Restore25,
    };

    private bool AnotherIsLive()
    {
        for (int h = 0; h < 4; h++)
        {
            if (h != command.A && before.Slots[h].Status == SlotStatus.Live)
            {
                return true;
            }
        }

        return false;
    }

    private ClauseId OfIntrospection() => outcome.Status switch
    {
        Status.InvalidHandle => ClauseId.Handle01,
        Status.Entered => ClauseId.Intro04,
        Status.NotAContext => ClauseId.Intro03,
        Status.Ok => OfIntrospectionResult(),
        _ => ClauseId.Intro07,
    };

    private ClauseId OfIntrospectionResult() => command.Op switch
    {
        Op.Top => ClauseId.Intro01,
        Op.GetContext => ClauseId.Intro02,
        Op.SetContext => ClauseId.Intro03,
        Op.Traverse => ClauseId.Intro05,
        _ => ClauseId.Intro06,
    };

    private ClauseId OfSwitch() => outcome.Status == Status.Refused ? ClauseId.Switch07 : command.Op switch
    {
        Op.Switch when command.A == before.Threads[before.Active].Current => ClauseId.Switch02,
        Op.Throw => InsideOf(ClauseId.Switch05),
        Op.Finish => ClauseId.Switch03,
        Op.Fail => ClauseId.Switch04,
        Op.Kill => ClauseId.Switch06,
        Op.Walk => ClauseId.Frame01,
        _ => InsideOf(ClauseId.Switch01),
    };

    // The switch or Save was made inside something out of the ordinary: AMBIENT-02 to 04 say that it works there as anywhere.
    private ClauseId InsideOf(ClauseId otherwise)
    {
        ByteStack blocks = before.Threads[before.Active].Flow.Blocks;
        return new Block(blocks.Top).Kind switch
        {
            BlockKind.Callback => ClauseId.Ambient02,
            BlockKind.Finalizer or BlockKind.Trashcan => ClauseId.Ambient03,
            BlockKind.Repr => ClauseId.Ambient04,
            _ => otherwise,
        };
    }

    private ClauseId OfRunning() => command.Op switch
    {
        Op.Switch or Op.Throw or Op.Finish or Op.Fail or Op.Kill => OfSwitch(),
        Op.ExitThread => ClauseId.Ambient07,
        Op.Fork => ClauseId.Ambient09,
        _ => ClauseId.Base01,
    };

    private ClauseId OfFrames() => command.Op switch
    {
        Op.Walk => ClauseId.Frame01,
        Op.Top => ClauseId.Intro01,
        _ => ByOrigin(ClauseId.Ready01, ClauseId.Restore01),
    };

    private ClauseId OfHandled() => command.Op switch
    {
        Op.Throw when outcome.Status == Status.Ok => ClauseId.Switch05,
        Op.Fail when outcome.Status == Status.Ok => ClauseId.Switch04,
        Op.Async => ClauseId.Ambient06,
        Op.Generator when before.Generators[command.A].Exists => ClauseId.Ambient10,
        _ when before.Threads[before.Active].Async != 0 && after.Threads[after.Active].Async == 0 => ClauseId.Ambient06,
        _ => ByOrigin(ClauseId.Ready02, ClauseId.Restore02),
    };

    /// <summary>The clause that decides the Context object of the running flow.</summary>
    public ClauseId OfContext() => Running.Origin == Origin.Fresh && after.Alphabet == Alphabet.Switcher && semantics.FreshContext != FreshContext.Empty
        ? ClauseId.Choice01
        : ByOrigin(ClauseId.Ready04, ClauseId.Restore04);

    private ClauseId OfVariables(bool rawShown) =>
        command.Op == Op.GetContext || (command.Op == Op.SetContext && outcome.Status == Status.Ok) ? OfIntrospectionResult()
        : rawShown ? ClauseId.Derived02 // the right Context object, and yet a stale value
        : OfContext();

    /// <summary>The clause that decides the recursion depth of the running flow.</summary>
    public ClauseId OfDepth()
    {
        Flow flow = Running;
        return flow.Changed.HasFlag(Changes.Limit)
                ? flow.Depth > Machine.LimitInForce(semantics, in after) ? ClauseId.Derived03 : ClauseId.Ambient05
            : flow.Origin != Origin.Fresh ? ByOrigin(ClauseId.Ready03, ClauseId.Restore03)
            : after.Alphabet == Alphabet.Switcher && semantics.FreshDepth == FreshDepth.Inherit ? ClauseId.Choice02
            : flow.BaseDepth != 0 && semantics.DepthIsStackBound && after.Alphabet == Alphabet.Api ? ClauseId.Stack05
            : ClauseId.Ready03;
    }

    // The function set is thread-wide. Whether a leaf reaches it depends on the nesting of callbacks, and on what is derived from both.
    private ClauseId OfTracing(byte expected, byte actual, ClauseId wide) =>
        expected >> 4 != actual >> 4 ? wide
        : SomeCallbackRuns() ? ByOrigin(ClauseId.Ready05, ClauseId.Restore05)
        : OfEvent();

    private bool SomeCallbackRuns()
    {
        bool runs = before.Threads[before.Active].Flow.Tracing != 0 || after.Threads[after.Active].Flow.Tracing != 0;
        for (int s = 0; s < 5; s++)
        {
            runs |= after.Slots[s].Flow.Tracing != 0;
        }

        return runs;
    }

    /// <summary>The clause that decides whether events are delivered where tracing or profiling was changed elsewhere.</summary>
    public ClauseId OfEvent()
    {
        ClauseId derived = semantics.HasUseTracing ? ClauseId.Derived01 : ClauseId.Derived04;
        return ByOrigin(derived, derived);
    }

    private ClauseId OfProbe(bool rawShown) => command.Op switch
    {
        Op.Headroom when rawShown && Running.Origin == Origin.Restored && !Running.Changed.HasFlag(Changes.Limit) => ClauseId.Derived03,
        Op.Headroom => OfDepth(),
        Op.Census or Op.End => ClauseId.Leak01,
        Op.Reraise => ByOrigin(ClauseId.Ready02, ClauseId.Restore02),
        Op.GetContext => ClauseId.Intro02,
        Op.Traverse => ClauseId.Intro05,
        Op.Abandoned => OfAbandoned(),
        _ => ClauseId.Base01,
    };

    /// <summary>The clause that decides the number of abandoned states: that of the event that abandoned the last.</summary>
    public ClauseId OfAbandoned() => after.LastAbandonedBy switch
    {
        Op.ExitThread => ClauseId.Ambient07,
        Op.Fork => ClauseId.Ambient09,
        Op.Finalize => ClauseId.Ambient08,
        _ => ClauseId.Handle03,
    };

    private ClauseId OfRaw(RawValue value) => value switch
    {
        RawValue.Depth => OfDepth(),
        RawValue.CDepth => ClauseId.Stack01,
        RawValue.CStackBounds => ClauseId.Stack02,
        RawValue.Cframe => ClauseId.Stack04,
        RawValue.TracingNesting => ByOrigin(ClauseId.Ready05, ClauseId.Restore05),
        RawValue.DataStack => ByOrigin(ClauseId.Ready06, ClauseId.Restore06),
        RawValue.TrashNesting => ByOrigin(ClauseId.Ready07, ClauseId.Restore07),
        RawValue.OverflowState => ByOrigin(ClauseId.Ready08, ClauseId.Restore08),
        RawValue.TraceEvent => ByOrigin(ClauseId.Ready09, ClauseId.Restore09),
        RawValue.Executor => ByOrigin(ClauseId.Ready10, ClauseId.Restore10),
        RawValue.ContextObject => OfContext(),
        RawValue.UseTracing => ClauseId.Derived01,
        RawValue.AsyncException => ClauseId.Wide04,
        RawValue.RecursionLimit => ClauseId.Wide05,
        RawValue.Allocations => ClauseId.Save05,
        RawValue.References => ClauseId.Save06,
        _ => ClauseId.Wide06,
    };

    // The cause before its consequences: the counters before the flag that is derived from them.
    private static RawValue FirstRaw(in Observation expected, in Observation actual)
    {
        for (int v = 0; v < RawValues.Length; v++)
        {
            if (expected.Raw[v] != actual.Raw[v])
            {
                return (RawValue)v;
            }
        }

        return RawValue.Wide;
    }

    // A fresh flow should be as Save leaves a thread; a restored one as it was. One that was never saved convicts the harness.
    /// <summary>One of two clauses, by how the running flow came to run.</summary>
    /// <param name="fresh">For a flow that began in the ready state.</param>
    /// <param name="restored">For a flow that was restored.</param>
    public ClauseId ByOrigin(ClauseId fresh, ClauseId restored) => Running.Origin switch
    {
        Origin.Fresh => fresh,
        Origin.Restored => restored,
        _ => command.Op == Op.Kill ? ClauseId.Switch06 : ClauseId.Base01,
    };
}
