// One numbered rule of the specification, as data: everything SPEC.md, `explain` and the verdicts say about it.

using PyState.Spec.Model;

namespace PyState.Spec.Clauses;

/// <summary>How binding a clause is (BCP 14).</summary>
public enum Level
{
    /// <summary>An absolute requirement (also MUST NOT).</summary>
    Must,

    /// <summary>A recommendation: to deviate needs a reason (also SHOULD NOT).</summary>
    Should,

    /// <summary>A permission.</summary>
    May,
}

/// <summary>Which alphabet of commands can observe a clause.</summary>
public enum ClauseProfile
{
    /// <summary>The API's own alphabet: save, restore, discard, introspection, by handle.</summary>
    Api,

    /// <summary>The switcher's alphabet: spawn, switch, throw, finish.</summary>
    Switcher,

    /// <summary>Either alphabet.</summary>
    Both,
}

/// <summary>Whether the suite can judge a clause.</summary>
public enum Testability
{
    /// <summary>Judged on every implementation that offers the clause's profile.</summary>
    Required,

    /// <summary>Judged where the implementation declares the channel or the capability that shows it; elsewhere <em>not observable</em>.</summary>
    Optional,

    /// <summary>No execution can show it; the reason says why, and review has to.</summary>
    NotTestable,
}

/// <summary>The error a clause demands.</summary>
/// <param name="Status">Name of the status (see <see cref="Statuses"/>).</param>
/// <param name="StateUnchanged">Whether everything observable stays as it was before the call.</param>
public sealed record ClauseError(string Status, bool StateUnchanged = true);

/// <summary>One numbered rule.</summary>
/// <param name="Id">Its permanent id.</param>
/// <param name="Title">A few words, for tables.</param>
public sealed record Clause(ClauseId Id, string Title)
{
    /// <summary>How binding it is.</summary>
    public Level Level { get; init; } = Level.Must;

    /// <summary>First CPython 3 minor version it applies to; null for all.</summary>
    public int? Since { get; init; }

    /// <summary>Last CPython 3 minor version it applies to, inclusive; null for all.</summary>
    public int? Until { get; init; }

    /// <summary>Which alphabet can observe it.</summary>
    public ClauseProfile Profile { get; init; } = ClauseProfile.Both;

    /// <summary>The rule: one sentence with one BCP 14 keyword.</summary>
    public required string Statement { get; init; }

    /// <summary>Why the rule is there.</summary>
    public required string Intent { get; init; }

    /// <summary>The channels that can show a violation.</summary>
    public required Channels Observable { get; init; }

    /// <summary>The errors it demands; empty where it demands none.</summary>
    public IReadOnlyList<ClauseError> Errors { get; init; } = [];

    /// <summary>Whether the suite can judge it.</summary>
    public Testability Status { get; init; } = Testability.Required;

    /// <summary>Why it is not <see cref="Testability.Required"/>; empty where it is.</summary>
    public string StatusReason { get; init; } = "";

    /// <summary>Where the facts behind it come from; never empty.</summary>
    public required IReadOnlyList<Source> Evidence { get; init; }

    /// <summary>Words for a verdict where a value of one context is seen in another; empty where that cannot happen.</summary>
    public string Contamination { get; init; } = "";

    /// <summary>Words for a verdict where a context has lost its own value; empty where that cannot happen.</summary>
    public string Amnesia { get; init; } = "";

    /// <summary>Whether the clause applies to CPython 3.<paramref name="minor"/>.</summary>
    /// <param name="minor">The minor version, for example 12.</param>
    public bool AppliesTo(int minor) => (Since is null || minor >= Since) && (Until is null || minor <= Until);
}

/// <summary>A document, header or issue that a fact was taken from.</summary>
/// <param name="Key">Short label printed beside a clause, unique.</param>
/// <param name="Address">Public address; empty where there is none (an observation of this project).</param>
/// <param name="Fact">What it shows, in our own words.</param>
public sealed record Source(string Key, string Address, string Fact);
