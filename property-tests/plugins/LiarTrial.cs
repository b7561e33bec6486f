// One liar of children/liars.json under the suite. Used by the tests and, for the figures of docs/robustness.md, by the benchmarks.

using System.Globalization;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;

namespace PyState.PropertyTests.Plugins;

/// <summary>A child program that lies, and the verdict it must get.</summary>
/// <param name="Name">Its name, which says how it lies; the file is that with <c>.sh</c>.</param>
/// <param name="Verdict">The verdict: a verdict on clauses, or <c>set-up</c> where the plug-in check must refuse it.</param>
/// <param name="Words">What is said of it, in part.</param>
/// <param name="Steps">How many steps the smallest script must have, where that follows from the lie.</param>
/// <param name="Before">How many scripts must run before it; -1 where that is a matter of when something is noticed.</param>
/// <param name="Commands">How long it is run.</param>
/// <param name="Seconds">The time limit.</param>
/// <param name="Drip">How long the child waits between two writes, in seconds.</param>
/// <param name="Memory">The limit on memory, in MiB.</param>
/// <param name="Processes">The limit on processes.</param>
public sealed record LiarTrial(
    string Name, string Verdict, string Words, int? Steps = null, int Before = 0, int Commands = 200, double Seconds = 30, double Drip = 0, int Memory = 1024, int Processes = 64)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>What came of it.</summary>
    /// <param name="Verdict">The verdict.</param>
    /// <param name="Words">What was said.</param>
    /// <param name="Red">The deviation with the fewest steps, where there is one.</param>
    /// <param name="Report">The report, where there is one.</param>
    public sealed record Result(string Verdict, string Words, Counterexample? Red, ImplementationReport? Report);

    /// <summary>Reads the list.</summary>
    /// <param name="folder">The folder of the children.</param>
    public static IReadOnlyList<LiarTrial> All(string folder) =>
        JsonSerializer.Deserialize<LiarTrial[]>(File.ReadAllBytes(Path.Combine(folder, "liars.json")), Options)!;

    /// <summary>What is wrong with what came of it; null where it got the verdict that it must get.</summary>
    /// <param name="result">What came of it.</param>
    public string? Wrong(Result result) =>
        result.Verdict != Verdict ? $"{Name} got {result.Verdict} and not {Verdict}: {result.Words}"
        : !result.Words.Contains(Words, StringComparison.Ordinal) ? $"{Name} got the words '{result.Words}', without '{Words}'"
        : Steps is { } steps && result.Red?.Script.Commands.Count != steps ? $"{Name} was shrunk to {result.Red?.Script.Commands.Count} steps and not {steps}"
        : Verdict is not ("set-up" or "unstable") && Before >= 0 && (result.Red?.Before.Count ?? 0) != Before ? $"{Name} needs {result.Red?.Before.Count} scripts before and not {Before}"
        : null;

    /// <summary>Runs it as the verb <c>run</c> does: the plug-in check, then the clauses.</summary>
    /// <param name="folder">The folder of the children.</param>
    /// <param name="left">A file in which a child may note the process that it leaves behind.</param>
    public Result Run(string folder, string left)
    {
        try
        {
            using ISession session = Start(folder, left);
            PluginCheck.Verify(session);
            ImplementationReport report = Runner.Run(session, new RunOptions { Commands = Commands, MaximumLength = 6 }, null, CancellationToken.None);
            Counterexample[] reds = [.. report.Verdicts.Where(v => v.IsRed).Select(v => v.Counterexample!).OrderBy(c => c.Script.Commands.Count)];
            return reds.Length == 0
                ? new Result("conforms", string.Empty, null, report)
                : new Result(Vocabulary.Of(reds[0].Kind), reds[0].Detail ?? reds[0].Words, reds[0], report);
        }
        catch (SetupException e)
        {
            return new Result("set-up", e.Message, null, null);
        }
    }

    private ChildSession Start(string folder, string left) => new(new ChildStart
    {
        Program = Programs.Find("sh") ?? throw new SetupException("the liars need sh"),
        Arguments = [Path.Combine(folder, Name + ".sh")],
        HandshakeLimit = TimeSpan.FromSeconds(Verdict == "set-up" ? Seconds : 30),
        TimeLimit = TimeSpan.FromSeconds(Seconds),
        Limits = new ChildLimits { Memory = (long)Memory << 20, Processes = Processes },
        Environment = new Dictionary<string, string> { ["PYSTATE_LEFT"] = left, ["PYSTATE_DRIP"] = Drip.ToString(CultureInfo.InvariantCulture) },
    });
}
