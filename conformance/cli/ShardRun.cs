// `run --shard I/N`: one part of a run, whose verdicts `merge` gives.

using System.Globalization;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Shards;

namespace PyState.Conformance.Cli;

/// <summary>Runs a shard and leaves its file.</summary>
/// <param name="host">What it reaches.</param>
internal sealed class ShardRun(Host host)
{
    private const int MostShards = 1_000_000;

    /// <summary>Reads which shard of how many.</summary>
    /// <param name="text">What was typed.</param>
    /// <exception cref="SetupException">It is none.</exception>
    public static Shard Parse(string text)
    {
        string[] numbers = text.Split('/');
        return numbers.Length == 2
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && index >= 1 && index <= count && count <= MostShards
            ? new Shard(index - 1, count)
            : throw new SetupException($"--shard cannot be '{text}': write I/N, the number of the shard and how many there are, for example 3/8");
    }

    /// <summary>Makes sure that what is asked for can be split, and that there is a place for what it finds.</summary>
    /// <param name="isBounded">Whether the run has a bound that is the same on every machine.</param>
    /// <param name="isTimed">Whether it has a bound in time.</param>
    /// <param name="isResumed">Whether an interrupted run is to be taken up.</param>
    /// <param name="proposes">Whether expectations are to be proposed.</param>
    /// <param name="targets">The reports asked for.</param>
    /// <param name="json">Whether it is printed.</param>
    /// <exception cref="SetupException">It cannot: one line that says what to change.</exception>
    public static void Demand(bool isBounded, bool isTimed, bool isResumed, bool proposes, IReadOnlyList<ReportTarget> targets, bool json)
    {
        string? wrong =
            isTimed ? "--shard and --time do not go together: a run bounded by time is not the same twice; give --commands N for the whole run"
            : !isBounded ? "--shard needs --commands N, the commands of the whole run, or --scripts FILE: a run bounded by time is not the same twice"
            : isResumed ? "--shard and --resume do not go together: a shard that died is run again from its start; make more shards where that costs too much"
            : proposes ? "--shard and --update-expectations do not go together: a shard gives no verdicts; merge the shards first"
            : targets.FirstOrDefault(t => t.Kind != "json") is { } other ? $"a shard gives no verdicts, so it has no report of the kind '{other.Kind}': write --report json=FILE, and have merge write the others"
            : targets.Count == 0 && !json ? "--shard needs --report json=FILE: what it finds is for merge"
            : null;
        if (wrong is not null)
        {
            throw new SetupException(wrong);
        }
    }

    /// <summary>Runs it.</summary>
    /// <param name="subjects">What is checked.</param>
    /// <param name="options">What was asked of the whole run, for each.</param>
    /// <param name="started">The sessions.</param>
    /// <param name="begun">When it was started.</param>
    /// <param name="suite">A hash of the scripts that were given; null where they are generated.</param>
    public ShardDocument Run(IReadOnlyList<Subject> subjects, IReadOnlyList<RunOptions> options, Started started, DateTimeOffset begun, string? suite)
    {
        ShardSubject[] done = [.. subjects.Select((s, i) => Run(s, options[i], started))];
        RunOptions first = options[0];
        return ShardFile.Sealed(new ShardDocument
        {
            Format = ShardFile.Format,
            Program = Host.Version,
            Build = ShardFile.ThisBuild,
            Specification = JsonReport.Specification,
            Shard = first.Shard.Index + 1,
            Of = first.Shard.Count,
            Started = begun,
            Platform = host.Platform,
            Seed = first.Seed,
            Commands = first.Commands == long.MaxValue ? null : first.Commands,
            Clauses = [.. first.Clauses.Order()],
            Suite = suite,
            Subjects = done,
            Digest = string.Empty,
        });
    }

    /// <summary>Says what was done. It is no verdict.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="page">Where to.</param>
    public static void Describe(ShardDocument shard, Page page)
    {
        foreach (ShardSubject subject in shard.Subjects)
        {
            CampaignShare[] campaigns = [.. subject.Parts.SelectMany(p => p.Campaigns)];
            int red = campaigns.SelectMany(c => c.Examined).Select(e => e.Clause).Distinct().Count();
            page.Text(string.Create(
                CultureInfo.InvariantCulture,
                $"shard {shard.Shard}/{shard.Of}  {SafeText.OneLine(subject.Python is null ? subject.Name : $"{subject.Name} ({subject.Python})", 80)}: {campaigns.Sum(c => c.Tally.Commands):N0} commands in {campaigns.Sum(c => c.Tally.Scripts):N0} scripts, {subject.Parts.Sum(p => p.Seconds):0.0} s, {red} {(red == 1 ? "clause" : "clauses")} with a deviation"));
        }

        page.Text("no verdict: 'merge' gives it when every shard is there", Tone.Dim);
    }

    private ShardSubject Run(Subject subject, RunOptions options, Started started)
    {
        IReadOnlyList<IFolder> controls = Control.Of(subject.Implementation.Name, host.Implementations);
        using ProgressLine? line = host.Terminal.Progress ? new ProgressLine(host.Error, host.Terminal.Width, subject.Implementation.Name, options) : null;
        var parts = new List<ShardPart>();
        foreach (Started.One one in started.Of(subject))
        {
            Capabilities declared = one.Session.Capabilities;
            (IReadOnlyList<CampaignShare> campaigns, TimeSpan elapsed) = host.RunShard(one.Session, one.Share, line is null ? null : line.Show, host.Cancellation);
            one.Session.Dispose();
            host.Cancellation.ThrowIfCancellationRequested();
            parts.Add(new ShardPart
            {
                Interpreter = one.Interpreter,
                Declared = declared,
                Seconds = Math.Round(elapsed.TotalSeconds, 3),
                Campaigns = Control.Ask(campaigns, declared, one.Interpreter, controls),
            });
        }

        return new ShardSubject { Name = subject.Implementation.Name, Python = subject.Python, Selection = subject.Selection, Expectations = options.Expectations, Parts = parts };
    }
}
