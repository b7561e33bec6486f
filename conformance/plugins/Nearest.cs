using PyState.Spec.Clauses;

namespace PyState.Conformance.Plugins;

/// <summary>The name that somebody who mistyped one probably meant.</summary>
public static class Nearest
{
    /// <summary>The nearest name, if one is near.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="names">What there is.</param>
    public static string? Of(string name, IEnumerable<string> names)
    {
        (string? nearest, int distance) = names
            .Select(n => (Name: (string?)n, Distance: EditDistance.Of(name.ToUpperInvariant(), n.ToUpperInvariant())))
            .OrderBy(n => n.Distance)
            .FirstOrDefault((null, int.MaxValue));
        return distance <= Math.Max(2, name.Length / 3) ? nearest : null;
    }

    /// <summary>The nearest name as the end of a message, empty when none is near.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="names">What there is.</param>
    public static string Hint(string name, IEnumerable<string> names) => Of(name, names) is { } nearest ? $"; did you mean '{nearest}'?" : string.Empty;
}
