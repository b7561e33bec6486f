using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>What is said of one clause on one implementation.</summary>
public enum VerdictKind
{
    /// <summary>Exercised, and nothing deviated.</summary>
    Conforms,

    /// <summary>A script shows a deviation.</summary>
    Violates,

    /// <summary>The process died.</summary>
    Crashed,

    /// <summary>The process hung.</summary>
    Hung,

    /// <summary>The process answered with something that is not the protocol.</summary>
    Garbled,

    /// <summary>A deviation that did not repeat in a fresh process.</summary>
    Unstable,

    /// <summary>The implementation declares nothing through which the clause could be seen.</summary>
    NotObservable,

    /// <summary>The clause is about something this version or profile does not have.</summary>
    NotApplicable,

    /// <summary>Could have been judged, but no script of this run would have shown a violation.</summary>
    NotExercised,
}

/// <summary>The first difference between what the model expects and what was seen.</summary>
/// <param name="Step">The index of the command; the number of commands for the teardown.</param>
/// <param name="Channels">The channels that differ.</param>
/// <param name="Clause">The clause that decides the first of them.</param>
/// <param name="Expected">What the model expects.</param>
/// <param name="Actual">What was seen.</param>
public sealed record Divergence(int Step, Channels Channels, ClauseId Clause, Observation Expected, Observation Actual);

/// <summary>A deviation with the smallest script found that shows it.</summary>
/// <param name="Clause">The clause.</param>
/// <param name="Kind">Violates, crashed, hung, garbled or unstable.</param>
/// <param name="Script">The shrunk script.</param>
/// <param name="OriginalLength">How many commands the script had before shrinking.</param>
/// <param name="Seed">The seed of the run and the number of the script in it.</param>
/// <param name="Divergence">Where it deviates; null for a crash, a hang or babble.</param>
/// <param name="Words">The verdict in words: the field and the direction, contamination or amnesia.</param>
/// <param name="Detail">For a crash, a hang or babble: what is known of it.</param>
/// <param name="TraceFile">Where the trace was written, if it was.</param>
public sealed record Counterexample(
    ClauseId Clause, VerdictKind Kind, Script Script, int OriginalLength, ScriptSeed Seed, Divergence? Divergence, string Words, string? Detail, string? TraceFile = null)
{
    /// <summary>The scripts that have to run before it in the same process, in order; empty where it shows alone.</summary>
    public IReadOnlyList<Script> Before { get; init; } = [];

    /// <summary>Of a crash, a hang or babble: the last lines of the process's standard error; null where there are none.</summary>
    public string? Tail { get; init; }

    /// <summary>The known deviations that the model had when it judged: what it expects at every step follows from the script and these.</summary>
    public Deviations Under { get; init; }

    /// <summary>What it showed when it was found: a hang that did not repeat is unstable, and was a hang.</summary>
    public VerdictKind? Seen { get; init; }

    /// <summary>What the control on the same interpreter, plain threads or generators, shows for the same steps, in a line; null where that was not asked or could not be.</summary>
    public string? Control { get; init; }
}

/// <summary>Which generated script it was.</summary>
/// <param name="Run">The seed of the run.</param>
/// <param name="Number">The number of the script in the run, from 0.</param>
public readonly record struct ScriptSeed(ulong Run, long Number);

/// <summary>The verdict on one clause.</summary>
/// <param name="Clause">The clause.</param>
/// <param name="Kind">The verdict.</param>
/// <param name="Exercised">On how many scripts a violation would have shown.</param>
/// <param name="Counterexample">The evidence for a red verdict.</param>
/// <param name="Expectation">The expectation that covers it, if one does.</param>
/// <param name="Reason">Why it is not observable or not applicable.</param>
public sealed record ClauseVerdict(
    ClauseId Clause, VerdictKind Kind, long Exercised, Counterexample? Counterexample = null, Expectation? Expectation = null, string? Reason = null)
{
    /// <summary>Whether the verdict is one that fails a run when nobody expected it.</summary>
    public bool IsRed => Kind is VerdictKind.Violates or VerdictKind.Crashed or VerdictKind.Hung or VerdictKind.Garbled or VerdictKind.Unstable;

    /// <summary>Whether the verdict makes the run fail: red without an expectation, or green although a deviation was expected and could have been seen.</summary>
    public bool IsUnexpected => IsRed ? Expectation is null : Expectation is not null && Kind is VerdictKind.Conforms;
}

/// <summary>What is known of one implementation after a run.</summary>
/// <param name="Capabilities">What it declared.</param>
/// <param name="Verdicts">A verdict for every clause of the catalogue, in its order.</param>
/// <param name="Commands">How many commands were checked.</param>
/// <param name="Scripts">How many scripts.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ImplementationReport(
    Capabilities Capabilities, IReadOnlyList<ClauseVerdict> Verdicts, long Commands, long Scripts, ulong Seed, TimeSpan Elapsed);
