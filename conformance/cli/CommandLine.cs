// The command line `pystate`: from arguments to an exit code, every failure one line on standard error.

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using PyState.Conformance.Cli.Completion;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Parses arguments, runs a verb, and answers with one of <see cref="ExitCode"/>.</summary>
public static class CommandLine
{
    private const int LongestMessage = 2000;

    /// <summary>Runs a command line as the program does, on the implementations there are.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Errors.</param>
    /// <param name="terminal">What they are connected to; null for files.</param>
    /// <param name="cancellation">Cancelled when the run is to stop.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Invoke(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, Terminal? terminal = null, CancellationToken cancellation = default)
    {
        Host host;
        try
        {
            host = Hosts.Of(output, error, terminal ?? Terminal.Plain, cancellation);
        }
        catch (SetupException e)
        {
            return Fail(error, SafeText.OneLine(e.Message, LongestMessage));
        }

        return Invoke(arguments, host);
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="host">What the verbs reach.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Invoke(IReadOnlyList<string> arguments, Host host)
    {
        try
        {
            if (arguments is [Candidates.Question, var typed])
            {
                host.Out.Write(Candidates.Of(Root(host), Parser, typed));
                host.Out.Flush();
                return ExitCode.Ok;
            }

            ParseResult parsed = Parse(arguments, host);
            if (arguments.Any(a => a is "--help" or "-h"))
            {
                // Also in the middle of a mistake, and where the library would take it for the value of the option before it.
                parsed = Parse(parsed.CommandResult.Command is RootCommand ? ["--help"] : [parsed.CommandResult.Command.Name, "--help"], host);
            }
            else if (parsed.Errors.Count > 0 && parsed.Action is not VersionLine)
            {
                throw new SetupException(Mistake(parsed, host));
            }

            int code = parsed.Invoke(new InvocationConfiguration
            {
                Output = host.Out,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            host.Out.Flush(); // here, where a disk that is full is still answered
            return code;
        }
        catch (SetupException e)
        {
            return Fail(host, e.Message);
        }
        catch (OperationCanceledException)
        {
            // A shard has no journal, and neither has a verb that takes no time.
            bool goesOn = arguments is ["run" or "mutants", ..] && !arguments.Any(a => a == "--shard" || a.StartsWith("--shard=", StringComparison.Ordinal));
            return Fail(host, goesOn ? "stopped: no report was written; the same command with --resume goes on from here" : "stopped: nothing was written");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever comes this far is a defect of this program; who looks for it wants the stack, everybody else one line.
            return Environment.GetEnvironmentVariable("PYSTATE_DEBUG") is { Length: > 0 }
                ? Fail(host, e.ToString().ReplaceLineEndings("\n  "), false)
                : Fail(host, $"internal error: {e.GetType().Name}: {e.Message} (PYSTATE_DEBUG=1 shows where)");
        }
    }

    /// <summary>How arguments are read. What the library offers besides, bundles like -xyz and response files like @file, would take arguments for something else.</summary>
    internal static ParserConfiguration Parser { get; } = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    private static ParseResult Parse(IReadOnlyList<string> arguments, Host host) => Root(host).Parse(arguments, Parser);

    /// <summary>The program with its verbs, arguments and options.</summary>
    /// <param name="host">What they reach.</param>
    internal static RootCommand Root(Host host)
    {
        var root = new RootCommand("Checks what switches Python's C stack against PyState Spec: what of the thread state it must save, reset and bring back.");
        root.Directives.Clear();
        root.Add(new RunVerb(host));
        root.Add(new ListVerb(host));
        root.Add(new ExplainVerb(host));
        root.Add(new ReplayVerb(host));
        root.Add(new ExploreVerb(host));
        root.Add(new RadarVerb(host));
        root.Add(new SpecVerb(host));
        root.Add(new MutantsVerb(host));
        root.Add(new MergeVerb(host));
        root.Add(new SiteVerb(host));
        root.Add(new NewVerb(host));
        root.Add(new CompletionVerb(host));
        foreach (Option option in root.Options)
        {
            if (option is HelpOption help)
            {
                help.Action = new HelpPage(host);
                help.Description = "this page";
            }
            else if (option is VersionOption version)
            {
                version.Description = "the version of this program";
                version.Action = new VersionLine(host);
            }
        }

        return root;
    }

    private static string Mistake(ParseResult parsed, Host host)
    {
        Command command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            return token.StartsWith('-') ? UnknownOption(token, command, host)
                : command is RootCommand ? $"there is no verb '{token}'{Nearest.Hint(token, command.Subcommands.Select(c => c.Name))}{See(host, command)}"
                : $"'{token}' is one argument too many for {command.Name}{See(host, command)}";
        }

        return command is RootCommand
            ? $"no verb was given; write {host.Program} run{See(host, command)}"
            : command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is not { Tokens.Count: > 0 }) is { } missing
            ? $"{command.Name} needs {missing.Name}: {missing.Description}{See(host, command)}"
            : parsed.Errors[0].SymbolResult is OptionResult { Tokens.Count: 0, Option: { HelpName: { } value } bare }
            ? $"{bare.Name} needs {value}: {bare.Description}{See(host, command)}"
            : $"{parsed.Errors[0].Message.TrimEnd('.')}{See(host, command)}";
    }

    /// <summary>The message for an option that is none.</summary>
    /// <param name="token">What was typed.</param>
    /// <param name="command">The verb.</param>
    /// <param name="host">How this program is started.</param>
    internal static string UnknownOption(string token, Command command, Host host)
    {
        string name = token.Split('=')[0];
        return $"there is no option '{name}'{Nearest.Hint(name, command.Options.Select(o => o.Name).Append("--help"))}{See(host, command)}";
    }

    private static string See(Host host, Command command) => $" (see {host.Program}{(command is RootCommand ? string.Empty : " " + command.Name)} --help)";

    // The library's own says the version of whatever program has loaded it.
    private sealed class VersionLine(Host host) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            host.Out.Write($"pystate {Host.Version}, specification {SpecVersion.Title}\n");
            return ExitCode.Ok;
        }
    }

    private static int Fail(Host host, string message, bool oneLine = true)
    {
        try
        {
            host.Out.Flush();
        }
        catch (SetupException)
        {
            // One line is enough: what went wrong first.
        }

        return Fail(host.Error, oneLine ? SafeText.OneLine(message, LongestMessage) : message);
    }

    private static int Fail(TextWriter error, string message)
    {
        error.Write($"pystate: {message}\n");
        return ExitCode.Setup;
    }
}
