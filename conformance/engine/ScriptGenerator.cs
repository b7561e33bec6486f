using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Generates scripts from what an implementation declares. It walks the model alongside, so that most commands apply; every script draws
/// its own mixture of operations (swarm testing), so that runs are not all alike.</summary>
public sealed class ScriptGenerator
{
    // Some commands are let through although they do not apply: that they change nothing is part of the semantics.
    private const int TriesForAnApplicableCommand = 6;
    private const int LargestFactor = 3;

    // How often an operation is there in the mixture of a script, as four digits of which one is drawn: once or twice what is needed for contexts to come and go, the others not at all, once,
    // or three times.
    private const int FactorsOfBackbone = 0x2211;
    private const int FactorsOfOthers = 0x3110;
    private const int RootOfSecondThread = 4;

    // How many more values are drawn at most for an argument, until one fits.
    private const int MoreValues = 4;

    private readonly Capabilities capabilities;
    private readonly Alphabet alphabet;
    private readonly Op[] operations;
    private readonly int[] weights;
    private readonly int[] factors;
    private readonly Ranges[] rangesOf;
    private readonly Op[] calls; // of the API, with a handle
    private readonly bool isRemote;
    private readonly bool abandons;
    private readonly bool hasExitThread;
    private readonly bool hasAttach;
    private readonly bool hasLeave;

    /// <summary>A generator of scripts in one alphabet.</summary>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <param name="alphabet">The alphabet, one of those declared.</param>
    public ScriptGenerator(Capabilities capabilities, Alphabet alphabet)
    {
        this.capabilities = capabilities;
        this.alphabet = alphabet;
        isRemote = capabilities.Interpreter != Plugins.Simulated.SimulatedCapabilities.Interpreter;
        operations = [.. capabilities.Commands.Where(o => CommandTable.AlphabetOf(o) is var a && (a == Alphabet.Structural || a == alphabet)).Order()];
        weights = [.. operations.Select(WeightOf)];
        factors = [.. operations.Select(o => IsBackbone(o) ? FactorsOfBackbone : FactorsOfOthers)];
        calls = [.. operations.Where(o => alphabet == Alphabet.Api && o is (Op.Save or Op.Restore or Op.Discard or Op.Top or Op.GetContext or Op.SetContext or Op.Traverse or Op.Clear))];
        MixtureLength = (LargestFactor * weights.Sum()) + Vector256<byte>.Count;
        hasExitThread = capabilities.Commands.Contains(Op.ExitThread);
        abandons = isRemote && hasExitThread && calls.Contains(Op.Save) && operations.Contains(Op.New) && operations.Contains(Op.Call);
        hasAttach = capabilities.Commands.Contains(Op.Attach);
        hasLeave = capabilities.Commands.Contains(Op.Leave);
        bool hasSecondRoot = alphabet != Alphabet.Switcher || capabilities.Threads > 1;
        rangesOf = [.. CommandTable.All.Select(info => new Ranges(info, capabilities.Threads, hasSecondRoot))];
    }

    /// <summary>The alphabet of its scripts.</summary>
    public Alphabet Alphabet => alphabet;

    /// <summary>What is judged.</summary>
    internal Semantics Semantics => capabilities.Semantics;

    /// <summary>The length of <see cref="Mixture"/>'s table.</summary>
    internal int MixtureLength { get; }

    /// <summary>Generates a script as a value.</summary>
    /// <param name="seed">Which one.</param>
    /// <param name="maximumLength">At least 2.</param>
    public Script Generate(ScriptSeed seed, int maximumLength)
    {
        var commands = new Command[maximumLength];
        int length = new ScriptWalk(this).Fill(seed, commands);
        return new Script(alphabet, commands[..length]);
    }

    /// <summary>How many commands a script has, without generating it: what is drawn before its length is as many numbers for each script.</summary>
    /// <param name="seed">Which one.</param>
    /// <param name="maximumLength">At least 2.</param>
    internal int LengthOf(ScriptSeed seed, int maximumLength)
    {
        Rng rng = Rng.For(seed);
        rng.Skip(operations.Length + (isRemote ? 2 : 0)); // what Mixture draws
        return ScriptWalk.Length(ref rng, maximumLength);
    }

    /// <summary>How many commands every so manieth script from one on has, together: the same as <see cref="LengthOf"/> of each, in a loop in which nothing waits for anything.</summary>
    /// <param name="first">The first script.</param>
    /// <param name="step">How far it is from one script to the next.</param>
    /// <param name="count">How many scripts.</param>
    /// <param name="maximumLength">At least 2.</param>
    internal long LengthsOf(ScriptSeed first, int step, long count, int maximumLength)
    {
        int drawn = operations.Length + (isRemote ? 2 : 0);
        ulong run = Rng.OfRun(first.Run);
        long sum = 0;
        for (long i = 0; i < count; i++)
        {
            Rng rng = Rng.For(run, first.Number + (i * step));
            rng.Skip(drawn);
            sum += ScriptWalk.Length(ref rng, maximumLength);
        }

        return sum;
    }

    /// <summary>A script's own mixture of operations, as a table to draw from: an operation stands there as often as its weight says.</summary>
    /// <param name="rng">Where its choices come from.</param>
    /// <param name="table">Filled from the start.</param>
    /// <returns>How much of the table is filled.</returns>
    internal int Mixture(ref Rng rng, Span<Op> table)
    {
        bool withExpensive = !isRemote || rng.Once(10);
        bool withProcesses = !isRemote || rng.Once(40);
        Span<byte> bytes = MemoryMarshal.AsBytes(table);
        int total = 0;
        for (int i = 0; i < operations.Length; i++)
        {
            int factor = (factors[i] >> (4 * rng.Below(4))) & 0xF;
            bool left = operations[i] switch
            {
                Op.Fork => withProcesses,
                Op.ExitThread => withExpensive || alphabet == Alphabet.Api, // whoever takes calls one by one has threads of its own for each script
                Op.Headroom or Op.Census or Op.Collect => withExpensive,
                _ => true,
            };
            int weight = left ? weights[i] * factor : 0;
            if (weight <= Vector256<byte>.Count)
            {
                Vector256.Create((byte)operations[i]).CopyTo(bytes[total..]); // what is beyond the weight is written over by what follows
            }
            else
            {
                table.Slice(total, weight).Fill(operations[i]);
            }

            total += weight;
        }

        return total;
    }

    /// <summary>Draws one more command of a script and steps the model.</summary>
    /// <param name="rng">Where its choices come from.</param>
    /// <param name="state">The model's state; replaced by the next one.</param>
    /// <param name="mixture">The script's mixture.</param>
    /// <param name="outcome">What the model says of the command.</param>
    internal Command Next(ref Rng rng, ref State state, ReadOnlySpan<Op> mixture, out Outcome outcome)
    {
        for (int tries = rng.Once(16) ? 1 : TriesForAnApplicableCommand; ; tries--)
        {
            Command command = Draw(ref rng, in state, mixture);
            outcome = Machine.Step(capabilities.Semantics, ref state, command);
            if (outcome.Status != Status.Inapplicable || tries == 1)
            {
                return command; // one that does not apply has changed nothing
            }
        }
    }

    private Command Draw(ref Rng rng, in State state, ReadOnlySpan<Op> mixture)
    {
        Op op = mixture[rng.Below(mixture.Length)];
        if (alphabet == Alphabet.Api && hasLeave && op == Op.Call && !rng.Once(3) && AnyLive(in state))
        {
            op = Op.Leave; // a Restore needs a thread without frames: head for one
        }
        else if (alphabet == Alphabet.Api && op == Op.Call && state.Active != 0 && AnyLive(in state) && hasExitThread)
        {
            op = Op.ExitThread; // and what a thread that ends leaves behind is rare otherwise
        }

        // A second thread that saves with frames and ends: what that abandons each call has an answer of its own to, and a real interpreter is too slow to wait
        // for it to come about.
        if (abandons && state.Active != 0 && rng.Once(4))
        {
            op = AnyLive(in state) ? Op.ExitThread : !AnySlot(in state, SlotStatus.Empty) ? Op.New : state.Threads[state.Active].Flow.Frames.Count == 0 ? Op.Call : Op.Save;
        }
        else if (abandons && AnySlot(in state, SlotStatus.Abandoned) && rng.Once(3))
        {
            op = calls[rng.Below(calls.Length)];
        }

        if (state.Detached && rng.Once(2) && hasAttach)
        {
            op = Op.Attach;
        }

        ref readonly Ranges ranges = ref rangesOf[(int)op];
        byte a = ranges.CountA > 0 ? Argument(ref rng, in state, in ranges) : (byte)0;
        byte b = ranges.CountB > 0 ? Uniform(ref rng, ranges.LowB, ranges.CountB) : (byte)0;
        if (op is Op.New or Op.Save && b == ranges.LowB + ranges.CountB - 1 && !rng.Once(5))
        {
            b = (byte)rng.Below(b); // the failing variants are rare
        }

        return new Command(op, a, b);
    }

    private static bool AnyLive(in State state) => AnySlot(in state, SlotStatus.Live);

    private static bool AnySlot(in State state, SlotStatus status)
    {
        bool any = false;
        for (int s = 0; s < 4; s++)
        {
            any |= state.Slots[s].Status == status;
        }

        return any;
    }

    private static byte Argument(ref Rng rng, in State state, in Ranges ranges)
    {
        int first = rng.Below(ranges.CountA);
        if (ranges.FitsAll)
        {
            rng.Skip(ranges.Drawn - 1);
            return (byte)(ranges.LowA + first);
        }

        return ArgumentThatFits(ref rng, in state, in ranges, first);
    }

    // Drawn are, in turn: a value; whether any will do; which status is wanted; up to four more values, until one fits. Nobody can predict how many that takes, so that it is not branched on: what
    // is drawn does not depend on what was drawn before (Rng), all of it is there at once, and the random numbers go on behind the one that is taken.
    private static byte ArgumentThatFits(ref Rng rng, in State state, in Ranges ranges, int first)
    {
        int last = rng.Once(4) ? 0 : MoreValues; // now and then a handle or context that does not fit: that is an error to be judged too
        uint fitting = ranges.Fitting | (ranges.FitsWanted << (int)(rng.Once(5) ? SlotStatus.Abandoned : SlotStatus.Live));
        uint slots = 0;
        for (int s = 0; s < 5; s++)
        {
            slots |= ((fitting >> (int)state.Slots[s].Status) & 1) << s;
        }

        Rng ahead = rng;
        ulong values = (ulong)first;
        uint fits = ((slots >> first) & 1) | (1u << last);
        for (int i = 1; i <= MoreValues; i++)
        {
            int value = ahead.Below(ranges.CountA);
            values |= (ulong)value << (8 * i);
            fits |= ((slots >> value) & 1) << i;
        }

        int taken = BitOperations.TrailingZeroCount(fits);
        rng.Skip(taken);
        return (byte)(ranges.LowA + (int)(values >> (8 * taken)));
    }

    private static byte Uniform(ref Rng rng, int low, int count) => (byte)(low + rng.Below(count));

    private static bool IsBackbone(Op op) =>
        op is Op.Call or Op.Leave or Op.Spawn or Op.Switch or Op.Finish or Op.New or Op.Save or Op.Restore or Op.Attach;

    // How often an operation is drawn, before the script's own mixture.
    private int WeightOf(Op op) => op switch
    {
        Op.Leave => alphabet == Alphabet.Api ? 40 : 14,
        Op.Switch => 18,
        Op.Restore => 30,
        Op.Save or Op.New => 24,
        Op.Call => 10,
        Op.Spawn => 8,
        Op.Except or Op.Var => 6,
        Op.Generator or Op.Finish => 5,
        Op.Yield => 4,
        Op.CTrace => alphabet == Alphabet.Api ? 4 : 2,
        Op.Thread => alphabet == Alphabet.Api ? 8 : 2,
        Op.Discard or Op.Drop or Op.SetContext or Op.GetContext => 6,
        Op.Limit or Op.Context or Op.Trace or Op.Profile when isRemote && alphabet == Alphabet.Api => 8, // what a few commands in a row have to agree on takes a real interpreter long
        Op.Trace or Op.Profile or Op.Context or Op.Callback or Op.Throw or Op.Top or Op.Traverse or Op.Clear => 3,
        Op.ExitThread => alphabet == Alphabet.Api ? 12 : 1, // most are drawn on the main thread, where it does not apply
        Op.Reraise or Op.Census or Op.Collect or Op.Async or Op.Fork or Op.Finalize or Op.Detach => 1,
        _ => 2,
    };

    // The arguments of an operation: where they begin and how many values they take, 0 where there is none; and which slots the first one is to be drawn for.
    private readonly struct Ranges
    {
        internal readonly int LowA;
        internal readonly int CountA;
        internal readonly int LowB;
        internal readonly int CountB;
        internal readonly int Drawn; // for the first one: as many numbers, and one more for each value that does not fit
        internal readonly bool FitsAll; // any value fits
        internal readonly uint Fitting; // or else a bit for each SlotStatus that does
        internal readonly uint FitsWanted; // 1 where the status that is wanted now does

        internal Ranges(CommandInfo info, int threads, bool hasSecondRoot)
        {
            if (info.Parameters is [var a, ..])
            {
                // The last context is the root of a second thread.
                int count = a.High - a.Low + 1;
                (LowA, CountA, Drawn) = info.Op == Op.Thread ? (0, threads, 1) : (a.Low, count == RootOfSecondThread + 1 && !hasSecondRoot ? RootOfSecondThread : count, 3);
            }

            if (info.Parameters is [_, var b, ..])
            {
                (LowB, CountB) = (b.Low, b.High - b.Low + 1);
            }

            (Fitting, FitsWanted, FitsAll) = info.Op switch
            {
                Op.New => (Bit(SlotStatus.None) | Bit(SlotStatus.Dropped), 0u, false),
                Op.Save => (Bit(SlotStatus.Empty), 0u, false),
                Op.Switch => (Bit(SlotStatus.Born), 1u, false),
                Op.Throw or Op.Kill or Op.Walk or Op.Restore or Op.Discard or Op.Top or Op.GetContext or Op.SetContext or Op.Traverse or Op.Clear => (0u, 1u, false),
                _ => (0u, 0u, true),
            };
        }

        private static uint Bit(SlotStatus status) => 1u << (int)status;
    }
}
