// `mutants [SET]`: the suite on trial. Every wrong implementation there is, and who convicts it.

using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text;
using PyState.Conformance.Engine;
using PyState.Conformance.Journal;
using PyState.Conformance.Mutants;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Shards;
using PyState.Conformance.Traces;

namespace PyState.Conformance.Cli;

/// <summary>Tries mutants and prints the kill matrix.</summary>
internal sealed class MutantsVerb : Verb
{
    // For each seed, way and interpreter: some fifteen thousand of them are observed in a second.
    private const long CommandsOnRealInterpreters = 4_000;

    private readonly Argument<string[]> sets = new("SET")
    {
        Description = $"which mutants: {string.Join(", ", WantedMutants.SetNames)}, or a part of their names; all of them when none is named",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> time = new("--time") { Description = "stop after so long (default 1h); what was not tried is said", HelpName = "TIME" };
    private readonly Option<string?> seed = new("--seed") { Description = "the same seed gives the same scripts (default 1)", HelpName = "N" };
    private readonly Option<string?> seeds = new("--seeds") { Description = "with how many seeds a sample is tried (default 20; 1 for no sample)", HelpName = "N" };
    private readonly Option<string?> clean = new("--clean") { Description = "with how many seeds the reference is run, which must be convicted of nothing (default 100)", HelpName = "N" };
    private readonly Option<string[]> pythons = new("--python")
    {
        Description = "try the native reference with faults in it on this interpreter, instead of the simulation; repeat it for other versions",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> write = new("--write") { Description = "write the matrix as a page of Markdown; with --shard, what 'merge' needs of it", HelpName = "FILE" };
    private readonly Option<string?> shard = new("--shard") { Description = "make one of N parts of the trials; 'merge' draws them together", HelpName = "I/N" };
    private readonly Option<bool> resume = new("--resume") { Description = "go on where the same trials were when they were interrupted" };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public MutantsVerb(Host host)
        : base(host, "mutants", "Put the suite on trial: which clause convicts each wrong implementation, in how many steps.")
    {
        sets.CompletionSources.Add(_ => WantedMutants.SetNames.Select(s => new CompletionItem(s)));
        Add(sets);
        foreach (Option option in new Option[] { time, seed, seeds, clean, pythons, write, shard, resume, Format })
        {
            Add(option);
        }

        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("mutants", "all of them, a sample with 20 seeds, and the reference with 100; minutes"),
        ("mutants --seeds 1 --clean 4", "all of them once; what CI runs"),
        ("mutants museum", "the defects that were published"),
        ("mutants exc_info", "those with exc_info in their names"),
        ("mutants --python /usr/bin/python3", "faults in the native reference on a real interpreter: fields, errors, lifecycles, what it owns"),
        ("mutants native-errors --python /usr/bin/python3", "one set of these; the others are native, native-lifecycle, native-ownership, native-separate and native-evict"),
        ("mutants --write docs/mutants.md", "the page of the matrix"),
        ("mutants --shard 3/8 --write 3.json", "the third of eight parts, on any machine; then: merge *.json --report markdown=FILE"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "each was convicted by a clause that may, and the reference of nothing"),
        (ExitCode.Deviation, "a mutant got away, another clause convicted it, or the reference was convicted"),
        (ExitCode.Nothing, "the time was over before all were tried"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Path, string Holds)> Files { get; } =
    [
        ("pystate-results/mutants.journal", "written: which were tried, for --resume; deleted when all were"),
    ];

    private int Execute(ParseResult arguments)
    {
        DateTimeOffset begun = DateTimeOffset.UtcNow;
        bool json = WantsJson(arguments);
        string[] named = arguments.GetValue(sets) ?? [];
        string[] interpreters = arguments.GetValue(pythons) ?? [];
        Shard part = arguments.GetValue(shard) is { } text ? DemandShard(ShardRun.Parse(text), arguments, json) : Shard.Whole;
        IReadOnlyList<FaultyInterpreter> native = WantedMutants.Interpreters(interpreters, Host);
        IReadOnlyList<Mutant> wanted = WantedMutants.Of(named, native, Host);
        bool isWhole = named.Length == 0 && native.Count == 0;
        SuiteTrialOptions options = TrialShard.OptionsOf(
            arguments.GetValue(seed) is { } s ? Inputs.Seed("--seed", s) : 1,
            arguments.GetValue(seeds) is { } n ? (int)Math.Min(1000, Inputs.Count("--seeds", n)) : isWhole ? 20 : 1,
            arguments.GetValue(clean) is { } c ? (int)Math.Min(10_000, Inputs.Count("--clean", c)) : named.Length == 0 ? 100 : 0,
            isWhole);
        if (native.Count > 0)
        {
            options = options with { CleanSubjects = WantedMutants.Clean(native, Host), CleanCommands = CommandsOnRealInterpreters };
        }

        string? page = arguments.GetValue(write) is { } file ? Path.GetFullPath(file, Host.Folder) : null;
        if (page is not null)
        {
            AtomicFile.Probe(page);
        }

        if (arguments.GetValue(shard) is not null)
        {
            return Execute(part, new TrialPlan(wanted, options), [.. named.Order(StringComparer.Ordinal)], native, begun, page, json);
        }

        options = options with { Time = arguments.GetValue(time) is { } t ? Inputs.Time("--time", t) : TimeSpan.FromHours(1) };
        JournalKey key = JournalKey.Of(
            [.. named.Order().DefaultIfEmpty("all").Prepend(interpreters.Length == 0 ? "mutants" : $"mutants on {string.Join(", ", interpreters)}")], options.Seed, null, null, [], []);
        using TrialJournal journal = TrialJournal.Open(Path.Combine(Host.Folder, Traces.Folder, "mutants.journal"), key, arguments.GetValue(resume));
        if (arguments.GetValue(resume) && journal.Restored == 0)
        {
            Host.Error.Write("pystate: there is nothing to resume: the trials start anew\n");
        }

        KillMatrix matrix = SuiteTrial.Run(wanted, isWhole, options, journal, Host.Terminal.Progress ? Show : null, Host.Cancellation);
        EndProgress();
        if (journal.Trouble is { } trouble)
        {
            Host.Error.Write($"pystate: {trouble}\n");
        }

        if (page is not null)
        {
            string markdown = MatrixPage.Render(matrix);
            AtomicFile.Write(page, stream => stream.Write(Encoding.UTF8.GetBytes(markdown)));
        }

        if (json)
        {
            PrintJson(MatrixJson.Document(matrix));
        }
        else
        {
            Page printed = NewPage();
            KillMatrixPage.Fill(matrix, printed);
            Print(printed);
        }

        if (matrix.IsComplete)
        {
            journal.Complete();
        }

        return KillMatrixPage.ExitCodeOf(matrix);
    }

    // What it finds is no verdict, so the exit code says only that all of it was done: an engine that runs a shard again when it fails must not do so for a gap.
    private int Execute(Shard part, TrialPlan plan, string[] named, IReadOnlyList<FaultyInterpreter> native, DateTimeOffset begun, string? path, bool json)
    {
        TrialShare share = SuiteTrial.RunShard(plan, part, journal: null, Host.Terminal.Progress ? Show : null, Host.Cancellation);
        EndProgress();
        TrialShard document = ShardFile.Sealed(new TrialShard
        {
            Format = ShardFile.TrialFormat,
            Program = Host.Version,
            Build = ShardFile.ThisBuild,
            Specification = JsonReport.Specification,
            Shard = part.Index + 1,
            Of = part.Count,
            Started = begun,
            Platform = Host.Platform,
            Seed = plan.Options.Seed,
            Named = named,
            Interpreters = native,
            Mutants = TrialShard.HashOf(plan.Wanted),
            Seeds = plan.Options.Seeds,
            CleanSeeds = plan.Options.CleanSeeds,
            Seconds = Math.Round(share.Elapsed.TotalSeconds, 3),
            Trials = [.. share.Trials.Select(ShardTrial.Of)],
            Clean = share.Clean,
            Distribution = share.Distribution,
            Digest = string.Empty,
        });
        if (path is not null)
        {
            ShardFile.Write(path, document);
        }

        if (json)
        {
            Host.Out.Write(ShardFile.Text(document));
            return ExitCode.Ok;
        }

        Page printed = NewPage();
        printed.Text(string.Create(
            CultureInfo.InvariantCulture,
            $"shard {part}  {document.Label()}: {share.Trials.Count} of {plan.Trials.Count} trials, {share.Trials.Count(t => t.First is null)} without a conviction, {share.Elapsed.TotalSeconds:0.0} s"));
        printed.Text("no verdict: 'merge' gives it when every shard is there", Tone.Dim);
        Print(printed);
        return ExitCode.Ok;
    }

    private Shard DemandShard(Shard part, ParseResult arguments, bool json)
    {
        string? wrong =
            arguments.GetValue(time) is not null ? "--shard and --time do not go together: trials that end by the clock are not the same twice"
            : arguments.GetValue(resume) ? "--shard and --resume do not go together: a shard that died is run again from its start; make more shards where that costs too much"
            : arguments.GetValue(write) is null && !json ? "--shard needs --write FILE: what it finds is for merge"
            : null;
        return wrong is null ? part : throw new SetupException(wrong);
    }

    private void Show(int done, int all) => Host.Error.Write($"\r\u001b[K{done} of {all} trials");

    private void EndProgress()
    {
        if (Host.Terminal.Progress)
        {
            Host.Error.Write("\r\u001b[K");
        }
    }
}
