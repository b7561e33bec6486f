// One run of which there are some shards, or all.

using PyState.Conformance.Engine;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Shards;

/// <summary>The shards of one run.</summary>
/// <param name="Shards">Different ones, at least one, in their order.</param>
public sealed record ShardedRun(IReadOnlyList<ShardDocument> Shards)
{
    /// <summary>The numbers of the shards that are not there, from 1.</summary>
    public IReadOnlyList<int> Missing => ShardSet.Missing(Shards);

    /// <summary>The run as one machine would have it. Where shards are missing, what they may have shown is neither missed nor held against the implementation.</summary>
    /// <param name="version">The version of this program.</param>
    /// <param name="program">How it is started.</param>
    public RunReport Report(string version, string program) => new(version, [.. Enumerable.Range(0, Shards[0].Subjects.Count).Select(Entry)])
    {
        Program = program,
        Started = Shards.Min(s => s.Started),
        Platform = Shards[0].Platform,
    };

    /// <summary>The report, which says what is missing of it: with that it is never green.</summary>
    /// <param name="document">The report as if nothing were.</param>
    public ReportDocument Marked(ReportDocument document)
    {
        if (Missing.Count == 0)
        {
            return document;
        }

        ImplementationDocument[] marked =
        [
            .. document.Implementations.Select(i => i with
            {
                MissingShards = [.. Missing.Select(m => $"{m}/{Shards[0].Of}")],
                ExitCode = i.ExitCode == 1 ? 1 : 3,
                Outcome = $"{i.Outcome}; {Missing.Count} of {Shards[0].Of} shards {(Missing.Count == 1 ? "is" : "are")} missing",
            }),
        ];
        return document with { Implementations = marked, ExitCode = Merge.ExitCode(marked) };
    }

    /// <summary>What was asked of the whole run.</summary>
    /// <param name="shard">One of its shards.</param>
    /// <param name="subject">The implementation.</param>
    internal static RunOptions OptionsOf(ShardDocument shard, ShardSubject subject) => new()
    {
        Seed = shard.Seed,
        Commands = shard.Commands ?? long.MaxValue,
        Clauses = shard.Clauses.ToHashSet(),
        Expectations = subject.Expectations,
        IsSuite = shard.Suite is not null,
    };

    private RunEntry Entry(int subject)
    {
        ShardSubject first = Shards[0].Subjects[subject];
        RunOptions options = OptionsOf(Shards[0], first);
        return new RunEntry(first.Name, first.Python, [.. Enumerable.Range(0, first.Parts.Count).Select(p => Part(subject, p, options))]);
    }

    private RunPart Part(int subject, int part, RunOptions options)
    {
        ShardSubject first = Shards[0].Subjects[subject];
        ShardPart[] parts = [.. Shards.Select(s => s.Subjects[subject].Parts[part])];
        ImplementationReport report = Runner.Together(
            parts[0].Declared, options, [.. parts.Select(p => p.Campaigns)], TimeSpan.FromSeconds(parts.Sum(p => p.Seconds)), isWhole: Missing.Count == 0);
        return new RunPart(first.Name, first.Selection, parts[0].Interpreter, report);
    }
}
