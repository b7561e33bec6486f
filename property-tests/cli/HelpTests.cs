// --help is there for every verb, and answers with 0 whatever else is on the line.

using System.CommandLine;
using System.Text.RegularExpressions;
using PyState.Conformance.Cli;
using PyState.PropertyTests.Plugins;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>Help and version.</summary>
public sealed partial class HelpTests
{
    /// <summary>The verbs, as the program has them.</summary>
    public static TheoryData<string> Verbs() => [.. Names()];

    /// <summary>Every verb explains itself.</summary>
    /// <param name="verb">The verb.</param>
    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_verb_explains_itself_with_examples_and_exit_codes_in_80_columns(string verb)
    {
        using var call = new Call();
        call.Host = call.Host with { Terminal = new Terminal(false, false, 80) };
        Assert.Equal(0, call.Invoke(verb, "--help"));
        Assert.Contains("\nExamples\n", call.Out, StringComparison.Ordinal);
        Assert.Contains($"\n  pystate {verb}", call.Out, StringComparison.Ordinal);
        Assert.Contains("\nExit codes\n  0  ", call.Out, StringComparison.Ordinal);
        Assert.Contains("\n  2  bad input", call.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(call.Out.Split('\n'), l => l.Length > 80);
        Assert.Empty(call.Error);
    }

    /// <summary>An example that help shows is one that the program takes.</summary>
    /// <param name="verb">The verb.</param>
    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_example_of_help_is_a_command_that_parses(string verb)
    {
        using var call = new Call();
        RootCommand root = CommandLine.Root(call.Host);
        var described = (Verb)root.Subcommands.Single(c => c.Name == verb);
        Assert.NotEmpty(described.Examples);
        Assert.All(described.Examples, e => Assert.Empty(root.Parse(e.Arguments.Split(" > ")[0], CommandLine.Parser).Errors));
    }

    /// <summary>The program lists its verbs, exit codes and variables.</summary>
    [Fact]
    public void The_program_lists_its_verbs_exit_codes_and_variables()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("--help"));
        Assert.All([.. Names(), "Exit codes", "NO_COLOR"], word => Assert.Contains(word, call.Out, StringComparison.Ordinal));
    }

    /// <summary>A variable that the sources read is in the help, and one that is there is read.</summary>
    [Fact]
    public void The_variables_of_help_are_those_that_the_program_reads()
    {
        string sources = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Repository.Root, "conformance"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/benchmarks/", StringComparison.Ordinal) && !f.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        string[] read = [.. Reading().Matches(sources).Select(m => m.Groups[1].Value + m.Groups[2].Value).Distinct().Order(StringComparer.Ordinal)];
        string[] said = [.. Variables.All.SelectMany(v => v.Name.Split(", "))];

        Assert.Empty(read.Except(said));
        Assert.All(said, name => Assert.Contains($"\"{name}\"", sources.Replace($"(\"{name}\", ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal));
    }

    /// <summary>Help wins over a mistake on the same line.</summary>
    [Fact]
    public void Help_wins_over_a_mistake()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("run", "--time", "--help"));
        Assert.Equal(0, call.Invoke("explain", "--help"));
        Assert.Empty(call.Error);
    }

    /// <summary>One line says the version.</summary>
    [Fact]
    public void The_version_is_one_line()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("--version"));
        Assert.Matches(@"^pystate \d+\.\d+\.\d+, specification \d+\.\d+\.\d+ \([0-9a-f]{12}\)\n$", call.Out);
    }

    private static string[] Names()
    {
        using var call = new Call();
        return [.. CommandLine.Root(call.Host).Subcommands.Select(c => c.Name)];
    }

    [GeneratedRegex("(?:EnvironmentVariable|IsSet|Split)\\(\"([A-Z_]+)\"\\)|string Variable = \"([A-Z_]+)\"")]
    private static partial Regex Reading();
}
