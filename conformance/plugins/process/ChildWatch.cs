using System.Collections.Concurrent;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Looks several times a second at what the running children and all that they have started use, and ends the ones that use too much. The kernel's own
/// limits are each process's or each user's, and those on processes do not bind root; this one holds for the tree.</summary>
internal static class ChildWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly ConcurrentDictionary<ChildProcess, ChildLimits> Watched = new();

    static ChildWatch()
    {
        if (OperatingSystem.IsLinux())
        {
            new Thread(Look) { IsBackground = true, Name = "child watch" }.Start();
        }
    }

    /// <summary>Begins to watch a child.</summary>
    /// <param name="child">The child.</param>
    /// <param name="limits">What it may use.</param>
    internal static void Add(ChildProcess child, ChildLimits limits)
    {
        if (limits.Memory > 0 || limits.Processes > 0)
        {
            Watched[child] = limits;
        }
    }

    /// <summary>Stops watching a child.</summary>
    /// <param name="child">The child.</param>
    internal static void Remove(ChildProcess child) => Watched.TryRemove(child, out _);

    private static void Look()
    {
        while (true)
        {
            Thread.Sleep(Interval);
            foreach ((ChildProcess child, ChildLimits limits) in Watched)
            {
                if (Excess(ProcessTree.Of(child.Id, null), limits) is { } excess && Watched.TryRemove(child, out _))
                {
                    child.EndFor(excess);
                }
            }
        }
    }

    private static string? Excess(IReadOnlyList<ProcessTree.Member> members, ChildLimits limits)
    {
        long memory = members.Sum(m => m.Memory);
        return limits.Processes > 0 && members.Count > limits.Processes ? $"was ended: {members.Count} processes at a time, and the limit is {limits.Processes}"
            : limits.Memory > 0 && memory > limits.Memory ? $"was ended: {ProcessTree.Size(memory)} of memory, and the limit is {ProcessTree.Size(limits.Memory)}"
            : null;
    }
}
