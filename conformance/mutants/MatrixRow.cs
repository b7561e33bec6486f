// A row of the matrix: one fault on all the versions that have it.

using System.Globalization;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Mutants;

/// <summary>What became of one fault.</summary>
/// <param name="Group">The fault and what it is about, without the version.</param>
/// <param name="Results">What came of it on each version.</param>
public sealed record MatrixRow(string Group, IReadOnlyList<TrialResult> Results)
{
    /// <summary>Rows of some results, in their order.</summary>
    /// <param name="results">The results.</param>
    public static IEnumerable<MatrixRow> Of(IEnumerable<TrialResult> results) => results.GroupBy(r => r.Mutant.Group).Select(g => new MatrixRow(g.Key, [.. g]));

    /// <summary>The versions: <c>3.8–3.10</c>, <c>3.8, 3.15</c>.</summary>
    public string Versions
    {
        get
        {
            int[] minors = [.. Results.Select(r => r.Mutant.Version.Minor).Order()];
            return minors.Length > 2 && minors[^1] - minors[0] == minors.Length - 1 ? $"3.{minors[0]}–3.{minors[^1]}" : string.Join(", ", minors.Select(m => $"3.{m}"));
        }
    }

    /// <summary>Whether it was convicted everywhere.</summary>
    public bool IsConvicted => Results.All(r => r.First is not null);

    /// <summary>Whether it is listed as equivalent on every version on which nobody convicts it.</summary>
    public bool IsEquivalent => Results.Where(r => r.First is null).All(r => Explanations.Equivalent(r.Mutant) is not null);

    /// <summary>The clauses that convicted it first, by id.</summary>
    public IEnumerable<string> First => Results.Where(r => r.First is not null).Select(r => r.First!.Clause).Distinct().Order().Select(c => c.Text());

    /// <summary>The clauses that turned red after those.</summary>
    public IEnumerable<string> Others => Results.SelectMany(r => r.Others).Select(c => c.Clause).Distinct().Order().Select(c => c.Text()).Except(First);

    /// <summary>The conviction with the fewest steps.</summary>
    public Conviction? Shortest => Results.Select(r => r.First).OfType<Conviction>().MinBy(c => c.Steps);

    /// <summary>The steps of the shrunk scripts: <c>3 steps</c>, <c>3 to 5 steps</c>.</summary>
    public string Steps
    {
        get
        {
            int[] steps = [.. Results.Select(r => r.First).OfType<Conviction>().Select(c => c.Steps)];
            return steps.Length == 0 ? string.Empty : steps.Min() == steps.Max() ? $"{steps[0]} steps" : $"{steps.Min()} to {steps.Max()} steps";
        }
    }

    /// <summary>The most commands until a conviction.</summary>
    public string Commands => Results.Where(r => r.First is not null).Select(r => r.Commands).DefaultIfEmpty().Max().ToString("N0", CultureInfo.InvariantCulture);
}
