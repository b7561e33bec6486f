using System.Globalization;
using System.Text;
using System.Text.Json;
using PyState.Benchmarks.Figures;

namespace PyState.Benchmarks;

/// <summary>What is measured from outside: exhaustive search beside SPIN, the native reference beside greenlet, and how soon wrong implementations are convicted.</summary>
internal sealed class OtherParts
{
    private const string Python = "/usr/bin/python3";
    private const string Native = "reference/native/benchmarks/run.py";
    private static readonly (string Key, string What, string Goal)[] OfNative =
    [
        ("switch", "a round trip of two switches, _pystate, time", "≤ 0.25"), ("deep", "the same with 50 Python frames below", "≤ 0.25"), ("life", "a context made, started and finished, time", "≤ 0.05"),
    ];

    private readonly List<double> spin = [];
    private readonly Dictionary<string, List<double>> native = OfNative.ToDictionary(n => n.Key, _ => new List<double>());
    private readonly List<string> troubles = [];
    private string interpreter = string.Empty;

    /// <summary>The ratios to SPIN and to greenlet; none where there was nothing to measure.</summary>
    internal IEnumerable<(string What, string Beside, IEnumerable<double> Ratios, string Format, string Goal)> Ratios =>
    [
        ("explore, states per CPU second on one core", "SPIN's fastest exact search of the second model", spin, "0", "≥ 15"),
        .. OfNative.Select(n => (n.What, "greenlet", (IEnumerable<double>)native[n.Key], "0.000", n.Goal)),
    ];

    /// <summary>Measures each once more.</summary>
    internal void Measure()
    {
        Try("explore beside SPIN", () => spin.Add(Measured.Run(Environment.CurrentDirectory, "spec/promela/bench.sh").Number("ratio")));
        Try("the native reference beside greenlet", () =>
        {
            JsonElement result = Measured.Run(Environment.CurrentDirectory, "python3", Native, "--json", "--rounds", "3", Python).Json;
            interpreter = $"CPython {result.GetProperty("python").GetString()}, greenlet {result.GetProperty("greenlet").GetString()}";
            foreach ((string key, List<double> ratios) in native)
            {
                double Nanoseconds(JsonElement round, string module) => round.GetProperty(module).GetProperty(key).GetDouble();
                ratios.Add(new Spread([.. result.GetProperty("rounds").EnumerateArray().Select(r => Nanoseconds(r, "_pystate") / Nanoseconds(r, "greenlet"))]).Middle);
            }
        });
    }

    /// <summary>Puts the suite on trial, and writes what that took and what the other ratios are.</summary>
    /// <param name="text">Where to.</param>
    internal void Describe(StringBuilder text)
    {
        text.AppendLine();
        text.AppendLine("## Search, and the native reference");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"`spec/promela/bench.sh` and `python3 {Native} --json --rounds 3 {Python}`{(interpreter.Length > 0 ? $" ({interpreter})" : "")}, once in each round; [explore.md](explore.md#figures) and [native-benchmarks.md](native-benchmarks.md) say more, and have other bounds and interpreters.");
        foreach (string trouble in troubles.Distinct())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"**Not measured:** {trouble}");
        }

        text.AppendLine();
        text.AppendLine("## Time to conviction");
        text.AppendLine();
        text.AppendLine("`mutants --seeds 1 --clean 1`: from the first command that a wrong implementation runs until the first clause is convicted, its counterexample shrunk. Those that are listed as equivalent are left out.");
        text.AppendLine();
        text.AppendLine("| set | mutants | commands, median (most) | CPU time in ms, median (most) |");
        text.AppendLine("| --- | --- | --- | --- |");
        JsonElement[] convicted =
        [
            .. Measured.Pystate(Environment.CurrentDirectory, "mutants", "--seeds", "1", "--clean", "1").Json.GetProperty("mutants").EnumerateArray().Where(m => m.GetProperty("convictions").GetArrayLength() > 0),
        ];
        foreach (IGrouping<string, JsonElement> set in convicted.GroupBy(m => m.GetProperty("set").GetString()!))
        {
            string Column(string name, string format)
            {
                var spread = new Spread([.. set.Select(m => m.GetProperty(name).GetDouble())]);
                return string.Create(CultureInfo.InvariantCulture, $"{spread.Middle.ToString(format, CultureInfo.InvariantCulture)} ({spread.Values.Max().ToString(format, CultureInfo.InvariantCulture)})");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $"| {set.Key} | {set.Count():#,0} | {Column("commands", "#,0")} | {Column("milliseconds", "#,0.0")} |");
        }
    }

    // What this machine does not have is said, and the rest is measured.
    private void Try(string what, Action measure)
    {
        try
        {
            measure();
        }
        catch (InvalidOperationException e)
        {
            troubles.Add($"{what}: {e.Message.Split('\n')[0]}");
        }
    }
}
