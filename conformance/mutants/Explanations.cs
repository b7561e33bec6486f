// What a reviewer has to be told of a mutant: why nothing can show it, or why another clause than expected convicts it.

using System.IO.Enumeration;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Mutants;

/// <summary>A reason, for the mutants whose names it fits.</summary>
/// <param name="Mutant">A name; <c>*</c> stands for any characters, and a name without a version for every version.</param>
/// <param name="Clause">The clause it is about, <see cref="AnyThatDied"/> for every clause, of a process that died; null where it says that nothing can show the mutant.</param>
/// <param name="Reason">The argument.</param>
public sealed record Explanation(string Mutant, string? Clause, string Reason)
{
    /// <summary>Any clause, where the process died: what is freed too early kills it wherever it is next touched.</summary>
    public const string AnyThatDied = "*";

    private const string Native = "native";

    /// <summary>Whether it is about a mutant.</summary>
    /// <param name="mutant">The mutant.</param>
    public bool Fits(Mutant mutant) =>
        Matches(Mutant.Contains('@', StringComparison.Ordinal) ? mutant.Name : mutant.Group);

    // What cannot be shown of the simulated thread state cannot be shown of a real one either, unless that is due to how the reference does it on a version.
    private bool Matches(string name) =>
        FileSystemName.MatchesSimpleExpression(Mutant, name, ignoreCase: false)
        || (name.StartsWith(Native, StringComparison.Ordinal) && !Mutant.Contains('@', StringComparison.Ordinal)
            && FileSystemName.MatchesSimpleExpression(Mutant, name.AsSpan(name.IndexOf('/', StringComparison.Ordinal) + 1), ignoreCase: false));
}

/// <summary>The explanations of <c>explanations.json</c>.</summary>
public static class Explanations
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Explanation> All { get; } = Read();

    /// <summary>Why nothing can show a mutant; null where it is not listed.</summary>
    /// <param name="mutant">The mutant.</param>
    public static Explanation? Equivalent(Mutant mutant) => All.FirstOrDefault(e => e.Clause is null && e.Fits(mutant));

    /// <summary>Why a clause convicts a mutant that is not among those that may; null where it is not listed.</summary>
    /// <param name="mutant">The mutant.</param>
    /// <param name="conviction">The conviction.</param>
    public static Explanation? Unexpected(Mutant mutant, Conviction conviction)
    {
        ArgumentNullException.ThrowIfNull(conviction);
        return All.FirstOrDefault(e => (e.Clause == conviction.Clause.Text() || (e.Clause == Explanation.AnyThatDied && conviction.Kind == VerdictKind.Crashed)) && e.Fits(mutant));
    }

    private static Explanation[] Read()
    {
        using Stream file = typeof(Explanations).Assembly.GetManifestResourceStream("explanations.json")!;
        return JsonSerializer.Deserialize<Explanation[]>(file, Options)!;
    }
}
