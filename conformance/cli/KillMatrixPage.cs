// The kill matrix on the console.

using System.Globalization;
using PyState.Conformance.Engine;
using PyState.Conformance.Mutants;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Cli;

/// <summary>Who convicts whom, row by row, and what is missing.</summary>
internal static class KillMatrixPage
{
    /// <summary>The exit code: a gap, everything tried, or not everything tried.</summary>
    /// <param name="matrix">The matrix.</param>
    internal static int ExitCodeOf(KillMatrix matrix) => matrix.Failures.Count > 0 ? ExitCode.Deviation : matrix.IsComplete ? ExitCode.Ok : ExitCode.Nothing;

    /// <summary>Fills a page.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="page">The page.</param>
    internal static void Fill(KillMatrix matrix, Page page)
    {
        foreach (IGrouping<MutantSet, TrialResult> set in matrix.Results.GroupBy(r => r.Mutant.Set))
        {
            page.Blank();
            page.Text($"{Vocabulary.Of(set.Key)}  {set.Count(r => r.First is not null)} of {set.Count()} convicted", Tone.Bold);
            foreach (MatrixRow row in MatrixRow.Of(set))
            {
                page.Spans(
                    2,
                    6,
                    new Span(Page.Pad(Page.Fit(row.Group, 44), 45)),
                    new Span(Page.Pad(row.Versions, 12), Tone.Dim),
                    new Span(row.IsConvicted ? $"{string.Join(", ", row.First)}  {row.Steps}" : "nobody", row.IsConvicted ? Tone.Good : row.IsEquivalent ? Tone.Dim : Tone.Bad));
            }
        }

        page.Blank();
        foreach (string line in MatrixPage.Summary(matrix))
        {
            page.Text(line);
        }

        foreach (string failure in matrix.Failures)
        {
            page.Text(failure, Tone.Bad);
        }

        page.Blank();
        page.Text(
            matrix.Failures.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"✗ the suite has {matrix.Failures.Count} gaps")
            : matrix.IsComplete ? "✓ every mutant that is not equivalent is convicted"
            : matrix.MissingShards.Count > 0 ? $"shards are missing: {matrix.Results.Count} of {matrix.Wanted.Count} mutants were tried in those that are there"
            : $"the time was up: {matrix.Results.Count} of {matrix.Wanted.Count} mutants were tried{(matrix.Results.Count == matrix.Wanted.Count ? ", not all of the sample or of what is clean" : string.Empty)}; --resume goes on, --time says how long, --seeds 1 leaves out the sample",
            matrix.Failures.Count > 0 ? Tone.Bad : matrix.IsComplete ? Tone.Good : Tone.Warn);
    }
}
