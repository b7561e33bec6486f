// `spec`: the generated parts of SPEC.md, and the header that is generated whole.

using System.CommandLine;
using System.Text;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Specification;

namespace PyState.Conformance.Cli;

/// <summary>Writes the generated parts of SPEC.md anew, or says which are out of date.</summary>
internal sealed class SpecVerb : Verb
{
    private readonly Option<bool> check = new("--check") { Description = "write nothing; exit 1 when a generated part is out of date" };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public SpecVerb(Host host)
        : base(host, "spec", "Write the generated tables and diagrams of SPEC.md, and the C header of fields, anew from the model.")
    {
        Add(check);
        Add(Format);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("spec", "writes what is generated, in the repository above the current folder"),
        ("spec --check", "only says what is out of date; for a CI server"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        bool checks = arguments.GetValue(check);
        string path = Find();
        string text = File.ReadAllText(path);
        IReadOnlyList<string> stale;
        try
        {
            stale = SpecDocument.OutOfDate(text);
            if (!checks && stale.Count > 0)
            {
                string rendered = SpecDocument.Render(text);
                AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(rendered)));
            }
        }
        catch (MarkerException e)
        {
            throw new SetupException($"{SpecDocument.FileName}: {e.Message}", e);
        }

        string header = Path.Combine(Path.GetDirectoryName(path)!, FieldsHeader.Path);
        string fields = FieldsHeader.Render();
        bool headerIsStale = !File.Exists(header) || File.ReadAllText(header) != fields;
        if (!checks && headerIsStale)
        {
            AtomicFile.Write(header, stream => stream.Write(Encoding.UTF8.GetBytes(fields)));
        }

        bool isStale = stale.Count > 0 || headerIsStale;
        int code = checks && isStale ? ExitCode.Deviation : ExitCode.Ok;
        if (json)
        {
            IReadOnlyList<string> all = headerIsStale ? [.. stale, FieldsHeader.Path] : stale;
            PrintJson(new { format = "pystate-spec", version = 1, file = SpecDocument.FileName, outOfDate = all, written = !checks && isStale });
            return code;
        }

        Page page = NewPage();
        string parts = string.Join(", ", stale);
        page.Text(
            stale.Count == 0 ? $"{SpecDocument.FileName} is up to date: {SpecDocument.Blocks.Count} generated parts."
            : checks ? $"{SpecDocument.FileName} is out of date: {parts}. Write it anew with: {Host.Program} spec"
            : $"{SpecDocument.FileName}: wrote {parts}.",
            checks && stale.Count > 0 ? Tone.Bad : Tone.Plain);
        if (headerIsStale)
        {
            page.Text(checks ? $"{FieldsHeader.Path} is out of date. Write it anew with: {Host.Program} spec" : $"{FieldsHeader.Path}: wrote it.", checks ? Tone.Bad : Tone.Plain);
        }

        Print(page);
        return code;
    }

    private string Find()
    {
        for (string? folder = Host.Folder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string path = Path.Combine(folder, SpecDocument.FileName);
            if (File.Exists(path) && File.Exists(Path.Combine(folder, "Spec.sln")))
            {
                return path;
            }
        }

        throw new SetupException($"there is no {SpecDocument.FileName} beside a Spec.sln here or above; run it inside a checkout of the repository");
    }
}
