// The verdicts of one JSON report, for the HTML edition. Its strings come from implementations: nothing in them is trusted.

using System.Globalization;
using System.Text.Json;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Specification.Html;

/// <summary>What a report says of one clause.</summary>
/// <param name="Kind">The verdict's key: <c>conforms</c>, <c>violates</c>, …</param>
/// <param name="IsExpected">Whether it is as expected.</param>
/// <param name="Exercised">On how many scripts a violation would have shown.</param>
/// <param name="Words">Why, or what was seen; empty for nothing.</param>
/// <param name="Steps">The steps that show it; empty for none.</param>
public sealed record EditionVerdict(string Kind, bool IsExpected, long Exercised, string Words, string Steps);

/// <summary>One implementation of a report.</summary>
/// <param name="Title">What it is, and where it ran.</param>
/// <param name="Content">The hash of the specification that it was judged by; empty where the report does not say.</param>
/// <param name="Verdicts">Its verdicts by clause id.</param>
public sealed record EditionReport(string Title, string Content, IReadOnlyDictionary<string, EditionVerdict> Verdicts)
{
    private const long SizeLimit = 64 << 20;
    private const int LongestText = 400;
    private const int LongestWord = 40;

    /// <summary>Reads a report.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="SetupException">It cannot be read, or is no report.</exception>
    public static IReadOnlyList<EditionReport> Read(string path, string name)
    {
        try
        {
            if (new FileInfo(path).Length > SizeLimit)
            {
                throw new SetupException($"'{name}' is larger than {SizeLimit >> 20} MiB and so no report: name one that 'run --report json=FILE' wrote");
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "format") != JsonReport.Format || root.GetProperty("version").GetInt32() != JsonReport.Version)
            {
                throw new SetupException($"'{name}' is no report of version {JsonReport.Version}: name one that 'run --report json=FILE' wrote");
            }

            string content = root.TryGetProperty("specification", out JsonElement specification) ? Text(specification, "content") : string.Empty;
            return [.. root.GetProperty("implementations").EnumerateArray().Select(i => Of(i, content))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"cannot read '{name}': {SafeText.OneLine(e.Message).TrimEnd('.')}", e);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new SetupException($"'{name}' is no report: name one that 'run --report json=FILE' wrote", e);
        }
    }

    /// <summary>How many verdicts of a kind.</summary>
    /// <param name="kind">The verdict's key.</param>
    public int Count(string kind) => Verdicts.Values.Count(v => v.Kind == kind);

    private static EditionReport Of(JsonElement report, string content)
    {
        string build = Text(report, "build");
        string title = $"{Text(report, "name")}: {Text(report, "implementation")} {Text(report, "implementationVersion")} on {Text(report, "interpreter")} {Text(report, "interpreterVersion")}{(build is "release" or "" ? "" : $", {build}")}";
        return new EditionReport(
            SafeText.OneLine(title, LongestText), content,
            report.GetProperty("verdicts").EnumerateArray().DistinctBy(v => Text(v, "clause")).ToDictionary(v => Text(v, "clause"), OfVerdict));
    }

    private static EditionVerdict OfVerdict(JsonElement verdict)
    {
        bool hasScript = verdict.TryGetProperty("counterexample", out JsonElement found);
        string[] words =
        [
            hasScript ? Text(found, "words") : string.Empty,
            verdict.TryGetProperty("expectation", out JsonElement expectation) ? Text(expectation, "reason") : string.Empty,
            Text(verdict, "reason"),
        ];
        return new EditionVerdict(
            SafeText.OneLine(Text(verdict, "verdict"), LongestWord), verdict.GetProperty("expected").GetBoolean(), verdict.GetProperty("exercised").GetInt64(),
            SafeText.OneLine(string.Join(" · ", words.Where(w => w.Length > 0)), LongestText),
            hasScript ? SafeText.OneLine(string.Join("; ", found.GetProperty("steps").EnumerateArray().Select(s => s.GetString())), LongestText) : string.Empty);
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;

    /// <summary>The number of scripts, with thousands separated.</summary>
    /// <param name="number">The number.</param>
    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
