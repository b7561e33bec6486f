// What every verb has: a line, a longer text, examples, and a way to print.

using System.CommandLine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Cli;

/// <summary>One verb of the command line.</summary>
/// <param name="host">What it reaches.</param>
/// <param name="name">Its name.</param>
/// <param name="summary">What it does, in a line.</param>
internal abstract class Verb(Host host, string name, string summary) : Command(name, summary)
{
    /// <summary>The option of every verb that prints facts.</summary>
    protected Option<string> Format { get; } = new("--format")
    {
        Description = "text for people, json for programs",
        HelpName = "text|json",
        DefaultValueFactory = _ => "text",
        CompletionSources = { "text", "json" },
    };

    /// <summary>What to type, and what it does.</summary>
    public abstract IReadOnlyList<(string Arguments, string Does)> Examples { get; }

    /// <summary>What its exit codes say, in their order; 2 is every verb's, and said by <see cref="HelpPage"/>.</summary>
    public abstract IReadOnlyList<(int Code, string Says)> ExitCodes { get; }

    /// <summary>Files that nobody names on the command line and that are read or written all the same.</summary>
    public virtual IReadOnlyList<(string Path, string Holds)> Files => [];

    /// <summary>What it reaches.</summary>
    protected Host Host { get; } = host;

    /// <summary>Whether JSON was asked for.</summary>
    /// <param name="arguments">The parsed arguments.</param>
    /// <exception cref="SetupException">Something that is neither was asked for.</exception>
    protected bool WantsJson(ParseResult arguments) => arguments.GetValue(Format) switch
    {
        "json" => true,
        "text" or null => false,
        var other => throw new SetupException($"--format cannot be '{other}': write text or json"),
    };

    /// <summary>A page as wide as the output.</summary>
    protected Page NewPage() => new(Host.Terminal.Width);

    /// <summary>Prints a page.</summary>
    /// <param name="page">The page.</param>
    protected void Print(Page page) => page.WriteTo(ConsoleReport.On(Host.Out, Host.Terminal.Colour, Host.Terminal.Width));

    /// <summary>Prints a document.</summary>
    /// <param name="document">What is serialised.</param>
    protected void PrintJson(object document) =>
        Host.Out.Write(System.Text.Json.JsonSerializer.Serialize(document, JsonReport.Options) + "\n");
}
