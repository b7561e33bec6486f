using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using SystemProcess = System.Diagnostics.Process;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Starts a program through what Linux has to confine it: a session of its own, limits that are in force before its first instruction, and
/// its death when this process dies. Where one of these programs is missing, the child runs without what it does.</summary>
internal static class Launcher
{
    // Numbers of the resources on Linux, for getrlimit.
    private const int FileSize = 1;
    private const int Data = 2;
    private const int Processes = 6;

    // How many more than the children's own a user's processes may become: the limit counts all processes of the user, also those of other programs.
    private const int Allowance = 1024;

    private static readonly BlockingCollection<Action> Work = [];

    static Launcher() => new Thread(() =>
    {
        foreach (Action start in Work.GetConsumingEnumerable())
        {
            start();
        }
    }) { IsBackground = true, Name = "child starter" }.Start();

    /// <summary>What leads a program's command line. Each of these ends by executing the next, so that the child's id is that of its session.</summary>
    /// <param name="limits">The limits.</param>
    internal static IReadOnlyList<string> Prefix(ChildLimits limits)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        var prefix = new List<string>();
        if (Programs.Find("setsid") is { } setsid)
        {
            prefix.Add(setsid);
        }

        if (Programs.Find("prlimit") is { } prlimit)
        {
            // Memory is what a process may write to (RLIMIT_DATA), not its addresses (RLIMIT_AS): V8, Go and .NET reserve terabytes of these.
            prefix.AddRange([prlimit, "--core=0:0", .. Limit("data", Data, limits.Memory), .. Limit("fsize", FileSize, limits.File), .. MostProcesses(limits), "--"]);
        }

        if (Programs.Find("setpriv") is { } setpriv)
        {
            prefix.AddRange([setpriv, "--pdeathsig", "KILL"]);
        }

        return prefix;
    }

    /// <summary>Starts a process on a thread that never ends: the kernel counts the end of the starting <em>thread</em> as the death of the parent.</summary>
    /// <param name="info">What to start.</param>
    internal static SystemProcess Start(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<SystemProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(SystemProcess.Start(info)!);
            }
            catch (Exception e)
            {
                started.SetException(e); // whoever waits knows what to do with it
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    // It does not bind a privileged user; ChildWatch does.
    private static IEnumerable<string> MostProcesses(ChildLimits limits) =>
        limits.Processes == 0 || Environment.IsPrivilegedProcess ? [] : Limit("nproc", Processes, ProcessTree.ThreadsOfUser() + limits.Processes + Allowance);

    // Never above what this process has itself: only a privileged one could raise it.
    private static IEnumerable<string> Limit(string name, int resource, long wanted)
    {
        if (wanted == 0 || GetLimit(resource, out ResourceLimit own) != 0)
        {
            return [];
        }

        ulong most = Math.Min((ulong)wanted, own.Hard);
        return [$"--{name}={most}:{most}"];
    }

    private struct ResourceLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }

    [DllImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, out ResourceLimit limit);
}
