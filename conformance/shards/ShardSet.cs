// Shards that were given together: whether they are of one run, which of them is there twice, and which are missing.

using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Shards;

/// <summary>What is asked of the shards of one run, whatever was split.</summary>
internal static class ShardSet
{
    /// <summary>The different shards of one run, in their order.</summary>
    /// <param name="files">Shards, each with the name of its file; at least one.</param>
    /// <param name="facts">What has to be the same in all, in the order in which a difference is told.</param>
    /// <param name="isWhole">Whether a shard has all that it must have.</param>
    /// <param name="content">What a shard found, whenever and however fast.</param>
    /// <typeparam name="T">Their kind.</typeparam>
    /// <exception cref="SetupException">They do not belong together: one line that says which, and why.</exception>
    internal static IReadOnlyList<T> OfOneRun<T>(
        IReadOnlyList<(string File, T Shard)> files, Func<T, IEnumerable<(string Name, string Value)>> facts, Func<T, bool> isWhole, Func<T, string> content)
        where T : ShardHead
    {
        (string firstFile, T first) = files[0];
        foreach ((string file, T shard) in files)
        {
            if (Facts(first, facts).Zip(Facts(shard, facts)).FirstOrDefault(f => f.First != f.Second) is { First.Name: not null } other)
            {
                throw new SetupException(
                    $"'{file}' is no shard of the run that '{firstFile}' is of: its {other.Second.Name} is {SafeText.OneLine(other.Second.Value, 80)}, and not {SafeText.OneLine(other.First.Value, 80)}; name the shards of one run");
            }

            if (shard.Shard < 1 || shard.Shard > shard.Of || !isWhole(shard))
            {
                throw new SetupException($"'{file}' is damaged: run that shard again");
            }
        }

        // A shard that its engine ran again is there once: nothing is counted twice.
        foreach (IGrouping<int, (string File, T Shard)> same in files.GroupBy(f => f.Shard.Shard))
        {
            if (same.FirstOrDefault(s => content(s.Shard) != content(same.First().Shard)) is { File: not null } other)
            {
                throw new SetupException(
                    $"'{same.First().File}' and '{other.File}' are both shard {same.Key} of {first.Of} and do not agree: the implementation did not do the same twice; name one of them, and see whether it is stable");
            }
        }

        return [.. files.Select(f => f.Shard).DistinctBy(s => s.Shard).OrderBy(s => s.Shard)];
    }

    /// <summary>The numbers of the shards that are not there, from 1.</summary>
    /// <param name="shards">Those that are; at least one.</param>
    internal static IReadOnlyList<int> Missing(IReadOnlyList<ShardHead> shards) => [.. Enumerable.Range(1, shards[0].Of).Except(shards.Select(s => s.Shard))];

    /// <summary>The shards that are not there, in words: <c>2 of 8 shards of greenlet are missing: 3, 5-7</c>.</summary>
    /// <param name="shards">Those that are; at least one.</param>
    internal static string MissingInWords(IReadOnlyList<ShardHead> shards)
    {
        IReadOnlyList<int> missing = Missing(shards);
        return $"{missing.Count} of {shards[0].Of} shards of {SafeText.OneLine(shards[0].Label(), 200)} {(missing.Count == 1 ? "is" : "are")} missing: {Ranges(missing)}";
    }

    /// <summary>Refuses a run that is not whole.</summary>
    /// <param name="shards">Its shards; at least one.</param>
    /// <exception cref="SetupException">Shards are missing: one line that names them.</exception>
    internal static void DemandWhole(IReadOnlyList<ShardHead> shards)
    {
        if (Missing(shards).Count > 0)
        {
            throw new SetupException($"{MissingInWords(shards)}; run them and merge again, or add --partial for what there is");
        }
    }

    private static IEnumerable<(string Name, string Value)> Facts<T>(T shard, Func<T, IEnumerable<(string Name, string Value)>> facts)
        where T : ShardHead =>
    [
        ("version", shard.Program),
        ("specification", $"{shard.Specification.Version} ({shard.Specification.Content})"),
        ("number of shards", $"{shard.Of}"),
        ("seed", $"{shard.Seed}"),
        .. facts(shard),
    ];

    private static string Ranges(IReadOnlyList<int> numbers)
    {
        var ranges = new List<string>();
        for (int i = 0; i < numbers.Count;)
        {
            int last = i;
            while (last + 1 < numbers.Count && numbers[last + 1] == numbers[last] + 1)
            {
                last++;
            }

            ranges.Add(last == i ? $"{numbers[i]}" : last == i + 1 ? $"{numbers[i]}, {numbers[last]}" : $"{numbers[i]}-{numbers[last]}");
            i = last + 1;
        }

        return ranges.Count <= 20 ? string.Join(", ", ranges) : $"{string.Join(", ", ranges.Take(20))}, … up to {numbers[^1]}";
    }
}
