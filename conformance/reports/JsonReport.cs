// A run for programs: docs/schema/report.schema.json says what each field means.

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Traces;
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

    /// <summary>The same for a place where each byte counts and nobody reads.</summary>
    private static readonly JsonSerializerOptions CompactOptions = new(Options) { WriteIndented = false };

    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; UTF-8, with a final line feed.</param>
    public static void Write(ReportDocument report, Stream stream)
    {
        JsonSerializer.Serialize(stream, report, Options);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>The report as a document.</summary>
    /// <param name="report">The run.</param>
    public static string Text(RunReport report) => Text(Of(report));

    /// <summary>The report as text.</summary>
    /// <param name="report">The report.</param>
    public static string Text(ReportDocument report) => JsonSerializer.Serialize(report, Options) + "\n";

    /// <summary>The report, or what goes with it, in one line.</summary>
    /// <param name="document">The document.</param>
    /// <typeparam name="T">Its type.</typeparam>
    public static string Compact<T>(T document) => JsonSerializer.Serialize(document, CompactOptions);

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
    public static SpecificationDocument Specification { get; } = new(SpecVersion.Current, SpecVersion.Content);

    /// <summary>A run as the records of its report.</summary>
    /// <param name="report">The run.</param>
    public static ReportDocument Of(RunReport report)
    {
        HashSet<ClauseId> judged = [.. report.Entries.SelectMany(e => e.Report.Verdicts).Select(v => v.Clause)];
        return new ReportDocument
        {
            Format = Format,
            Version = Version,
            Program = report.Version,
            Specification = Specification,
            ExitCode = report.ExitCode,
            Implementations = [.. report.Entries.Select(e => Of(e, report))],
            Clauses = [.. Catalogue.All.Where(c => judged.Contains(c.Id)).Select(Of)],
        };
    }

    private static ClauseDocument Of(Clause clause)
    {
        (string group, string about) = Catalogue.Groups.First(g => g.Group == clause.Id.Group());
        return new ClauseDocument(clause.Id.Text(), clause.Title, group, about, Vocabulary.Of(clause.Level), clause.Statement, clause.Intent);
    }

    private static ImplementationDocument Of(RunEntry entry, RunReport run)
    {
        ImplementationReport report = entry.Report;
        Capabilities capabilities = report.Capabilities;
        return new ImplementationDocument
        {
            Name = entry.Name,
            Python = entry.Interpreter,
            Selection = entry.Parts[0].Selection,
            Implementation = capabilities.Implementation,
            ImplementationVersion = capabilities.ImplementationVersion,
            Interpreter = capabilities.Interpreter,
            InterpreterVersion = capabilities.InterpreterVersion,
            Build = capabilities.Build,
            Started = run.Started,
            Platform = run.Platform,
            ExitCode = entry.ExitCode,
            Outcome = VerdictTable.Outcome(entry),
            Seed = Number(report.Seed),
            Commands = report.Commands,
            Scripts = report.Scripts,
            Seconds = Math.Round(report.Elapsed.TotalSeconds, 3),
            Counts = Enum.GetValues<VerdictKind>().ToDictionary(k => k.Key(), entry.Count),
            Verdicts = [.. report.Verdicts.Select(v => Of(v, entry, run.Program))],
        };
    }

    private static VerdictDocument Of(ClauseVerdict verdict, RunEntry entry, string program) => new()
    {
        Clause = verdict.Clause.Text(),
        Title = Catalogue.ById(verdict.Clause).Title,
        Verdict = verdict.Kind.Key(),
        Expected = !verdict.IsUnexpected,
        Exercised = verdict.Exercised,
        Reason = verdict.Reason,
        Expectation = verdict.Expectation is { } e ? new ExpectationDocument(e.Verdict.Key(), e.Reason, e.Link) : null,
        Counterexample = verdict.Counterexample is { } c ? Of(c, entry.PartOf(c), program) : null,
    };

    private static CounterexampleDocument Of(Counterexample counterexample, RunPart part, string program) => new()
    {
        InterpreterVersion = part.Report.Capabilities.InterpreterVersion,
        Words = counterexample.Words,
        Meaning = LikelyCause.Meaning(counterexample),
        Fields = LikelyCause.Fields(counterexample, part.Report.Capabilities),
        Detail = counterexample.Detail,
        Tail = counterexample.Tail?.Split('\n'),
        Seed = Number(counterexample.Seed.Run),
        Script = counterexample.Seed.Number,
        OriginalLength = counterexample.OriginalLength,
        Alphabet = Vocabulary.Of(counterexample.Script.Alphabet),
        Before = Before(counterexample),
        Steps = Steps(counterexample.Script),
        Divergence = counterexample.Divergence is { } d ? JsonSerializer.SerializeToNode(Of(d), Options) : null,
        Timeline = Timeline.Of(counterexample, part.Report.Capabilities),
        Trace = counterexample.TraceFile,
        Control = counterexample.Control,
        Next = NextSteps.Of(counterexample, part, program),
        Standalone = Standalone(counterexample, part),
    };

    private static string? Standalone(Counterexample counterexample, RunPart part)
    {
        if (!NextSteps.IsPython(counterexample, part))
        {
            return null;
        }

        try
        {
            return PythonProgram.Of(TraceFile.Of(part.Implementation, part.Interpreter, part.Report.Capabilities, counterexample));
        }
        catch (SetupException)
        {
            return null; // a command that no Python program can carry out
        }
    }

    // Null only where a record says so; of what stands in lists the reader has to look itself.
    private static readonly JsonSerializerOptions ReadOptions = new(Options) { RespectNullableAnnotations = true };

    /// <summary>The longest report that is read, in bytes.</summary>
    private const long SizeLimit = 512L << 20;

    /// <summary>Reads a report.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SetupException">It is not there, or is no report: one line that says what is wrong with it.</exception>
    public static ReportDocument Read(string path)
    {
        ReportDocument? report;
        try
        {
            if (Directory.Exists(path))
            {
                throw new SetupException($"'{path}' is a folder: name a report in it that --report json=FILE wrote");
            }

            if (new FileInfo(path) is { Exists: true, Length: > SizeLimit })
            {
                throw new SetupException($"'{path}' is no report: it is larger than {SizeLimit >> 20} MiB");
            }

            report = JsonSerializer.Deserialize<ReportDocument>(InputFile.Read(() => File.ReadAllBytes(path)), ReadOptions);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"cannot read '{path}': {SafeText.OneLine(e.Message).TrimEnd('.')}; name a report that --report json=FILE wrote", e);
        }
        catch (JsonException e)
        {
            throw new SetupException($"'{path}' is no report: {SafeText.OneLine(JsonMistake.Of(e), 300)}; name one that --report json=FILE wrote", e);
        }

        return WhatIsWrong(report) is { } wrong ? throw new SetupException($"'{path}' is no report: {SafeText.OneLine(wrong, 300)}; name one that --report json=FILE wrote") : report!;
    }

    private static string? WhatIsWrong(ReportDocument? report)
    {
        if (report is null || report.Format != Format)
        {
            return $"its format is not {Format}";
        }

        if (report.Version != Version)
        {
            return $"it is of version {report.Version}, and this program reads version {Version}";
        }

        if (report.Implementations.Count == 0 || HasHole(report))
        {
            return "it has no implementations, or null in one of its lists";
        }

        if (report.Implementations.Select(i => i.ExitCode).Append(report.ExitCode).FirstOrDefault(e => e is not (0 or 1 or 3), 0) is not 0 and var code)
        {
            return $"{code} is no exit code of a run";
        }

        if (report.Clauses.FirstOrDefault(c => !IsClauseId(c.Id)) is { } clause)
        {
            return $"'{clause.Id}' is no id of a clause";
        }

        if (report.Clauses.Select(c => c.Id).Distinct().Count() < report.Clauses.Count || report.Implementations.Any(i => i.Verdicts.Select(v => v.Clause).Distinct().Count() < i.Verdicts.Count))
        {
            return "a clause is in it twice";
        }

        foreach (VerdictDocument verdict in report.Implementations.SelectMany(i => i.Verdicts))
        {
            if (!IsClauseId(verdict.Clause))
            {
                return $"'{verdict.Clause}' is no id of a clause";
            }

            if (!Vocabulary.TryParse(verdict.Verdict, out VerdictKind _))
            {
                return $"'{verdict.Verdict}' is no verdict";
            }

            if (verdict.Counterexample is { } found && (HasHole(found) || !DifferenceText.CanRead(found.Divergence)))
            {
                return $"the counterexample of {verdict.Clause} is not whole";
            }
        }

        return null;
    }

    private static bool HasHole(ReportDocument report) =>
        report.Clauses.Contains(null!) || report.Implementations.Contains(null!)
        || report.Implementations.Any(i => i.Verdicts.Contains(null!) || i.Selection?.Contains(null!) == true || i.MissingShards?.Contains(null!) == true);

    private static bool HasHole(CounterexampleDocument found) =>
        found.Steps.Contains(null!) || found.Tail?.Contains(null!) == true || found.Fields?.Contains(null!) == true
        || found.Before?.Any(b => b is null || b.Contains(null!)) == true
        || found.Timeline?.Any(m => m is null || m.Lanes.Contains(null!)) == true;

    private static bool IsClauseId(string? id) => id is { Length: > 3 and < 40 } && id[^3] == '-' && char.IsAsciiDigit(id[^2]) && char.IsAsciiDigit(id[^1]) && id[..^3].All(char.IsAsciiLetterUpper);

    // 64 bits do not fit in the numbers that many JSON readers have.
    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
