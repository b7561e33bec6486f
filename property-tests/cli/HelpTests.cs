// --help is there for every verb, and answers with 0 whatever else is on the line.

using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>Help and version.</summary>
public sealed class HelpTests
{
    /// <summary>Every verb explains itself.</summary>
    /// <param name="verb">The verb.</param>
    [Theory]
    [InlineData("run")]
    [InlineData("list")]
    [InlineData("explain")]
    [InlineData("replay")]
    [InlineData("radar")]
    [InlineData("spec")]
    [InlineData("mutants")]
    [InlineData("new")]
    public void A_verb_explains_itself_with_examples(string verb)
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke(verb, "--help"));
        Assert.Contains("Examples", call.Out, StringComparison.Ordinal);
        Assert.Contains($"pystate {verb}", call.Out, StringComparison.Ordinal);
        Assert.Contains("--format text|json", call.Out, StringComparison.Ordinal);
        Assert.Empty(call.Error);
    }

    /// <summary>The program lists its verbs and exit codes.</summary>
    [Fact]
    public void The_program_lists_its_verbs_and_exit_codes()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("--help"));
        Assert.All(["run", "list", "explain", "replay", "radar", "spec", "mutants", "new", "Exit codes"], word => Assert.Contains(word, call.Out, StringComparison.Ordinal));
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
}
