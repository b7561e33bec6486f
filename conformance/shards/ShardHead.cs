// What every shard's file says of itself, whatever was split.

using System.Text.Json.Serialization;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Shards;

/// <summary>The head of a shard's file. Only <c>merge</c> of the same build of this program reads it; what is in it is what the engine has, so it has no schema of its own.</summary>
public abstract record ShardHead
{
    /// <summary>What kind of shard it is. It comes first in the file.</summary>
    [JsonPropertyOrder(-1)]
    public required string Format { get; init; }

    /// <summary>The version of the program.</summary>
    public required string Program { get; init; }

    /// <summary>The build of the program: another one may generate other scripts.</summary>
    public required string Build { get; init; }

    /// <summary>The specification that was judged by.</summary>
    public required SpecificationDocument Specification { get; init; }

    /// <summary>Which shard, from 1.</summary>
    public required int Shard { get; init; }

    /// <summary>How many there are.</summary>
    public required int Of { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Operating system and processor.</summary>
    public required string Platform { get; init; }

    /// <summary>The seed of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>A hash of all the rest.</summary>
    public required string Digest { get; init; }

    /// <summary>What was split, in words: two runs of the same are told apart by all else.</summary>
    public abstract string Label();
}
