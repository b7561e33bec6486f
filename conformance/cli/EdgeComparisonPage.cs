// What a comparison of two graphs found, for people and for programs.

using System.Globalization;
using PyState.Conformance.Exploration;
using PyState.Conformance.Reports;
using PyState.Spec.Exploration;

namespace PyState.Conformance.Cli;

/// <summary>Lays out an <see cref="EdgeComparison"/>.</summary>
internal static class EdgeComparisonPage
{
    /// <summary>How many differing edges are shown.</summary>
    internal const int Most = 10;

    private const int LongestField = 600;

    /// <summary>Adds the page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="comparison">What was found.</param>
    /// <param name="file">The file.</param>
    /// <param name="wrong">The seeded error that this model had; null for none.</param>
    internal static void AddTo(Page page, EdgeComparison comparison, string file, string? wrong)
    {
        string here = wrong is null ? "here" : $"here, with '{wrong}'";
        page.Text($"{Count(comparison.Equal)} edges equal in state, command, outcome and next state");
        if (comparison.Different == 0)
        {
            page.Text($"✓ the graph of '{SafeText.OneLine(file)}' and the one {here} are the same", Tone.Good);
            return;
        }

        page.Text(
            $"✗ {Count(comparison.Different)} {(comparison.Different == 1 ? "edge differs" : "edges differ")}: {Count(comparison.Outcomes)} in their outcome, {Count(comparison.NextStates)} in the next state, {Count(comparison.OnlyHere)} only {here}, {Count(comparison.OnlyThere)} only in '{SafeText.OneLine(file)}'",
            Tone.Bad);
        foreach (EdgeDifference difference in comparison.First)
        {
            page.Blank();
            page.Text(difference.Script is { } script ? script.Count == 0 ? "at the start" : string.Join("; ", script.Select(c => Safe(c))) : "reached by no edge of the file", Tone.Accent);
            page.Text($"state    {Safe(difference.State)}", Tone.Dim, 4);
            page.Text($"command  {Safe(difference.Command)}", Tone.Bold, 4);
            page.Text($"here     {Side(difference.Here)}", Tone.Plain, 4);
            page.Text($"file     {Side(difference.There)}", Tone.Plain, 4);
        }

        if (comparison.Different > comparison.First.Count)
        {
            page.Blank();
            page.Text($"and {Count(comparison.Different - comparison.First.Count)} more", Tone.Dim);
        }
    }

    /// <summary>The document.</summary>
    /// <param name="comparison">What was found.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="file">The file.</param>
    /// <param name="wrong">The seeded error that this model had; null for none.</param>
    internal static object Json(EdgeComparison comparison, Bound bound, string file, string? wrong) => new
    {
        format = "pystate-edge-comparison", version = 1, specification = JsonReport.Specification, bound = bound.ToString(), file, error = wrong, equal = comparison.Equal,
        outcomes = comparison.Outcomes, nextStates = comparison.NextStates, onlyHere = comparison.OnlyHere, onlyThere = comparison.OnlyThere,
        differences = comparison.First.Select(d => new { script = d.Script, state = d.State, command = d.Command, here = Side(d.Here, d.State), there = Side(d.There, d.State) }),
    };

    private static object? Side(Edge? edge, string state) => edge is null ? null : new { outcome = edge.Outcome, next = edge.Next, stays = edge.Next == state };

    private static string Side(Edge? edge) => edge is null ? "no edge" : $"{Safe(edge.Outcome)}, then {(edge.Next == edge.State ? "the same state" : Safe(edge.Next))}";

    private static string Safe(string text) => SafeText.OneLine(text, LongestField);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
