// The worked example of SPEC.md is no drawing: the reference does what the table says.

using PyState.Conformance.Cli;
using PyState.Conformance.Specification;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Specification;

/// <summary>Laws of the example.</summary>
public sealed class WorkedExampleTests
{
    [Fact]
    public void The_reference_runs_the_example_as_the_model_does()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, WorkedExample.Script + "\n");
        using var output = new StringWriter();
        using var error = new StringWriter();

        Assert.Equal(ExitCode.Ok, CommandLine.Invoke(["run", "--scripts", file], output, error));
        File.Delete(file);
    }

    [Fact]
    public void It_shows_a_raise_in_each_flow_and_two_mistakes_that_change_nothing()
    {
        string[] rows = [.. WorkedExample.Render().Split('\n').Where(l => l.StartsWith("| 1", StringComparison.Ordinal) || l.StartsWith("| 6", StringComparison.Ordinal) || l.StartsWith("| 7", StringComparison.Ordinal))];
        string Row(int step) => rows.Single(r => r.StartsWith($"| {step} |", StringComparison.Ordinal));

        Assert.Contains("| e1 |", Row(11), StringComparison.Ordinal);
        Assert.Contains("| e2 |", Row(15), StringComparison.Ordinal);
        Assert.Contains($"`{StatusText.Of(Status.HasFrames)}`", Row(7), StringComparison.Ordinal);
        Assert.Contains($"`{StatusText.Of(Status.Consumed)}`", Row(16), StringComparison.Ordinal);
        Assert.Equal(State(Row(6)), State(Row(7)));
        Assert.Equal(State(Row(15)), State(Row(16)));
    }

    // Frames, handled, and the two handles.
    private static string State(string row) => string.Join('|', row.Split('|')[5..9]);
}
