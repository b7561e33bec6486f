// `spec`: the generated parts of SPEC.md, and the files that are generated whole.

using System.CommandLine;
using System.Text;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Specification;
using PyState.Conformance.Specification.Html;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Writes what is generated of the repository anew, or says what is out of date and what is in the way.</summary>
internal sealed class SpecVerb : Verb
{
    private readonly Option<bool> check = new("--check") { Description = "write nothing; exit 1 when a generated part is out of date, when a meaning has changed under the same version, or when a clause has a gap" };

    private readonly Option<string?> html = new("--html") { Description = "write the HTML edition of SPEC.md into this file, with the verdicts of the reports, and nothing else", HelpName = "FILE" };
    private readonly Argument<string[]> reports = new("REPORT") { Description = "JSON reports of runs, for --html", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public SpecVerb(Host host)
        : base(host, "spec", "Write what is generated anew: tables and diagrams of SPEC.md, the C header of fields, the pages of traceability and of the command line, the lock of meanings.")
    {
        Add(check);
        Add(html);
        Add(reports);
        Add(Format);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("spec", "writes what is generated, in the repository above the current folder"),
        ("spec --html spec.html report.json", "the edition for a browser; 'run --report json=report.json' writes the report"),
        ("spec --check", "only says what is out of date; for a CI server"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "everything is up to date now"),
        (ExitCode.Deviation, "with --check something is out of date; or something has to be put right by hand first"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Path, string Holds)> Files { get; } =
    [
        ("SPEC.md, docs/, spec/clauses/meanings.lock, reference/native/", "written, in the repository above the current folder: what is generated"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        bool checks = arguments.GetValue(check);
        string[] named = arguments.GetValue(reports) ?? [];
        if (named.FirstOrDefault(n => n.StartsWith('-')) is { } option)
        {
            throw new SetupException(CommandLine.UnknownOption(option, this, Host));
        }

        var repository = new SpecRepository(Find());
        if (arguments.GetValue(html) is { } edition)
        {
            return checks ? throw new SetupException("--html writes a file and --check writes nothing: give one of them") : Edition(repository, edition, named, json);
        }

        if (named.Length > 0)
        {
            throw new SetupException($"'{named[0]}' is of use to --html only: add --html FILE, or leave it out");
        }

        SpecRepositoryState state;
        try
        {
            state = repository.Look();
            if (!checks && state is { Refused.Count: 0, OutOfDate.Count: > 0 })
            {
                repository.Write();
            }
        }
        catch (MarkerException e)
        {
            throw new SetupException($"{SpecDocument.FileName}: {e.Message}", e);
        }
        catch (FormatException e)
        {
            throw new SetupException(e.Message, e);
        }

        bool writes = !checks && state.Refused.Count == 0;
        int code = state.Refused.Count > 0 || (checks && state.OutOfDate.Count > 0) ? ExitCode.Deviation : ExitCode.Ok;
        if (json)
        {
            PrintJson(new
            {
                format = "pystate-spec", version = 1, specification = JsonReport.Specification, file = SpecDocument.FileName,
                outOfDate = state.OutOfDate, refused = state.Refused, written = writes && state.OutOfDate.Count > 0,
            });
            return code;
        }

        Page page = NewPage();
        foreach (string refused in state.Refused)
        {
            page.Text(refused, Tone.Bad);
        }

        string parts = string.Join(", ", state.OutOfDate);
        if (state.OutOfDate.Count == 0)
        {
            page.Text($"{SpecDocument.FileName} {SpecVersion.Title} is up to date: {SpecRepository.Count} generated parts and files.");
        }
        else
        {
            page.Text(
                writes ? $"wrote {parts}."
                : state.Refused.Count > 0 ? $"out of date, and not written: {parts}."
                : $"out of date: {parts}. Write it anew with: {Host.Program} spec",
                writes ? Tone.Plain : Tone.Bad);
        }

        Print(page);
        return code;
    }

    private int Edition(SpecRepository repository, string file, string[] named, bool json)
    {
        string path = Path.GetFullPath(file, Host.Folder);
        AtomicFile.Probe(path);
        EditionReport[] verdicts = [.. named.SelectMany(n => EditionReport.Read(Path.GetFullPath(n, Host.Folder), n))];
        string text = HtmlEdition.Render(repository.Document(), verdicts, Path.GetRelativePath(Path.GetDirectoryName(path)!, Find()).Replace('\\', '/'));
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        if (json)
        {
            PrintJson(new { format = "pystate-edition", version = 1, specification = JsonReport.Specification, file, implementations = verdicts.Select(v => v.Title) });
        }
        else
        {
            Page page = NewPage();
            page.Text($"wrote {file}: specification {SpecVersion.Title}, with the verdicts of {verdicts.Length} {(verdicts.Length == 1 ? "implementation" : "implementations")}");
            Print(page);
        }

        return ExitCode.Ok;
    }

    private string Find()
    {
        for (string? folder = Host.Folder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string path = Path.Combine(folder, SpecDocument.FileName);
            if (File.Exists(path) && File.Exists(Path.Combine(folder, "Spec.sln")))
            {
                return folder;
            }
        }

        throw new SetupException($"there is no {SpecDocument.FileName} beside a Spec.sln here or above; run it inside a checkout of the repository");
    }
}
