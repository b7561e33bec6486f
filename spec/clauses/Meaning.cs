// What the specification demands, entry by entry, in a form that can be compared from one version to the next.

using System.Security.Cryptography;
using System.Text;

namespace PyState.Spec.Clauses;

/// <summary>One normative entry.</summary>
/// <param name="Id">Its kind and its name, for example <c>clause READY-01</c>.</param>
/// <param name="Demand">What of it decides an outcome, a verdict or a class: level, versions, errors, order, values.</param>
/// <param name="Words">The sentence that a reader reads.</param>
/// <param name="IsOpen">Whether an entry like this one can be added without making a conforming implementation one that does not conform.</param>
public sealed record Meaning(string Id, string Demand, string Words, bool IsOpen)
{
    /// <summary>Whether it is prose of the document, which no register holds: no part of the content, and a change of words by itself.</summary>
    public bool IsProse { get; init; }

    /// <summary>The demand as 16 hexadecimal digits.</summary>
    public string DemandHash { get; init; } = Hash(Demand);

    /// <summary>The words as 16 hexadecimal digits.</summary>
    public string WordsHash { get; init; } = Hash(Words);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
