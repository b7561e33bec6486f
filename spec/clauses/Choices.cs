// Implementation-defined choices: declared in the handshake, then tested as declared.

namespace PyState.Spec.Clauses;

/// <summary>One choice that is left to an implementation.</summary>
/// <param name="Name">Its name in the handshake.</param>
/// <param name="Values">What can be declared, and what each value means.</param>
/// <param name="JudgedBy">The clauses that test the declared value.</param>
/// <param name="Why">Why it is left open.</param>
public sealed record Choice(string Name, IReadOnlyList<(string Value, string Meaning)> Values, IReadOnlyList<ClauseId> JudgedBy, string Why);

/// <summary>The closed list of implementation-defined choices.</summary>
public static class Choices
{
    /// <summary>Every choice.</summary>
    public static IReadOnlyList<Choice> All { get; } =
    [
        new("freshContext",
        [
            ("empty", "a fresh context starts with no Context object, as a new thread does; the first variable set creates an empty one"),
            ("copy", "it starts with a copy of its starter's Context object, taken at the first switch; with none where the starter has none"),
            ("shared", "it starts with its starter's own Context object; with none where the starter has none"),
        ], [ClauseId.Choice01],
        "greenlet starts empty, Pyodide copies since 314.0.5 and shared before 0.26.2; each has users who depend on it."),
        new("finishTo",
        [
            ("spawner", "control goes to the parent: the context that spawned it, or that inherited it since"),
            ("main", "control goes to the root context of the thread"),
            ("resumer", "control goes to the context that last switched to the finished one, or, where that one is gone, to the root context of the thread"),
        ], [ClauseId.Switch03, ClauseId.Switch04],
        "greenlet has a tree of parents, an event loop has a hub, asymmetric coroutines have a resumer."),
        new("freshDepth",
        [
            ("zero", "the recursion depth of a fresh context starts at 0, plus the declared cost of a spawn"),
            ("inherit", "it starts at the depth of its starter at the first switch, plus the declared cost of a spawn"),
        ], [ClauseId.Choice02],
        "A context that shares its starter's C stack needs the inherited depth as an overflow guard on 3.10 and before; one on its own stack does not."),
    ];
}
