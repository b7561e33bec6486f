using BenchmarkDotNet.Attributes;

namespace PyState.Benchmarks;

/// <summary>What is measured inside this process, as BenchmarkDotNet takes it.</summary>
public class Inside
{
    private static readonly Dictionary<string, Func<bool, Func<Tally>>> Passes = new()
    {
        ["CsCheck: a generator per operation"] = CsCheckSampling.OneGeneratorPerOperation,
        ["CsCheck: commands of the engine"] = CsCheckSampling.CommandsOfTheEngine,
        ["CsCheck: a generator per operation, made anew"] = CsCheckSampling.MadeAnew,
        ["FsCheck: Machine"] = FsCheckMachine.Sampling,
        ["engine: generated and checked"] = InProcess.Generated,
        ["engine's loop: checked"] = InProcess.Loop,
    };

    private static readonly Dictionary<(string Name, bool Structural), (long Commands, long Passes)> Counted = [];

    private Func<Tally> pass = () => new Tally();

    /// <summary>The names of what is measured; the first is what the others are set against.</summary>
    public static IEnumerable<string> Names => Passes.Keys;

    /// <summary>Structural commands only, or all of them.</summary>
    [Params(true, false)]
    public bool Structural { get; set; }

    /// <summary>What is measured.</summary>
    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = string.Empty;

    /// <summary>How many commands a pass has on average.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="structural">Structural commands only, or all of them.</param>
    public static double CommandsOfPass(string name, bool structural) => (double)Counted[(name, structural)].Commands / Counted[(name, structural)].Passes;

    /// <summary>Makes what a pass works on.</summary>
    [GlobalSetup]
    public void Setup() => pass = Passes[Name](Structural);

    /// <summary>Makes one pass.</summary>
    [Benchmark]
    public void Pass()
    {
        Tally tally = pass();
        (long commands, long passes) = Counted.GetValueOrDefault((Name, Structural));
        Counted[(Name, Structural)] = (commands + tally.Commands, passes + 1);
    }
}
