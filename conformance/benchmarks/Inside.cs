using BenchmarkDotNet.Attributes;

namespace PyState.Benchmarks;

/// <summary>What is measured inside this process, as BenchmarkDotNet takes it.</summary>
public class Inside
{
    /// <summary>CsCheck as its documentation shows it: what the others are set against.</summary>
    internal const string CsCheck = "CsCheck: a generator per operation";

    /// <summary>CsCheck at the most that it could come to.</summary>
    internal const string Bound = "CsCheck: commands of the engine";

    /// <summary>CsCheck with another simulated interpreter for each sample.</summary>
    internal const string Anew = "CsCheck: a generator per operation, made anew";

    /// <summary>FsCheck's own model-based testing.</summary>
    internal const string Machine = "FsCheck: Machine";

    /// <summary>What a run does.</summary>
    internal const string Engine = "engine: generated and checked";

    /// <summary>The engine with scripts made beforehand.</summary>
    internal const string Loop = "engine's loop: checked";

    /// <summary>What is measured, in the order of the tables: what makes a pass of structural commands, or of all.</summary>
    internal static readonly OrderedDictionary<string, Func<bool, Func<Tally>>> Passes = new()
    {
        [CsCheck] = CsCheckSampling.OneGeneratorPerOperation,
        [Bound] = CsCheckSampling.CommandsOfTheEngine,
        [Anew] = CsCheckSampling.MadeAnew,
        [Machine] = FsCheckMachine.Sampling,
        [Engine] = InProcess.Generated,
        [Loop] = InProcess.Loop,
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
