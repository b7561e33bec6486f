// A counterexample in plain lines, for what has no pages: JUnit, Markdown, SARIF.

using System.Globalization;

namespace PyState.Conformance.Reports;

/// <summary>Lays out a report's counterexample as text of one width.</summary>
public static class CounterexampleText
{
    private const int LongestLine = 300;
    private const int MaximumTail = 8;

    /// <summary>The numbered steps, and what differs at the one that diverges.</summary>
    /// <param name="found">The counterexample.</param>
    public static IEnumerable<string> Steps(CounterexampleDocument found)
    {
        foreach (IReadOnlyList<string> before in found.Before ?? [])
        {
            yield return Line($"before, in the same process: {string.Join("; ", before)}");
        }

        int? diverges = DifferenceText.StepOf(found.Divergence);
        string[] steps = diverges > found.Steps.Count ? [.. found.Steps, "end"] : [.. found.Steps];
        int digits = steps.Length.ToString(CultureInfo.InvariantCulture).Length;
        for (int i = 0; i < steps.Length; i++)
        {
            bool here = diverges == i + 1;
            yield return Line($"{(here ? "▸" : " ")} {(i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(digits)}  {steps[i]}");
            if (!here)
            {
                continue;
            }

            foreach (Difference difference in DifferenceText.Of(found))
            {
                yield return Line($"{new string(' ', digits + 4)}{difference.Channel}  expected {difference.Expected}  seen {difference.Seen}");
            }
        }
    }

    /// <summary>What is known besides: detail, standard error, the control, where it was found.</summary>
    /// <param name="found">The counterexample.</param>
    public static IEnumerable<string> Facts(CounterexampleDocument found)
    {
        if (found.Detail is { Length: > 0 } detail)
        {
            yield return Line(detail);
        }

        foreach (string line in found.Tail?.TakeLast(MaximumTail) ?? [])
        {
            yield return Line($"| {line}");
        }

        if (found.Fields is { Count: > 0 } fields)
        {
            yield return Line($"look first at {string.Join(", ", fields)}");
        }

        if (found.Control is { } control)
        {
            yield return Line(control);
        }

        yield return Line($"seed {found.Seed}, script {found.Script}{(found.OriginalLength > found.Steps.Count ? $", shrunk from {found.OriginalLength} steps" : string.Empty)}");
    }

    /// <summary>The commands to type next.</summary>
    /// <param name="found">The counterexample.</param>
    public static IEnumerable<string> Commands(CounterexampleDocument found) =>
        new[] { found.Next?.Replay, found.Next?.Python, found.Next?.Explain }.OfType<string>().Select(c => SafeText.OneLine(c));

    private static string Line(string text) => SafeText.OneLine(text, LongestLine);
}
