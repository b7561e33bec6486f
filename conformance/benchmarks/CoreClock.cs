using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PyState.Benchmarks;

/// <summary>How fast the core runs now. Rates by themselves say nothing of another machine, nor of this one an hour later: cycles do.</summary>
internal static class CoreClock
{
    private const int Chunks = 40;
    private const int Turns = 8000; // 256,000 cycles, a tenth of a millisecond: the best of some is without an interruption
    private const int Steps = 32; // in one turn

    /// <summary>Cycles in a nanosecond, counted by additions of which each waits for the one before: one a cycle, also where another thread shares the core.</summary>
    internal static double Gigahertz()
    {
        double best = 0;
        for (int i = 0; i < Chunks; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            _ = Chain(Turns, (ulong)begin, (ulong)i);
            best = Math.Max(best, Turns * (double)Steps / Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
        }

        return best;
    }

    // No constant is added: some processors do that on the way, in no time.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Chain(int turns, ulong a, ulong b)
    {
        ulong x = a;
        for (int i = 0; i < turns; i++)
        {
            x = (((((((x + a) ^ b) + a) ^ b) + a) ^ b) + a) ^ b;
            x = (((((((x + a) ^ b) + a) ^ b) + a) ^ b) + a) ^ b;
            x = (((((((x + a) ^ b) + a) ^ b) + a) ^ b) + a) ^ b;
            x = (((((((x + a) ^ b) + a) ^ b) + a) ^ b) + a) ^ b;
        }

        return x;
    }
}
