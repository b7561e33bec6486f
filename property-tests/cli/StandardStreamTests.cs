// Output that cannot be written: the program itself, on a device that is full and on descriptors that are closed.

using PyState.PropertyTests.Gate;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>Standard output and standard error that refuse.</summary>
public sealed class StandardStreamTests
{
    /// <summary>One line, and exit 2, whether little is written or much.</summary>
    /// <param name="arguments">What prints.</param>
    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("completion bash")]
    [InlineData("explain READY-01")]
    [InlineData("list --format json")]
    public void A_full_disk_behind_standard_output_is_one_line_and_exit_2(string arguments) =>
        Assert.Equal((2, string.Empty, "pystate: standard output cannot be written: No space left on device\n"), Run($"{arguments} >/dev/full"));

    /// <summary>A descriptor that is closed is no better.</summary>
    [Fact]
    public void A_closed_standard_output_is_one_line_and_exit_2() =>
        Assert.Equal((2, string.Empty, "pystate: standard output cannot be written: Bad file descriptor\n"), Run("--version >&-"));

    /// <summary>Where no message can be written the exit code still says that there was one.</summary>
    /// <param name="redirection">Where standard error goes.</param>
    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    public void A_message_that_cannot_be_written_leaves_its_exit_code(string redirection) =>
        Assert.Equal((2, string.Empty, string.Empty), Run($"frobnicate {redirection}"));

    /// <summary>Who reads no further has seen enough.</summary>
    [Fact]
    public void A_reader_that_is_gone_is_no_failure() =>
        Assert.Equal((0, string.Empty, string.Empty), Run("list --format json | head -c 0"));

    private static (int Code, string Output, string Error) Run(string arguments) =>
        Shell.Bash($"\"$PROGRAM\" {arguments}", AppContext.BaseDirectory, new Dictionary<string, string> { ["PROGRAM"] = Shell.Program });
}
