// `replay TRACE`: the same steps again, on any implementation, or as a Python program.

using System.CommandLine;
using System.CommandLine.Completions;
using PyState.Conformance.Cli.Completion;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Traces;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Runs the script of a trace file and says what it shows.</summary>
internal sealed class ReplayVerb : Verb
{
    private readonly Argument<string> trace = new("TRACE") { Description = "a trace file that a run left in pystate-results" };
    private readonly Argument<string[]> names = new("IMPL") { Description = "where to replay it; the implementation it was recorded on when none is named", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> switcher = new("--switcher") { Description = "replay it on what this Python file switches with", HelpName = "FILE" };
    private readonly Option<string?> form = new("--as") { Description = "print the steps as a standalone program instead of running them: python", HelpName = "LANGUAGE" };
    private readonly Option<string[]> pythons = new("--python") { Description = "an interpreter to replay it on; repeat it for each", HelpName = "PATH", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public ReplayVerb(Host host)
        : base(host, "replay", "Run the steps of a trace again, and say whether they still deviate.")
    {
        names.CompletionSources.Add(_ => Candidates.Implementations(host));
        form.CompletionSources.Add(_ => [new CompletionItem("python")]);
        Add(trace);
        Add(names);
        foreach (Option option in new Option[] { form, pythons, switcher, Format })
        {
            Add(option);
        }

        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("replay pystate-results/greenlet-RESTORE-05.json", "on the implementation it was recorded on; exit 1 while it deviates"),
        ("replay pystate-results/greenlet-RESTORE-05.json threads", "the same steps on plain threads, as a control"),
        ("replay pystate-results/greenlet-RESTORE-05.json --as python", "a program that shows it without PyState Spec, for a bug report"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "every step is as the model expects, or the program was printed"),
        (ExitCode.Deviation, "it still deviates"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        string file = arguments.GetRequiredValue(trace);
        string[] named = arguments.GetValue(names) ?? [];
        if (named.Append(file).FirstOrDefault(n => n.StartsWith('-')) is { } option)
        {
            throw new SetupException(CommandLine.UnknownOption(option, this, Host));
        }

        string? language = arguments.GetValue(form);
        if (language is not (null or "python"))
        {
            throw new SetupException($"--as cannot be '{language}': write python");
        }

        if (language is not null && (named.Length > 0 || arguments.GetValue(switcher) is not null || arguments.GetValue(pythons) is { Length: > 0 }))
        {
            throw new SetupException("--as python prints a program and runs nothing: leave out what to run it on");
        }

        TraceFile recorded = Host.ReadTrace(Path.GetFullPath(file, Host.Folder));
        if (language is not null)
        {
            Host.Out.Write(Host.ToPython(recorded));
            return ExitCode.Ok;
        }

        IReadOnlyList<Subject> subjects = Subjects(arguments, named, recorded);
        foreach (Subject subject in subjects)
        {
            subject.Demand();
        }

        Replayed[] all = [.. subjects.Select(s => Replay(recorded.Found, s))];
        if (json)
        {
            PrintJson(Document(file, recorded.Found, all));
        }
        else
        {
            Page page = NewPage();
            foreach (Replayed one in all)
            {
                AddTo(page, recorded.Found, one);
            }

            Print(page);
        }

        return all.Any(r => r.Finding is not null) ? ExitCode.Deviation : ExitCode.Ok;
    }

    private static void AddTo(Page page, Counterexample recorded, Replayed one)
    {
        page.Text($"{one.Name}: {one.Title}", Tone.Bold);
        CounterexampleBlock.AddBefore(page, recorded.Before);
        CounterexampleBlock.AddSteps(page, recorded.Script, one.Finding?.Divergence);
        if (one.Finding is not { } finding)
        {
            page.Text("✓ conforms: every step is as the model expects", Tone.Good);
        }
        else
        {
            string words = finding.Divergence is { } divergence ? Words.Of(divergence) : finding.Detail ?? "nothing more is known";
            page.Spans(0, 2, new Span($"✗ {Vocabulary.Of(finding.Kind)} {finding.Clause.Text()}: {SafeText.OneLine(words, 600)}", Tone.Bad));
            page.Text(Catalogue.ById(finding.Clause).Statement, Tone.Plain, 2);
        }

        page.Blank();
    }

    private static object Document(string file, Counterexample recorded, IEnumerable<Replayed> all) => new
    {
        format = "pystate-replay",
        version = 1,
        specification = JsonReport.Specification,
        trace = file,
        alphabet = Vocabulary.Of(recorded.Script.Alphabet),
        before = JsonReport.Before(recorded),
        steps = JsonReport.Steps(recorded.Script),
        implementations = all.Select(r => new
        {
            name = r.Name,
            title = r.Title,
            verdict = (r.Finding?.Kind ?? VerdictKind.Conforms).Key(),
            clause = r.Finding?.Clause.Text(),
            words = r.Finding?.Divergence is { } w ? Words.Of(w) : null,
            detail = r.Finding?.Detail,
            divergence = r.Finding?.Divergence is { } d ? JsonReport.Of(d) : null,
        }),
    };

    private IReadOnlyList<Subject> Subjects(ParseResult arguments, string[] named, TraceFile recorded)
    {
        string? file = arguments.GetValue(switcher);
        string[] interpreters = arguments.GetValue(pythons) ?? [];
        if (named.Length > 0 || file is not null)
        {
            return Subject.Find(named, file, interpreters, Host);
        }

        if (!Host.Implementations.Any(i => string.Equals(i.Name, recorded.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new SetupException($"the trace was recorded on '{recorded.Name}', which is none of ours; name an implementation or a --switcher");
        }

        string[] where = interpreters.Length == 0 && recorded.Python is { } there ? [there] : interpreters;
        return Subject.Find([recorded.Name], null, where, Host);
    }

    private Replayed Replay(Counterexample recorded, Subject subject)
    {
        IImplementation implementation = subject.Implementation;
        using ISession session = implementation.Start(subject.Python ?? implementation.Interpreters[^1]);
        Minimizer.Finding? finding = Host.Replay(session, recorded, Host.ExpectationsOf(implementation));
        Host.Cancellation.ThrowIfCancellationRequested();
        return new Replayed(implementation.Name, session.Capabilities.Title, finding);
    }

    private sealed record Replayed(string Name, string Title, Minimizer.Finding? Finding);
}
