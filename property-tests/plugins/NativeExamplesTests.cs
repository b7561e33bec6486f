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
        string script = Path.Combine(Folder("reference/native/tests"), "run.py");
        using var run = Process.Start(new ProcessStartInfo(python, [script, python]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = run.StandardError.ReadToEndAsync();
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, output + errors.Result);
        Assert.Contains("hub.py minigreenlet", output, StringComparison.Ordinal);
    }

    private static string Folder(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, path)))
            {
                return Path.Combine(folder.FullName, path);
            }
        }

        throw new DirectoryNotFoundException(path);
    }
}
