using System.Collections.Concurrent;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Looks several times a second at what the running children and all that they have started use, and ends the ones that use too much. The kernel's own
/// limits are each process's or each user's, and those on processes do not bind root; this one holds for the tree. A child that waits beside another counts with it, and is the one
/// that is ended: what runs may use as much as if there were no other.</summary>
internal static class ChildWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly ConcurrentDictionary<ChildProcess, Watch> Watched = new();

    private sealed record Watch(ChildLimits Limits, ChildProcess? Beside);

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
    /// <param name="beside">The child that it waits beside, or null.</param>
    internal static void Add(ChildProcess child, ChildLimits limits, ChildProcess? beside)
    {
        if (IsLimited(limits))
        {
            Watched[child] = new Watch(limits, beside);
        }
    }

    /// <summary>A child no longer waits beside another.</summary>
    /// <param name="child">The child.</param>
    /// <param name="limits">What it may use.</param>
    /// <returns>False when it was ended for what both used.</returns>
    internal static bool TakeAlone(ChildProcess child, ChildLimits limits) =>
        !IsLimited(limits) || (Watched.TryGetValue(child, out Watch? watch) && Watched.TryUpdate(child, watch with { Beside = null }, watch));

    /// <summary>Stops watching a child.</summary>
    /// <param name="child">The child.</param>
    internal static void Remove(ChildProcess child) => Watched.TryRemove(child, out _);

    private static void Look()
    {
        while (true)
        {
            Thread.Sleep(Interval);
            foreach (KeyValuePair<ChildProcess, Watch> watched in Watched)
            {
                (ChildProcess child, (ChildLimits limits, ChildProcess? beside)) = watched;
                IReadOnlyList<ProcessTree.Member> members = ProcessTree.Of(child.Id, null);
                if (Excess(beside is null ? members : [.. members, .. ProcessTree.Of(beside.Id, null)], limits) is { } excess && Watched.TryRemove(watched))
                {
                    child.EndFor(excess);
                }
            }
        }
    }

    private static bool IsLimited(ChildLimits limits) => limits.Memory > 0 || limits.Processes > 0;

    private static string? Excess(IReadOnlyList<ProcessTree.Member> members, ChildLimits limits)
    {
        long memory = members.Sum(m => m.Memory);
        return limits.Processes > 0 && members.Count > limits.Processes ? $"was ended: {members.Count} processes at a time, and the limit is {limits.Processes}"
            : limits.Memory > 0 && memory > limits.Memory ? $"was ended: {ProcessTree.Size(memory)} of memory, and the limit is {ProcessTree.Size(limits.Memory)}"
            : null;
    }
}
