// Runs a program that is no part of this project, to its end or for so long.

using System.Diagnostics;

namespace PyState.PropertyTests;

/// <summary>An external program.</summary>
internal static class Tool
{
    /// <summary>Runs it. One that does not end within two minutes is ended, with all that it has started.</summary>
    /// <param name="program">The program, by its name on PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    internal static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
