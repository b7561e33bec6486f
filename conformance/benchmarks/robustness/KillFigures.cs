// The runner killed at random moments and started again with --resume, until it has ended; its report against that of an undisturbed run.

using System.Diagnostics;
using System.Text.RegularExpressions;

namespace PyState.Benchmarks.Robustness;

/// <summary>Kills runs with SIGKILL.</summary>
internal static partial class KillFigures
{
    private const int Kills = 200;

    // One in this process and one in a child, with a deviation that is found, shrunk and journaled.
    private static readonly string[] Children = ["shows_other_frames"];

    /// <summary>Kills until there were enough.</summary>
    /// <param name="root">The checkout.</param>
    internal static string Run(string root)
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("pystate-kills-");
        var random = new Random(1);
        int kills = 0;
        int runs = 0;
        int untouched = 0;
        string[][] commandLines = [["reference", "--commands", "1500000"], .. Children.Select(c => new[] { Describe(root, scratch.FullName, c), "--commands", "8000" })];
        (string Report, TimeSpan Took)[] undisturbed = [.. commandLines.Select(c => Whole(scratch.FullName, c))];
        while (kills < Kills)
        {
            int which = runs++ % commandLines.Length;
            int here = 0;
            while (true)
            {
                string[] resume = here == 0 ? [] : ["--resume"];
                TimeSpan moment = TimeSpan.FromMilliseconds(50 + random.Next((int)undisturbed[which].Took.TotalMilliseconds));
                string? report = Start(scratch.FullName, [.. commandLines[which], .. resume], moment);
                if (report is not null)
                {
                    Robustness.Require(report == undisturbed[which].Report, $"a run killed {here} times ended with another report: {string.Join(' ', commandLines[which])}");
                    untouched += here == 0 ? 1 : 0;
                    break;
                }

                here++;
                kills++;
                Console.Error.Write($"\r{kills} ");
                if (here > 40)
                {
                    break; // the moments were all too early for this machine: the next run
                }
            }
        }

        scratch.Delete(recursive: true);
        return $"{kills} times a run was killed with SIGKILL at a random moment and started again with `--resume`, {runs - untouched} runs in all, until each had ended. "
            + "Every report was that of an undisturbed run, byte for byte but for the seconds. Half of the runs check the reference inside the runner, half a child process with a deviation.";
    }

    private static (string Report, TimeSpan Took) Whole(string folder, string[] arguments)
    {
        long begun = Stopwatch.GetTimestamp();
        string report = Start(folder, arguments, Timeout.InfiniteTimeSpan) ?? throw new InvalidOperationException("an undisturbed run did not end");
        return (report, Stopwatch.GetElapsedTime(begun));
    }

    // Null where it was killed.
    private static string? Start(string folder, string[] arguments, TimeSpan moment)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        string program = Path.Combine(AppContext.BaseDirectory, "pystate.dll");
        info.FileName = "dotnet";
        foreach (string argument in (string[])[program, "run", .. arguments, "--format", "json"])
        {
            info.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(moment))
        {
            process.Kill(); // SIGKILL, to it alone: what it has started has to notice by itself
            process.WaitForExit();
            return null;
        }

        Robustness.Require(process.ExitCode is 0 or 1 or 3, $"the runner ended with {process.ExitCode}: {errors.Result}");
        return Seconds().Replace(output.Result, "\"seconds\": 0");
    }

    private static string Describe(string root, string folder, string name)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        string child = Path.Combine(root, "property-tests", "plugins", "children", name + ".sh");
        File.WriteAllText(Path.Combine(own, "implementation.json"), $$"""{"name":"{{name}}","title":"Liar","summary":"a liar","kind":"process","command":["sh","{{child}}"]}""");
        return "./" + name;
    }

    [GeneratedRegex("\"seconds\": [0-9.]+")]
    private static partial Regex Seconds();
}
