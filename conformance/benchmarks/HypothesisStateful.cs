using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Model;

namespace PyState.Benchmarks;

/// <summary>Hypothesis's stateful testing over the Python driver and greenlet: hypothesis_stateful.py in a process of its own.</summary>
internal static class HypothesisStateful
{
    /// <summary>What the row is called.</summary>
    internal const string Name = "Hypothesis: stateful, on greenlet";

    private const string Python = "/usr/bin/python3"; // Debian's packages are there

    /// <summary>A measurement; null where Debian's python3-hypothesis or python3-greenlet is not installed.</summary>
    internal static Func<TimeSpan, Rates>? OnGreenlet()
    {
        if (!File.Exists(Python) || Run(["-I", "-c", "import hypothesis, greenlet"]).Code != 0)
        {
            return null;
        }

        string implementations = Path.Combine(AppContext.BaseDirectory, "implementations");
        using ISession session = new Registry().All.First(i => i.Name == "greenlet").Start(Python);
        IEnumerable<string> commands = session.Capabilities.Commands.Except(RealInterpreters.Expensive).Order().Select(o => CommandTable.Of(o).Name);
        return time =>
        {
            (int code, string output) = Run(
            [
                Path.Combine(AppContext.BaseDirectory, "hypothesis_stateful.py"),
                Path.Combine(implementations, "python", "driver.py"),
                Path.Combine(implementations, "greenlet", "switcher.py"),
                time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                string.Join(',', commands),
            ]);
            using JsonDocument json = code == 0 ? JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]) : throw new InvalidOperationException($"Hypothesis ended with {code}: {output}");
            double rate = json.RootElement.GetProperty("commands").GetDouble() / json.RootElement.GetProperty("seconds").GetDouble();
            return new Rates(rate, rate);
        };
    }

    private static (int Code, string Output) Run(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + errors.GetAwaiter().GetResult());
    }
}
