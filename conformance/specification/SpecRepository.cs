// Everything of the repository that is written from data: what is out of date, and what stands in the way of writing it.

using System.Text;
using PyState.Conformance.Cli;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Specification;

/// <summary>What <c>spec</c> writes, and what it refuses to write.</summary>
/// <param name="OutOfDate">The parts of SPEC.md and the files that would be written otherwise, by name.</param>
/// <param name="Refused">What has to be put right by hand first, a line each.</param>
public sealed record SpecRepositoryState(IReadOnlyList<string> OutOfDate, IReadOnlyList<string> Refused);

/// <summary>A checkout of the repository.</summary>
/// <param name="root">Its top.</param>
public sealed class SpecRepository(string root)
{
    /// <summary>How many parts and files are written from data.</summary>
    public static int Count => SpecDocument.Blocks.Count + 5;

    /// <summary>Looks at it, and changes nothing.</summary>
    /// <exception cref="MarkerException">SPEC.md cannot be written.</exception>
    /// <exception cref="FormatException">The lock file cannot be read.</exception>
    public SpecRepositoryState Look()
    {
        string document = Read(SpecDocument.FileName);
        IReadOnlyList<ClauseMention> mentions = TestScan.Tests(root);
        IReadOnlyList<Trace> traces = Traceability.Of(mentions, Read(Traceability.MutantsPath));
        var refused = new List<string>();
        if (LockText is { } written && MeaningLock.Parse(written).Refusal(SpecVersion.Current, Locked(document)) is { } refusal)
        {
            refused.Add(refusal);
        }

        if (!document.Contains($"\n| {SpecVersion.Current} |", StringComparison.Ordinal))
        {
            refused.Add($"{SpecDocument.FileName}, Annex F, does not say what changed in version {SpecVersion.Current}: add a row");
        }

        refused.AddRange(Traceability.Gaps(traces, TestScan.Unknown(root)));
        return new SpecRepositoryState(
            [.. SpecDocument.OutOfDate(document).Select(p => $"{SpecDocument.FileName}: {p}"), .. Files(document, mentions, traces).Where(f => Read(f.Path) != f.Text).Select(f => f.Path)],
            refused);
    }

    /// <summary>The text of SPEC.md with its generated parts as they are now.</summary>
    /// <exception cref="MarkerException">It cannot be written.</exception>
    public string Document() => SpecDocument.Render(Read(SpecDocument.FileName));

    /// <summary>Writes what is out of date.</summary>
    /// <exception cref="MarkerException">SPEC.md cannot be written; then nothing is.</exception>
    public void Write()
    {
        string document = Read(SpecDocument.FileName);
        string rendered = SpecDocument.Render(document);
        IReadOnlyList<ClauseMention> mentions = TestScan.Tests(root);
        foreach ((string path, string text) in Files(rendered, mentions, Traceability.Of(mentions, Read(Traceability.MutantsPath))).Prepend((SpecDocument.FileName, rendered)))
        {
            if (Read(path) != text)
            {
                AtomicFile.Write(Path.Combine(root, path), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            }
        }
    }

    private string? LockText => File.Exists(Path.Combine(root, MeaningLock.Path)) ? Read(MeaningLock.Path) : null;

    /// <summary>What the lock file holds: every entry of the registers, and the prose around them.</summary>
    /// <param name="document">The text of SPEC.md.</param>
    public static IReadOnlyList<Meaning> Locked(string document) => [.. Meanings.All, .. SpecProse.Of(document)];

    private static IEnumerable<(string Path, string Text)> Files(string document, IReadOnlyList<ClauseMention> mentions, IReadOnlyList<Trace> traces) =>
    [
        (FieldsHeader.Path, FieldsHeader.Render()),
        (MeaningLock.Path, MeaningLock.Render(SpecVersion.Current, Locked(document))),
        (ClauseFields.Path, ClauseFields.Render()),
        (CommandLinePage.Path, CommandLinePage.Render()),
        (Traceability.Path, Traceability.Render(traces, mentions)),
    ];

    private string Read(string path) => File.Exists(Path.Combine(root, path)) ? File.ReadAllText(Path.Combine(root, path)) : string.Empty;
}
