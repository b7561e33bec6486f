// Everything a verb reaches outside of itself, so that a test can put something else in its place.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Radar;
using PyState.Conformance.Reports;
using PyState.Conformance.Traces;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Where a verb writes, what it runs, and how.</summary>
public sealed record Host
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Errors, one line each, and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>What these two are connected to.</summary>
    public Terminal Terminal { get; init; } = Terminal.Plain;

    /// <summary>The folder that relative paths start from, and where a run leaves its traces.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>How this program is started, for the commands that reports tell people to type.</summary>
    public string Program { get; init; } = "pystate";

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The implementations; the first one is what runs when none is named.</summary>
    public required IReadOnlyList<IImplementation> Implementations { get; init; }

    /// <summary>Interpreters that were put where the suite finds them, in roots of their own: what to give with <c>--python</c>.</summary>
    public IReadOnlyList<string> Provisioned { get; init; } = [];

    /// <summary>Makes an implementation of a path that is not one of ours, a folder or a file; null where the path is none.</summary>
    public Func<string, IImplementation?> FromPath { get; init; } = _ => null;

    /// <summary>Makes an implementation of a switcher file.</summary>
    public required Func<string, IImplementation> FromSwitcher { get; init; }

    /// <summary>What is expected of an implementation.</summary>
    public required Func<IImplementation, IReadOnlyList<Expectation>> ExpectationsOf { get; init; }

    /// <summary>Runs scripts until a bound is reached.</summary>
    public required Func<ISession, RunOptions, Action<RunProgress>?, CancellationToken, ImplementationReport> Run { get; init; }

    /// <summary>Runs one shard of the scripts.</summary>
    public Func<ISession, RunOptions, Action<RunProgress>?, CancellationToken, (IReadOnlyList<CampaignShare> Campaigns, TimeSpan Elapsed)> RunShard { get; init; } = Runner.RunShard;

    /// <summary>Makes sure, before any clause is judged, that what an implementation declares and how it answers fit together.</summary>
    public Action<ISession> Check { get; init; } = _ => { };

    /// <summary>Runs the script of a deviation again and says what it shows, given the known deviations; null where all is as the model expects.</summary>
    public required Func<ISession, Counterexample, IReadOnlyList<Expectation>, Minimizer.Finding?> Replay { get; init; }

    /// <summary>Writes the trace of a deviation into a file.</summary>
    public required Action<string, RunPart, Counterexample> WriteTrace { get; init; }

    /// <summary>Reads a trace from a file.</summary>
    public required Func<string, TraceFile> ReadTrace { get; init; }

    /// <summary>The script of a trace as a standalone Python program.</summary>
    public required Func<TraceFile, string> ToPython { get; init; }

    /// <summary>The wrong implementations that stand behind a clause: their names, and what each does wrong.</summary>
    public Func<ClauseId, IReadOnlyList<(string Name, string Summary)>> LiarsOf { get; init; } = _ => [];

    /// <summary>Finds the clang that reads headers; null where there is none.</summary>
    public Func<string?> Clang { get; init; } = HeaderReader.FindClang;

    /// <summary>Finds every set of headers there is.</summary>
    public Func<IReadOnlyList<HeaderSource>> Headers { get; init; } = HeaderSearch.Everything;

    /// <summary>The time, UTC, to the second: what a report says of when its run was started.</summary>
    public Func<DateTimeOffset> Now { get; init; } = () => DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    /// <summary>Operating system and processor, for example <c>linux-x64</c>: what a report says of where its run was.</summary>
    public string Platform { get; init; } = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = typeof(Host).Assembly.GetName().Version?.ToString(3) ?? "0";
}
