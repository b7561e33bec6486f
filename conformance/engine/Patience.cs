using PyState.Conformance.Plugins;

namespace PyState.Conformance.Engine;

/// <summary>How many fresh processes a search may take. One costs milliseconds for most implementations, and seconds where an interpreter has to be compiled first:
/// there fewer are tried, and a counterexample may stay a few commands longer than it need be.</summary>
internal static class Patience
{
    private const int Fewest = 4;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(12);

    /// <summary>What starts faster is searched alike on every machine, whatever its speed: the same seed ends with the same script.</summary>
    internal static TimeSpan Slow { get; } = TimeSpan.FromSeconds(1);

    /// <summary>How many tries, of which each takes a process.</summary>
    /// <param name="session">Whose processes.</param>
    /// <param name="most">How many where they cost little.</param>
    internal static int Tries(ISession session, int most) =>
        IsSlow(session) ? Math.Clamp((int)(Longest / session.StartTime), Math.Min(Fewest, most), most) : most;

    /// <summary>Whether a process takes so long to start that each finding is looked into once only. A manifest that says so holds on every machine: which
    /// scripts are drawn depends on it, and the shards of a run have to agree.</summary>
    /// <param name="session">Whose processes.</param>
    internal static bool IsSlow(ISession session) => session.StartsSlowly ?? session.StartTime > Slow;
}
