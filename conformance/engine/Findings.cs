// What a campaign comes to: enough to give verdicts, and, of a shard, enough to give them on the whole.

using PyState.Spec.Clauses;

namespace PyState.Conformance.Engine;

/// <summary>Counts of scripts that were run.</summary>
/// <param name="Scripts">How many.</param>
/// <param name="Commands">How many commands of them were checked.</param>
/// <param name="Exercised">On how many of them a violation of each clause would have shown, where on any.</param>
public sealed record Tally(long Scripts, long Commands, IReadOnlyDictionary<ClauseId, long> Exercised)
{
    /// <summary>Nothing.</summary>
    public static Tally None { get; } = new(0, 0, new Dictionary<ClauseId, long>());

    /// <summary>This and another.</summary>
    /// <param name="other">Counts of other scripts.</param>
    public Tally And(Tally other) => new(Scripts + other.Scripts, Commands + other.Commands, Combined(other, 1));

    /// <summary>This without what it was before.</summary>
    /// <param name="earlier">Counts of some of these scripts.</param>
    public Tally Less(Tally earlier) => new(Scripts - earlier.Scripts, Commands - earlier.Commands, Combined(earlier, -1));

    private Dictionary<ClauseId, long> Combined(Tally other, int sign) =>
        Exercised.Keys.Union(other.Exercised.Keys).Order()
            .Select(c => (Clause: c, Count: Exercised.GetValueOrDefault(c) + (sign * other.Exercised.GetValueOrDefault(c))))
            .Where(c => c.Count > 0)
            .ToDictionary(c => c.Clause, c => c.Count);
}

/// <summary>Counts of one block of scripts.</summary>
/// <param name="Block">Which block of the run, from 0.</param>
/// <param name="Tally">The counts.</param>
public sealed record BlockTally(long Block, Tally Tally);

/// <summary>What a campaign found.</summary>
/// <param name="Tally">The counts.</param>
/// <param name="Reds">The clauses that turned red, each with its counterexample.</param>
public sealed record Findings(Tally Tally, IReadOnlyDictionary<ClauseId, Counterexample> Reds)
{
    /// <summary>On how many scripts a violation of a clause would have shown.</summary>
    /// <param name="clause">The clause.</param>
    public long Exercised(ClauseId clause) => Tally.Exercised.GetValueOrDefault(clause);
}

/// <summary>A deviation that was not looked into because it hangs, and one of its clause was already.</summary>
/// <param name="Clause">The clause.</param>
/// <param name="Number">The number of the script in the run.</param>
public sealed record PassedOver(ClauseId Clause, long Number);

/// <summary>One shard's part of a campaign.</summary>
/// <param name="Tally">The counts.</param>
/// <param name="Blocks">The counts of each block, in their order, where the campaign ends as soon as it has found enough; empty otherwise.</param>
/// <param name="Examined">Every deviation that was looked into, in the order of the scripts: of each clause the first few.</param>
/// <param name="Passed">Those that would have been looked into, had they not hung.</param>
/// <param name="PerClause">How many of a clause are looked into.</param>
public sealed record CampaignShare(Tally Tally, IReadOnlyList<BlockTally> Blocks, IReadOnlyList<Counterexample> Examined, IReadOnlyList<PassedOver> Passed, int PerClause)
{
    /// <summary>What one campaign over all the scripts would have found.</summary>
    /// <param name="shares">The shards' parts, at least one.</param>
    /// <param name="block">How many scripts a block has.</param>
    /// <param name="enough">Whether so many red clauses end the campaign; null where nothing but its bound does.</param>
    public static Findings Together(IReadOnlyList<CampaignShare> shares, int block, Func<IReadOnlyDictionary<ClauseId, Counterexample>, bool>? enough)
    {
        var reds = new Dictionary<ClauseId, Counterexample>();
        var seen = new Dictionary<ClauseId, int>();
        int perClause = shares.Min(s => s.PerClause);
        (long Number, ClauseId Clause, Counterexample? Found)[] met =
        [
            .. shares.SelectMany(s => s.Examined.Select(e => (e.Seed.Number, e.Clause, (Counterexample?)e)).Concat(s.Passed.Select(p => (p.Number, p.Clause, (Counterexample?)null))))
                .OrderBy(m => m.Number),
        ];
        if (enough is null)
        {
            Array.ForEach(met, Keep);
            return new Findings(shares.Select(s => s.Tally).Aggregate((all, s) => all.And(s)), reds);
        }

        Tally total = Tally.None;
        var inBlock = met.ToLookup(m => m.Number / block);
        bool isLast = enough(reds);
        foreach (BlockTally next in shares.SelectMany(s => s.Blocks).OrderBy(b => b.Block))
        {
            total = total.And(next.Tally);
            Array.ForEach([.. inBlock[next.Block]], Keep);
            if (isLast)
            {
                break;
            }

            isLast = enough(reds);
        }

        return new Findings(total, reds);

        // As a campaign does that meets them one after another.
        void Keep((long Number, ClauseId Clause, Counterexample? Found) one)
        {
            int before = seen.GetValueOrDefault(one.Clause);
            seen[one.Clause] = before + 1;
            if (one.Found is { } found && before < (found.Seen == VerdictKind.Hung ? 1 : perClause) && (!reds.TryGetValue(found.Clause, out Counterexample? known) || Campaign.IsBetter(found, known)))
            {
                reds[found.Clause] = found;
            }
        }
    }
}
