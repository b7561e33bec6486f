// The laws of the model, checked on every state that a search has found, or on a stated share of them.

using System.Runtime.InteropServices;
using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>One law.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Statement">What it says.</param>
/// <param name="Checked">On how many edges or states it was checked.</param>
/// <param name="Broken">The first script-independent witness against it, in words; null where it holds.</param>
public sealed record LawResult(string Name, string Statement, long Checked, string? Broken);

/// <summary>Checks laws by running the model's own Step on unpacked states.</summary>
/// <param name="space">The numbering.</param>
/// <param name="search">A search that has ended.</param>
public sealed class Laws(PackedSpace space, Search search)
{
    private const int Names = 5;

    private static readonly (string Name, string Statement)[] Texts =
    [
        ("one truth", "what the tables say of an edge is what the model's Step does, and nothing but what the command names changes: contexts do not observe one another"),
        ("errors", "a command that ends in an error changes nothing"),
        ("identity", "Save then Restore, and a switch away and back, is the identity on everything context-local and touches nothing thread-wide"),
        ("single use", "a saved state becomes live by Save alone, and each handle that was restored stays consumed until it is dropped"),
        ("order", "two operations on different handles, of which none names a Context object and at most one is a Save or a Restore, come to the same in either order"),
    ];

    private readonly PackedModel model = space.Model;
    private readonly PackedGraph graph = new(space);
    private readonly (int One, int Other)[] independent = [.. Independent(space.Model)];

    /// <summary>Checks every law.</summary>
    /// <param name="every">1 for every state, n for each n-th.</param>
    /// <param name="cores">How many threads work.</param>
    /// <param name="cancellation">Stops it.</param>
    public IReadOnlyList<LawResult> Check(long every, int cores, CancellationToken cancellation)
    {
        var counted = new long[Names];
        var broken = new string?[Names];
        int next = 0;
        PackedState[][] parts = [.. graph.Found(search).Where((_, i) => i % every == 0).Chunk(4096)];

        void Work()
        {
            var mine = new long[Names];
            for (int i; !cancellation.IsCancellationRequested && (i = Interlocked.Increment(ref next) - 1) < parts.Length;)
            {
                foreach (PackedState state in parts[i])
                {
                    CheckState(state, mine, broken);
                }
            }

            for (int l = 0; l < Names; l++)
            {
                _ = Interlocked.Add(ref counted[l], mine[l]);
            }
        }

        Task[] others = [.. Enumerable.Range(1, cores - 1).Select(_ => Task.Run(Work))];
        Work();
        Task.WaitAll(others, CancellationToken.None); // each stops by itself
        cancellation.ThrowIfCancellationRequested();
        return [.. Texts.Select((t, l) => new LawResult(t.Name, t.Statement, counted[l], broken[l]))];
    }

    // Both of Save and Restore move what the thread runs, and so do not pass each other. A Context object can be that of several handles: one that was entered in a flow which
    // is discarded can be entered again (OBL-16), and whoever asks for it sees that.
    private static IEnumerable<(int One, int Other)> Independent(PackedModel model)
    {
        for (int one = 0; one < model.Commands.Length; one++)
        {
            for (int other = one + 1; other < model.Commands.Length; other++)
            {
                (Command first, Command second) = (model.Commands[one], model.Commands[other]);
                if (IsOfItsHandle(first.Op) && IsOfItsHandle(second.Op) && first.A != second.A && !(first.Op is Op.Save or Op.Restore && second.Op is Op.Save or Op.Restore))
                {
                    yield return (one, other);
                }
            }
        }
    }

    private static bool IsOfItsHandle(Op op) => Bound.NamesHandle(op) && op is not (Op.GetContext or Op.SetContext);

    private void Order(PackedState packed, long[] counted, string?[] broken)
    {
        foreach ((int one, int other) in independent)
        {
            PackedEdge first = graph.Step(packed, one);
            PackedEdge second = graph.Step(packed, other);
            if (first.IsCut || second.IsCut)
            {
                continue;
            }

            PackedEdge then = graph.Step(first.To, other);
            PackedEdge inverse = graph.Step(second.To, one);
            if (then.IsCut || inverse.IsCut)
            {
                continue;
            }

            counted[4]++;
            if (then.To != inverse.To || then.Outcome != second.Outcome || inverse.Outcome != first.Outcome)
            {
                broken[4] ??= $"'{model.Commands[one]}' and '{model.Commands[other]}' in {StateText.Of(model, graph.Unpack(packed))}";
            }
        }
    }

    private void CheckState(PackedState packed, long[] counted, string?[] broken)
    {
        Order(packed, counted, broken);
        State before = graph.Unpack(packed);
        for (int m = 0; m < model.Commands.Length; m++)
        {
            Command command = model.Commands[m];
            PackedEdge edge = graph.Step(packed, m);
            State after = before;
            Outcome outcome = Machine.Step(model.Bound.Semantics, ref after, command);
            counted[0]++;
            bool holds = graph.Holds(in after);
            if (holds == edge.IsCut || (holds && (outcome != edge.Outcome || graph.Pack(in after) != edge.To)))
            {
                broken[0] ??= Witness(packed, command);
            }

            if (outcome.Status != Status.Ok)
            {
                counted[1]++;
                if (!Same(in before, in after))
                {
                    broken[1] ??= Witness(packed, command);
                }
            }
            else if (holds)
            {
                Identity(packed, in before, command, in after, counted, broken);
            }

            if (model.Bound.Alphabet == Alphabet.Api && outcome.Status == Status.Ok)
            {
                counted[3]++;
                for (int s = 0; s < model.Bound.Slots; s++)
                {
                    bool isNewlyLive = after.Slots[s].Status == SlotStatus.Live && before.Slots[s].Status != SlotStatus.Live;
                    bool isRevived = before.Slots[s].Status == SlotStatus.Consumed && after.Slots[s].Status is not (SlotStatus.Consumed or SlotStatus.Dropped);
                    if (isRevived || (isNewlyLive && (command.Op != Op.Save || command.A != s || before.Slots[s].Status != SlotStatus.Empty)))
                    {
                        broken[3] ??= Witness(packed, command);
                    }
                }
            }
        }
    }

    private void Identity(PackedState packed, in State before, Command command, in State between, long[] counted, string?[] broken)
    {
        State after = between;
        if (command.Op == Op.Save)
        {
            counted[2]++;
            Outcome restored = Machine.Step(model.Bound.Semantics, ref after, new Command(Op.Restore, command.A));
            State expected = before;
            expected.Slots[command.A] = new Slot { Status = SlotStatus.Consumed };
            if (restored.Status != Status.Ok || !SameBehaviour(in expected, in after))
            {
                broken[2] ??= Witness(packed, command);
            }
        }
        else if (command.Op == Op.Switch && between.Slots[command.A].Status == SlotStatus.Running && before.Slots[command.A].Status == SlotStatus.Live)
        {
            counted[2]++;
            Outcome back = Machine.Step(model.Bound.Semantics, ref after, new Command(Op.Switch, before.Threads[before.Active].Current));
            if (back.Status != Status.Ok || !SameBehaviour(in before, in after))
            {
                broken[2] ??= Witness(packed, command);
            }
        }
    }

    private bool SameBehaviour(in State one, in State other)
    {
        var threads = new ThreadPart[model.Bound.Threads];
        var columns = new ColumnPart[model.Columns];
        var otherThreads = new ThreadPart[model.Bound.Threads];
        var otherColumns = new ColumnPart[model.Columns];
        return model.Parts.Split(in one, threads, columns) == model.Parts.Split(in other, otherThreads, otherColumns)
            && threads.AsSpan().SequenceEqual(otherThreads) && columns.AsSpan().SequenceEqual(otherColumns);
    }

    private static bool Same(in State one, in State other) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<State>(in one)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<State>(in other)));

    private string Witness(PackedState state, Command command) => $"'{command}' in {StateText.Of(model, graph.Unpack(state))}";
}
