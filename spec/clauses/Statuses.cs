// Every status an operation or a command can answer, and what it means.

namespace PyState.Spec.Clauses;

/// <summary>Where a status can come from.</summary>
public enum StatusKind
{
    /// <summary>The operation or command was carried out.</summary>
    Success,

    /// <summary>An error of an API operation.</summary>
    Api,

    /// <summary>The answer of a command of a script, not of the API.</summary>
    Command,
}

/// <summary>One status.</summary>
/// <param name="Name">Its name in observations.</param>
/// <param name="Kind">Where it can come from.</param>
/// <param name="Meaning">What it means.</param>
public sealed record StatusEntry(string Name, StatusKind Kind, string Meaning);

/// <summary>The closed list of statuses.</summary>
public static class Statuses
{
    /// <summary>Every status, in the order of the protocol.</summary>
    public static IReadOnlyList<StatusEntry> All { get; } =
    [
        new("ok", StatusKind.Success, "carried out"),
        new("inapplicable", StatusKind.Command, "the command does not apply here; nothing was called"),
        new("refused", StatusKind.Command, "the switcher refused: the context belongs to another thread"),
        new("busy", StatusKind.Command, "the generator is already running"),
        new("entered", StatusKind.Api, "the Context object is entered by `Context.run`"),
        new("recursion-error", StatusKind.Command, "the recursion limit is reached"),
        new("limit-too-low", StatusKind.Command, "the running depth has already reached the new recursion limit"),
        new("detached", StatusKind.Api, "no thread state is attached"),
        new("finalizing", StatusKind.Api, "the interpreter is finalizing"),
        new("invalid-handle", StatusKind.Api, "the handle is null, or its saved state is gone"),
        new("not-empty", StatusKind.Api, "the saved state is not Empty"),
        new("not-saved", StatusKind.Api, "the saved state is Empty"),
        new("consumed", StatusKind.Api, "the saved state has been restored"),
        new("discarded", StatusKind.Api, "the saved state has been released"),
        new("abandoned", StatusKind.Api, "the saved state was abandoned with frames"),
        new("wrong-interpreter", StatusKind.Api, "the saved state belongs to another interpreter"),
        new("wrong-thread", StatusKind.Api, "the saved state belongs to another thread"),
        new("pending", StatusKind.Api, "an exception is pending"),
        new("bad-stack", StatusKind.Api, "the bounds cannot be those of a C stack"),
        new("no-memory", StatusKind.Api, "memory could not be had"),
        new("has-frames", StatusKind.Api, "there are Python frames: in the thread state (Restore), in the saved state (Discard)"),
        new("handling", StatusKind.Api, "an exception is being handled"),
        new("in-recursion", StatusKind.Api, "the Python or C recursion depth is not at the flow's base"),
        new("tracing", StatusKind.Api, "a trace callback is running"),
        new("not-a-context", StatusKind.Api, "the object is no Context object"),
    ];
}
