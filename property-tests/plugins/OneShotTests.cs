// A program that is asked something is over when it has ended, whatever it has left behind.

using System.Globalization;
using PyState.Conformance.Plugins.Process;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public class OneShotTests
{
    /// <summary>A switcher that starts a program when it is imported, as a crash reporter does: what holds the output would be waited for until somebody kills this test.</summary>
    [Fact]
    public void What_it_has_started_may_keep_its_output_open()
    {
        OneShot.Result result = OneShot.Run(Shell("sleep 7203 & echo first; echo second"), TimeSpan.FromHours(1));
        Assert.True(result.IsWell, result.Ending);
        Assert.Equal(["first", "second"], result.Lines);
    }

    [Fact]
    public void A_program_that_closes_its_output_first_is_waited_for()
    {
        OneShot.Result result = OneShot.Run(Shell("echo first; exec >&-; sleep 0.3; exit 3"), TimeSpan.FromMinutes(5));
        Assert.Equal("ended with exit code 3", result.Ending);
        Assert.Equal(["first"], result.Lines);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0)]
    public void One_that_does_not_end_is_not_waited_for_longer_than_that(double seconds) =>
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"did not end within {Math.Round(seconds)} s"), OneShot.Run(Shell("sleep 7204"), TimeSpan.FromSeconds(seconds)).Ending);

    private static ChildStart Shell(string commands) => new() { Program = "/bin/sh", Arguments = ["-c", commands] };
}
