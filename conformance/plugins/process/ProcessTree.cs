using System.Globalization;
using System.Runtime.InteropServices;

namespace PyState.Conformance.Plugins.Process;

/// <summary>A child with all that it has started, as /proc shows it: what belongs to its session, what descends from it, and what has left both but
/// still carries the mark that the child was given in its environment. Empty where there is no /proc.</summary>
internal static class ProcessTree
{
    /// <summary>The variable that marks a child and, by inheritance, what it starts.</summary>
    internal const string MarkName = "PYSTATE_CHILD";

    private const int Kilo = 1024;
    private static int lastMark;

    /// <summary>What one process is and occupies.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Parent">Its parent's.</param>
    /// <param name="Session">Its session's.</param>
    /// <param name="Threads">How many threads it has.</param>
    /// <param name="Memory">What it occupies, in bytes.</param>
    internal readonly record struct Member(int Id, int Parent, int Session, int Threads, long Memory);

    /// <summary>A mark that no other child has.</summary>
    internal static string NewMark() => string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.{Environment.TickCount64}.{Interlocked.Increment(ref lastMark)}");

    /// <summary>Everything that belongs to a child. Zombies do not count: they use nothing and cannot be ended.</summary>
    /// <param name="leader">The child's id, which is its session's.</param>
    /// <param name="mark">Its mark; null to look at sessions and descent alone, which is cheaper.</param>
    internal static IReadOnlyList<Member> Of(int leader, string? mark)
    {
        Member[] all = [.. All()];
        var ids = new HashSet<int> { leader };
        var members = new List<Member>();
        for (bool grew = true; grew;)
        {
            grew = false;
            foreach (Member m in all)
            {
                if (m.Id != Environment.ProcessId && !members.Contains(m) && (m.Session == leader || ids.Contains(m.Id) || ids.Contains(m.Parent) || Carries(m.Id, mark)))
                {
                    members.Add(m);
                    grew = ids.Add(m.Id) || grew;
                }
            }

            mark = null; // once is enough
        }

        return members;
    }

    /// <summary>Kills everything that belongs to a child, and what it starts meanwhile.</summary>
    /// <param name="leader">The child's id.</param>
    /// <param name="mark">Its mark.</param>
    internal static void Kill(int leader, string mark)
    {
        // A fork bomb outruns one round. What is stopped starts no more; so all are stopped before any is killed.
        for (int round = 0; round < 50; round++)
        {
            IReadOnlyList<Member> members = Of(leader, mark);
            if (members.Count == 0)
            {
                return;
            }

            foreach (Member member in members)
            {
                _ = Signal(member.Id, Stop);
            }

            foreach (Member member in members)
            {
                _ = Signal(member.Id, KillNow);
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>How many threads this user's processes have, as the limit on their number counts them.</summary>
    internal static int ThreadsOfUser()
    {
        uint user = UserId();
        return All().Where(m => OwnerOf(m.Id) == user).Sum(m => m.Threads);
    }

    private const int KillNow = 9;
    private const int Stop = 19;

    private static uint OwnerOf(int id)
    {
        try
        {
            string line = File.ReadLines($"/proc/{id}/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal));
            return uint.Parse(line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            return uint.MaxValue; // it has just ended
        }
    }

    private static IEnumerable<Member> All()
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists("/proc"))
        {
            yield break;
        }

        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Read(id) is { } member)
            {
                yield return member;
            }
        }
    }

    // proc(5): the second field is the name in parentheses, which may hold anything; the third is the state.
    private static Member? Read(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X"
                ? null
                : new Member(id, Number(fields[1]), Number(fields[3]), Number(fields[17]), long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return null; // it has just ended
        }
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);

    private static bool Carries(int id, string? mark)
    {
        if (mark is null)
        {
            return false;
        }

        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Split('\0').Contains($"{MarkName}={mark}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has just ended, or is somebody else's
        }
    }

    /// <summary>A number of bytes for people.</summary>
    /// <param name="bytes">The number.</param>
    internal static string Size(long bytes) => bytes >= Kilo * Kilo * Kilo ? $"{bytes / (double)(Kilo * Kilo * Kilo):0.#} GiB" : $"{bytes / (Kilo * Kilo)} MiB";

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint UserId();
}
