// A run for programs: docs/schema/report.schema.json says what each field means.

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PyState.Conformance.Engine;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Reports;

/// <summary>The JSON report. A field may be added within a version; one that changes its meaning or goes makes a new version.</summary>
public static class JsonReport
{
    /// <summary>The name of the format.</summary>
    public const string Format = "pystate-report";

    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    /// <summary>How every verb writes JSON: indented, camel case, absent instead of null.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        IndentSize = 2,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // The default also escapes < > & ' for the inside of HTML pages, where these documents never stand.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the report.</summary>
    /// <param name="report">The run.</param>
    /// <param name="stream">Where to; UTF-8, with a final line feed.</param>
    public static void Write(RunReport report, Stream stream)
    {
        JsonSerializer.Serialize(stream, Of(report), Options);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>The report as a document.</summary>
    /// <param name="report">The run.</param>
    public static string Text(RunReport report) => JsonSerializer.Serialize(Of(report), Options) + "\n";

    /// <summary>A divergence as it stands in the report.</summary>
    /// <param name="divergence">The divergence.</param>
    public static object Of(Divergence divergence) => new
    {
        step = divergence.Step + 1,
        clause = divergence.Clause == ClauseId.None ? null : divergence.Clause.Text(),
        differences = Vocabulary.EachChannel.Where(c => divergence.Channels.HasFlag(c)).Select(c => new
        {
            channel = Vocabulary.Of(c),
            expected = JsonNode.Parse(ObservationText.Of(c, divergence.Expected)),
            seen = JsonNode.Parse(ObservationText.Of(c, divergence.Actual)),
        }).ToArray(),
    };

    /// <summary>The commands of a script, one string each.</summary>
    /// <param name="script">The script.</param>
    public static string[] Steps(Script script) => [.. script.Commands.Select(c => c.ToString())];

    /// <summary>The scripts that have to run before a counterexample, each as its commands; null where there are none.</summary>
    /// <param name="counterexample">The counterexample.</param>
    public static string[][]? Before(Counterexample counterexample) => counterexample.Before.Count == 0 ? null : [.. counterexample.Before.Select(Steps)];

    /// <summary>The specification, as it stands in every document.</summary>
    public static object Specification { get; } = new { version = SpecVersion.Current, content = SpecVersion.Content };

    private static object Of(RunReport report) => new
    {
        format = Format,
        version = Version,
        program = report.Version,
        specification = Specification,
        exitCode = report.ExitCode,
        implementations = report.Entries.Select(Of).ToArray(),
    };

    private static object Of(RunEntry entry)
    {
        ImplementationReport report = entry.Report;
        Capabilities capabilities = report.Capabilities;
        return new
        {
            name = entry.Name,
            python = entry.Interpreter,
            implementation = capabilities.Implementation,
            implementationVersion = capabilities.ImplementationVersion,
            interpreter = capabilities.Interpreter,
            interpreterVersion = capabilities.InterpreterVersion,
            build = capabilities.Build,
            exitCode = entry.ExitCode,
            outcome = VerdictTable.Outcome(entry),
            seed = Number(report.Seed),
            commands = report.Commands,
            scripts = report.Scripts,
            seconds = Math.Round(report.Elapsed.TotalSeconds, 3),
            counts = Enum.GetValues<VerdictKind>().ToDictionary(k => k.Key(), entry.Count),
            verdicts = report.Verdicts.Select(v => Of(v, entry)).ToArray(),
        };
    }

    private static object Of(ClauseVerdict verdict, RunEntry entry) => new
    {
        clause = verdict.Clause.Text(),
        title = Catalogue.ById(verdict.Clause).Title,
        verdict = verdict.Kind.Key(),
        expected = !verdict.IsUnexpected,
        exercised = verdict.Exercised,
        reason = verdict.Reason,
        expectation = verdict.Expectation is { } e ? new { verdict = e.Verdict.Key(), reason = e.Reason, link = e.Link } : null,
        counterexample = verdict.Counterexample is { } c ? Of(c, entry.PartOf(c)) : null,
    };

    private static object Of(Counterexample counterexample, RunPart part) => new
    {
        interpreterVersion = part.Report.Capabilities.InterpreterVersion,
        words = counterexample.Words,
        detail = counterexample.Detail,
        tail = counterexample.Tail?.Split('\n'),
        seed = Number(counterexample.Seed.Run),
        script = counterexample.Seed.Number,
        originalLength = counterexample.OriginalLength,
        alphabet = Vocabulary.Of(counterexample.Script.Alphabet),
        before = Before(counterexample),
        steps = Steps(counterexample.Script),
        divergence = counterexample.Divergence is { } d ? Of(d) : null,
        trace = counterexample.TraceFile,
        control = counterexample.Control,
    };

    // 64 bits do not fit in the numbers that many JSON readers have.
    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
