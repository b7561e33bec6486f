// --help: the same page at every width, with examples.

using System.CommandLine;
using System.CommandLine.Invocation;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Cli;

/// <summary>Prints what a verb does, its arguments and options, and examples.</summary>
/// <param name="host">Where to.</param>
public sealed class HelpPage(Host host) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        var page = new Page(host.Terminal.Width);
        page.Text(command.Description ?? string.Empty);
        page.Blank();
        Heading(page, "Usage");
        page.Command(2, 6, new Span(Usage(command), Tone.Accent));
        if (command.Subcommands.Count > 0)
        {
            page.Blank();
            Heading(page, "Verbs");
            Columns(page, [.. command.Subcommands.Select(c => (c.Name, c.Description ?? string.Empty))]);
        }

        if (command.Arguments.Count > 0)
        {
            page.Blank();
            Heading(page, "Arguments");
            Columns(page, [.. command.Arguments.Select(a => (Symbol(a), a.Description ?? string.Empty))]);
        }

        Option[] options = [.. command.Options.Concat(command is RootCommand ? [] : parseResult.RootCommandResult.Command.Options.Where(o => o.Recursive)).Where(o => !o.Hidden)];
        page.Blank();
        Heading(page, "Options");
        Columns(page, [.. options.Select(o => (Names(o), o.Description ?? string.Empty))]);
        IReadOnlyList<(string Arguments, string Does)> examples = command is Verb verb ? verb.Examples
            : [.. command.Subcommands.OfType<Verb>().Take(4).Select(v => v.Examples[0])];
        page.Blank();
        Heading(page, "Examples");
        foreach ((string arguments, string does) in examples)
        {
            page.Command(2, 6, new Span($"{host.Program} {arguments}", Tone.Accent));
            page.Text(does, Tone.Dim, 6);
        }

        if (command is RootCommand)
        {
            page.Blank();
            Heading(page, "Exit codes");
            Columns(page,
            [
                ("0", "every verdict equals its expectation"),
                ("1", "a deviation, crash, hang or babble that was not expected, an expected one that did not show, or a field that no class covers"),
                ("2", "the harness or its set-up failed, bad input included"),
                ("3", "nothing was run or observed, or a clause was never exercised"),
            ]);
        }

        page.WriteTo(ConsoleReport.On(host.Out, host.Terminal.Colour, host.Terminal.Width));
        return ExitCode.Ok;
    }

    private static void Heading(Page page, string text) => page.Text(text, Tone.Bold);

    // Two columns where both have room, otherwise the description below its name.
    private static void Columns(Page page, IReadOnlyList<(string Name, string Text)> rows)
    {
        int name = rows.Max(r => r.Name.Length);
        bool narrow = page.Width < name + 44;
        foreach ((string left, string right) in rows)
        {
            if (narrow && name > 8)
            {
                page.Text(left, Tone.Accent, 2);
                page.Text(right, Tone.Plain, 6);
            }
            else
            {
                page.Spans(2, name + 4, new Span(Page.Pad(left, name + 2), Tone.Accent), new Span(right));
            }
        }
    }

    private string Usage(Command command) => string.Join(' ',
        new[] { host.Program, command is RootCommand ? "VERB" : command.Name }
            .Concat(command.Arguments.Select(Symbol))
            .Append("[options]"));

    private static string Symbol(Argument argument) =>
        argument.Arity.MaximumNumberOfValues > 1 ? $"[{argument.Name}…]" : argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name;

    private static string Names(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(a => a.StartsWith('-') && !a.Contains('?', StringComparison.Ordinal)).Prepend(option.Name).Distinct());
        return option.HelpName is null ? names : $"{names} {option.HelpName}{(option.Arity.MaximumNumberOfValues > 1 ? "…" : string.Empty)}";
    }
}
