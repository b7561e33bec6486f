// `merge REPORT…`: shards and machines into one report.

using System.CommandLine;
using System.Globalization;
using System.Text;
using PyState.Conformance.Mutants;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Shards;

namespace PyState.Conformance.Cli;

/// <summary>Reads JSON reports, draws them together, and writes them again in any kind.</summary>
internal sealed class MergeVerb : Verb
{
    private readonly Argument<string[]> files = new("REPORT") { Description = "reports and shards that 'run --report json=FILE' wrote, or shards of 'mutants --shard'", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> reports = new("--report")
    {
        Description = $"write the whole as {ReportTarget.KindsInWords}; repeat it for each",
        HelpName = "KIND=FILE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> partial = new("--partial") { Description = "merge the shards there are where some of a run are missing; the report says which, and is never green" };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public MergeVerb(Host host)
        : base(host, "merge", "Draw JSON reports together: shards of a run, or runs of many interpreters and machines.")
    {
        reports.CompletionSources.Add(_ => ReportTarget.Completions);
        Add(files);
        Add(reports);
        Add(partial);
        Add(Format);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("merge 3.11.json 3.12.json --report html=all.html", "one page for both; exit 1 where one of them deviates"),
        ("merge report.json --report sarif=report.sarif", "one report in another kind"),
        ("merge shards/*.json --report html=run.html", "the shards of 'run --shard': the report that one machine would have written"),
        ("merge shard1.json shard2.json --report json=whole.json", "two seeds of the same run: red where either is"),
        ("merge trials/*.json --report markdown=mutants.md", "the shards of 'mutants --shard': the page that one machine would have written"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "every report is as expected"),
        (ExitCode.Deviation, "one of them deviates"),
        (ExitCode.Nothing, "nothing was run in one of them"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        string[] named = arguments.GetValue(files) ?? [];
        if (named.FirstOrDefault(n => n.StartsWith('-')) is { } option)
        {
            throw new SetupException(CommandLine.UnknownOption(option, this, Host));
        }

        IReadOnlyList<ReportTarget> targets = ReportTarget.Parse(arguments.GetValue(reports) ?? [], Host.Folder);
        if (named.Any(f => FormatOf(f) == ShardFile.TrialFormat))
        {
            return Trials(named, targets, arguments.GetValue(partial), json);
        }

        ReportDocument merged = Merge.Of([.. Whole(named, arguments.GetValue(partial)), .. named.Where(f => !IsShard(f)).Select(f => (f, JsonReport.Read(Path.GetFullPath(f, Host.Folder))))]);
        foreach (ReportTarget target in targets)
        {
            target.Write(merged);
        }

        if (json)
        {
            Host.Out.Write(JsonReport.Text(merged));
        }
        else
        {
            Print(Summary(merged));
        }

        return merged.ExitCode;
    }

    private bool IsShard(string file) => FormatOf(file) == ShardFile.Format;

    private string? FormatOf(string file) => ShardFile.FormatOf(Path.GetFullPath(file, Host.Folder));

    // The shards of the suite's own trial: their whole is a kill matrix, and no report on an implementation.
    private int Trials(string[] named, IReadOnlyList<ReportTarget> targets, bool isPartial, bool json)
    {
        if (named.FirstOrDefault(f => FormatOf(f) != ShardFile.TrialFormat) is { } other)
        {
            throw new SetupException($"'{other}' is no shard of mutants, and others of these files are: merge them apart");
        }

        if (targets.FirstOrDefault(t => t.Kind is not ("json" or "markdown")) is { } unknown)
        {
            throw new SetupException($"who convicts which mutant has no report of the kind '{unknown.Kind}': write --report markdown=FILE or json=FILE");
        }

        KillMatrix matrix = TrialMerge.Of(
            [.. named.Select(f => (f, ShardFile.Read<TrialShard>(Path.GetFullPath(f, Host.Folder), ShardFile.TrialFormat)))], s => WantedMutants.Of(s, Host), isPartial);
        if (matrix.MissingShards.Count > 0)
        {
            Host.Error.Write($"pystate: these shards are missing: {string.Join(", ", matrix.MissingShards)}\n");
        }

        foreach (ReportTarget target in targets)
        {
            string text = target.Kind == "markdown" ? MatrixPage.Render(matrix) : MatrixJson.Text(matrix);
            AtomicFile.Write(target.Path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }

        if (json)
        {
            Host.Out.Write(MatrixJson.Text(matrix));
        }
        else
        {
            Page page = NewPage();
            KillMatrixPage.Fill(matrix, page);
            Print(page);
        }

        return KillMatrixPage.ExitCodeOf(matrix);
    }

    // The shards of each run as its report. The traces of its deviations are written here: a shard leaves nothing but its file.
    private IEnumerable<(string, ReportDocument)> Whole(string[] named, bool isPartial)
    {
        (string, ShardDocument)[] shards = [.. named.Where(IsShard).Select(f => (f, ShardFile.Read(Path.GetFullPath(f, Host.Folder))))];
        IReadOnlyList<ShardedRun> runs = ShardMerge.Runs(shards);
        foreach (ShardedRun run in runs)
        {
            if (!isPartial)
            {
                ShardSet.DemandWhole(run.Shards);
            }
            else if (run.Missing.Count > 0)
            {
                Host.Error.Write($"pystate: {ShardSet.MissingInWords(run.Shards)}\n");
            }
        }

        return [.. runs.Select(r => ($"the shards of {r.Shards[0].Label()}", r.Marked(JsonReport.Of(Traces.Write(r.Report(Host.Version, Host.Program), Host)))))];
    }

    private Page Summary(ReportDocument report)
    {
        Page page = NewPage();
        int label = report.Implementations.Max(i => Page.Cells(SafeText.OneLine(i.Label(), 80)));
        foreach (ImplementationDocument implementation in report.Implementations)
        {
            Tone tone = implementation.ExitCode switch { 0 => Tone.Good, 1 => Tone.Bad, _ => Tone.Warn };
            page.Spans(
                0,
                2,
                new Span(implementation.ExitCode switch { 0 => "✓ ", 1 => "✗ ", _ => "? " }, tone),
                new Span(Page.Pad(SafeText.OneLine(implementation.Label(), 80), label), Tone.Bold),
                new Span("  " + SafeText.OneLine(implementation.Outcome, 200), tone));
        }

        page.Text(string.Create(CultureInfo.InvariantCulture, $"{report.Implementations.Count} implementation{(report.Implementations.Count == 1 ? string.Empty : "s")}, {report.Clauses.Count} clause{(report.Clauses.Count == 1 ? string.Empty : "s")}"), Tone.Dim);
        return page;
    }
}
