// The words of each fault.
namespace PyState.Reference;

/// <summary>Says what a fault means.</summary>
public static class Faults
{
    /// <summary>A sentence about a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="address">Where it happened.</param>
    /// <returns>Empty for <see cref="Fault.None"/>.</returns>
    public static string Sentence(Fault fault, ulong address) => Words(fault) is { Length: > 0 } words ? $"{words} (address {address})" : string.Empty;

    /// <summary>What a fault means.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>Empty for <see cref="Fault.None"/>.</returns>
    public static string Words(Fault fault) => fault switch
    {
        Fault.VacatedStack => "a pointer into a C stack was followed after that part of the stack had been vacated",
        Fault.UseAfterFree => "freed memory was used",
        Fault.NullPointer => "a null pointer was followed",
        Fault.WildPointer => "a pointer led out of all memory",
        Fault.DoubleRelease => "a reference was released that nobody owned",
        Fault.AbsentField => "a field was written that this version does not have",
        Fault.DataStackCorrupt => "a frame is not at the top of the current data-stack chunk",
        Fault.CodeRanTooEarly => "the thread state was written after a release that can run Python code",
        Fault.StaleProfilerFrame => "a profiler would report frames of a context that does not run",
        Fault.EndlessChain => "a chain of frames or handled exceptions does not end",
        Fault.StackCorrupt => "the C stack does not hold what the interpreter left there",
        Fault.Leak => "something is still alive, or owned more often than its owners say, at the end of the script",
        _ => string.Empty,
    };
}
