using System.Text.Json.Serialization;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Engine;

/// <summary>A known deviation of one implementation, in its folder's expectations.json: what it gets wrong, since when, and why.</summary>
public sealed record Expectation
{
    /// <summary>The clause it violates.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>The verdict that is expected.</summary>
    public required VerdictKind Verdict { get; init; }

    /// <summary>The channel in which it shows; null for a crash or a hang.</summary>
    public string? Channel { get; init; }

    /// <summary>Versions of the implementation it holds for, as <c>&gt;=2.0 &lt;3.1</c>, several such ranges with <c>||</c> between them; empty for all. Only what names a
    /// pre-release, as <c>0.26.0a4</c>, tells it from its release.</summary>
    public string Versions { get; init; } = string.Empty;

    /// <summary>Interpreter and versions it holds for, as <c>CPython &gt;=3.11 &lt;3.12</c>; empty for all.</summary>
    public string Interpreter { get; init; } = string.Empty;

    /// <summary>The build of the interpreter it holds for, <c>release</c>, <c>debug</c>, <c>jit</c> or <c>debug-jit</c>; empty for all.</summary>
    public string Build { get; init; } = string.Empty;

    /// <summary>The commands that show it, as a list of names in the order in which they must appear in the counterexample.</summary>
    public IReadOnlyList<string> Pattern { get; init; } = [];

    /// <summary>The value observed, as the protocol writes it; null when it varies.</summary>
    public string? Observed { get; init; }

    /// <summary>The deviation of the model that stands for it, so that all else stays judged; null when none is needed.</summary>
    public string? Deviation { get; init; }

    /// <summary>Whether it shows in so few scripts that a run may well end without one: then its absence is no news. A deviation that is seen has to be covered all the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Rare { get; init; }

    /// <summary>Why it deviates. Written by a person.</summary>
    public required string Reason { get; init; }

    /// <summary>Where to read on.</summary>
    public required string Link { get; init; }
}
