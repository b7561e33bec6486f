// What a run found, with all that a report says about it; console, JSON and JUnit are renderings of it.

using PyState.Conformance.Engine;

namespace PyState.Conformance.Reports;

/// <summary>What was found on one interpreter.</summary>
/// <param name="Implementation">The implementation's name.</param>
/// <param name="Selection">What selects it on the command line: its name, the path of its folder, or <c>--switcher</c> and a file.</param>
/// <param name="Interpreter">What to give with <c>--python</c> to run there again; null where the implementation finds it itself.</param>
/// <param name="Report">What is known.</param>
public sealed record RunPart(string Implementation, IReadOnlyList<string> Selection, string? Interpreter, ImplementationReport Report);

/// <summary>One implementation, on one interpreter or on several whose verdicts are drawn together.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Interpreter">What was given with <c>--python</c>, or null.</param>
/// <param name="Parts">What was found, at least on one interpreter.</param>
public sealed record RunEntry(string Name, string? Interpreter, IReadOnlyList<RunPart> Parts)
{
    /// <summary>What is known of it.</summary>
    public ImplementationReport Report { get; } = DrawnTogether.Of([.. Parts.Select(p => p.Report)]);

    /// <summary>Name and interpreter, for a summary.</summary>
    public string Label => Interpreter is null ? Name : $"{Name} ({Interpreter})";

    /// <summary>Where a counterexample was found.</summary>
    /// <param name="counterexample">One of this entry's verdicts'.</param>
    public RunPart PartOf(Counterexample counterexample) => Parts.First(p => p.Report.Verdicts.Any(v => v.Counterexample == counterexample));

    /// <summary>The run's exit code for this implementation: 1 where a verdict differs from its expectation, 3 where nothing was judged or a clause
    /// that could have been was not, 0 otherwise.</summary>
    public int ExitCode => Report.Verdicts.Any(v => v.IsUnexpected) ? 1 : IsVacuous ? 3 : 0;

    /// <summary>Whether the run says less than it should: no script, no verdict, or a clause exercised zero times.</summary>
    public bool IsVacuous => Report.Scripts == 0
        || !Report.Verdicts.Any(v => v.Kind.IsJudged())
        || Report.Verdicts.Any(v => v.Kind == VerdictKind.NotExercised);

    /// <summary>How many verdicts of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public int Count(VerdictKind kind) => Report.Verdicts.Count(v => v.Kind == kind);
}

/// <summary>A run.</summary>
/// <param name="Version">The version of this program.</param>
/// <param name="Entries">The implementations, in the order in which they ran.</param>
public sealed record RunReport(string Version, IReadOnlyList<RunEntry> Entries)
{
    /// <summary>How this program is started, for the commands to type.</summary>
    public string Program { get; init; } = "pystate";

    /// <summary>When the run was started; null where that is not to be said.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Operating system and processor, for example <c>linux-x64</c>; null where that is not to be said.</summary>
    public string? Platform { get; init; }

    /// <summary>The exit code of the whole: 1 outranks 3.</summary>
    public int ExitCode => Entries.Any(e => e.ExitCode == 1) ? 1 : Entries.Count == 0 || Entries.Any(e => e.ExitCode == 3) ? 3 : 0;
}
