// What one shard of a run leaves: everything that the verdicts on the whole need of it.

using PyState.Conformance.Engine;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Shards;

/// <summary>A shard of <c>run</c>.</summary>
public sealed record ShardDocument : ShardHead
{
    /// <summary>How many commands the whole run has at most; null without a bound.</summary>
    public long? Commands { get; init; }

    /// <summary>The clauses judged; empty for all.</summary>
    public required IReadOnlyList<ClauseId> Clauses { get; init; }

    /// <summary>The suite that was run instead of generated scripts, as a hash; null where there was none.</summary>
    public string? Suite { get; init; }

    /// <summary>What was checked.</summary>
    public required IReadOnlyList<ShardSubject> Subjects { get; init; }

    /// <inheritdoc/>
    public override string Label() => string.Join(", ", Subjects.Select(s => s.Python is null ? s.Name : $"{s.Name} on {s.Python}"));
}

/// <summary>An implementation in a shard's file.</summary>
public sealed record ShardSubject
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What was given with <c>--python</c>.</summary>
    public string? Python { get; init; }

    /// <summary>What selects it on the command line.</summary>
    public required IReadOnlyList<string> Selection { get; init; }

    /// <summary>What is known of it.</summary>
    public required IReadOnlyList<Expectation> Expectations { get; init; }

    /// <summary>One for each interpreter that it ran on.</summary>
    public required IReadOnlyList<ShardPart> Parts { get; init; }
}

/// <summary>An implementation on one interpreter.</summary>
public sealed record ShardPart
{
    /// <summary>What to give with <c>--python</c> to run there again; null where the implementation finds it itself.</summary>
    public string? Interpreter { get; init; }

    /// <summary>What it declared.</summary>
    public required Capabilities Declared { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>What it found.</summary>
    public required IReadOnlyList<CampaignShare> Campaigns { get; init; }
}
