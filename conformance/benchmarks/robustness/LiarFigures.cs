// The liars of property-tests/plugins/children, each under the plug-in check and the clauses.

using System.Text;
using PyState.PropertyTests.Plugins;

namespace PyState.Benchmarks.Robustness;

/// <summary>Counts the verdicts that are the right ones.</summary>
internal static class LiarFigures
{
    /// <summary>Tries every liar.</summary>
    /// <param name="root">The checkout.</param>
    internal static string Run(string root)
    {
        string folder = Path.Combine(root, "property-tests", "plugins", "children");
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("pystate-liars-");
        var table = new StringBuilder("| child | verdict | what is said |\n| --- | --- | --- |\n");
        int right = 0;
        IReadOnlyList<LiarTrial> all = LiarTrial.All(folder);
        foreach (LiarTrial liar in all)
        {
            LiarTrial.Result result = liar.Run(folder, Path.Combine(scratch.FullName, liar.Name));
            string? wrong = liar.Wrong(result);
            right += wrong is null ? 1 : 0;
            Console.Error.WriteLine(wrong ?? $"{liar.Name}: {result.Verdict}");
            _ = table.Append('|').AppendJoin('|', $" {liar.Name.Replace('_', ' ')} ", $" {result.Verdict}{(wrong is null ? string.Empty : ", wrongly")} ", $" {Cell(liar, result)} ").Append("|\n");
        }

        scratch.Delete(recursive: true);
        int lies = all.Count(l => l.Name != "conforms");
        Robustness.Require(right == all.Count, $"{all.Count - right} of {all.Count} verdicts are wrong");
        return $"{lies} liars and one that is none were tried; {right} of {all.Count} verdicts are the right ones.\n\n{table}";
    }

    // Only what is the same on every machine.
    private static string Cell(LiarTrial liar, LiarTrial.Result result) =>
        string.Join(
            "; ",
            (string[])[
                .. liar.Words.Length > 0 ? (string[])[$"… {liar.Words.Replace("|", "\\|", StringComparison.Ordinal)} …"] : [],
                .. liar.Steps is { } steps ? (string[])[$"shrunk to {steps} {(steps == 1 ? "step" : "steps")}"] : [],
                .. liar.Before > 0 ? (string[])[$"after {result.Red!.Before.Count} other script"] : []]);
}
