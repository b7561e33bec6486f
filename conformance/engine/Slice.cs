// A run split among machines: which scripts each of them runs.

namespace PyState.Conformance.Engine;

/// <summary>One of the shards that a run is split into.</summary>
/// <param name="Index">Which one, from 0.</param>
/// <param name="Count">How many there are, at least 1.</param>
public readonly record struct Shard(int Index, int Count)
{
    /// <summary>A run that is not split.</summary>
    public static Shard Whole => new(0, 1);

    /// <summary>As it is typed: from 1.</summary>
    public override string ToString() => $"{Index + 1}/{Count}";
}

/// <summary>The scripts of a shard: of every <see cref="Shard.Count"/> blocks of numbers one, in turn, so that each shard has as much to do and meets what is rare as early.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Block">How many scripts a block has: what a child is given at once.</param>
internal readonly record struct Slice(Shard Shard, int Block)
{
    /// <summary>The number in the run of the shard's script at a position.</summary>
    /// <param name="position">How many scripts the shard runs before it.</param>
    internal long NumberAt(long position) => (((position / Block * Shard.Count) + Shard.Index) * Block) + (position % Block);

    /// <summary>One of several that take its blocks in turn.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <param name="count">How many there are.</param>
    internal Slice Part(int index, int count) => new(new Shard(Shard.Index + (index * Shard.Count), Shard.Count * count), Block);

    /// <summary>The inverse of <see cref="NumberAt"/>.</summary>
    /// <param name="number">The number of one of the shard's scripts.</param>
    internal long PositionOf(long number) => (number / Block / Shard.Count * Block) + (number % Block);
}
