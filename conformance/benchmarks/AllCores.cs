using System.Globalization;
using System.Text;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Versions;

namespace PyState.Benchmarks;

/// <summary>What <c>run</c> makes of the cores there are: the same run on one and on all, by the clock.</summary>
internal sealed class AllCores
{
    private static readonly string[] Names = ["greenlet", "cpython", "cpython-api", "generators"];

    private readonly (IImplementation Implementation, string? Interpreter)[] subjects =
    [
        (new ReferenceImplementation(), Profiles.Of(12).Version),
        .. new Registry().All.Where(i => Names.Contains(i.Name) && i.WhatIsMissing(null) is null).Select(i => ((IImplementation)i, (string?)null)),
    ];

    private readonly List<(double One, double All)[]> rounds = [];

    /// <summary>All cores beside one.</summary>
    internal IEnumerable<(string What, string Beside, IEnumerable<double> Ratios, string Format, string Goal)> Ratios => subjects.Select((s, i) =>
        ($"run {s.Implementation.Name}, by the clock, on {Environment.ProcessorCount} cores", "on one", rounds.Select(r => r[i].All / r[i].One), "0.00", ""));

    /// <summary>Measures each once more, on one core and then on all.</summary>
    /// <param name="time">How long.</param>
    internal void Measure(TimeSpan time) => rounds.Add([.. subjects.Select(s => (Rate(s.Implementation, s.Interpreter, 1, time), Rate(s.Implementation, s.Interpreter, Environment.ProcessorCount, time)))]);

    /// <summary>Writes the table.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="spread">A median with the least and the most, in a format.</param>
    internal void Describe(StringBuilder text, Func<IEnumerable<double>, string, string> spread)
    {
        text.AppendLine();
        text.AppendLine("## All cores");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"What `run` does, coverage and all, with `--cores 1` and with `--cores {Environment.ProcessorCount}`: scripts of 21 commands on average, in the alphabets that each offers, all commands. By the clock, so that");
        text.AppendLine("other work on the machine lowers the rates and the ratio. A real interpreter has a process of its own in both, which runs beside the suite: on one core it takes more than one.");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| what | commands/s with `--cores 1`, median (min to max) | with `--cores {Environment.ProcessorCount}` | ratio |");
        text.AppendLine("| --- | --- | --- | --- |");
        for (int i = 0; i < subjects.Length; i++)
        {
            (double One, double All)[] own = [.. rounds.Select(r => r[i])];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {subjects[i].Implementation.Name} | {spread(own.Select(r => r.One), "#,0")} | {spread(own.Select(r => r.All), "#,0")} | {spread(own.Select(r => r.All / r.One), "0.00")} |");
        }
    }

    private static double Rate(IImplementation implementation, string? interpreter, int cores, TimeSpan time)
    {
        using ISession session = implementation.Start(interpreter);
        ImplementationReport report = Runner.Run(
            session, new RunOptions { Time = time, Cores = cores, Another = () => implementation.Start(interpreter) }, null, CancellationToken.None);
        return report.Commands / report.Elapsed.TotalSeconds;
    }
}
