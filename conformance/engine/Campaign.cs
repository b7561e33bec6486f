using System.Diagnostics;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Runs generated scripts on one implementation until a bound is reached, and keeps the smallest counterexample of every clause that turned red.</summary>
public sealed class Campaign
{
    // An in-process implementation runs millions of scripts: what each exercises is counted on a sample.
    private const int SampleEvery = 8;
    private const int BatchScripts = 64;
    private const int RedsKeptPerClause = 3;

    private readonly ISession session;
    private readonly Capabilities capabilities;
    private readonly RunOptions options;
    private readonly ScriptGenerator[] generators;
    private readonly long[] exercised = new long[ClauseIdText.Count + 1];
    private readonly Dictionary<ClauseId, Counterexample> reds = [];
    private readonly Dictionary<ClauseId, int> redScripts = [];

    /// <summary>A campaign that has not started.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="capabilities">What is judged: the session's declaration, or a variant of it with known deviations.</param>
    /// <param name="options">The seed, the length of scripts and the clauses wanted.</param>
    public Campaign(ISession session, Capabilities capabilities, RunOptions options)
    {
        this.session = session;
        this.capabilities = capabilities;
        this.options = options;
        generators = [.. capabilities.Alphabets.Select(a => new ScriptGenerator(capabilities, a))];
    }

    /// <summary>The clauses that turned red, each with its counterexample.</summary>
    public IReadOnlyDictionary<ClauseId, Counterexample> Reds => reds;

    /// <summary>Commands checked.</summary>
    public long Commands { get; private set; }

    /// <summary>Scripts run.</summary>
    public long Scripts { get; private set; }

    /// <summary>On how many scripts a violation of a clause would have shown.</summary>
    /// <param name="clause">The clause.</param>
    public long Exercised(ClauseId clause) => exercised[(int)clause];

    /// <summary>Runs until a bound is reached.</summary>
    /// <param name="commands">Commands at most.</param>
    /// <param name="time">Time at most.</param>
    /// <param name="enough">Asked between scripts; ends the campaign early.</param>
    /// <param name="progress">Told between scripts.</param>
    /// <param name="cancellation">Stops between scripts.</param>
    public void Run(long commands, TimeSpan time, Func<bool> enough, Action progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        long last = Commands + commands < 0 ? long.MaxValue : Commands + commands;
        while (Commands < last && clock.Elapsed < time && !enough() && !cancellation.IsCancellationRequested)
        {
            if (session is ISteppable steppable)
            {
                RunInProcess(steppable, last);
            }
            else
            {
                RunBatch(last);
            }

            progress();
        }
    }

    private void RunInProcess(ISteppable steppable, long last)
    {
        var loop = new HotLoop(capabilities, steppable);
        Span<Command> buffer = stackalloc Command[options.MaximumLength];
        for (int i = 0; i < 4096 && Commands < last; i++)
        {
            var seed = new ScriptSeed(options.Seed, Scripts);
            ScriptGenerator generator = generators[Scripts % generators.Length];
            Rng rng = Rng.For(seed);
            ReadOnlySpan<Command> commands = buffer[..generator.Fill(ref rng, buffer)];
            ClauseSet set = default;
            bool conforms = (Scripts / generators.Length) % SampleEvery == 0
                ? loop.Conforms(generator.Alphabet, commands, out set)
                : loop.Conforms(generator.Alphabet, commands);
            Count(set);
            Scripts++;
            Commands += commands.Length + 1;
            if (!conforms)
            {
                var script = new Script(generator.Alphabet, commands.ToArray());
                Examine(script, session.Run([script])[0], seed);
            }
        }
    }

    private void RunBatch(long last)
    {
        var scripts = new List<Script>();
        var seeds = new List<ScriptSeed>();
        for (long planned = Commands; scripts.Count < BatchScripts && planned < last; planned += scripts[^1].Commands.Count + 1)
        {
            var seed = new ScriptSeed(options.Seed, Scripts + scripts.Count);
            seeds.Add(seed);
            scripts.Add(generators[seed.Number % generators.Length].Generate(seed, options.MaximumLength));
        }

        IReadOnlyList<ScriptResult> results = session.Run(scripts);
        for (int i = 0; i < scripts.Count; i++)
        {
            Scripts++;
            Commands += results[i].Observations.Count;
            Examine(scripts[i], results[i], seeds[i]);
        }
    }

    private void Examine(Script script, ScriptResult result, ScriptSeed seed)
    {
        Minimizer.Finding? finding = Minimizer.Judged(capabilities, script, result, out ClauseSet set);
        if (session is not ISteppable)
        {
            Count(set);
        }

        if (finding is null || (options.Clauses.Count > 0 && !options.Clauses.Contains(finding.Clause)))
        {
            return;
        }

        int seen = redScripts.GetValueOrDefault(finding.Clause);
        redScripts[finding.Clause] = seen + 1;
        if (seen < RedsKeptPerClause)
        {
            Keep(Confirmed(script, finding, seed));
        }
    }

    // Shrunk, then run once more in a fresh process: what does not repeat is unstable. Where a red needs what ran before it, that is part of the finding.
    private Counterexample Confirmed(Script script, Minimizer.Finding finding, ScriptSeed seed)
    {
        var minimizer = new Minimizer(session, capabilities);
        session.Restart();
        if (minimizer.Shows([script], finding) is null)
        {
            return Make(finding with { Kind = VerdictKind.Unstable }, script, script, seed, "did not repeat in a fresh process");
        }

        (Script shrunk, Minimizer.Finding smallest) = minimizer.Shrink(script, finding);
        session.Restart();
        return minimizer.Shows([shrunk], smallest) is { } again
            ? Make(again.Finding, shrunk, script, seed, again.Finding.Detail)
            : Make(finding with { Kind = VerdictKind.Unstable }, shrunk, script, seed, "the shrunk script did not repeat in a fresh process");
    }

    private static Counterexample Make(Minimizer.Finding finding, Script script, Script original, ScriptSeed seed, string? detail)
    {
        string words = finding.Divergence is { } divergence ? Words.Of(divergence) : finding.Kind.ToString().ToLowerInvariant();
        return new Counterexample(finding.Clause, finding.Kind, script, original.Commands.Count, seed, finding.Divergence, words, detail);
    }

    private void Keep(Counterexample found)
    {
        if (!reds.TryGetValue(found.Clause, out Counterexample? known) || IsBetter(found, known))
        {
            reds[found.Clause] = found;
        }
    }

    // What repeats before what does not, then the shorter script.
    private static bool IsBetter(Counterexample found, Counterexample known)
    {
        bool unstable = found.Kind == VerdictKind.Unstable;
        bool knownUnstable = known.Kind == VerdictKind.Unstable;
        return unstable == knownUnstable ? found.Script.Commands.Count < known.Script.Commands.Count : knownUnstable;
    }

    private void Count(ClauseSet set)
    {
        for (UInt128 bits = set.Bits; bits != UInt128.Zero; bits &= bits - UInt128.One)
        {
            exercised[(int)UInt128.TrailingZeroCount(bits)]++;
        }
    }
}
