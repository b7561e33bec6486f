// What to type after a deviation: the same commands in every report.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Reports;

/// <summary>The commands that come after a deviation.</summary>
/// <param name="Replay">Runs the steps again; null where no trace was written.</param>
/// <param name="Python">Prints them as a program without this project; null where they cannot be one.</param>
/// <param name="Explain">Shows the rule.</param>
public sealed record NextSteps(string? Replay, string? Python, string Explain)
{
    /// <summary>The commands for a deviation.</summary>
    /// <param name="counterexample">The deviation.</param>
    /// <param name="part">Where it was found.</param>
    /// <param name="program">How this program is started.</param>
    public static NextSteps Of(Counterexample counterexample, RunPart part, string program)
    {
        string explain = $"{program} explain {counterexample.Clause.Text()}";
        if (counterexample.TraceFile is not { } trace)
        {
            return new NextSteps(null, null, explain);
        }

        string bare = $"{program} replay {Quoted(trace)}";
        string replay = $"{bare} {string.Join(' ', part.Selection.Select(Quoted))}";
        return new NextSteps(
            part.Interpreter is null ? replay : $"{replay} --python {Quoted(part.Interpreter)}",
            IsPython(counterexample, part) ? $"{bare} --as python" : null,
            explain);
    }

    /// <summary>Whether the steps can be a program of their own: a Python interpreter switched, and it needs nothing that ran before.</summary>
    /// <param name="counterexample">The deviation.</param>
    /// <param name="part">Where it was found.</param>
    public static bool IsPython(Counterexample counterexample, RunPart part) =>
        counterexample.Script.Alphabet == Alphabet.Switcher
        && counterexample.Before.Count == 0
        && part.Report.Capabilities.Interpreter != SimulatedCapabilities.Interpreter;

    /// <summary>A path as a shell takes it.</summary>
    /// <param name="path">The path.</param>
    internal static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+=:,@%\\".Contains(c, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
