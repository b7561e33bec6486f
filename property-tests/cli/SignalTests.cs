// One signal ends a program that waits for what it was told to read.

using PyState.PropertyTests.Gate;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>Signals, sent to the program itself.</summary>
public sealed class SignalTests
{
    /// <summary>A pipe into which nobody writes would keep it for ever.</summary>
    /// <param name="verb">What reads it.</param>
    [Theory]
    [InlineData("replay")]
    [InlineData("merge")]
    [InlineData("site")]
    public void One_signal_ends_a_program_that_waits_for_its_input(string verb)
    {
        string folder = Directory.CreateTempSubdirectory("pystate-signal-").FullName;
        try
        {
            // 124 where the signal of timeout ended it, 137 where it had to be killed.
            (int code, string _, string error) = Shell.Bash(
                $"mkfifo pipe; timeout -k 10 3 \"$PROGRAM\" {verb} pipe", folder, new Dictionary<string, string> { ["PROGRAM"] = Shell.Program });
            Assert.Equal((124, string.Empty), (code, error));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
