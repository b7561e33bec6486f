// --help: the same page at every width, with examples.

using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Cli;

/// <summary>Prints what a verb does, its arguments and options, and examples.</summary>
/// <param name="host">Where to.</param>
public sealed class HelpPage(Host host) : SynchronousCommandLineAction
{
    private const string SecondSignal = "a second Ctrl-C ended it at once; 143 where that was SIGTERM";

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
        page.Command(2, 6, new Span(Usage(host.Program, command), Tone.Accent));
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

        Option[] options = OptionsOf(command, parseResult.RootCommandResult.Command);
        page.Blank();
        Heading(page, "Options");
        Columns(page, [.. options.Select(o => (Names(o), Meaning(o)))]);
        IReadOnlyList<(string Arguments, string Does)> examples = command is Verb verb ? verb.Examples
            : [.. command.Subcommands.OfType<Verb>().Take(4).Select(v => v.Examples[0])];
        page.Blank();
        Heading(page, "Examples");
        foreach ((string arguments, string does) in examples)
        {
            page.Command(2, 6, new Span($"{host.Program} {arguments}", Tone.Accent));
            page.Text(does, Tone.Dim, 6);
        }

        page.Blank();
        Heading(page, "Exit codes");
        foreach (IGrouping<int, (string Code, string Says)> alike in ExitCodesOf(command).Select(c => (Code: c.Code.ToString(CultureInfo.InvariantCulture), c.Says)).GroupBy(c => c.Code.Length))
        {
            Columns(page, [.. alike]); // the long code of a signal moves none of the others
        }

        if (command is Verb { Files.Count: > 0 } filer)
        {
            page.Blank();
            Heading(page, "Files");
            Columns(page, filer.Files);
        }
        else if (command is RootCommand)
        {
            page.Blank();
            Heading(page, "Environment");
            Columns(page, Variables.All);
        }

        page.WriteTo(ConsoleReport.On(host.Out, host.Terminal.Colour, host.Terminal.Width));
        return ExitCode.Ok;
    }

    /// <summary>The options of a verb, those of every verb among them.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="root">The program.</param>
    internal static Option[] OptionsOf(Command command, Command root) =>
        [.. command.Options.Concat(command == root ? [] : root.Options.Where(o => o.Recursive)).Where(o => !o.Hidden)];

    /// <summary>What the exit codes of a verb say, or those of the program, in their order.</summary>
    /// <param name="command">The verb, or the program.</param>
    internal static IEnumerable<(int Code, string Says)> ExitCodesOf(Command command) => (command is Verb verb
        ? verb.ExitCodes.Append((ExitCode.Setup, "bad input, or the suite or its set-up failed: one line on standard error")).Concat(Stopped(verb))
        :
        [
            (ExitCode.Ok, "every verdict equals its expectation"),
            (ExitCode.Deviation, "a deviation, crash, hang or babble that was not expected, an expected one that did not show, or a field that no class covers"),
            (ExitCode.Setup, "the harness or its set-up failed, bad input included"),
            (ExitCode.Nothing, "nothing was run or observed, or a clause was never exercised"),
            (ExitCode.Signal, SecondSignal),
        ]).OrderBy(c => c.Item1);

    // What can go on later takes a first signal as the wish that it stop, and is ended by a second one; everything else is over before anybody asks.
    private static IEnumerable<(int Code, string Says)> Stopped(Verb verb) => verb.Options.Any(o => o.Name == "--resume") ? [(ExitCode.Signal, SecondSignal)] : [];

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

    /// <summary>A verb with its arguments, as it is typed.</summary>
    /// <param name="program">How the program is started.</param>
    /// <param name="command">The verb.</param>
    internal static string Usage(string program, Command command) => string.Join(' ',
        new[] { program, command is RootCommand ? "VERB" : command.Name }
            .Concat(command.Arguments.Select(Symbol))
            .Append("[options]"));

    /// <summary>An argument, in brackets when it can be left out.</summary>
    /// <param name="argument">The argument.</param>
    internal static string Symbol(Argument argument) =>
        argument.Arity.MinimumNumberOfValues > 0 ? (argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}…" : argument.Name)
        : argument.Arity.MaximumNumberOfValues > 1 ? $"[{argument.Name}…]" : $"[{argument.Name}]";

    /// <summary>The names of an option, with what it takes.</summary>
    /// <param name="option">The option.</param>
    internal static string Names(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(a => a.StartsWith('-') && !a.Contains('?', StringComparison.Ordinal)).Prepend(option.Name).Distinct());
        return option.HelpName is null ? names : $"{names} {option.HelpName}{(option.Arity.MaximumNumberOfValues > 1 ? "…" : string.Empty)}";
    }

    /// <summary>What an option is for, and its default.</summary>
    /// <param name="option">The option.</param>
    internal static string Meaning(Option option) =>
        option.HasDefaultValue && option.GetDefaultValue() is string value ? $"{option.Description} (default {value})" : option.Description ?? string.Empty;
}
