// One line on a terminal that says how far a run is.

using System.Globalization;
using PyState.Conformance.Engine;

namespace PyState.Conformance.Reports;

/// <summary>Rewrites one line of a terminal in place, at most ten times a second, and takes it away at the end.</summary>
/// <param name="terminal">The terminal: it must understand a carriage return and the escape sequence that clears a line.</param>
/// <param name="width">Its width in cells.</param>
/// <param name="name">What runs.</param>
/// <param name="options">Its bounds.</param>
public sealed class ProgressLine(TextWriter terminal, int width, string name, RunOptions options) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private TimeSpan next = TimeSpan.Zero;
    private bool shown;

    /// <summary>The line itself; what does not fit is left out from the right.</summary>
    /// <param name="progress">How far it is.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="name">What runs.</param>
    /// <param name="width">The width in cells.</param>
    public static string Line(RunProgress progress, RunOptions options, string name, int width)
    {
        double seconds = progress.Elapsed.TotalSeconds;
        double rate = seconds > 0 ? progress.Commands / seconds : 0;
        List<string> parts = [SafeText.OneLine(name), $"{Short(progress.Commands)} commands"];
        if (Left(progress, options, rate) is { } left)
        {
            // Past its time it waits for clauses that were never exercised, if it may.
            TimeSpan further = left == TimeSpan.Zero && options.Further > TimeSpan.Zero && options.Time != TimeSpan.MaxValue ? options.Time + options.Further - progress.Elapsed : TimeSpan.Zero;
            parts.Add(further > TimeSpan.Zero ? $"at most {Seconds(further)} s left" : $"{Seconds(left)} s left");
        }

        parts.Add($"{progress.Exercised}/{progress.Observable} clauses");
        if (progress.Red > 0)
        {
            parts.Add($"{progress.Red} red");
        }

        parts.Add($"{Short((long)rate)}/s");
        while (parts.Count > 2 && string.Join(" · ", parts).Length > width - 1)
        {
            parts.RemoveAt(parts.Count - 1);
        }

        return Page.Fit(string.Join(" · ", parts), width - 1);
    }

    /// <summary>Shows it, unless it was shown a moment ago.</summary>
    /// <param name="progress">How far it is.</param>
    public void Show(RunProgress progress)
    {
        if (progress.Elapsed < next)
        {
            return;
        }

        next = progress.Elapsed + Period;
        shown = true;
        terminal.Write($"\r\x1b[2K{Line(progress, options, name, width)}");
        terminal.Flush();
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (shown)
        {
            terminal.Write("\r\x1b[2K");
            terminal.Flush();
            shown = false;
        }
    }

    // The bound that will be reached first; null when there is none yet to reckon from.
    private static TimeSpan? Left(RunProgress progress, RunOptions options, double rate)
    {
        double byTime = options.Time == TimeSpan.MaxValue ? double.PositiveInfinity : (options.Time - progress.Elapsed).TotalSeconds;
        double byCommands = options.Commands == long.MaxValue || rate <= 0 ? double.PositiveInfinity : (options.Commands - progress.Commands) / rate;
        double left = Math.Min(byTime, byCommands);
        return double.IsFinite(left) && left < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(Math.Max(0, left)) : null;
    }

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static string Short(long number) => number switch
    {
        < 10_000 => number.ToString(CultureInfo.InvariantCulture),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1000}k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:0.0}M"),
    };
}
