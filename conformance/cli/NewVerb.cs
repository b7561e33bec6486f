// `new`: a plug-in that runs at once, and says what it leaves to its author.

using System.CommandLine;
using System.CommandLine.Completions;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Cli;

/// <summary>Writes the skeleton of a plug-in into a folder of its own.</summary>
internal sealed class NewVerb : Verb
{
    private readonly Argument<string?> kind = new("KIND") { Description = $"what it is: {string.Join(", ", Templates.Kinds.Select(k => $"{k.Name} ({k.Summary})"))}", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> name = new("NAME") { Description = "its name: lower case, digits and hyphens", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> into = new("--into") { Description = "the folder to write to, which must be empty or not there yet (default ./NAME)", HelpName = "DIR" };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public NewVerb(Host host)
        : base(host, "new", "Write a plug-in that runs at once: Save and Restore in C# or C, a program in any language, or a Python switcher.")
    {
        kind.CompletionSources.Add(_ => Templates.Kinds.Select(k => new CompletionItem(k.Name, detail: k.Summary)));
        Add(kind);
        Add(name);
        Add(into);
        Add(Format);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("new dotnet mine", "C#: a class that implements IPyState, in ./mine; then run ./mine"),
        ("new native mine", "C: a shared library, loaded in a process of its own"),
        ("new process mine", "a program that speaks docs/protocol.md; the skeleton is in Perl"),
        ("new switcher mine --into plug-ins/mine", "Python: twenty lines for a real interpreter"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "the plug-in was written"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Path, string Holds)> Files { get; } =
    [
        ("./NAME/", "written; never over what is there"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        string[] kinds = [.. Templates.Kinds.Select(k => k.Name)];
        string asked = arguments.GetValue(kind) ?? throw new SetupException($"say what kind of plug-in: {string.Join(", ", kinds)}; for example {Host.Program} new dotnet mine");
        if (!kinds.Contains(asked))
        {
            throw new SetupException($"there is no kind of plug-in '{asked}'{(Nearest.Of(asked, kinds) is { } near ? $"; did you mean '{near}'?" : $"; there are {string.Join(", ", kinds)}")}");
        }

        string called = arguments.GetValue(name) ?? throw new SetupException($"give the plug-in a name, for example {Host.Program} new {asked} mine");
        if (!Templates.IsName(called))
        {
            throw new SetupException($"a plug-in cannot be called '{called}': use lower case letters, digits and hyphens, beginning with a letter or digit, at most {Templates.LongestName}");
        }

        if (Host.Implementations.Any(i => i.Name == called))
        {
            throw new SetupException($"'{called}' is an implementation that comes with the suite: choose another name");
        }

        string given = arguments.GetValue(into) ?? called;
        string folder = Path.GetFullPath(given, Host.Folder);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new SetupException($"{given} is there already and nothing in it is overwritten: choose another name, or another folder with --into");
        }

        IReadOnlyList<string> files = Write(asked, called, given, folder);
        string path = Path.IsPathRooted(given) || given.StartsWith('.') ? given : $"./{given}";
        string next = $"{Host.Program} run {path}";
        if (json)
        {
            PrintJson(new { format = "pystate-new", version = 1, kind = asked, name = called, folder, files, next });
            return ExitCode.Ok;
        }

        Page page = NewPage();
        foreach (string file in files)
        {
            page.Text($"{path}/{file}");
        }

        page.Blank();
        page.Text("Its first verdicts, red where something is left to you (see TODO in the files):");
        page.Command(2, 4, new Span(next, Tone.Accent));
        Print(page);
        return ExitCode.Ok;
    }

    private static IReadOnlyList<string> Write(string kind, string name, string given, string folder)
    {
        bool wasThere = Directory.Exists(folder);
        try
        {
            return Templates.Write(kind, name, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(folder, wasThere);
            throw new SetupException($"{given} cannot be written ({e.Message.TrimEnd('.')}): name another folder with --into", e);
        }
    }

    // Half a plug-in would be in the way of the next attempt. What is removed was written here: the folder was empty, or not there.
    private static void Remove(string folder, bool wasThere)
    {
        try
        {
            if (!wasThere)
            {
                Directory.Delete(folder, recursive: true);
                return;
            }

            foreach (string file in Directory.EnumerateFiles(folder))
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Why it could not be written says more than why it could not be removed.
        }
    }
}
