// Runs a shell step as a CI runner does: in a folder, with these variables and no others of ours.

using System.Diagnostics;

namespace PyState.PropertyTests.Gate;

/// <summary>Steps written in shell.</summary>
internal static class Shell
{
    /// <summary>The program under test, as the build left it beside the tests.</summary>
    internal static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "pystate");

    /// <summary>Runs a script with GitHub's flags for <c>shell: bash</c>.</summary>
    /// <param name="script">The script.</param>
    /// <param name="folder">Where it starts.</param>
    /// <param name="variables">What is added to the environment.</param>
    /// <param name="patience">After how long it is ended, with all that it has started; two minutes when not said.</param>
    internal static (int Code, string Output, string Error) Bash(string script, string folder, IReadOnlyDictionary<string, string> variables, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string inherited in start.Environment.Keys.Where(k => k.StartsWith("GITHUB_", StringComparison.Ordinal) || k.StartsWith("PYSTATE", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(patience ?? TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("the step did not end");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
