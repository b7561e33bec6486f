// A report for code scanning: SARIF 2.1.0, a rule for each clause, a result for each deviation.

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PyState.Conformance.Reports;

/// <summary>The SARIF report: one run, whatever the number of implementations, because an upload takes one a tool. Known deviations are results that are suppressed, with the reason.</summary>
public static class SarifReport
{
    /// <summary>Where the schema is published.</summary>
    public const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; UTF-8.</param>
    public static void Write(ReportDocument report, Stream stream)
    {
        JsonSerializer.Serialize(stream, Of(report), JsonReport.Options);
        stream.WriteByte((byte)'\n');
    }

    private static Dictionary<string, object> Of(ReportDocument report)
    {
        ClauseDocument[] rules = [.. report.Clauses];
        var numbers = rules.Select((r, i) => (r.Id, i)).ToDictionary(r => r.Id, r => r.i);
        return new Dictionary<string, object>
        {
            ["$schema"] = Schema,
            ["version"] = "2.1.0",
            ["runs"] = new[]
            {
                new
                {
                    tool = new
                    {
                        driver = new
                        {
                            name = "PyState Spec",
                            semanticVersion = report.Program,
                            rules = rules.Select(Rule).ToArray(),
                        },
                    },
                    columnKind = "unicodeCodePoints",
                    invocations = new[] { new { executionSuccessful = true, exitCode = report.ExitCode } },
                    results = report.Implementations.SelectMany(i => i.Verdicts.Where(v => !v.Expected || v.IsRed()).Select(v => Result(i, v, numbers.GetValueOrDefault(v.Clause, -1)))).ToArray(),
                },
            },
        };
    }

    private static object Rule(ClauseDocument clause) => new
    {
        id = clause.Id,
        name = string.Concat(clause.Title.Split(' ').Select(w => w.Length == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..])),
        shortDescription = new { text = $"{clause.Id} {clause.Title}" },
        fullDescription = new { text = clause.Statement },
        help = new { text = clause.Intent, markdown = MarkdownReport.Escaped(clause.Intent) },
        defaultConfiguration = new { level = clause.Level == "must" ? "error" : "warning" },
        properties = new { tags = new[] { "conformance", clause.Family } },
    };

    private static object Result(ImplementationDocument implementation, VerdictDocument verdict, int rule)
    {
        CounterexampleDocument? found = verdict.Counterexample;
        string what = found?.Words ?? $"expected to deviate, but {verdict.Verdict.Replace('-', ' ')}: take the expectation out, or narrow its versions";
        string title = SafeText.OneLine($"{implementation.Label()}: {what}", 500);
        string[] lines = found is null ? [] : [string.Empty, .. CounterexampleText.Steps(found), string.Empty, .. CounterexampleText.Facts(found), .. CounterexampleText.Commands(found)];
        return new
        {
            ruleId = verdict.Clause,
            ruleIndex = rule < 0 ? (int?)null : rule,
            level = verdict.Expected ? "note" : "error",
            message = new { text = string.Join('\n', [title, .. lines]) },
            locations = new[] { new { physicalLocation = new { artifactLocation = new { uri = Location(implementation, found) }, region = new { startLine = 1 } } } },
            partialFingerprints = new Dictionary<string, string> { ["pystate/v1"] = Fingerprint(implementation, verdict) },
            suppressions = verdict is { Expected: true, Expectation: { } known }
                ? new[] { new { kind = "external", justification = SafeText.OneLine($"{known.Reason} {known.Link}".Trim(), 1000) } }
                : null,
            properties = new JsonObject
            {
                ["implementation"] = implementation.Name,
                ["interpreter"] = $"{implementation.Interpreter} {implementation.InterpreterVersion}",
                ["build"] = implementation.Build,
                ["verdict"] = verdict.Verdict,
            },
        };
    }

    // What a reader can open: the file under test where it was named by a relative path, else the trace. An upload takes nothing outside of the repository.
    private static string Location(ImplementationDocument implementation, CounterexampleDocument? found)
    {
        string? named = implementation.Selection is { Count: > 0 } selection ? selection[^1] : null;
        string path = named is not null && (named.Contains('.', StringComparison.Ordinal) || named.Contains('/', StringComparison.Ordinal)) && IsInside(named) ? named
            : found?.Trace is { } trace && IsInside(trace) ? trace
            : "pystate-results";
        return string.Join('/', path.Split('/').Where(p => p is not ("." or "")).Select(Uri.EscapeDataString));
    }

    private static bool IsInside(string path) => !Path.IsPathRooted(path) && !path.Split('/').Contains("..") && path.Any(char.IsAsciiLetterOrDigit);

    // The same deviation keeps its identity whatever the script that was found this time.
    private static string Fingerprint(ImplementationDocument implementation, VerdictDocument verdict) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{implementation.Name}|{implementation.Interpreter}|{Minor(implementation.InterpreterVersion)}|{implementation.Build}|{verdict.Clause}")))[..32];

    private static string Minor(string version) => string.Join('.', version.Split('.').Take(2));
}
