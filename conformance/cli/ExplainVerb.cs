// `explain CLAUSE`: a rule, why it is there, and what stands behind it.

using System.CommandLine;
using PyState.Conformance.Cli.Completion;
using PyState.Conformance.Engine;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Prints what the catalogue says of a clause, or of every clause of a family.</summary>
internal sealed class ExplainVerb : Verb
{
    private readonly Argument<string> clause = new("CLAUSE") { Description = "its id, for example RESTORE-05, or a family, for example RESTORE" };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public ExplainVerb(Host host)
        : base(host, "explain", "Explain a clause: the rule, its intent and evidence, what shows it, and the liars it convicts.")
    {
        clause.CompletionSources.Add(_ => Candidates.Clauses);
        Add(clause);
        Add(Format);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("explain RESTORE-05", "one clause"),
        ("explain STACK", "every clause of a family"),
        ("explain RESTORE-05 --format json", "the same for programs"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "the clause was printed"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        IReadOnlyList<Clause> clauses = Inputs.Clause(arguments.GetRequiredValue(clause));
        if (json)
        {
            PrintJson(new { format = "pystate-clauses", version = 1, specification = JsonReport.Specification, clauses = clauses.Select(Document) });
            return ExitCode.Ok;
        }

        Page page = NewPage();
        foreach (Clause each in clauses)
        {
            if (each != clauses[0])
            {
                page.Blank();
            }

            AddTo(page, each);
        }

        page.Blank();
        page.Text($"specification {SpecVersion.Title}", Tone.Dim);
        Print(page);
        return ExitCode.Ok;
    }

    private static string Versions(Clause clause) => (clause.Since, clause.Until) switch
    {
        (null, null) => "all",
        (var since, null) => $"CPython 3.{since} on",
        (null, var until) => $"CPython 3.{until} and before",
        var (since, until) => $"CPython 3.{since} to 3.{until}",
    };

    private void AddTo(Page page, Clause clause)
    {
        page.Spans(0, 2, new Span(clause.Id.Text(), Tone.Bold), new Span("  " + clause.Title, Tone.Bold));
        page.Blank();
        page.Text(clause.Statement, Tone.Plain, 2);
        page.Blank();
        Fact(page, "intent", clause.Intent);
        Fact(page, "level", Vocabulary.Of(clause.Level).ToUpperInvariant());
        Fact(page, "versions", Versions(clause));
        Fact(page, "seen in", $"{string.Join(", ", Vocabulary.Each(clause.Observable))} ({Alphabet(clause)})");
        if (clause.Errors.Count > 0)
        {
            Fact(page, "errors", $"{string.Join(", ", clause.Errors.Select(Error))}; nothing has changed after them");
        }

        Fact(page, "status", clause.Status == Testability.Required ? "required" : $"{Vocabulary.Of(clause.Status)}: {clause.StatusReason}");
        if (clause.Contamination.Length > 0)
        {
            Fact(page, "says", clause.Contamination);
        }

        if (clause.Amnesia.Length > 0)
        {
            Fact(page, "says", clause.Amnesia);
        }

        foreach (Source source in clause.Evidence)
        {
            Fact(page, "evidence", $"{source.Key}: {source.Fact}{(source.Address.Length > 0 ? " " + source.Address : string.Empty)}");
        }

        foreach ((string name, string summary) in Host.LiarsOf(clause.Id))
        {
            Fact(page, "liar", $"{name}: {summary}");
        }
    }

    private object Document(Clause clause) => new
    {
        id = clause.Id.Text(),
        title = clause.Title,
        level = Vocabulary.Of(clause.Level),
        statement = clause.Statement,
        intent = clause.Intent,
        since = clause.Since is { } since ? $"3.{since}" : null,
        until = clause.Until is { } until ? $"3.{until}" : null,
        profile = Vocabulary.Of(clause.Profile),
        observable = Vocabulary.Each(clause.Observable),
        errors = clause.Errors.Select(Error),
        status = Vocabulary.Of(clause.Status),
        statusReason = clause.StatusReason.Length > 0 ? clause.StatusReason : null,
        evidence = clause.Evidence.Select(s => new { key = s.Key, fact = s.Fact, address = s.Address.Length > 0 ? s.Address : null }),
        liars = Host.LiarsOf(clause.Id).Select(l => new { name = l.Name, summary = l.Summary }),
    };

    private static string Alphabet(Clause clause) => clause.Profile switch
    {
        ClauseProfile.Api => "scripts that save and restore by handle",
        ClauseProfile.Switcher => "scripts that spawn and switch",
        _ => "any script",
    };

    private static string Error(ClauseError error) => error.Status.ToString();

    private static void Fact(Page page, string name, string text) =>
        page.Spans(2, 12, new Span(Page.Pad(name, 10), Tone.Dim), new Span(text));
}
