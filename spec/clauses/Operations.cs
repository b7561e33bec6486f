// The operations, and their errors in the order in which they are checked: the first check that fails decides.

namespace PyState.Spec.Clauses;

/// <summary>One check of an operation.</summary>
/// <param name="When">The condition that fails the check.</param>
/// <param name="Status">The answer.</param>
/// <param name="Clause">The clause that demands it.</param>
public sealed record Check(string When, string Status, ClauseId Clause);

/// <summary>One operation of the API.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments and result.</param>
/// <param name="Checks">Its checks, in order.</param>
public sealed record Operation(string Name, string Arguments, IReadOnlyList<Check> Checks);

/// <summary>The closed list of operations.</summary>
public static class Operations
{
    /// <summary>Every operation, in the order of the document.</summary>
    public static IReadOnlyList<Operation> All { get; } =
    [
        new("New", "() → handle",
        [
            Detached(ClauseId.Handle04), Finalizing(ClauseId.Handle04),
            new("memory cannot be had", "no-memory", ClauseId.Handle04),
        ]),
        new("Save", "(handle, SAME | NEW low size)",
        [
            Detached(ClauseId.Save01), Finalizing(ClauseId.Save02), Invalid(ClauseId.Handle01),
            new("the saved state is not Empty", "not-empty", ClauseId.Save04),
            new("an exception is pending", "pending", ClauseId.Save03),
            new("NEW with bounds that cannot be those of a stack", "bad-stack", ClauseId.Stack03),
        ]),
        new("Restore", "(handle)",
        [
            Detached(ClauseId.Restore11), Finalizing(ClauseId.Restore12), Invalid(ClauseId.Handle01),
            new("the saved state is Empty", "not-saved", ClauseId.Restore13),
            new("the saved state is Consumed", "consumed", ClauseId.Restore14),
            new("the saved state is Discarded", "discarded", ClauseId.Restore15),
            new("the saved state is Abandoned", "abandoned", ClauseId.Restore16),
            new("the Save was in another interpreter", "wrong-interpreter", ClauseId.Restore17),
            new("the Save was in another thread (unique id)", "wrong-thread", ClauseId.Restore18),
            new("an exception is pending", "pending", ClauseId.Restore19),
            new("the thread state has a Python frame", "has-frames", ClauseId.Restore20),
            new("an exception is being handled", "handling", ClauseId.Restore21),
            new("the Python or C recursion depth is not at its base", "in-recursion", ClauseId.Restore22),
            new("a trace callback is counted as running", "tracing", ClauseId.Restore23),
        ]),
        new("Discard", "(handle)",
        [
            Detached(ClauseId.Discard03), Finalizing(ClauseId.Discard03), Invalid(ClauseId.Handle01), .. Lifecycle(ClauseId.Discard03),
            new("the Save was in another interpreter", "wrong-interpreter", ClauseId.Discard04),
            new("the saved state has a Python frame", "has-frames", ClauseId.Discard02),
        ]),
        new("Drop", "(handle)", [Detached(ClauseId.Handle03), Invalid(ClauseId.Handle01)]),
        new("TopFrame", "(handle) → frame or none", Introspection()),
        new("GetContext", "(handle) → Context object or none", Introspection()),
        new("SetContext", "(handle, object or none)",
        [
            .. Introspection(),
            new("the object is neither none nor a Context object", "not-a-context", ClauseId.Intro03),
            new("the state's Context object, or the new one, is entered", "entered", ClauseId.Intro04),
        ]),
        new("Traverse", "(handle, visitor)", Introspection()),
        new("Clear", "(handle)", Introspection()),
        new("AbandonedCount", "() → number", []),
    ];

    private static Check Detached(ClauseId clause) => new("no thread state is attached", "detached", clause);

    private static Check Finalizing(ClauseId clause) => new("the interpreter is finalizing", "finalizing", clause);

    private static Check Invalid(ClauseId clause) => new("the handle is null, or its saved state is gone", "invalid-handle", clause);

    private static Check[] Lifecycle(ClauseId clause) =>
    [
        new("the saved state is Empty", "not-saved", clause),
        new("the saved state is Consumed", "consumed", clause),
        new("the saved state is Discarded", "discarded", clause),
        new("the saved state is Abandoned", "abandoned", clause),
    ];

    private static Check[] Introspection() =>
    [
        Detached(ClauseId.Intro07), Finalizing(ClauseId.Intro07), Invalid(ClauseId.Handle01), .. Lifecycle(ClauseId.Intro07),
        new("the Save was in another interpreter", "wrong-interpreter", ClauseId.Intro07),
    ];
}
