// The JSON report as records: what every other rendering for machines and browsers is made from, and what is read back.

using System.Text.Json;
using System.Text.Json.Nodes;

namespace PyState.Conformance.Reports;

/// <summary>A report. docs/schema/report.schema.json says what each field means; null fields are absent.</summary>
public sealed record ReportDocument
{
    /// <summary>Always <see cref="JsonReport.Format"/>.</summary>
    public required string Format { get; init; }

    /// <summary>Always <see cref="JsonReport.Version"/>.</summary>
    public required int Version { get; init; }

    /// <summary>The version of the program that wrote it.</summary>
    public required string Program { get; init; }

    /// <summary>The specification that was judged by; null in a report that does not say.</summary>
    public SpecificationDocument? Specification { get; init; }

    /// <summary>0, 1 or 3.</summary>
    public required int ExitCode { get; init; }

    /// <summary>What was checked.</summary>
    public required IReadOnlyList<ImplementationDocument> Implementations { get; init; }

    /// <summary>The clauses that verdicts were given on, in the catalogue's order.</summary>
    public IReadOnlyList<ClauseDocument> Clauses { get; init; } = [];
}

/// <summary>A specification.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Content">The hash of what that version demands.</param>
public sealed record SpecificationDocument(string Version, string Content);

/// <summary>A clause.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">A few words.</param>
/// <param name="Family">Its group.</param>
/// <param name="About">What the group is about.</param>
/// <param name="Level">must, should or may.</param>
/// <param name="Statement">The rule.</param>
/// <param name="Intent">Why it is there.</param>
public sealed record ClauseDocument(string Id, string Title, string Family, string About, string Level, string Statement, string Intent);

/// <summary>One implementation on one interpreter, or on several whose verdicts are drawn together.</summary>
public sealed record ImplementationDocument
{
    /// <summary>Its name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What was given with <c>--python</c>.</summary>
    public string? Python { get; init; }

    /// <summary>What selects it on the command line: its name, the path of its folder, or <c>--switcher</c> and a file.</summary>
    public IReadOnlyList<string>? Selection { get; init; }

    /// <summary>Its name as it gives it.</summary>
    public required string Implementation { get; init; }

    /// <summary>Its version.</summary>
    public required string ImplementationVersion { get; init; }

    /// <summary>CPython, PyPy, simulation.</summary>
    public required string Interpreter { get; init; }

    /// <summary>Its version.</summary>
    public required string InterpreterVersion { get; init; }

    /// <summary>release, debug, jit or debug-jit.</summary>
    public required string Build { get; init; }

    /// <summary>When the run was started, UTC, to the second.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Operating system and processor: linux-x64.</summary>
    public string? Platform { get; init; }

    /// <summary>0, 1 or 3.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The outcome in words.</summary>
    public required string Outcome { get; init; }

    /// <summary>The shards of the run that are not in it, as <c>3/8</c>; null where it is whole.</summary>
    public IReadOnlyList<string>? MissingShards { get; init; }

    /// <summary>64 bits, as decimal digits.</summary>
    public required string Seed { get; init; }

    /// <summary>Commands checked.</summary>
    public required long Commands { get; init; }

    /// <summary>Scripts run.</summary>
    public required long Scripts { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many verdicts of each kind.</summary>
    public required IReadOnlyDictionary<string, int> Counts { get; init; }

    /// <summary>The verdicts, in the catalogue's order.</summary>
    public required IReadOnlyList<VerdictDocument> Verdicts { get; init; }

    /// <summary>Implementation, interpreter and build: what one column of a matrix stands for.</summary>
    public string Label() => $"{Name} {ImplementationVersion} on {Interpreter} {InterpreterVersion}{(Build == "release" ? string.Empty : $" ({Build})")}";
}

/// <summary>The verdict on one clause.</summary>
public sealed record VerdictDocument
{
    /// <summary>The clause.</summary>
    public required string Clause { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>conforms, violates, …</summary>
    public required string Verdict { get; init; }

    /// <summary>Whether the verdict equals its expectation.</summary>
    public required bool Expected { get; init; }

    /// <summary>On how many scripts a violation would have shown.</summary>
    public required long Exercised { get; init; }

    /// <summary>Why it was not judged.</summary>
    public string? Reason { get; init; }

    /// <summary>The known deviation that covers it.</summary>
    public ExpectationDocument? Expectation { get; init; }

    /// <summary>The evidence.</summary>
    public CounterexampleDocument? Counterexample { get; init; }

    /// <summary>Whether the implementation deviates, expected or not.</summary>
    public bool IsRed() => Verdict is "violates" or "crashed" or "hung" or "garbled" or "unstable";
}

/// <summary>A known deviation.</summary>
/// <param name="Verdict">What is expected.</param>
/// <param name="Reason">Why.</param>
/// <param name="Link">Where to read more.</param>
public sealed record ExpectationDocument(string Verdict, string Reason, string Link);

/// <summary>A deviation with the smallest script found that shows it.</summary>
public sealed record CounterexampleDocument
{
    /// <summary>The version on which it was found.</summary>
    public required string InterpreterVersion { get; init; }

    /// <summary>The deviation in words: field and direction.</summary>
    public required string Words { get; init; }

    /// <summary>The same as a sentence of the clause's: what it means for whoever switches.</summary>
    public string? Meaning { get; init; }

    /// <summary>The fields of this CPython version that the clause is about: where to look first.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>For a crash, a hang or babble.</summary>
    public string? Detail { get; init; }

    /// <summary>The last lines of standard error.</summary>
    public IReadOnlyList<string>? Tail { get; init; }

    /// <summary>The seed of the run.</summary>
    public required string Seed { get; init; }

    /// <summary>The number of the script in the run.</summary>
    public required long Script { get; init; }

    /// <summary>Its steps before shrinking.</summary>
    public required int OriginalLength { get; init; }

    /// <summary>switcher or api.</summary>
    public required string Alphabet { get; init; }

    /// <summary>The scripts that have to run first in the same process.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Before { get; init; }

    /// <summary>The shrunk script.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>Where it diverges.</summary>
    public JsonNode? Divergence { get; init; }

    /// <summary>What the model went through, and what was seen.</summary>
    public IReadOnlyList<Moment>? Timeline { get; init; }

    /// <summary>The trace file.</summary>
    public string? Trace { get; init; }

    /// <summary>What plain threads show.</summary>
    public string? Control { get; init; }

    /// <summary>What to type next.</summary>
    public NextSteps? Next { get; init; }

    /// <summary>The steps as a Python program that shows the deviation without this project.</summary>
    public string? Standalone { get; init; }
}
