// `site REPORT…`: many reports into one static site.

using System.CommandLine;
using System.Text;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Shards;

namespace PyState.Conformance.Cli;

/// <summary>Reads JSON reports of many machines and days and writes a site that any web server, or none, can show.</summary>
internal sealed class SiteVerb : Verb
{
    private readonly Argument<string[]> files = new("REPORT") { Description = "reports that 'run --report json=FILE' wrote, or folders of them", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> output = new("--output", "-o") { Description = "the folder for the site: a new or empty one, or an older site, whose pages are replaced", HelpName = "FOLDER", DefaultValueFactory = _ => "pystate-site" };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public SiteVerb(Host host)
        : base(host, "site", "Make a static site of many reports: the matrix today, the trend, a page for each clause and implementation.")
    {
        Add(files);
        Add(output);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("site reports -o public", "of every report in a folder; the newest run of each implementation is the matrix"),
        ("site monday.json tuesday.json", "of these, into pystate-site"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "the site was written"),
    ];

    private int Execute(ParseResult arguments)
    {
        string[] named = arguments.GetValue(files) ?? [];
        if (named.FirstOrDefault(n => n.StartsWith('-')) is { } option)
        {
            throw new SetupException(CommandLine.UnknownOption(option, this, Host));
        }

        string folder = Path.GetFullPath(arguments.GetRequiredValue(output), Host.Folder);
        AtomicFile.Probe(Path.Combine(folder, "index.html"));
        string[] inputs = [.. named.SelectMany(FilesOf)];
        if (inputs.FirstOrDefault(f => ShardFile.FormatOf(Path.GetFullPath(f, Host.Folder)) is not null) is { } shard)
        {
            throw new SetupException($"'{shard}' is a shard and no report: draw the shards of its run together with {Host.Program} merge, and name what its --report json=FILE wrote");
        }

        (string File, ReportDocument Report)[] reports = [.. inputs.Select(f => (f, JsonReport.Read(Path.GetFullPath(f, Host.Folder))))];
        IReadOnlyDictionary<string, string> pages = Site.Pages(reports);
        RefuseToOverwrite(arguments.GetRequiredValue(output), folder, inputs, pages.Keys);
        foreach ((string name, string text) in pages)
        {
            AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }

        Page page = NewPage();
        page.Text($"{pages.Count} files in {arguments.GetRequiredValue(output)}; open {Path.Combine(arguments.GetRequiredValue(output), "index.html")}");
        Print(page);
        return ExitCode.Ok;
    }

    private void RefuseToOverwrite(string given, string folder, string[] inputs, IEnumerable<string> pages)
    {
        HashSet<string> written = [.. pages.Select(p => RealPath.Of(Path.Combine(folder, p)))];
        if (inputs.FirstOrDefault(i => written.Contains(RealPath.Of(Path.GetFullPath(i, Host.Folder)))) is { } input)
        {
            throw new SetupException($"the site would overwrite its own input '{input}': name another folder with -o");
        }

        // What begins with a dot is no page, and belongs there: .git, .nojekyll.
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(e => !Path.GetFileName(e).StartsWith('.')) && !Site.IsIn(folder))
        {
            throw new SetupException($"'{given}' has files in it and is no earlier site: name a folder of the site's own with -o");
        }
    }

    private IEnumerable<string> FilesOf(string named)
    {
        string path = Path.GetFullPath(named, Host.Folder);
        if (!Directory.Exists(path))
        {
            return [named];
        }

        string[] found = [.. Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new SetupException($"there is no report in '{named}': write some there with --report json=FILE");
    }
}
