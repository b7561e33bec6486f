using PyState.Spec.Exploration;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Exploration;

/// <summary>There is one truth: what the packed model does is what Machine.Step does, on every state and command of small bounds.</summary>
public sealed class PackedModelTests
{
    public static TheoryData<string, int, int, int, int> SmallBounds => new()
    {
        { "Api", 14, 1, 1, 1 }, { "Api", 14, 1, 2, 2 }, { "Api", 14, 3, 1, 1 }, { "Api", 12, 1, 2, 1 }, { "Api", 12, 2, 1, 1 }, { "Api", 10, 1, 2, 1 }, { "Api", 8, 2, 1, 1 }, { "Api", 15, 2, 2, 1 },
        { "Switcher", 14, 1, 2, 1 }, { "Switcher", 14, 1, 3, 1 }, { "Switcher", 12, 2, 1, 1 }, { "Switcher", 9, 1, 1, 3 }, { "Switcher", 15, 2, 2, 1 },
    };

    internal static Bound Small(string alphabet, int minor, int threads, int slots, int depth) => new()
    {
        Alphabet = Enum.Parse<Alphabet>(alphabet), Version = Profiles.Of(minor), Threads = threads, Slots = slots, Depth = depth, Operations = Bound.Default(Enum.Parse<Alphabet>(alphabet)),
    };

    [Theory]
    [MemberData(nameof(SmallBounds))]
    public void EveryEdgeOfThePackedGraphIsAStepOfTheModelAndNoneIsMissing(string alphabet, int minor, int threads, int slots, int depth)
    {
        PackedModel model = PackedModel.Of(Small(alphabet, minor, threads, slots, depth));
        var space = new PackedSpace(model, Symmetry.None);
        var search = new Search(space);
        search.Run(1, CancellationToken.None);
        var graph = new PackedGraph(space);

        // The same search once more, over states of the model, by its Step alone.
        Semantics semantics = model.Bound.Semantics;
        var known = new HashSet<PackedState> { graph.Initial };
        var queue = new Queue<PackedState>(known);
        long transitions = 0;
        long cuts = 0;
        while (queue.TryDequeue(out PackedState from))
        {
            State before = graph.Unpack(from);
            Assert.Equal(from, graph.Pack(in before));
            for (int m = 0; m < model.Commands.Length; m++)
            {
                State after = before;
                Outcome outcome = Machine.Step(semantics, ref after, model.Commands[m]);
                PackedEdge edge = graph.Step(from, m);
                Assert.Equal(!graph.Holds(in after), edge.IsCut);
                if (edge.IsCut)
                {
                    cuts++;
                    continue;
                }

                transitions++;
                PackedState? to = graph.Pack(in after);
                Assert.Equal(to, edge.To);
                Assert.Equal(outcome, edge.Outcome);
                if (known.Add(to!.Value))
                {
                    queue.Enqueue(to.Value);
                }
            }
        }

        Assert.True(known.SetEquals(graph.Found(search)));
        Assert.Equal((known.Count, transitions, cuts), (search.State.States, search.State.Transitions, search.State.Cuts));
    }
}
