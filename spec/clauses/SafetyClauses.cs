// ATOM, FRAME, LEAK and BASE: what holds across all operations, and the control.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>Clauses that no single operation owns.</summary>
public static class SafetyClauses
{
    /// <summary>Failure atomicity.</summary>
    public static IReadOnlyList<Clause> Atomicity { get; } =
    [
        new(ClauseId.Atom01, "An error changes nothing")
        {
            Profile = ClauseProfile.Api,
            Statement = "After an operation answered an error, everything observable MUST equal what it was before the call.",
            Intent = "A caller that handles the error goes on from a state it knows.",
            Observable = Running | Frames | Handled | Vars | Trace | Profile | Event | Local | Probe | Raw | Fault,
            Evidence = [Sources.Design],
            Contamination = "a refused operation changed the state",
            Amnesia = "a refused operation took something away",
        },
    ];

    /// <summary>Frames of suspended contexts.</summary>
    public static IReadOnlyList<Clause> Frame { get; } =
    [
        new(ClauseId.Frame01, "Suspended frames can be walked")
        {
            Statement = "The frames of a suspended context MUST form the chain they formed when it was suspended, walkable to its end without reading memory that is no longer theirs.",
            Intent = "A frame object in someone's hand cannot refuse `f_back`; from 3.12 on entry frames stand on a C stack that may be reused, so Save takes them out of the chain and Restore puts them back.",
            Observable = Status | Frames | Fault,
            Evidence = [Sources.Cpython113037, Sources.Greenlet388, Sources.Gevent1969],
            Contamination = "the walk of a suspended context runs on into another",
            Amnesia = "the walk of a suspended context ends early",
        },
    ];

    /// <summary>Balance.</summary>
    public static IReadOnlyList<Clause> Leak { get; } =
    [
        new(ClauseId.Leak01, "Nothing leaked")
        {
            Statement = "When every context has finished and every handle is dropped, all that Save, Restore and the switcher took MUST have been released, except what abandoned states hold.",
            Intent = "One chunk a context is invisible in a test and fatal in a server.",
            Observable = Probe | Raw | Fault,
            Evidence = [Sources.Greenlet328, Sources.Pyodide4639],
        },
        new(ClauseId.Leak02, "Nothing released twice")
        {
            Statement = "An operation MUST NOT release a reference or a data-stack chunk twice, or read memory of a C stack that was left.",
            Intent = "The two ways in which a forgotten field turns into memory corruption.",
            Observable = Fault,
            Status = Testability.Optional,
            StatusReason = "shows where memory is watched; elsewhere only as a crash",
            Evidence = [Sources.Prototype, Sources.Cpython113037],
        },
    ];

    /// <summary>The control.</summary>
    public static IReadOnlyList<Clause> Base { get; } =
    [
        new(ClauseId.Base01, "Plain Python")
        {
            Statement = "Commands that involve neither Save nor Restore MUST behave as they do in plain Python.",
            Intent = "A control: a violation convicts the harness or the interpreter, never the implementation.",
            Observable = Status | Running | Frames | Handled | Vars | Trace | Profile | Event | Local | Probe,
            Evidence = [Sources.Control],
        },
    ];
}
