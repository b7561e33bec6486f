// `run`: the main job.

using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using PyState.Conformance.Cli.Completion;
using PyState.Conformance.Engine;
using PyState.Conformance.Exploration;
using PyState.Conformance.Journal;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Shards;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Runs generated scripts on implementations and prints a verdict for every clause.</summary>
internal sealed class RunVerb : Verb
{
    /// <summary>How many commands the reference runs when no bound is given: seconds, and the same verdicts each time.</summary>
    public const long ReferenceCommands = 6_000_000;

    /// <summary>How long any other implementation runs when no bound is given.</summary>
    public static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(20);

    /// <summary>How much longer it goes on when no bound is given and a clause was never exercised: where a process takes seconds to start, 20 seconds are a few hundred scripts.</summary>
    private static readonly TimeSpan DefaultFurther = TimeSpan.FromSeconds(80);

    private readonly Argument<string[]> names = new("IMPL")
    {
        Description = "what to check, by name (see 'list') or by the path of a plug-in (see 'new'); the reference when none is named",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> commands = new("--commands") { Description = $"stop after so many commands (default {ReferenceCommands:N0} on the reference); the search for known deviations comes on top", HelpName = "N" };
    private readonly Option<string?> time = new("--time") { Description = $"stop after so long: 500ms, 30s, 2m, 1h (default {DefaultTime.TotalSeconds:0}s on anything but the reference, and up to {DefaultFurther.TotalSeconds:0}s more until each clause was exercised)", HelpName = "TIME" };
    private readonly Option<string?> seed = new("--seed") { Description = "the same seed gives the same scripts (default 1)", HelpName = "N" };
    private readonly Option<string[]> clauses = Many("--clause", "ID", "judge only these: READY-01, or READY for all of that family; repeat it or separate with commas");
    private readonly Option<string[]> pythons = Many("--python", "PATH", "an interpreter to run on; repeat it to run on each. PATH,NAME=VALUE sets a variable for it, PATH,PYTHON_JIT=1 its JIT");
    private readonly Option<string?> switcher = new("--switcher") { Description = "check what this Python file switches with, instead of a named implementation", HelpName = "FILE" };
    private readonly Option<string[]> reports = Many("--report", "KIND=FILE", $"write a report after the run: {ReportTarget.KindsInWords}; repeat it for each");
    private readonly Option<string?> scripts = new("--scripts") { Description = "run the scripts of this file instead of generated ones; 'explore --suite' writes some", HelpName = "FILE" };
    private readonly Option<string?> shard = new("--shard") { Description = "run one of N parts of the run that --commands bounds; 'merge' gives the verdicts on the whole", HelpName = "I/N" };
    private readonly Option<string?> cores = new("--cores") { Description = $"how many cores to use (default all): as many threads check the reference, as many processes run anything else, where these start fast, up to {BatchWorker.Most}", HelpName = "N" };
    private readonly Option<bool> resume = new("--resume") { Description = "go on where the same run was when it was interrupted" };
    private readonly Option<bool> update = new("--update-expectations") { Description = "propose the expectations that this run's verdicts need; the reasons are yours to write" };
    private readonly Option<string[]> required = Many("--require", "IMPL", "check this one too, and run nothing at all unless it is ready here");

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public RunVerb(Host host)
        : base(host, "run", "Run generated scripts on an implementation and give a verdict for every clause.")
    {
        names.CompletionSources.Add(_ => Candidates.Implementations(host));
        required.CompletionSources.Add(_ => Candidates.Implementations(host));
        clauses.CompletionSources.Add(c => Candidates.Listed(c, Candidates.Clauses));
        reports.CompletionSources.Add(_ => ReportTarget.Completions);
        Add(names);
        foreach (Option option in new Option[] { commands, time, seed, clauses, pythons, switcher, reports, required, scripts, shard, cores, resume, update, Format })
        {
            Add(option);
        }

        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("run", "checks the reference; needs nothing but .NET"),
        ("run greenlet --time 1m", "checks the greenlet of the first Python that has it, for a minute"),
        ("run greenlet --report html=report.html", "with a page to look at: every verdict, and each deviation step by step"),
        ("run greenlet --python python3.12 --report junit=results.xml", "on that interpreter, with a report for a CI server"),
        ("run greenlet --python python3.14 --python python3.15,PYTHON_JIT=1", "on each of these, the second with its JIT on"),
        ("run --python python3 --switcher mine.py", "checks a switcher of yours"),
        ("run ./mine", "checks a plug-in of yours, by its folder or its file"),
        ("run greenlet --clause RESTORE-05,AMBIENT", "judges one clause and one family"),
        ("run greenlet --scripts suite.txt", "runs a suite that 'explore --suite transitions -o suite.txt' made"),
        ("run greenlet --commands 9000000 --shard 3/8 --report json=3.json", "the third of eight parts of that run, on any machine; then: merge *.json"),
        ("run greenlet --commands 1000000 --resume", "goes on where that run was when something ended it"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "every verdict equals its expectation"),
        (ExitCode.Deviation, "a deviation, crash, hang or babble that was not expected, or an expected one that did not show"),
        (ExitCode.Nothing, "nothing was run or observed, or a clause was never exercised"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Path, string Holds)> Files { get; } =
    [
        ("pystate-results/*.json", "written: a trace for each deviation, for replay"),
        ("pystate-results/*.journal", "written: how far the run is, for --resume; deleted when it is complete"),
        ("expectations.json", "read, in the folder of an implementation: the deviations that are known"),
        ("implementation.json", "read, in the folder of a plug-in: how it is reached"),
    ];

    private static Option<string[]> Many(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        DateTimeOffset begun = Host.Now();
        IReadOnlySet<ClauseId> selected = Inputs.Clauses(arguments.GetValue(clauses) ?? []);
        long? maximum = arguments.GetValue(commands) is { } n ? Inputs.Count("--commands", n) : null;
        TimeSpan? longest = arguments.GetValue(time) is { } t ? Inputs.Time("--time", t) : null;
        ulong number = arguments.GetValue(seed) is { } s ? Inputs.Seed("--seed", s) : 1;
        int threads = Inputs.Cores("--cores", arguments.GetValue(cores));
        IReadOnlyList<Subject> subjects = Subjects(arguments);
        IReadOnlyList<ReportTarget> targets = ReportTarget.Parse(arguments.GetValue(reports) ?? [], Host.Folder);
        foreach (Subject subject in subjects)
        {
            subject.Demand();
        }

        IReadOnlyList<Script> suite = arguments.GetValue(scripts) is { } file ? ScriptFile.Read(Path.GetFullPath(file, Host.Folder)) : [];
        RunOptions[] options = [.. subjects.Select(s => OptionsOf(s, maximum, longest, number, selected, suite) with { Cores = threads })];
        if (arguments.GetValue(shard) is { } part)
        {
            return Execute(ShardRun.Parse(part), subjects, options, begun, suite, targets, arguments);
        }

        using Started started = Start(subjects, options);
        using RunJournal journal = Journal(arguments.GetValue(resume), subjects, options);
        RunEntry[] entries = [.. subjects.Select((s, i) => Run(s, options[i], started, journal))];
        var report = new RunReport(Host.Version, entries) { Program = Host.Program, Started = begun, Platform = Host.Platform };
        report = Traces.Write(Control.Ask(report, Host), Host);
        ReportDocument document = JsonReport.Of(report);
        foreach (ReportTarget target in targets)
        {
            target.Write(document);
        }

        if (journal.Trouble is { } trouble)
        {
            Host.Error.Write($"pystate: {trouble}\n");
        }

        if (json)
        {
            Host.Out.Write(JsonReport.Text(document));
        }
        else
        {
            Print(ConsoleReport.Page(report, Host.Terminal.Width, Host.Program));
        }

        if (arguments.GetValue(update))
        {
            ProposedExpectations.Write(report, [.. subjects.Select(s => s.Implementation)], Host, json ? Host.Error : Host.Out);
        }

        journal.Complete();
        return report.ExitCode;
    }

    // What it finds is no verdict, so the exit code says only that all of it was run: an engine that runs a shard again when it fails must not do so for a deviation.
    private int Execute(
        Shard part, IReadOnlyList<Subject> subjects, RunOptions[] options, DateTimeOffset begun, IReadOnlyList<Script> suite, IReadOnlyList<ReportTarget> targets, ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        ShardRun.Demand(
            options.All(o => o.Commands != long.MaxValue || suite.Count > 0), arguments.GetValue(time) is not null, arguments.GetValue(resume), arguments.GetValue(update), targets, json);
        options = [.. options.Select(o => o with { Shard = part })];
        using Started started = Start(subjects, options);
        var run = new ShardRun(Host);
        ShardDocument document = run.Run(subjects, options, started, begun, suite.Count > 0 ? HashOf(suite) : null);
        foreach (ReportTarget target in targets)
        {
            ShardFile.Write(target.Path, document);
        }

        if (json)
        {
            Host.Out.Write(ShardFile.Text(document));
        }
        else
        {
            Page page = NewPage();
            ShardRun.Describe(document, page);
            Print(page);
        }

        return ExitCode.Ok;
    }

    private static string HashOf(IReadOnlyList<Script> suite) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', suite.Select(s => $"{s.Alphabet} {s}")))))[..12];

    private RunOptions OptionsOf(Subject subject, long? maximum, TimeSpan? longest, ulong number, IReadOnlySet<ClauseId> selected, IReadOnlyList<Script> suite)
    {
        bool isReference = subject.Implementation == Host.Implementations[0];
        return new RunOptions
        {
            Commands = maximum ?? (isReference && longest is null && suite.Count == 0 ? ReferenceCommands : long.MaxValue),
            Time = longest ?? (isReference || maximum is not null || suite.Count > 0 ? TimeSpan.MaxValue : DefaultTime),
            Further = longest is null && !isReference && maximum is null && suite.Count == 0 ? DefaultFurther : TimeSpan.Zero,
            Scripts = suite,
            Seed = number,
            Clauses = selected,
            Expectations = [.. Host.ExpectationsOf(subject.Implementation).Where(e => selected.Count == 0 || selected.Contains(e.Clause))],
        };
    }

    // Every one is started and looked at before any is judged: a plug-in with a mistake in it must not cost the verdicts on the others.
    private Started Start(IReadOnlyList<Subject> subjects, RunOptions[] options)
    {
        var started = new Started();
        try
        {
            for (int i = 0; i < subjects.Count; i++)
            {
                string?[] interpreters = InterpretersOf(subjects[i]);
                for (int j = 0; j < interpreters.Length; j++)
                {
                    if (Share.Of(options[i], j, interpreters.Length) is { } share)
                    {
                        (IImplementation implementation, string? interpreter) = (subjects[i].Implementation, interpreters[j]);
                        ISession session = implementation.Start(interpreter);
                        started.Add(subjects[i], interpreter, session, share with { Another = () => implementation.Start(interpreter) });
                        Host.Check(session);
                        SayWhatIsLeftOut(session, share);
                    }
                }
            }

            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    // A script that asks for what an implementation does not offer says nothing about it; what a suite guarantees is then guaranteed of the rest.
    private void SayWhatIsLeftOut(ISession session, RunOptions options)
    {
        int left = options.Scripts.Count(s => !Campaign.Offers(session.Capabilities, s));
        if (left > 0 && left == options.Scripts.Count)
        {
            throw new SetupException($"{session.Capabilities.Title} offers nothing that these {left:N0} scripts ask for: make a suite of another alphabet, with fewer --commands or --threads");
        }

        if (left > 0)
        {
            Host.Error.Write($"pystate: {left:N0} of {options.Scripts.Count:N0} scripts ask for what {session.Capabilities.Title} does not offer, and are left out\n");
        }
    }

    private RunJournal Journal(bool goesOn, IReadOnlyList<Subject> subjects, RunOptions[] options)
    {
        string[] labels = [.. subjects.Select(s => s.Python is null ? s.Implementation.Name : $"{s.Implementation.Name} on {s.Python}")];
        if (options[0].Scripts is { Count: > 0 } suite)
        {
            labels[0] += $" on scripts {HashOf(suite)}";
        }

        string name = $"{Traces.Folder}/{Traces.FileName(string.Join('+', labels))}.journal";
        string path = Path.Combine(Host.Folder, name);
        RunOptions first = options[0];
        JournalKey key = JournalKey.Of(
            labels,
            first.Seed,
            first.Commands == long.MaxValue ? null : first.Commands,
            first.Time == TimeSpan.MaxValue ? null : first.Time,
            first.Clauses,
            options.SelectMany(o => o.Expectations));
        if (!goesOn)
        {
            return RunJournal.New(path, name, key);
        }

        RunJournal journal = RunJournal.Resume(path, name, key);
        if (!journal.IsResumed)
        {
            Host.Error.Write($"pystate: there is nothing to resume, no run has left {name}: this one starts anew\n");
        }

        return journal;
    }

    private static string?[] InterpretersOf(Subject subject) => [.. subject.Python is null ? subject.Implementation.Interpreters : [subject.Python]];

    private RunEntry Run(Subject subject, RunOptions options, Started started, RunJournal journal)
    {
        IImplementation implementation = subject.Implementation;
        using ProgressLine? line = Host.Terminal.Progress ? new ProgressLine(Host.Error, Host.Terminal.Width, implementation.Name, options) : null;
        var parts = new List<RunPart>();
        foreach (Started.One one in started.Of(subject))
        {
            RunProgress before = new(parts.Sum(p => p.Report.Commands), parts.Sum(p => p.Report.Scripts), 0, 0, 0, parts.Aggregate(TimeSpan.Zero, (t, p) => t + p.Report.Elapsed));
            ImplementationReport report = Host.Run(
                one.Session,
                one.Share with { Journal = journal.Part(one.Number, one.Session.Capabilities) },
                line is null ? null : p => line.Show(p with { Commands = p.Commands + before.Commands, Scripts = p.Scripts + before.Scripts, Elapsed = p.Elapsed + before.Elapsed }),
                Host.Cancellation);
            one.Session.Dispose();

            // A run that was stopped has judged what it happened to reach; its children may have died of the same Ctrl-C.
            Host.Cancellation.ThrowIfCancellationRequested();
            parts.Add(new RunPart(implementation.Name, subject.Selection, one.Interpreter, report));
        }

        return new RunEntry(implementation.Name, subject.Python, parts);
    }

    private IReadOnlyList<Subject> Subjects(ParseResult arguments)
    {
        string[] named = [.. (arguments.GetValue(names) ?? []).Concat(arguments.GetValue(required) ?? [])];
        string? file = arguments.GetValue(switcher);
        string[] interpreters = arguments.GetValue(pythons) ?? [];
        if (named.FirstOrDefault(n => n.StartsWith('-')) is { } option)
        {
            throw new SetupException(CommandLine.UnknownOption(option, this, Host));
        }

        if (named.Length == 0 && file is null && interpreters.Length > 0)
        {
            throw new SetupException($"--python needs something to run on it; name one, for example {Host.Program} run greenlet --python {interpreters[0]}");
        }

        return Subject.Find(named.Length == 0 && file is null ? [Host.Implementations[0].Name] : named, file, interpreters, Host);
    }
}
