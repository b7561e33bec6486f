// What the generator reaches by itself: commands, pairs of commands, ambient events between any two, clauses put to the test.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>How often an operation was generated and took effect or was refused.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Count">How often.</param>
public sealed record OpCount(Op Op, long Count);

/// <summary>What a <see cref="Distribution"/> comes to.</summary>
/// <param name="Scripts">Scripts looked at.</param>
/// <param name="EachCommand">How often each command took effect, the rarest first.</param>
/// <param name="PairsGenerated">Pairs of commands of which the second directly follows the first somewhere.</param>
/// <param name="PairsReachable">Pairs that are possible.</param>
/// <param name="Between">Ambient events that were generated between two commands: how many such triples there were.</param>
/// <param name="BetweenReachable">Triples that are possible by their pairs.</param>
/// <param name="Gaps">What is missing, in words; empty where nothing is.</param>
public sealed record DistributionFigures(
    long Scripts, IReadOnlyList<OpCount> EachCommand, int PairsGenerated, int PairsReachable, int Between, int BetweenReachable, IReadOnlyList<string> Gaps);

/// <summary>Counts over generated scripts. No implementation takes part: the model steps alongside.</summary>
public sealed class Distribution
{
    private const int Length = 40;

    /// <summary>What happens to a program from outside, as far as the alphabets have it. They have no weakref callback and no signal.</summary>
    public static IReadOnlyList<Op> AmbientEvents { get; } =
    [
        Op.Collect, Op.Trace, Op.Profile, Op.Callback, Op.CTrace, Op.Finalizer, Op.Repr, Op.Trashcan, Op.Async, Op.Limit, Op.Thread, Op.Switch, Op.ExitThread, Op.Fork, Op.Finalize,
    ];

    private readonly long[] commands = new long[256];
    private readonly long[,] pairs = new long[256, 256];
    private readonly bool[,] reachable = new bool[256, 256];
    private readonly HashSet<(Op Before, Op Event, Op After)> between = [];
    private readonly long[] exercised = new long[ClauseIdText.Count + 1];

    /// <summary>Scripts looked at.</summary>
    public long Scripts { get; private set; }

    /// <summary>How often a clause was put to the test.</summary>
    /// <param name="clause">The clause.</param>
    public long Exercised(ClauseId clause) => exercised[(int)clause];

    /// <summary>How often each command took effect, the rarest first.</summary>
    public IEnumerable<OpCount> EachCommand => Enum.GetValues<Op>().Where(o => o != Op.End).Select(o => new OpCount(o, commands[(int)o])).OrderBy(c => c.Count);

    /// <summary>Pairs of commands of which the second directly follows the first somewhere: the first ended well, the second had an effect or was refused.</summary>
    public int PairsGenerated => Each(pairs).Count(p => p > 0);

    /// <summary>Pairs that are possible: in some state that the first led to, the second has an effect or is refused. Found by trying one command after each that was generated.</summary>
    public int PairsReachable => Each(reachable).Count(r => r);

    /// <summary>Ambient events that were generated between two commands: how many such triples there were.</summary>
    public int Between => between.Count;

    /// <summary>Triples that are possible by their pairs.</summary>
    public int BetweenReachable => AmbientEvents.Sum(e => Ops.Count(a => reachable[(int)a, (int)e]) * Ops.Count(b => reachable[(int)e, (int)b]));

    /// <summary>What is missing, in words: a command, a pair that is possible, a clause. Empty where nothing is.</summary>
    public IReadOnlyList<string> Gaps =>
    [
        .. EachCommand.Where(c => c.Count == 0).Select(c => $"the command {CommandTable.Of(c.Op).Name} was never generated"),
        .. from a in Ops
           from b in Ops
           where reachable[(int)a, (int)b] && pairs[(int)a, (int)b] == 0
           select $"the pair {CommandTable.Of(a).Name}; {CommandTable.Of(b).Name} is possible and was never generated",
        .. Catalogue.All.Where(c => Exercised(c.Id) == 0).Select(c => $"{c.Id.Text()} was never put to the test"),
    ];

    /// <summary>All that is told of it.</summary>
    public DistributionFigures Figures => new(Scripts, [.. EachCommand], PairsGenerated, PairsReachable, Between, BetweenReachable, Gaps);

    private static Op[] Ops { get; } = [.. Enum.GetValues<Op>().Where(o => o != Op.End)];

    /// <summary>Measures the generator on a version with the cframe and on one with the JIT, in both alphabets.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="scripts">How many scripts each.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Distribution Measure(ulong seed, int scripts, CancellationToken cancellation)
    {
        var distribution = new Distribution();
        foreach (VersionProfile profile in new[] { Profiles.All[0], ErrorMutants.AnyVersion, Profiles.All[^1] })
        {
            Capabilities capabilities = SimulatedCapabilities.For(profile);
            foreach (Semantics semantics in new[] { capabilities.Semantics, capabilities.Semantics with { FreshContext = FreshContext.Copy, FreshDepth = FreshDepth.Inherit } })
            {
                foreach (Alphabet alphabet in capabilities.Alphabets)
                {
                    distribution.Add(new ScriptGenerator(capabilities with { Semantics = semantics }, alphabet), semantics, seed, scripts, cancellation);
                }
            }
        }

        return distribution;
    }

    private void Add(ScriptGenerator generator, Semantics semantics, ulong seed, int scripts, CancellationToken cancellation)
    {
        var walk = new ScriptWalk(generator);
        Op[] operations = [.. Ops.Where(o => CommandTable.AlphabetOf(o) is var a && (a == Alphabet.Structural || a == generator.Alphabet) && (o != Op.Jit || semantics.HasJit))];
        var tries = Rng.For(new ScriptSeed(seed, -1));
        for (int number = 0; number < scripts; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = walk.Begin(new ScriptSeed(seed, number), Length);
            Op? last = null;
            Op? earlier = null;
            State before = State.Initial(semantics, generator.Alphabet);
            for (int i = 0; i < length; i++)
            {
                Command command = walk.Next(out Outcome outcome);
                Note(Exercise.Of(semantics, in before, command, in walk.State, in outcome, rawShown: true));
                before = walk.State;
                if (outcome.Status == Status.Inapplicable)
                {
                    continue;
                }

                commands[(int)command.Op]++;
                if (last is { } previous)
                {
                    pairs[(int)previous, (int)command.Op]++;
                    reachable[(int)previous, (int)command.Op] = true;
                    _ = earlier is { } first && AmbientEvents.Contains(previous) && between.Add((first, previous, command.Op));
                }

                // What ends in an error has changed nothing: what follows it follows what was before it.
                bool endsWell = outcome.Status == Status.Ok;
                earlier = endsWell ? last : null;
                last = endsWell ? command.Op : null;
                if (endsWell)
                {
                    Try(ref tries, semantics, in before, command.Op, operations);
                }
            }

            State after = before;
            Outcome end = Machine.Step(semantics, ref after, new Command(Op.End));
            Note(Exercise.Of(semantics, in before, new Command(Op.End), in after, in end, rawShown: true));
            Scripts++;
        }
    }

    // One command that the generator might have drawn here.
    private void Try(ref Rng rng, Semantics semantics, in State state, Op last, Op[] operations)
    {
        Op op = operations[rng.Below(operations.Length)];
        if (reachable[(int)last, (int)op])
        {
            return;
        }

        Parameter[] parameters = CommandTable.Of(op).Parameters;
        byte Drawn(ref Rng r, int which) => parameters.Length > which ? (byte)(parameters[which].Low + r.Below(parameters[which].High - parameters[which].Low + 1)) : (byte)0;
        var command = new Command(op, Drawn(ref rng, 0), Drawn(ref rng, 1));
        State copy = state;
        reachable[(int)last, (int)op] = Machine.Step(semantics, ref copy, command).Status != Status.Inapplicable;
    }

    private void Note(ClauseSet set)
    {
        for (UInt128 bits = set.Bits; bits != UInt128.Zero; bits &= bits - UInt128.One)
        {
            exercised[(int)UInt128.TrailingZeroCount(bits)]++;
        }
    }

    private static IEnumerable<T> Each<T>(T[,] table) => table.Cast<T>();
}
