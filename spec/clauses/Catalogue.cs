// The whole catalogue: every clause once, in the order of its id's text form by group.

namespace PyState.Spec.Clauses;

/// <summary>Every clause of the specification, and how to find one.</summary>
public static class Catalogue
{
    private static readonly Clause[] Ordered =
    [
        .. ReadyClauses.All, .. SaveClauses.All, .. RestoreClauses.All, .. RestoreErrorClauses.All, .. StackClauses.All,
        .. WideClauses.All, .. DerivedClauses.All, .. DiscardClauses.All, .. HandleClauses.All, .. IntroClauses.All,
        .. SafetyClauses.Atomicity, .. SafetyClauses.Frame, .. SafetyClauses.Leak,
        .. SwitchClauses.Switch, .. SwitchClauses.Choice, .. AmbientClauses.All, .. SafetyClauses.Base,
    ];

    private static readonly Clause?[] Lookup = BuildLookup();

    /// <summary>Every clause, in document order.</summary>
    public static IReadOnlyList<Clause> All => Ordered;

    /// <summary>The groups in document order, for example READY, with what each is about.</summary>
    public static IReadOnlyList<(string Group, string About)> Groups { get; } =
    [
        ("READY", "the value Save leaves"),
        ("SAVE", "when Save is refused, and what it never does"),
        ("RESTORE", "what comes back, and when Restore is refused"),
        ("STACK", "what follows the C stack"),
        ("WIDE", "what is never touched"),
        ("DERIVED", "what is recomputed"),
        ("DISCARD", "releasing without restoring"),
        ("HANDLE", "identity and lifetime of handles"),
        ("INTRO", "introspection"),
        ("ATOM", "failure atomicity"),
        ("FRAME", "frames of suspended contexts"),
        ("LEAK", "balance"),
        ("SWITCH", "where control goes"),
        ("CHOICE", "declared choices"),
        ("AMBIENT", "ambient events"),
        ("BASE", "the control"),
    ];

    /// <summary>The clause with this id.</summary>
    /// <param name="id">Any id but <see cref="ClauseId.None"/>.</param>
    /// <exception cref="KeyNotFoundException">No clause has that id.</exception>
    public static Clause ById(ClauseId id) =>
        (int)id < Lookup.Length && Lookup[(int)id] is { } clause ? clause : throw new KeyNotFoundException($"no clause has the id {(int)id}");

    /// <summary>The clause with this text form, letter case ignored, or null.</summary>
    /// <param name="text">For example <c>READY-01</c>.</param>
    public static Clause? Find(string text) => ClauseIdText.TryParse(text, out var id) && id != ClauseId.None ? ById(id) : null;

    /// <summary>The clauses of a group, in order; empty where there is no such group.</summary>
    /// <param name="group">For example <c>READY</c>.</param>
    public static IEnumerable<Clause> InGroup(string group) =>
        Ordered.Where(c => string.Equals(c.Id.Group(), group, StringComparison.OrdinalIgnoreCase));

    /// <summary>The text forms nearest to a mistyped one, the nearest first.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="count">How many to give, at most.</param>
    public static IReadOnlyList<string> Nearest(string text, int count = 3) =>
    [
        .. Ordered.Select(c => c.Id.Text())
            .OrderBy(t => EditDistance.Of(Normal(text), Normal(t)))
            .ThenBy(t => t, StringComparer.Ordinal)
            .Take(count),
    ];

    /// <summary>One line for a mistyped id: what is wrong and what it may have meant.</summary>
    /// <param name="text">What was typed.</param>
    public static string UnknownMessage(string text) =>
        $"no clause has the id '{text}'; did you mean {string.Join(", ", Nearest(text))}?";

    private static Clause?[] BuildLookup()
    {
        var lookup = new Clause?[ClauseIdText.Count + 1];
        foreach (var clause in Ordered)
        {
            lookup[(int)clause.Id] = clause;
        }

        return lookup;
    }

    private static string Normal(string text) => text.Trim().ToUpperInvariant().Replace("_", "-", StringComparison.Ordinal);
}
