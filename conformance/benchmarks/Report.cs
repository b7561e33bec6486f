using System.Globalization;
using System.Text;

namespace PyState.Benchmarks;

/// <summary>Runs every measurement in turn, several rounds, and prints one table of medians and of ratios within a round.</summary>
internal static class Report
{
    private const int UsualRounds = 5;
    internal const string Structural = "structural";
    internal const string AllCommands = "all commands";
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(2);

    // Process: where it is measured, if that is one of its own that lasts for all rounds.
    private sealed record Measurement(string Name, string Alphabet, Func<TimeSpan, Rates> Rate, int? Against = null, int? Bound = null, int? Anew = null, int? Machine = null, int? Hypothesis = null)
    {
        internal Apart? Process { get; init; }
    }

    internal static int Run(string[] args)
    {
        if (args is ["--inside"])
        {
            var table = new StringBuilder();
            InsideTable.Measure(table);
            Console.Write(table);
            return 0;
        }

        int rounds = Computer.Rounds(args, UsualRounds);
        Measurement[] measurements = [.. Measurements()];
        Rates[][] rates = [.. measurements.Select(_ => new Rates[rounds])];
        foreach (Measurement warm in measurements)
        {
            _ = warm.Rate(Slice);
        }

        var cores = new AllCores();
        var others = new OtherParts();
        for (int round = 0; round < rounds; round++)
        {
            cores.Measure(Slice);
            others.Measure();
            for (int m = 0; m < measurements.Length; m++)
            {
                rates[m][round] = measurements[m].Rate(Slice);
            }
        }

        foreach (Measurement measured in measurements)
        {
            measured.Process?.Dispose();
        }

        string page = Page(measurements, rates, cores, others);
        Console.Write(page);
        if (args.Contains("--write"))
        {
            File.WriteAllText(Path.Combine("docs", "benchmarks.md"), page);
        }

        return 0;
    }

    private static IEnumerable<Measurement> Measurements()
    {
        foreach ((bool structural, string alphabet, int first) in new[] { (true, Structural, 0), (false, AllCommands, Inside.Passes.Count) })
        {
            int Of(string name) => first + Inside.Passes.IndexOf(name);
            foreach (string name in Inside.Passes.Keys)
            {
                var apart = new Apart(name, alphabet);
                Measurement measured = new(name, alphabet, apart.Rate) { Process = apart };
                yield return name switch
                {
                    Inside.CsCheck => measured,
                    Inside.Engine or Inside.Loop => measured with { Against = Of(Inside.CsCheck), Bound = Of(Inside.Bound), Anew = Of(Inside.Anew), Machine = Of(Inside.Machine) },
                    _ => measured with { Against = Of(Inside.CsCheck) },
                };
            }
        }

        const string Alphabet = "switcher, without headroom, census, collect, fork, exit-thread";
        Func<TimeSpan, Rates>? hypothesis = HypothesisStateful.OnGreenlet();
        if (hypothesis is not null)
        {
            yield return new(HypothesisStateful.Name, Alphabet, hypothesis);
        }

        foreach ((string name, Func<TimeSpan, Rates> rate) in RealInterpreters.All())
        {
            yield return new(name, Alphabet, rate, Hypothesis: hypothesis is not null && name.StartsWith("greenlet", StringComparison.Ordinal) ? 2 * Inside.Passes.Count : null);
        }
    }

    private static IEnumerable<(string What, string Beside, IEnumerable<double> Ratios, string Format, string Goal)> RatiosOf(Measurement[] measurements, Rates[][] rates)
    {
        for (int m = 0; m < measurements.Length; m++)
        {
            (Measurement measured, Rates[] own) = (measurements[m], rates[m]);
            IEnumerable<double> To(int other, Func<Rates, double> rate) => own.Zip(rates[other], (a, b) => rate(a) / rate(b));
            if (measured is { Against: { } against, Anew: { } anew, Machine: { } machine })
            {
                yield return ($"{measured.Name}, {measured.Alphabet}, by command", measurements[against].Name, To(against, r => r.Commands), "0.0", "");
                yield return ($"the same, by command that applied", measurements[against].Name, To(against, r => r.Applied), "0.0", "");
                yield return ($"the same", measurements[anew].Name, To(anew, r => r.Applied), "0.0", "");
                yield return ($"the same", measurements[machine].Name, To(machine, r => r.Applied), "0.0", "");
            }
            else if (measured.Hypothesis is { } hypothesis)
            {
                yield return ($"{measured.Name}, commands", measurements[hypothesis].Name, To(hypothesis, r => r.Commands), "0.0", "");
            }
        }
    }

    private static string Page(Measurement[] measurements, Rates[][] rates, AllCores cores, OtherParts others)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks");
        text.AppendLine();
        text.AppendLine("Generated by `dotnet run -c Release --project conformance/benchmarks -- --write`. Informative.");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{rates[0].Length} rounds of {Slice.TotalSeconds:0} s each, all measurements in turn in every round; one core but where others are named; {Computer.Description}.");
        text.AppendLine("A ratio is taken within a round, so that it holds on a noisy machine; the rates do not carry over to another.");
        CoreClock[] core = [.. rates.SelectMany(r => r).Select(r => r.Core).OfType<CoreClock>()];
        text.AppendLine(CultureInfo.InvariantCulture, $"Before and after each measurement inside a process the core ran at {Spread(core.Select(c => c.Gigahertz), "0.00")} GHz, and did {Spread(core.Select(c => c.Width), "0.0")} additions");
        text.AppendLine("a cycle that do not wait for each other. Where that is half of the most, another thread shares the core, which CPU time does not show; the fewest cycles for a command are those with the");
        text.AppendLine("least company.");
        if (Computer.OtherWork.Length > 0)
        {
            text.AppendLine(Computer.OtherWork);
        }

        text.AppendLine();
        text.AppendLine("## Ratios");
        text.AppendLine();
        text.AppendLine("What each is, and how it was measured, is below. A goal is what the ratio was to be. With `--all` the same command also measures each kind of plug-in ([benchmarks-plug-ins.md](benchmarks-plug-ins.md)),");
        text.AppendLine("the figures of [explore.md](explore.md#figures) and of [campaigns.md](campaigns.md#on-paper).");
        text.AppendLine();
        text.AppendLine("| what | beside | ratio, median (min to max) | goal |");
        text.AppendLine("| --- | --- | --- | --- |");
        foreach ((string what, string beside, IEnumerable<double> ratios, string format, string goal) in RatiosOf(measurements, rates).Concat(others.Ratios).Concat(cores.Ratios))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {beside} | {(ratios.Any() ? Spread(ratios, format) : "not measured: see below")} | {goal} |");
        }

        text.AppendLine();
        text.AppendLine("## In process, and end to end");
        text.AppendLine();
        text.AppendLine("In-process rates are per CPU second, on one thread of a process that does nothing else (.NET compiles code for what it has seen it do, so that in one process for all of them each would");
        text.AppendLine("change the others), and every one of them is for the same model against the same reference of CPython 3.12: every");
        text.AppendLine("channel is compared after every command, and every script ends in the teardown with its leak check. Scripts have 64 commands on average. A command");
        text.AppendLine("*applied* when it did something. *Structural* commands are what any Python program does, ambient events among them; *all commands* are those and, in turn,");
        text.AppendLine("those of the API and those of a switcher.");
        text.AppendLine();
        text.AppendLine("- **CsCheck: a generator per operation** is `Check.SampleModelBased` as its documentation shows it: one operation per command, each with a generator of its");
        text.AppendLine("  arguments, drawn alike. It draws without looking at the state, so that many of its commands do not apply; those cost less to check, so both ratios are given.");
        text.AppendLine("- **made anew** is the same with another simulated interpreter for each sample, as the initial generator of that documentation makes one; the other rows spare CsCheck");
        text.AppendLine("  that cost by resetting one, as the engine does.");
        text.AppendLine("- **CsCheck: commands of the engine** is an upper bound, not a way to use it: one operation that picks whole commands, with our frequencies and arguments, from a list that our");
        text.AppendLine("  generator made beforehand.");
        text.AppendLine("- **engine: generated and checked** is what a run does, less the counting of coverage on a sample. **engine's loop** checks scripts made beforehand: the comparison with CsCheck,");
        text.AppendLine("  which generates, is then in the engine's favour.");
        text.AppendLine("- **FsCheck: Machine** is its own model-based testing (`FsCheck.Experimental`), one operation per command, drawn alike, up to as many commands in a run as the engine's scripts have.");
        text.AppendLine("- **Hypothesis: stateful** is Debian's `python3-hypothesis`: a rule for each command, 40 steps, over the same Python driver, switcher and commands as *greenlet, end to end*, in one");
        text.AppendLine("  process. It has no model and compares nothing. Its rate is per CPU second; those of the real implementations are by the clock, which other work on the machine lowers.");
        if (measurements.All(m => m.Name != HypothesisStateful.Name))
        {
            text.AppendLine("  **It was not measured this time:** Debian's `python3-hypothesis` or `python3-greenlet` is not installed.");
        }

        text.AppendLine();
        text.AppendLine("In favour of CsCheck: but for *made anew* the reference is reset for a sample, each of its samples is in one alphabet, and its statistics are off.");
        text.AppendLine();
        text.AppendLine("| what | alphabet | commands/s, median (min to max) | applied/s, median (min to max) | cycles of the core per command | bytes allocated per command | ratio to CsCheck, a generator per operation: commands | the same: applied | ratio to CsCheck, made anew: applied | ratio to CsCheck, commands of the engine: applied | ratio to FsCheck's Machine: applied | ratio to Hypothesis |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (int m = 0; m < measurements.Length; m++)
        {
            Measurement measured = measurements[m];
            Rates[] own = rates[m];
            string Ratio(int? other, Func<Rates, double> rate) => other is { } o ? Spread(own.Zip(rates[o], (a, b) => rate(a) / rate(b)), "0.0") : "";
            string cycles = own[0].Cycles is null ? "" : Spread(own.Select(r => r.Cycles!.Value), "#,0");
            string bytes = own[0].Bytes is null ? "" : Middle(own.Select(r => r.Bytes!.Value)).ToString("0", CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {measured.Name} | {measured.Alphabet} | {Spread(own.Select(r => r.Commands), "#,0")} | {Spread(own.Select(r => r.Applied), "#,0")} | {cycles} | {bytes} | {Ratio(measured.Against, r => r.Commands)} | {Ratio(measured.Against, r => r.Applied)} | {Ratio(measured.Anew, r => r.Applied)} | {Ratio(measured.Bound, r => r.Applied)} | {Ratio(measured.Machine, r => r.Applied)} | {Ratio(measured.Hypothesis, r => r.Commands)} |");
        }

        text.AppendLine();
        double fewest = rates[Array.FindIndex(measurements, m => m.Name == Inside.Loop && m.Alphabet == Structural)].Min(r => r.Cycles!.Value);
        text.AppendLine(CultureInfo.InvariantCulture, $"With the fewest cycles of the engine's loop for a structural command, {fewest:0}, ten million of them a second take a core of {fewest * 1e7 / 1e9:0.0} GHz.");
        cores.Describe(text, Spread);
        others.Describe(text);
        InsideTable.Measure(text);
        return text.ToString();
    }

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Spread(IEnumerable<double> values, string format)
    {
        double[] sorted = [.. values.Order()];
        string Text(double v) => v.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(Middle(sorted))} ({Text(sorted[0])} to {Text(sorted[^1])})";
    }
}
