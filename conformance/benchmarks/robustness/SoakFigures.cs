// As many commands as an hour of a real interpreter, through the path that child processes take, while the runner's memory is watched.

using System.Diagnostics;
using PyState.Conformance.Engine;
using PyState.Conformance.Journal;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;

namespace PyState.Benchmarks.Robustness;

/// <summary>Watches memory.</summary>
internal static class SoakFigures
{
    // greenlet on CPython 3.11 does about 18,000 a second (README.md).
    private const long Commands = 3600L * 18_000;
    private const int Samples = 12;

    /// <summary>Runs.</summary>
    /// <param name="root">The checkout.</param>
    internal static string Run(string root)
    {
        string path = Path.Combine(Path.GetTempPath(), $"pystate-soak-{Environment.ProcessId}.journal");
        using RunJournal journal = RunJournal.New(path, "soak", JournalKey.Of(["soak"], 1, Commands, null, [], []));
        using ISession session = new Batched(new ReferenceImplementation().Start(null));
        var heap = new List<long>();
        var resident = new List<long>();
        long next = Commands / Samples;
        ImplementationReport report = Runner.Run(
            session,
            new RunOptions { Commands = Commands, Journal = journal.Part(0, session.Capabilities) },
            p =>
            {
                if (p.Commands >= next)
                {
                    next += Commands / Samples;
                    heap.Add(GC.GetTotalMemory(forceFullCollection: true));
                    Process.GetCurrentProcess().Refresh();
                    resident.Add(Environment.WorkingSet);
                    Console.Error.WriteLine($"{p.Commands}: heap {heap[^1]}, resident {resident[^1]}");
                }
            },
            CancellationToken.None);
        long size = new FileInfo(path).Length;
        journal.Complete();
        long early = heap.Take(3).Max();
        long late = heap.TakeLast(3).Max();
        Robustness.Require(late < early + (4 << 20), $"the heap grew from {early} to {late} bytes");
        return $"An hour of greenlet is about {Robustness.Count(Commands)} commands. {Robustness.Count(report.Commands)} commands in {Robustness.Count(report.Scripts)} scripts went through the path of child processes, with a journal. "
            + $"After a collection the runner held {Mib(early)} MiB in the first quarter and {Mib(late)} MiB in the last; the whole process occupied {Mib(resident.Take(3).Max())} and {Mib(resident.TakeLast(3).Max())} MiB. The journal took {Mib(size)} MiB.";
    }

    private static string Mib(long bytes) => (bytes / 1048576.0).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);

    // Not to be stepped: what a child process is to a campaign.
    private sealed class Batched(ISession session) : ISession
    {
        public Capabilities Capabilities => session.Capabilities;

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => session.Run(scripts);

        public void Restart() => session.Restart();

        public void Dispose() => session.Dispose();
    }
}
