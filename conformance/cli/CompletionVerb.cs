// `completion SHELL`: the script by which a shell completes what is typed after `pystate`.

using System.CommandLine;
using System.CommandLine.Completions;
using System.Reflection;
using PyState.Conformance.Plugins;

namespace PyState.Conformance.Cli;

/// <summary>Prints the script of a shell. The script asks this program, so that it is right for the version that is installed.</summary>
internal sealed class CompletionVerb : Verb
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    private readonly Argument<string> shell = new("SHELL") { Description = string.Join(", ", Shells) };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public CompletionVerb(Host host)
        : base(host, "completion", "Print a script that completes verbs, options, implementations and clauses in a shell.")
    {
        shell.CompletionSources.Add(_ => Shells.Select(s => new CompletionItem(s)));
        Add(shell);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("completion bash > ~/.local/share/bash-completion/completions/pystate", "for every bash from now on, where the package bash-completion is; or in ~/.bashrc: source <(pystate completion bash)"),
        ("completion zsh > ~/.zfunc/_pystate", "for every zsh that has ~/.zfunc in fpath; or in ~/.zshrc: source <(pystate completion zsh)"),
        ("completion fish > ~/.config/fish/completions/pystate.fish", "for every fish"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "the script was printed"),
    ];

    private int Execute(ParseResult arguments)
    {
        string asked = arguments.GetRequiredValue(shell);
        if (!Shells.Contains(asked))
        {
            throw new SetupException($"there is no completion for '{asked}': write bash, zsh or fish");
        }

        using Stream script = Assembly.GetExecutingAssembly().GetManifestResourceStream($"completion/pystate.{asked}")!;
        using var reader = new StreamReader(script);
        Host.Out.Write(reader.ReadToEnd());
        return ExitCode.Ok;
    }
}
