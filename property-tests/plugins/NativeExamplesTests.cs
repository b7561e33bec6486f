// The examples of the native reference are what they say: compiled and run on an interpreter, by the script that a person would run.

using System.Diagnostics;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class NativeExamplesTests
{
    /// <summary>seed.c, minigreenlet and the hub; where greenlet is installed it passes minigreenlet's tests too, and prints what minigreenlet prints.</summary>
    [RequiresFact("minigreenlet")]
    public void The_examples_of_the_native_reference_do_what_they_say()
    {
        string python = Interpreters.PythonOf("minigreenlet");
        Assert.Contains("hub.py minigreenlet", Run(python, python), StringComparison.Ordinal);
    }

    /// <summary>The same on the newest CPython, and contexts suspended in what the JIT compiled: who does not own its executor dies of it.</summary>
    [RequiresRootTheory]
    [InlineData("python3.15")]
    public void And_on_the_newest_with_its_JIT(string python) =>
        Assert.Contains("jit_test convicts who does not own the executor", Run("python3", $"/usr/bin/{python}@{RequiresRootTheoryAttribute.Root}"), StringComparison.Ordinal);

    private static string Run(string with, string python)
    {
        using var run = Process.Start(new ProcessStartInfo(with, [Path.Combine(Repository.Root, "reference", "native", "tests", "run.py"), python])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = run.StandardError.ReadToEndAsync();
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, output + errors.Result);
        return output;
    }
}
