// docs/command-line.md, written from what --help prints.

using System.CommandLine;
using System.Globalization;
using System.Text;
using PyState.Conformance.Specification;

namespace PyState.Conformance.Cli;

/// <summary>The page of the command line: every verb with its arguments, options, exit codes, files and examples.</summary>
internal static class CommandLinePage
{
    /// <summary>Where it is, from the top of the repository.</summary>
    internal const string Path = "docs/command-line.md";

    private const string Program = "pystate";

    /// <summary>The page.</summary>
    internal static string Render()
    {
        RootCommand root = CommandLine.Root(Nowhere);
        Verb[] verbs = [.. root.Subcommands.Cast<Verb>()];
        var text = new StringBuilder();
        text.Append("<!-- Written by `spec` from what `--help` prints; change conformance/cli, not this page. -->\n# The command line\n\n");
        text.Append(root.Description).Append("\n\n");
        text.Append("""
            `pystate` is the program where it is [installed](reports.md#in-ci); in a checkout write `dotnet run --project conformance --` for it. Results go to standard output, progress and errors to
            standard error, an error in one line that says what to do. `--help` and `--version` are everywhere; help wins over a mistake on the same line. Colours and the live line appear on a
            terminal only; elsewhere the output is 100 wide and the same everywhere.


            """);
        Table(text, "verb", "does", verbs.Select(v => ($"[{v.Name}](#{v.Name})", v.Description ?? string.Empty)));
        text.Append("## Exit codes\n\n");
        Table(text, "code", "says", HelpPage.ExitCodesOf(root).Select(c => ($"{c.Code}", c.Says)));
        text.Append("2 outranks 1, and 1 outranks 3. What a code says of a verb is with the verb.\n\n## Environment\n\n");
        Table(text, "variable", "does", Variables.All.Select(v => (string.Join(", ", v.Name.Split(", ").Select(Code)), v.Does)));
        foreach (Verb verb in verbs)
        {
            Add(text, verb, root);
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Add(StringBuilder text, Verb verb, RootCommand root)
    {
        text.Append("## ").Append(verb.Name).Append("\n\n").Append(verb.Description).Append("\n\n```text\n").Append(HelpPage.Usage(Program, verb)).Append("\n```\n\n");
        if (verb.Arguments.Count > 0)
        {
            Table(text, "argument", "is", verb.Arguments.Select(a => (Code(HelpPage.Symbol(a)), a.Description ?? string.Empty)));
        }

        Table(text, "option", "does", HelpPage.OptionsOf(verb, root).Select(o => (Code(HelpPage.Names(o)), HelpPage.Meaning(o))));
        Table(text, "exit code", "says", HelpPage.ExitCodesOf(verb).Select(c => ($"{c.Code}", c.Says)));
        if (verb.Files.Count > 0)
        {
            Table(text, "file", "is", verb.Files.Select(f => (Code(f.Path), f.Holds)));
        }

        text.Append("```sh\n");
        foreach ((string arguments, string does) in verb.Examples)
        {
            text.Append(CultureInfo.InvariantCulture, $"# {does}\n{Program} {arguments}\n");
        }

        text.Append("```\n\n");
    }

    private static void Table(StringBuilder text, string left, string right, IEnumerable<(string Left, string Right)> rows)
    {
        var table = new MarkdownTable(left, right);
        foreach ((string name, string does) in rows)
        {
            table.Row(name, does);
        }

        text.Append(table).Append('\n');
    }

    private static string Code(string text) => $"`{text}`";

    // Verbs look at what there is when they run, not when they are described.
    private static Host Nowhere => new()
    {
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        Implementations = [],
        FromSwitcher = _ => throw new NotSupportedException(),
        ExpectationsOf = _ => throw new NotSupportedException(),
        Run = (_, _, _, _) => throw new NotSupportedException(),
        Replay = (_, _, _) => throw new NotSupportedException(),
        WriteTrace = (_, _, _) => throw new NotSupportedException(),
        ReadTrace = _ => throw new NotSupportedException(),
        ToPython = _ => throw new NotSupportedException(),
    };
}
