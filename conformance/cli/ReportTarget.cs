// --report KIND=PATH: which report goes where.

using System.CommandLine.Completions;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Cli;

/// <summary>A report to be written after the run.</summary>
/// <param name="Kind">Its kind, one of <see cref="Kinds"/>.</param>
/// <param name="Path">The file.</param>
public sealed record ReportTarget(string Kind, string Path)
{
    private static readonly SortedDictionary<string, Action<ReportDocument, Stream>> Writers = new(StringComparer.Ordinal)
    {
        ["badge"] = BadgeReport.Write,
        ["html"] = HtmlReport.Write,
        ["json"] = JsonReport.Write,
        ["junit"] = JunitReport.Write,
        ["markdown"] = MarkdownReport.Write,
        ["sarif"] = SarifReport.Write,
    };

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Writers.Keys];

    /// <summary>The beginnings of what can be typed.</summary>
    internal static IEnumerable<CompletionItem> Completions => Kinds.Select(k => new CompletionItem($"{k}="));

    /// <summary>The kinds there are, in words.</summary>
    public static string KindsInWords { get; } = $"{string.Join(", ", Kinds.SkipLast(1))} or {Kinds[^1]}";

    /// <summary>Reads the values of the option, and makes sure that every file can be written.</summary>
    /// <param name="texts">What was typed.</param>
    /// <param name="folder">Where relative paths start.</param>
    /// <exception cref="SetupException">One of them cannot be.</exception>
    public static IReadOnlyList<ReportTarget> Parse(IEnumerable<string> texts, string folder)
    {
        ReportTarget[] targets = [.. texts.Select(t => Parse(t, folder))];
        if (targets.GroupBy(t => t.Path).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new SetupException($"two reports would go to '{twice.First().Path}': give each its own file");
        }

        foreach (ReportTarget target in targets)
        {
            AtomicFile.Probe(target.Path);
        }

        return targets;
    }

    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    public void Write(ReportDocument report) => AtomicFile.Write(Path, stream => Writers[Kind](report, stream));

    private static ReportTarget Parse(string text, string folder)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string kind = equals < 0 ? text : text[..equals];
        return equals < 0 || equals == text.Length - 1
            ? throw new SetupException($"--report needs a kind and a file: --report {(Kinds.Contains(kind) ? kind : "junit")}=FILE")
            : !Kinds.Contains(kind)
            ? throw new SetupException($"there is no report of the kind '{kind}'; the kinds are {KindsInWords}")
            : new ReportTarget(kind, System.IO.Path.GetFullPath(text[(equals + 1)..], folder));
    }
}
