using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace PyState.Benchmarks.Figures;

/// <summary>The program as it is built, run as a user runs it and measured from outside: its CPU time and that of the processes it starts.</summary>
/// <param name="Json">What it printed.</param>
/// <param name="Cpu">CPU seconds.</param>
/// <param name="Wall">Seconds by the clock.</param>
internal sealed record Measured(JsonElement Json, double Cpu, double Wall)
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "pystate");

    /// <summary>Runs a verb with <c>--format json</c>.</summary>
    /// <param name="folder">Where it starts.</param>
    /// <param name="arguments">The verb and its arguments.</param>
    internal static Measured Pystate(string folder, params string[] arguments) => Run(folder, Program, [.. arguments, "--format", "json"]);

    /// <summary>Runs any program that prints JSON.</summary>
    /// <param name="folder">Where it starts.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    internal static Measured Run(string folder, string program, params string[] arguments)
    {
        string errors = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("bash", ["-c", "TIMEFORMAT='%U %S %R'; errors=$1; shift; time \"$@\" 2>\"$errors\"", "bash", errors, program, .. arguments])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> times = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            double[] seconds = [.. times.GetAwaiter().GetResult().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(s => double.Parse(s, CultureInfo.InvariantCulture))];
            using JsonDocument json = output.StartsWith('{') ? JsonDocument.Parse(output)
                : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {File.ReadAllText(errors).Trim()}");
            return new Measured(json.RootElement.Clone(), seconds[0] + seconds[1], seconds[2]);
        }
        finally
        {
            File.Delete(errors);
        }
    }

    /// <summary>A number of what it printed.</summary>
    /// <param name="name">Its name.</param>
    internal double Number(string name) => Json.GetProperty(name).GetDouble();

    /// <summary>A number of the first implementation of a report.</summary>
    /// <param name="name">Its name.</param>
    internal double OfRun(string name) => Json.GetProperty("implementations")[0].GetProperty(name).GetDouble();
}
