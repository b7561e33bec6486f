using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace PyState.Benchmarks;

/// <summary>A measurement in a process of its own, which waits while others are measured. The runtime compiles code for what it has seen it do: in one process, what another measurement did with the
/// same code would be part of that.</summary>
/// <param name="name">Which of <see cref="Inside.Passes"/>.</param>
/// <param name="alphabet"><see cref="Report.Structural"/> or <see cref="Report.AllCommands"/>.</param>
internal sealed class Apart(string name, string alphabet) : IDisposable
{
    /// <summary>The argument that makes this program such a process; the name and the alphabet follow.</summary>
    internal const string Argument = "--apart";

    private Process? process;

    /// <summary>Measures; starts the process before the first time.</summary>
    /// <param name="time">How long, at least.</param>
    /// <exception cref="InvalidOperationException">The process has ended; what it said is on the standard error.</exception>
    internal Rates Rate(TimeSpan time)
    {
        process ??= Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "PyState.Benchmarks"), [Argument, name, alphabet]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.WriteLine(time.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        process.StandardInput.Flush();
        string line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("a measurement in a process of its own has ended");
        return JsonSerializer.Deserialize<Rates>(line);
    }

    /// <summary>Is such a process: measures for as many seconds as each line of its input says.</summary>
    /// <param name="args">The argument, the name and the alphabet.</param>
    /// <returns>The exit code.</returns>
    internal static int Serve(string[] args)
    {
        Func<Tally> pass = Inside.Passes[args[1]](args[2] == Report.Structural);
        while (Console.ReadLine() is { } line)
        {
            Console.WriteLine(JsonSerializer.Serialize(Rates.Of(TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture)), pass)));
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process?.StandardInput.Close(); // and with that it ends
        process?.WaitForExit();
        process?.Dispose();
    }
}
