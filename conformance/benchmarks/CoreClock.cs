using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PyState.Benchmarks;

/// <summary>How fast the core runs. Rates by themselves say nothing of another machine, nor of this one an hour later: cycles do, as long as nobody shares the core.</summary>
/// <param name="Gigahertz">Cycles in a nanosecond: additions of which each waits for the one before, one a cycle, also where another thread shares the core.</param>
/// <param name="Width">Additions in a cycle where none waits for another: as many as the core can do, and half of them where another thread shares it.</param>
internal readonly record struct CoreClock(double Gigahertz, double Width)
{
    private const int Chunks = 40;
    private const int Turns = 8000; // 256,000 additions, a tenth of a millisecond: the best of some is without an interruption
    private const int Additions = 32; // in one turn

    /// <summary>Measures for some milliseconds.</summary>
    internal static CoreClock Now()
    {
        double chained = 0;
        double free = 0;
        for (int i = 0; i < Chunks; i++)
        {
            chained = Math.Max(chained, PerNanosecond(Chained, (ulong)i));
            free = Math.Max(free, PerNanosecond(Free, (ulong)i));
        }

        return new CoreClock(chained, free / chained);
    }

    /// <summary>What lies between two measurements.</summary>
    internal static CoreClock Between(CoreClock a, CoreClock b) => new((a.Gigahertz + b.Gigahertz) / 2, (a.Width + b.Width) / 2);

    private static double PerNanosecond(Func<ulong, ulong> work, ulong x)
    {
        long begin = Stopwatch.GetTimestamp();
        _ = work(x);
        return Turns * (double)Additions / Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
    }

    // No constant is added: some processors do that on the way, in no time.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Chained(ulong a)
    {
        ulong x = a;
        ulong b = ~a;
        for (int i = 0; i < Turns; i++)
        {
            x = (((((((x + a) ^ b) + a) ^ b) + a) ^ b) + a) ^ b;
            x = (((((((x + a) ^ b) + a) ^ b) + a) ^ b) + a) ^ b;
            x = (((((((x + a) ^ b) + a) ^ b) + a) ^ b) + a) ^ b;
            x = (((((((x + a) ^ b) + a) ^ b) + a) ^ b) + a) ^ b;
        }

        return x;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Free(ulong a)
    {
        (ulong p, ulong q, ulong r, ulong s, ulong t, ulong u, ulong v, ulong w) = (a, a, a, a, a, a, a, a);
        for (int i = 0; i < Turns; i++)
        {
            (p, q, r, s, t, u, v, w) = (p + a, q + a, r + a, s + a, t + a, u + a, v + a, w + a);
            (p, q, r, s, t, u, v, w) = (p ^ a, q ^ a, r ^ a, s ^ a, t ^ a, u ^ a, v ^ a, w ^ a);
            (p, q, r, s, t, u, v, w) = (p + a, q + a, r + a, s + a, t + a, u + a, v + a, w + a);
            (p, q, r, s, t, u, v, w) = (p ^ a, q ^ a, r ^ a, s ^ a, t ^ a, u ^ a, v ^ a, w ^ a);
        }

        return p ^ q ^ r ^ s ^ t ^ u ^ v ^ w;
    }
}
