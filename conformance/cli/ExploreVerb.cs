// `explore`: the exhaustive search of a bounded model.

using System.CommandLine;
using System.CommandLine.Completions;
using System.Diagnostics;
using System.Globalization;
using PyState.Conformance.Cli.Completion;
using PyState.Conformance.Engine;
using PyState.Conformance.Exploration;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;
using PyState.Spec.Exploration;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Cli;

/// <summary>Searches every state of the model under a bound, checks its laws there, and writes what the graph is good for.</summary>
internal sealed class ExploreVerb : Verb
{
    private const long EdgesCheckedByDefault = 2_000_000;

    private static readonly string[] SuiteKinds = ["transitions", "pairs", "checking"];

    private readonly Option<string?> cpython = Text("--cpython", "VERSION", $"the CPython whose thread state is modelled, 3.8 to 3.{Profiles.Newest} (default the newest)");
    private readonly Option<string?> handles = Text("--handles", "N", "handles of the API, 1 to 4 (default 2)");
    private readonly Option<string?> contexts = Text("--contexts", "N", "explore a switcher with so many contexts besides the roots, 1 to 3, instead of the API");
    private readonly Option<string?> threads = Text("--threads", "N", "threads, 1 to 3, the third of another interpreter; a switcher has at most 2 (default 1)");
    private readonly Option<string?> depth = Text("--depth", "N", "how many blocks a flow nests at most, 0 to 6 (default 1)");
    private readonly Option<string?> values = Text("--values", "N", "different labels, exceptions and values, 1 to 3 (default 1)");
    private readonly Option<string[]> commands = new("--commands") { Description = "explore only these operations, separated by commas", HelpName = "LIST", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
    private readonly Option<bool> symmetry = new("--symmetry") { Description = "take states for the same that differ only in which handle is which" };
    private readonly Option<string?> cores = Text("--cores", "N", "how many threads search (default all cores)");
    private readonly Option<string?> memory = Text("--memory", "SIZE", "refuse to start where more is needed: 512M, 8G (default half of what is there)");
    private readonly Option<bool> resume = new("--resume") { Description = "go on where the same search was when it was interrupted" };
    private readonly Option<string?> check = Text("--check", "N", "check the laws on every N-th state: 1 for all, 0 for none (default as many as take seconds)");
    private readonly Option<string?> seeded = Text("--seeded", "ERROR", "find the shortest script that shows a seeded error of the model");
    private readonly Option<string?> edges = Text("--edges", "FILE", "write every edge: state, operation, outcome, next state");
    private readonly Option<string?> against = Text("--against", "FILE", "compare every edge with those of a file that another model wrote at the same bound; with --seeded, the wrong model's");
    private readonly Option<string?> suite = Text("--suite", "KIND", "make a test suite of the graph: transitions, pairs, or checking (the W-method); needs -o");
    private readonly Option<string?> extra = Text("--extra", "N", "a checking suite is complete for implementations with so many states more than the model, 0 to 3 (default 0)");
    private readonly Option<string?> output = new("--output", "-o") { Description = "the file that the suite is written to; 'run IMPL --scripts FILE' runs it", HelpName = "FILE" };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public ExploreVerb(Host host)
        : base(host, "explore", "Search every state of the model under a bound, and check its laws there.")
    {
        suite.CompletionSources.Add(_ => SuiteKinds.Select(k => new CompletionItem(k)));
        seeded.CompletionSources.Add(_ => SeededErrors.All.Select(e => new CompletionItem(e.Name, detail: e.Summary)));
        cpython.CompletionSources.Add(_ => Enumerable.Range(Profiles.Oldest, Profiles.Newest - Profiles.Oldest + 1).Select(v => new CompletionItem($"3.{v}")));
        commands.CompletionSources.Add(c => Candidates.Listed(c, Candidates.Commands(i => Bound.CanExplore(i.Alphabet, i.Op))));
        foreach (Option option in new Option[] { handles, contexts, threads, depth, values, commands, cpython, symmetry, cores, memory, check, resume, seeded, edges, against, suite, extra, output, Format })
        {
            Add(option);
        }

        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("explore", "the API with two handles on one thread, every law on every state"),
        ("explore --threads 3 --handles 3 --symmetry --memory 8G", "a larger bound, handles taken for interchangeable"),
        ("explore --contexts 3 --depth 2", "a switcher with three contexts"),
        ("explore --seeded restore-twice", "the shortest script that shows a wrong model"),
        ("explore --edges edges.tsv", "every edge, for a comparison with another model"),
        ("explore --against edges.tsv", "each edge of this model beside the file's; where they differ, and the shortest script to there"),
        ("explore --contexts 2 --suite transitions -o suite.txt", "scripts that take every transition"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "every law holds, and no edge differs"),
        (ExitCode.Deviation, "a law is broken, an edge differs, or a script shows the seeded error"),
        (ExitCode.Nothing, "no script inside of the bound shows the seeded error"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Path, string Holds)> Files { get; } =
    [
        ("pystate-results/explore-*.checkpoint", "written when a search is stopped, for --resume; deleted when it is complete"),
    ];

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        Bound bound = BoundOf(arguments);
        int workers = Inputs.Cores(cores.Name, arguments.GetValue(cores));
        long limit = MemoryOf(arguments.GetValue(memory));
        long every = Number(arguments, check, 0, long.MaxValue, -1);
        Symmetry kind = arguments.GetValue(symmetry) ? Symmetry.Slots : Symmetry.None;
        string? edgeFile = Target(arguments.GetValue(edges));
        string? other = arguments.GetValue(against);
        string? suiteFile = Target(arguments.GetValue(output));
        string? suiteKind = arguments.GetValue(suite);
        if (kind == Symmetry.Slots && (bound.Alphabet == Alphabet.Switcher || edgeFile is not null || other is not null || suiteKind is not null))
        {
            throw new SetupException(bound.Alphabet == Alphabet.Switcher
                ? "--symmetry is for handles: contexts are told apart by who spawned whom; leave it out"
                : "edges and suites need to know which handle is which: leave out --symmetry");
        }

        if (other is not null && (edgeFile is not null || suiteKind is not null || arguments.GetValue(resume)))
        {
            throw new SetupException("--against compares, and does nothing else: leave out --edges, --suite and --resume");
        }

        if (other is null && arguments.GetValue(seeded) is not null
            && (edgeFile is not null || suiteKind is not null || suiteFile is not null || arguments.GetValue(resume) || every >= 0 || kind == Symmetry.Slots))
        {
            throw new SetupException("--seeded looks for one script, and does nothing else: leave out --edges, --suite, -o, --check, --symmetry and --resume, or compare with --against");
        }

        if (arguments.GetValue(extra) is not null && suiteKind != "checking")
        {
            throw new SetupException("--extra is for --suite checking: leave it out");
        }

        if ((suiteKind is not null && !SuiteKinds.Contains(suiteKind)) || suiteKind is null != suiteFile is null)
        {
            throw new SetupException(suiteKind is null ? "-o needs --suite transitions, pairs or checking" : suiteFile is null ? "--suite needs -o FILE" : $"--suite cannot be '{suiteKind}': write transitions, pairs or checking");
        }

        try
        {
            return other is not null ? Against(bound, arguments.GetValue(seeded), other, workers, limit, json)
                : arguments.GetValue(seeded) is { } name
                ? Seeded(bound, name, limit, json)
                : Explore(bound, kind, workers, limit, every, arguments.GetValue(resume), edgeFile, suiteKind, suiteFile, (int)Number(arguments, extra, 0, 3, 0), json);
        }
        catch (BoundException e)
        {
            throw new SetupException(e.Message, e);
        }
    }

    private int Explore(Bound bound, Symmetry kind, int workers, long limit, long every, bool goesOn, string? edgeFile, string? suiteKind, string? suiteFile, int more, bool json)
    {
        var space = new PackedSpace(PackedModel.Of(bound), kind);
        long bytes = Search.BytesOf(space);
        if (bytes > limit)
        {
            throw TooLarge(bytes, limit);
        }

        Host.Error.Write($"pystate: {bound}: states of {space.Bits} bits, {Size(bytes)} of memory, at most {Size(Checkpoint.LargestSize(space))} of disk if interrupted\n");
        string name = Checkpoint.NameOf(space);
        string path = Path.Combine(Host.Folder, name);
        var search = new Search(space);
        if (goesOn && File.Exists(path))
        {
            Checkpoint.Read(path, name, space, search);
        }
        else if (goesOn)
        {
            Host.Error.Write($"pystate: there is nothing to resume, no search has left {name}: this one starts anew\n");
        }

        long before = search.State.States;
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        search.Run(workers, Host.Cancellation);
        double seconds = clock.Elapsed.TotalSeconds;
        double cpuSeconds = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        SearchState state = search.State;
        if (!state.IsComplete)
        {
            Checkpoint.Write(path, space, search);
            throw new SetupException($"stopped at depth {state.Depth} with {Count(state.States)} states, kept in {name}: the same command with --resume goes on from here");
        }

        long share = every >= 0 ? every : Math.Max(1, state.Transitions / EdgesCheckedByDefault);
        IReadOnlyList<LawResult> laws;
        long? written;
        TransitionSuite? made;
        try
        {
            laws = share == 0 ? [] : new Laws(space, search).Check(share, workers, Host.Cancellation);
            written = edgeFile is null ? null : EdgeFile.Write(edgeFile, space, search, Host.Cancellation);
            made = suiteKind is null ? null
                : suiteKind == "checking" ? CheckingSuite.Of(space, search, more, Host.Cancellation)
                : TransitionSuite.Of(space, search, suiteKind == "pairs" ? 2 : 1, Host.Cancellation);
        }
        catch (OperationCanceledException e)
        {
            Checkpoint.Write(path, space, search);
            throw new SetupException($"stopped after the search, which is kept in {name}: the same command with --resume goes on from here", e);
        }

        if (File.Exists(path))
        {
            File.Delete(path); // nothing is left to go on from
        }

        if (made is not null)
        {
            ScriptFile.Write(suiteFile!, made.Scripts, $"{made.Guarantee} of {bound}");
        }

        bool holds = laws.All(l => l.Broken is null);
        long found = state.States - before;
        if (json)
        {
            PrintJson(new
            {
                format = "pystate-exploration", version = 1, specification = JsonReport.Specification, bound = bound.ToString(), symmetry = kind.ToString().ToLowerInvariant(), bits = space.Bits, bytes, cores = workers,
                states = state.States, transitions = state.Transitions, cuts = state.Cuts, depth = state.Depth, levels = state.Levels, seconds = Math.Round(seconds, 3), cpuSeconds = Math.Round(cpuSeconds, 3),
                statesPerCpuSecond = Math.Round(found / Math.Max(cpuSeconds, 1e-3)), checkedEvery = share, laws = laws.Select(l => new { name = l.Name, holds = l.Broken is null, @checked = l.Checked, witness = l.Broken }),
                edges = written, suite = made is null ? null : new { guarantee = made.Guarantee, scripts = made.Scripts.Count, commands = made.Scripts.Sum(s => (long)s.Commands.Count), covered = made.Covered },
            });
            return holds ? ExitCode.Ok : ExitCode.Deviation;
        }

        Page page = NewPage();
        page.Text($"{Count(state.States)} states · {Count(state.Transitions)} transitions · depth {state.Depth} · {Count(state.Cuts)} commands led out of the bound");
        page.Text(string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s on {workers} {(workers == 1 ? "core" : "cores")}, {found / Math.Max(cpuSeconds, 1e-3) / 1e6:0.0} M states per CPU second"));
        if (share > 0)
        {
            page.Blank();
            page.Text(share == 1 ? "laws, on every state:" : $"laws, on one state of {Count(share)}:", Tone.Bold);
            foreach (LawResult law in laws)
            {
                (string mark, Tone tone) = law.Broken is not null ? ("✗", Tone.Bad) : law.Checked == 0 ? ("-", Tone.Plain) : ("✓", Tone.Good);
                string many = law.Broken is null && law.Checked == 0 ? "nothing in this bound that it is about" : $"{Count(law.Checked)} checked";
                page.Spans(2, 4, new Span($"{mark} {law.Name}", tone), new Span($"  {law.Statement}; {many}"));
                if (law.Broken is { } witness)
                {
                    page.Text(witness, Tone.Bad, 4);
                }
            }
        }

        if (written is { } count)
        {
            page.Blank();
            page.Text($"{Count(count)} edges written to {edgeFile}");
        }

        if (made is not null)
        {
            page.Blank();
            page.Text($"{Count(made.Scripts.Count)} scripts, {Count(made.Scripts.Sum(s => (long)s.Commands.Count))} commands, written to {suiteFile}: {made.Guarantee}");
        }

        Print(page);
        return holds ? ExitCode.Ok : ExitCode.Deviation;
    }

    private int Against(Bound bound, string? wrong, string file, int workers, long limit, bool json)
    {
        var space = new PackedSpace(PackedModel.Of(bound, wrong is null ? null : ErrorOf(bound, wrong).Step), Symmetry.None);
        long bytes = Search.BytesOf(space);
        if (bytes > limit)
        {
            throw TooLarge(bytes, limit);
        }

        EdgeComparison comparison;
        try
        {
            var search = new Search(space);
            search.Run(workers, Host.Cancellation);
            Host.Cancellation.ThrowIfCancellationRequested();
            comparison = EdgeComparison.Of(Path.GetFullPath(file, Host.Folder), file, space, search, EdgeComparisonPage.Most, Host.Cancellation);
        }
        catch (OperationCanceledException e)
        {
            throw new SetupException("stopped before all edges were compared: start it again", e);
        }

        if (json)
        {
            PrintJson(EdgeComparisonPage.Json(comparison, bound, file, wrong));
        }
        else
        {
            Page page = NewPage();
            EdgeComparisonPage.AddTo(page, comparison, file, wrong);
            Print(page);
        }

        return comparison.Different == 0 ? ExitCode.Ok : ExitCode.Deviation;
    }

    private int Seeded(Bound bound, string name, long limit, bool json)
    {
        SeededError error = ErrorOf(bound, name);
        PackedModel right = PackedModel.Of(bound);
        PackedModel wrong = PackedModel.Of(bound, error.Step, right);
        Spec.Exploration.Difference difference = Spec.Exploration.Difference.Of(right, wrong, (int)Math.Min(limit / Spec.Exploration.Difference.BytesPerPair, 100_000_000), Host.Cancellation);
        Divergence? divergence = null;
        Script? script = difference.Script is { } found ? new Script(bound.Alphabet, found) : null;
        Semantics semantics = bound.Semantics;
        if (script is not null)
        {
            Capabilities capabilities = SimulatedCapabilities.For(bound.Version) with { Semantics = semantics };
            divergence = Judge.Check(capabilities, script, Seen(semantics, error, script), out _);
        }

        if (json)
        {
            PrintJson(new
            {
                format = "pystate-difference", version = 1, specification = JsonReport.Specification, bound = bound.ToString(), error = error.Name, summary = error.Summary, pairs = difference.Pairs,
                steps = script is null ? null : JsonReport.Steps(script), divergence = divergence is null ? null : JsonReport.Of(divergence),
            });
        }
        else
        {
            Page page = NewPage();
            page.Text($"{error.Name}: {error.Summary}", Tone.Bold);
            if (script is null)
            {
                page.Text($"no script inside of the bound shows it: {Count(difference.Pairs)} pairs of states, all alike to an observer", Tone.Warn);
            }
            else
            {
                page.Text($"{script.Commands.Count} steps, and none shorter; {Count(difference.Pairs)} pairs of states");
                CounterexampleBlock.AddSteps(page, script, divergence);
                if (divergence is not null && divergence.Clause != ClauseId.None)
                {
                    page.Text($"✗ violates {divergence.Clause.Text()}: {Words.Of(divergence)}", Tone.Bad);
                }
            }

            Print(page);
        }

        return script is null ? ExitCode.Nothing : ExitCode.Deviation;
    }

    private static SetupException TooLarge(long bytes, long limit) =>
        new($"this bound needs {Size(bytes)} and {Size(limit)} are allowed: give --memory {Size(bytes, up: true)} if it is there, or take a smaller bound");

    private static SeededError ErrorOf(Bound bound, string name)
    {
        SeededError error = SeededErrors.Find(name) ?? throw new SetupException($"there is no seeded error '{name}'; there are {string.Join(", ", SeededErrors.All.Select(e => e.Name))}");
        return error.Alphabet == bound.Alphabet ? error
            : throw new SetupException(error.Alphabet == Alphabet.Switcher ? $"'{name}' is an error of a switcher: add --contexts 2" : $"'{name}' is an error of the API: leave out --contexts");
    }

    private static Observation[] Seen(Semantics semantics, SeededError error, Script script)
    {
        State state = State.Initial(semantics, script.Alphabet);
        var seen = new Observation[script.Commands.Count];
        for (int i = 0; i < seen.Length; i++)
        {
            Outcome outcome = error.Step(semantics, ref state, script.Commands[i]);
            Machine.Observe(semantics, in state, in outcome, out seen[i]);
        }

        return seen;
    }

    private Bound BoundOf(ParseResult arguments)
    {
        Alphabet alphabet = arguments.GetValue(contexts) is null ? Alphabet.Api : Alphabet.Switcher;
        if (alphabet == Alphabet.Switcher && arguments.GetValue(handles) is not null)
        {
            throw new SetupException("--handles is of the API and --contexts of a switcher: give one of them");
        }

        string version = arguments.GetValue(cpython) ?? $"3.{Profiles.Newest}";
        Op[] operations = [.. (arguments.GetValue(commands) ?? []).SelectMany(c => c.Split(',', StringSplitOptions.TrimEntries)).Select(n => Operation(n, alphabet))];
        return new Bound
        {
            Alphabet = alphabet,
            Version = Profiles.Find(version) ?? throw new SetupException($"--cpython cannot be '{version}': write 3.{Profiles.Oldest} to 3.{Profiles.Newest}"),
            Threads = (int)Number(arguments, threads, 1, alphabet == Alphabet.Api ? 3 : 2, 1),
            Slots = alphabet == Alphabet.Api ? (int)Number(arguments, handles, 1, 4, 2) : (int)Number(arguments, contexts, 1, 3, 2),
            Depth = (int)Number(arguments, depth, 0, Bound.DeepestFlow, 1),
            Values = (int)Number(arguments, values, 1, 3, 1),
            Operations = operations.Length == 0 ? Bound.Default(alphabet) : [.. operations],
        };
    }

    private static Op Operation(string name, Alphabet alphabet) =>
        CommandTable.Find(name) is { } info && Bound.CanExplore(alphabet, info.Op) ? info.Op
        : throw new SetupException($"'{name}' cannot be explored; what can is {string.Join(", ", CommandTable.All.Where(i => Bound.CanExplore(alphabet, i.Op)).Select(i => i.Name))}");

    private static long Number(ParseResult arguments, Option<string?> option, long low, long high, long otherwise) =>
        arguments.GetValue(option) is { } text ? Inputs.Number(option.Name, text, low, high) : otherwise;

    private static long MemoryOf(string? text)
    {
        if (text is null)
        {
            return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        }

        long unit = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 0 };
        return unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number * unit
            : throw new SetupException($"--memory cannot be '{text}': write a whole number and K, M or G, for example 512M or 8G");
    }

    private string? Target(string? file)
    {
        if (file is null)
        {
            return null;
        }

        string path = Path.GetFullPath(file, Host.Folder);
        AtomicFile.Probe(path);
        return path;
    }

    private static string Size(long bytes, bool up = false) => bytes >= 1L << 30 ? $"{(bytes + (up ? (1L << 30) - 1 : 1L << 29)) >> 30}G" : $"{Math.Max(1, (bytes + (1L << 20) - 1) >> 20)}M";

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
