using System.Diagnostics;
using PyState.Spec.Model;

namespace PyState.Benchmarks;

/// <summary>How many commands were checked, and how many of them did something.</summary>
internal sealed class Tally
{
    internal long Commands { get; set; }

    internal long Applied { get; set; }

    internal double Share => (double)Applied / Commands;

    internal void Count(Status status)
    {
        Commands++;
        Applied += status == Status.Inapplicable ? 0 : 1;
    }

    internal void Add(Tally other)
    {
        Commands += other.Commands;
        Applied += other.Applied;
    }
}

/// <summary>Commands a second: all, and those that applied. In-process work is taken per CPU second, which another process on the machine does not change much.</summary>
/// <param name="Commands">All commands.</param>
/// <param name="Applied">Commands that applied.</param>
/// <param name="Bytes">Bytes allocated per command; null where it is not this process that works.</param>
/// <param name="Core">The core meanwhile; null where it is not this process that works.</param>
internal readonly record struct Rates(double Commands, double Applied, double? Bytes = null, CoreClock? Core = null)
{
    /// <summary>Cycles of the core for a command.</summary>
    internal double? Cycles => Core?.Gigahertz * 1e9 / Commands;

    /// <summary>The rates of some work that is repeated for a while.</summary>
    /// <param name="time">How long, at least; in whole passes.</param>
    /// <param name="pass">The work.</param>
    internal static Rates Of(TimeSpan time, Func<Tally> pass)
    {
        CoreClock core = CoreClock.Now();
        long bytes = GC.GetTotalAllocatedBytes();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        var tally = new Tally();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < time;)
        {
            tally.Add(pass());
        }

        double seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        double allocated = (GC.GetTotalAllocatedBytes() - bytes) / (double)tally.Commands;
        return new Rates(tally.Commands / seconds, tally.Applied / seconds, allocated, CoreClock.Between(core, CoreClock.Now()));
    }
}
