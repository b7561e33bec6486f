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
using PyState.Conformance.Traces;
using PyState.Spec.Versions;

namespace PyState.Conformance.Cli;

/// <summary>Tries mutants and prints the kill matrix.</summary>
internal sealed class MutantsVerb : Verb
{
    private static readonly string[] SetNames = [.. Enum.GetValues<MutantSet>().Where(s => s < MutantSet.Native).Select(NameOf)];

    private readonly Argument<string[]> sets = new("SET")
    {
        Description = $"which mutants: {string.Join(", ", SetNames)}, or a part of their names; all of them when none is named",
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

    private readonly Option<string?> write = new("--write") { Description = "write the matrix as a page of Markdown", HelpName = "FILE" };
    private readonly Option<bool> resume = new("--resume") { Description = "go on where the same trials were when they were interrupted" };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public MutantsVerb(Host host)
        : base(host, "mutants", "Put the suite on trial: which clause convicts each wrong implementation, in how many steps.")
    {
        sets.CompletionSources.Add(_ => SetNames.Select(s => new CompletionItem(s)));
        Add(sets);
        foreach (Option option in new Option[] { time, seed, seeds, clean, pythons, write, resume, Format })
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
        bool json = WantsJson(arguments);
        string[] named = arguments.GetValue(sets) ?? [];
        string[] interpreters = arguments.GetValue(pythons) ?? [];
        IReadOnlyList<Mutant> wanted = Wanted(named, interpreters.Length == 0 ? AllMutants.All : Native(interpreters));
        bool isWhole = named.Length == 0 && interpreters.Length == 0;
        var options = new SuiteTrialOptions
        {
            Seed = arguments.GetValue(seed) is { } s ? Inputs.Seed("--seed", s) : 1,
            Time = arguments.GetValue(time) is { } t ? Inputs.Time("--time", t) : TimeSpan.FromHours(1),
            Seeds = arguments.GetValue(seeds) is { } n ? (int)Math.Min(1000, Inputs.Count("--seeds", n)) : isWhole ? 20 : 1,
            CleanSeeds = arguments.GetValue(clean) is { } c ? (int)Math.Min(10_000, Inputs.Count("--clean", c)) : isWhole ? 100 : 0,
            DistributionScripts = isWhole ? new SuiteTrialOptions().DistributionScripts : 0,
        };
        string? page = arguments.GetValue(write) is { } file ? Path.GetFullPath(file, Host.Folder) : null;
        if (page is not null)
        {
            AtomicFile.Probe(page);
        }

        JournalKey key = JournalKey.Of(
            [.. named.Order().DefaultIfEmpty("all").Prepend(interpreters.Length == 0 ? "mutants" : $"mutants on {string.Join(", ", interpreters)}")], options.Seed, null, null, [], []);
        using TrialJournal journal = TrialJournal.Open(Path.Combine(Host.Folder, Traces.Folder, "mutants.journal"), key, arguments.GetValue(resume));
        if (arguments.GetValue(resume) && journal.Restored == 0)
        {
            Host.Error.Write("pystate: there is nothing to resume: the trials start anew\n");
        }

        KillMatrix matrix = SuiteTrial.Run(wanted, isWhole, options, journal, Host.Terminal.Progress ? Show : null, Host.Cancellation);
        if (Host.Terminal.Progress)
        {
            Host.Error.Write("\r\u001b[K");
        }

        if (page is not null)
        {
            string text = MatrixPage.Render(matrix);
            AtomicFile.Write(page, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }

        if (json)
        {
            PrintJson(MatrixJson.Document(matrix));
        }
        else
        {
            Print(matrix);
        }

        journal.Complete();
        return matrix.Failures.Count > 0 ? ExitCode.Deviation : matrix.IsComplete ? ExitCode.Ok : ExitCode.Nothing;
    }

    private void Show(int done, int all) => Host.Error.Write($"\r\u001b[K{done} of {all} trials");

    private static string NameOf(MutantSet set) => Vocabulary.Of(set);

    private IReadOnlyList<Mutant> Native(string[] interpreters)
    {
        Dictionary<MutantSet, IImplementation> faulty = NativeMutants.Ways.ToDictionary(
            w => w, w => Host.FromPath(NativeMutants.FolderOf(w)) ?? throw new SetupException($"there is no {NativeMutants.FolderOf(w)}: build this program anew"));
        IImplementation api = faulty[MutantSet.Native];
        var byVersion = new SortedDictionary<int, NativeHost>();
        foreach (string interpreter in interpreters)
        {
            using ISession honest = api.Start(interpreter);
            VersionProfile profile = Profiles.Find(honest.Capabilities.InterpreterVersion)
                ?? throw new SetupException($"{interpreter} is {honest.Capabilities.InterpreterTitle}, and the native reference knows CPython 3.{Profiles.Oldest} to 3.{Profiles.Newest}");
            if (!byVersion.TryAdd(profile.Minor, new NativeHost(interpreter, profile, honest.Capabilities.HasJit)))
            {
                throw new SetupException($"{byVersion[profile.Minor].Python} and {interpreter} are both {profile}: give one of each version, and the other in a run of its own");
            }
        }

        // Errors and lifecycles do not depend on the version.
        return
        [
            .. byVersion.Values.SelectMany(h => NativeMutants.Of(MutantSet.Native, api, h)),
            .. NativeCallMutants.OfCalls(api, byVersion.Values.Last()),
            .. byVersion.Values.SelectMany(h => NativeCallMutants.OfOwnership(api, h)),
            .. NativeMutants.Ways.Skip(1).SelectMany(w => byVersion.Values.SelectMany(h => NativeMutants.Of(w, faulty[w], h))),
        ];
    }

    private static IReadOnlyList<Mutant> Wanted(string[] named, IReadOnlyList<Mutant> all)
    {
        if (named.Length == 0)
        {
            return all;
        }

        var wanted = new HashSet<Mutant>();
        foreach (string name in named)
        {
            Mutant[] found = Vocabulary.TryParse(name, out MutantSet set)
                ? [.. all.Where(m => m.Set == set)]
                : [.. all.Where(m => m.Name.Contains(name, StringComparison.OrdinalIgnoreCase))];
            if (found.Length == 0)
            {
                throw new SetupException(Nearest.Of(name, SetNames) is { } near
                    ? $"no mutant has '{name}' in its name; did you mean the set '{near}'?"
                    : $"no mutant has '{name}' in its name; the sets are {string.Join(", ", SetNames)}");
            }

            wanted.UnionWith(found);
        }

        return [.. all.Where(wanted.Contains)];
    }

    private void Print(KillMatrix matrix)
    {
        Page page = NewPage();
        foreach (IGrouping<MutantSet, TrialResult> set in matrix.Results.GroupBy(r => r.Mutant.Set))
        {
            page.Blank();
            page.Text($"{NameOf(set.Key)}  {set.Count(r => r.First is not null)} of {set.Count()} convicted", Tone.Bold);
            foreach (MatrixRow row in MatrixRow.Of(set))
            {
                page.Spans(
                    2,
                    6,
                    new Span(Page.Pad(Page.Fit(row.Group, 44), 45)),
                    new Span(Page.Pad(row.Versions, 12), Tone.Dim),
                    new Span(row.IsConvicted ? $"{string.Join(", ", row.First)}  {row.Steps}" : "nobody", row.IsConvicted ? Tone.Good : row.IsEquivalent ? Tone.Dim : Tone.Bad));
            }
        }

        page.Blank();
        foreach (string line in MatrixPage.Summary(matrix))
        {
            page.Text(line);
        }

        foreach (string failure in matrix.Failures)
        {
            page.Text(failure, Tone.Bad);
        }

        page.Blank();
        page.Text(
            matrix.Failures.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"✗ the suite has {matrix.Failures.Count} gaps")
            : matrix.IsComplete ? "✓ every mutant that is not equivalent is convicted"
            : $"the time was up: {matrix.Results.Count} of {matrix.Wanted.Count} mutants were tried; --time says how long, --seeds 1 leaves out the sample",
            matrix.Failures.Count > 0 ? Tone.Bad : matrix.IsComplete ? Tone.Good : Tone.Warn);
        Print(page);
    }
}
