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
    private const int RedsKeptPerClause = 2;

    private readonly ISession session;
    private readonly Capabilities capabilities;
    private readonly RunOptions options;
    private readonly ScriptGenerator[] generators;
    private readonly ScriptWalk[] walks;
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
        walks = [.. generators.Select(g => new ScriptWalk(g))];
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
        bool GoesOn() => Commands < last && clock.Elapsed < time && !enough() && !cancellation.IsCancellationRequested;
        if (session is not ISteppable steppable)
        {
            RunBatches(last, GoesOn, progress);
            return;
        }

        while (GoesOn())
        {
            RunInProcess(steppable, last);
            progress();
        }
    }

    // A simulated interpreter in another process runs millions of scripts too.
    private bool IsSimulated => capabilities.Interpreter == Plugins.Simulated.SimulatedCapabilities.Interpreter;

    private int BatchSize => IsSimulated ? 8 * BatchScripts : BatchScripts;

    private void RunInProcess(ISteppable steppable, long last)
    {
        var loop = new HotLoop(capabilities, steppable);
        Span<Command> buffer = stackalloc Command[options.MaximumLength];
        for (int i = 0; i < 4096 && Commands < last; i++)
        {
            var seed = new ScriptSeed(options.Seed, Scripts);
            ScriptWalk walk = walks[Scripts % walks.Length];
            ClauseSet set = default;
            bool conforms;
            int length;
            if ((Scripts / walks.Length) % SampleEvery == 0)
            {
                length = walk.Fill(seed, buffer);
                conforms = loop.Conforms(walk.Alphabet, buffer[..length], out set);
            }
            else
            {
                conforms = loop.Conforms(walk, seed, buffer, out length);
            }

            Count(set);
            Scripts++;
            Commands += length + 1;
            if (!conforms)
            {
                var script = new Script(walk.Alphabet, buffer[..length].ToArray());
                if (Minimizer.Judged(capabilities, script, session.Run([script])[0], out _) is { } finding)
                {
                    Examine(script, finding, seed);
                }
            }
        }
    }

    // The child executes one batch while this process generates the next and judges the one before.
    private void RunBatches(long last, Func<bool> goesOn, Action progress)
    {
        long planned = Commands;
        long next = Scripts;
        Batch current = Generate(ref planned, ref next, last);
        Task<IReadOnlyList<ScriptResult>> running = Send(current);
        while (current.Scripts.Count > 0)
        {
            Batch following = Generate(ref planned, ref next, goesOn() ? last : 0);
            IReadOnlyList<ScriptResult> results = running.GetAwaiter().GetResult();
            running = Send(following);
            List<Action> reds = Judged(current, results);
            if (reds.Count > 0)
            {
                _ = running.GetAwaiter().GetResult(); // shrinking needs the session
                reds.ForEach(examine => examine());
            }

            progress();
            current = following;
        }
    }

    private sealed record Batch(List<Script> Scripts, List<ScriptSeed> Seeds);

    private Batch Generate(ref long planned, ref long next, long last)
    {
        var batch = new Batch([], []);
        while (batch.Scripts.Count < BatchSize && planned < last)
        {
            var seed = new ScriptSeed(options.Seed, next++);
            Script script = generators[seed.Number % generators.Length].Generate(seed, options.MaximumLength);
            batch.Seeds.Add(seed);
            batch.Scripts.Add(script);
            planned += script.Commands.Count + 1;
        }

        return batch;
    }

    private Task<IReadOnlyList<ScriptResult>> Send(Batch batch) => Task.Run(() => session.Run(batch.Scripts));

    private List<Action> Judged(Batch batch, IReadOnlyList<ScriptResult> results)
    {
        var reds = new List<Action>();
        for (int i = 0; i < batch.Scripts.Count; i++)
        {
            Scripts++;
            Commands += results[i].Observations.Count;
            ClauseSet set = default;
            Minimizer.Finding? finding = IsSimulated && (Scripts / generators.Length) % SampleEvery != 0 && Judge.Conforms(capabilities, batch.Scripts[i], results[i])
                ? null
                : Minimizer.Judged(capabilities, batch.Scripts[i], results[i], out set);
            Count(set);
            if (finding is not null)
            {
                (Script script, ScriptSeed seed) = (batch.Scripts[i], batch.Seeds[i]);
                reds.Add(() => Examine(script, finding, seed));
            }
        }

        return reds;
    }

    private void Examine(Script script, Minimizer.Finding finding, ScriptSeed seed)
    {
        if (options.Clauses.Count > 0 && !options.Clauses.Contains(finding.Clause))
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
