using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Which clauses an implementation lets us judge: by its alphabets, channels and commands, and by what its CPython version has.</summary>
public static class Observability
{
    /// <summary>Why a clause cannot be judged.</summary>
    /// <param name="Kind">Not observable or not applicable.</param>
    /// <param name="Reason">Why, in a line.</param>
    public sealed record Obstacle(VerdictKind Kind, string Reason);

    /// <summary>Why a clause cannot be judged on an implementation.</summary>
    /// <param name="clause">The clause.</param>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <returns>The obstacle, or null when the clause can be judged.</returns>
    public static Obstacle? Of(ClauseId clause, Capabilities capabilities) =>
        LacksVersion(clause, capabilities.Semantics)
        ?? LacksAlphabet(clause, capabilities)
        ?? LacksChoice(clause, capabilities)
        ?? LacksCommand(clause, capabilities)
        ?? LacksChannel(clause, capabilities);

    private static Obstacle? LacksVersion(ClauseId clause, Semantics semantics)
    {
        (bool Has, string What) needs = clause switch
        {
            ClauseId.Ready06 or ClauseId.Restore06 => (semantics.HasDataStack, "data stack"),
            ClauseId.Ready07 or ClauseId.Restore07 => (semantics.HasTrashNesting, "trashcan nesting in the thread state"),
            ClauseId.Ready09 or ClauseId.Restore09 => (semantics.HasTraceEvent, "event indicator of trace callbacks"),
            ClauseId.Ready10 or ClauseId.Restore10 => (semantics.HasExecutor, "JIT executor in the thread state"),
            ClauseId.Stack01 => (semantics.HasCDepth, "counter of C recursion"),
            ClauseId.Stack02 => (semantics.HasCStackBounds, "C-stack bounds in the thread state"),
            ClauseId.Stack04 => (semantics.HasCframe, "cframe"),
            ClauseId.Stack05 => (semantics.DepthIsStackBound, "depth that follows the C stack"),
            ClauseId.Derived01 => (semantics.HasUseTracing, "use_tracing flag"),
            ClauseId.Derived04 => (!semantics.HasUseTracing, "instrumentation of code objects"),
            _ => (true, string.Empty),
        };
        return needs.Has ? null : new Obstacle(VerdictKind.NotApplicable, $"this version has no {needs.What}");
    }

    private static Obstacle? LacksAlphabet(ClauseId clause, Capabilities capabilities) => Catalogue.ById(clause).Profile switch
    {
        ClauseProfile.Api when !capabilities.Alphabets.Contains(Alphabet.Api) => new(VerdictKind.NotObservable, "needs the API's own alphabet"),
        ClauseProfile.Switcher when !capabilities.Alphabets.Contains(Alphabet.Switcher) => new(VerdictKind.NotObservable, "needs the switcher's alphabet"),
        _ => null,
    };

    private static Obstacle? LacksChoice(ClauseId clause, Capabilities capabilities)
    {
        bool onlySwitcher = !capabilities.Alphabets.Contains(Alphabet.Api);
        return clause switch
        {
            ClauseId.Choice01 when capabilities.Semantics.FreshContext == FreshContext.Empty =>
                new(VerdictKind.NotApplicable, "the declared choice is the ready value, which READY-04 judges"),
            ClauseId.Choice02 when capabilities.Semantics.FreshDepth == FreshDepth.Zero =>
                new(VerdictKind.NotApplicable, "the declared choice is the ready value, which READY-03 judges"),
            ClauseId.Ready04 when onlySwitcher && capabilities.Semantics.FreshContext != FreshContext.Empty =>
                new(VerdictKind.NotApplicable, "the declared choice stands in its place, which CHOICE-01 judges"),
            ClauseId.Ready03 when onlySwitcher && capabilities.Semantics.FreshDepth != FreshDepth.Zero =>
                new(VerdictKind.NotApplicable, "the declared choice stands in its place, which CHOICE-02 judges"),
            ClauseId.Stack01 or ClauseId.Stack02 or ClauseId.Stack05 or ClauseId.Save05 or ClauseId.Save06 or ClauseId.Restore24 when onlySwitcher =>
                new(VerdictKind.NotObservable, "needs the API's own alphabet"),
            _ => null,
        };
    }

    private static Obstacle? LacksCommand(ClauseId clause, Capabilities capabilities)
    {
        if (clause == ClauseId.Restore22 && !capabilities.Semantics.CanRecurseWithoutFrames)
        {
            return new Obstacle(VerdictKind.NotApplicable, "in this version nothing without a frame adds to a recursion depth");
        }

        // A script is in one alphabet: what a clause takes has to be there in one of them, all of it.
        Op[]?[] missing = [.. capabilities.Alphabets.Select(a => MissingIn(a, clause, capabilities))];
        int threads = ThreadsOf(clause);
        return missing.All(m => m is not null) && (missing.FirstOrDefault(m => !m!.Any(capabilities.Commands.Contains)) ?? missing.FirstOrDefault()) is { } anyOf
            ? new Obstacle(VerdictKind.NotObservable, $"needs the command {string.Join(" or ", anyOf.Select(o => CommandTable.Of(o).Name))}")
            : capabilities.Threads < threads
            ? new Obstacle(VerdictKind.NotObservable, threads == 3 ? "needs a third thread, which is another interpreter's" : "needs a second thread")
            : null;
    }

    // Of what a clause takes, the first that no command of an alphabet will do for; null where all is there.
    private static Op[]? MissingIn(Alphabet alphabet, ClauseId clause, Capabilities capabilities) =>
        NeededCommands.Of(clause, alphabet, capabilities)
            .FirstOrDefault(anyOf => !anyOf.Any(o => capabilities.Commands.Contains(o) && CommandTable.AlphabetOf(o) is var a && (a == Alphabet.Structural || a == alphabet)));

    private static int ThreadsOf(ClauseId clause) => clause switch
    {
        ClauseId.Restore17 or ClauseId.Discard04 => 3,
        ClauseId.Restore16 or ClauseId.Restore18 or ClauseId.Switch07 or ClauseId.Ambient07 => 2,
        _ => 1,
    };

    private static Obstacle? LacksChannel(ClauseId clause, Capabilities capabilities)
    {
        Channels anyOf = clause switch
        {
            ClauseId.Ready06 or ClauseId.Ready07 or ClauseId.Ready08 or ClauseId.Ready09 or ClauseId.Ready10
                or ClauseId.Restore06 or ClauseId.Restore07 or ClauseId.Restore08 or ClauseId.Restore09 or ClauseId.Restore10
                or ClauseId.Stack01 or ClauseId.Stack02 or ClauseId.Stack04 or ClauseId.Stack05
                or ClauseId.Wide04 or ClauseId.Wide05 or ClauseId.Wide06 or ClauseId.Save05 or ClauseId.Derived02 or ClauseId.Derived03 => Channels.Raw,
            ClauseId.Leak02 => Channels.Fault,
            ClauseId.Ready01 or ClauseId.Restore01 or ClauseId.Frame01 => Channels.Frames,
            ClauseId.Ready02 or ClauseId.Restore02 => Channels.Handled,
            ClauseId.Ready04 or ClauseId.Restore04 or ClauseId.Choice01 => Channels.Vars,
            ClauseId.Ready05 or ClauseId.Restore05 or ClauseId.Derived01 => Channels.Trace | Channels.Profile,
            ClauseId.Derived04 => Channels.Event,
            ClauseId.Wide01 => Channels.Trace,
            ClauseId.Wide02 => Channels.Profile,
            ClauseId.Wide03 => Channels.Local,
            ClauseId.Ready03 or ClauseId.Restore03 or ClauseId.Choice02 or ClauseId.Ambient05 => Channels.Probe,
            _ => Channels.Status,
        };
        return (capabilities.Channels & anyOf) == 0
            ? new Obstacle(VerdictKind.NotObservable, $"needs the channel {anyOf.ToString().ToLowerInvariant()}")
            : anyOf == Channels.Raw && RawValueOf(clause) is { } value && !capabilities.RawValues.Contains(value)
            ? new Obstacle(VerdictKind.NotObservable, $"needs the value {Vocabulary.Of(value)} of the channel raw")
            : null;
    }

    // The value of the channel raw in which a clause shows, where it shows nowhere else.
    private static RawValue? RawValueOf(ClauseId clause) => clause switch
    {
        ClauseId.Ready06 or ClauseId.Restore06 => RawValue.DataStack,
        ClauseId.Ready07 or ClauseId.Restore07 => RawValue.TrashNesting,
        ClauseId.Ready08 or ClauseId.Restore08 => RawValue.OverflowState,
        ClauseId.Ready09 or ClauseId.Restore09 => RawValue.TraceEvent,
        ClauseId.Ready10 or ClauseId.Restore10 => RawValue.Executor,
        ClauseId.Stack01 => RawValue.CDepth,
        ClauseId.Stack02 => RawValue.CStackBounds,
        ClauseId.Stack04 => RawValue.Cframe,
        ClauseId.Stack05 or ClauseId.Derived03 => RawValue.Depth,
        ClauseId.Wide04 => RawValue.AsyncException,
        ClauseId.Wide05 => RawValue.RecursionLimit,
        ClauseId.Wide06 => RawValue.Wide,
        ClauseId.Save05 => RawValue.Allocations,
        ClauseId.Derived02 => RawValue.ContextObject,
        _ => null,
    };
}
