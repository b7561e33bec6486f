using PyState.Conformance.Exploration;
using PyState.Conformance.Plugins;
using PyState.Spec.Exploration;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Exploration;

/// <summary>There is one truth: what the packed model does is what Machine.Step does, on every state and command of small bounds.</summary>
public sealed class PackedModelTests
{
    // Three threads, one of them of another interpreter, in a lifecycle without recursion and Context objects.
    private static readonly Op[] Few = [Op.Call, Op.Leave, Op.Pending, Op.Detach, Op.Attach, Op.Thread, Op.ExitThread, Op.Fork, Op.Finalize, Op.New, Op.Save, Op.Restore, Op.Discard, Op.Drop, Op.Clear];

    public static TheoryData<string, int, int, int, int> SmallBounds => new()
    {
        { "Api", 14, 1, 2, 1 }, { "Api", 12, 1, 1, 1 }, { "Api", 10, 1, 1, 1 }, { "Switcher", 14, 1, 2, 2 }, { "Switcher", 12, 2, 1, 1 }, { "Switcher", 9, 1, 3, 1 }, { "Switcher", 15, 2, 2, 1 },
    };

    internal static Bound Small(string alphabet, int minor, int threads, int slots, int depth) => new()
    {
        Alphabet = Enum.Parse<Alphabet>(alphabet), Version = Profiles.Of(minor), Threads = threads, Slots = slots, Depth = depth, Operations = Bound.Default(Enum.Parse<Alphabet>(alphabet)),
    };

    [Theory]
    [MemberData(nameof(SmallBounds))]
    public void Every_edge_of_the_packed_graph_is_a_step_of_the_model_and_none_is_missing(string alphabet, int minor, int threads, int slots, int depth) =>
        Compare(Small(alphabet, minor, threads, slots, depth));

    // A generator that is resumed where something else is handled, in another context, or while it runs.
    private static Bound WithGenerators(string alphabet, int slots, int depth, int values) => Small(alphabet, 14, 1, slots, depth) with
    {
        Values = values,
        Operations = alphabet == "Api"
            ? [Op.Call, Op.Leave, Op.Except, Op.Generator, Op.Yield, Op.New, Op.Save, Op.Restore, Op.Discard, Op.Clear, Op.Drop, Op.Traverse]
            : [Op.Call, Op.Leave, Op.Except, Op.Generator, Op.Yield, Op.Spawn, Op.Switch, Op.Throw, Op.Finish, Op.Fail, Op.Kill],
    };

    [Theory]
    [InlineData("Api", 1, 3, 1)]
    [InlineData("Api", 2, 2, 1)]
    [InlineData("Switcher", 1, 2, 2)]
    [InlineData("Switcher", 2, 2, 1)]
    public void The_same_holds_with_generators(string alphabet, int slots, int depth, int values) => Compare(WithGenerators(alphabet, slots, depth, values));

    /// <summary>What shows a seeded error.</summary>
    internal static Bound Showing(SeededError error) => error.Alphabet == Alphabet.Switcher ? Small("Switcher", 14, 1, 1, 2)
        : error.Name == "restore-forgets-generator" ? WithGenerators("Api", 1, 2, 1)
        : Small("Api", 14, 2, 1, 1) with { Operations = [.. Few, Op.Except, Op.CTrace] };

    [Fact]
    public void The_same_holds_with_three_threads_and_two_interpreters() => Compare(Small("Api", 14, 3, 1, 1) with { Operations = [.. Few] });

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(2, 3)]
    public void With_interchangeable_handles_exactly_the_classes_of_the_unreduced_states_are_found(int slots, int threads)
    {
        PackedModel model = PackedModel.Of(Small("Api", 14, threads, slots, 1) with { Operations = [.. Few] });
        var whole = new PackedSpace(model, Symmetry.None);
        var reduced = new PackedSpace(model, Symmetry.Slots);
        (Search all, Search classes) = (Explored(whole, 1), Explored(reduced, 2));
        var graph = new PackedGraph(reduced);
        var unreduced = new PackedGraph(whole);

        HashSet<PackedState> expected = [.. unreduced.Found(all).Select(s => unreduced.Unpack(s)).Select(s => graph.Pack(in s)!.Value)];

        Assert.True(expected.SetEquals(graph.Found(classes)));
        Assert.True(all.State.States > classes.State.States);
        Assert.Equal(all.State.Depth, classes.State.Depth);
    }

    [Fact]
    public void Two_cores_find_what_one_finds()
    {
        var space = new PackedSpace(PackedModel.Of(Small("Api", 14, 2, 2, 1) with { Operations = [.. Few] }), Symmetry.None);
        (Search one, Search two) = (Explored(space, 1), Explored(space, 2));

        Assert.Equal(one.State.Levels, two.State.Levels);
        Assert.Equal((one.State.Transitions, one.State.Cuts), (two.State.Transitions, two.State.Cuts));
        Assert.True(one.Visited.SequenceEqual(two.Visited));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(13)]
    public void A_search_that_was_stopped_ends_as_if_it_had_not_been(int depth)
    {
        var space = new PackedSpace(PackedModel.Of(Small("Api", 14, 2, 2, 1) with { Operations = [.. Few] }), Symmetry.None);
        Search straight = Explored(space, 1);
        string file = Path.Combine(Path.GetTempPath(), $"pystate-{Guid.NewGuid():N}", "explore.checkpoint");
        using var stop = new CancellationTokenSource();
        var stopped = new Search(space);
        stopped.Run(2, stop.Token, s => (s.Depth == depth ? stop : null)?.Cancel());
        try
        {
            Checkpoint.Write(file, space, stopped);
            var resumed = new Search(space);
            Checkpoint.Read(file, "explore.checkpoint", space, resumed);
            Assert.Equal(depth, resumed.State.Depth);
            resumed.Run(2, CancellationToken.None);

            Assert.Equal(straight.State.Levels, resumed.State.Levels);
            Assert.Equal(straight.State.Transitions, resumed.State.Transitions);
            Assert.True(straight.Visited.SequenceEqual(resumed.Visited));

            byte[] bytes = File.ReadAllBytes(file);
            bytes[^40] ^= 1;
            File.WriteAllBytes(file, bytes);
            Assert.Contains("no whole checkpoint", Assert.Throws<SetupException>(() => Checkpoint.Read(file, "it", space, new Search(space))).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    public static TheoryData<string> Errors => [.. SeededErrors.All.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_seeded_error_is_found_and_no_shorter_script_shows_it(string name)
    {
        SeededError error = SeededErrors.Find(name)!;
        Bound bound = Showing(error);
        PackedModel right = PackedModel.Of(bound);
        Difference found = Difference.Of(right, PackedModel.Of(bound, error.Step, right), 1_000_000, CancellationToken.None);

        Assert.NotNull(found.Script);
        Assert.True(Shows(bound, error, found.Script));
        if (found.Script.Count <= 4)
        {
            Assert.DoesNotContain(Scripts(right, found.Script.Count - 1), s => Shows(bound, error, s));
        }
    }

    [Theory]
    [InlineData("Api", 1)]
    [InlineData("Switcher", 1)]
    [InlineData("Switcher", 2)]
    public void A_suite_takes_every_transition_or_pair_that_there_is(string alphabet, int length)
    {
        PackedModel model = PackedModel.Of(Small(alphabet, 14, 1, 1, 1));
        var space = new PackedSpace(model, Symmetry.None);
        Search search = Explored(space, 1);
        var graph = new PackedGraph(space);
        TransitionSuite suite = TransitionSuite.Of(space, search, length, CancellationToken.None);

        var taken = new HashSet<(PackedState, Command, Command)>();
        foreach (TransitionSuite.Path script in suite.Scripts)
        {
            State state = State.Initial(model.Bound.Semantics, script.Alphabet);
            (PackedState At, Command Command)? last = null;
            foreach (Command command in script.Commands)
            {
                PackedState at = graph.Pack(in state)!.Value;
                if (length == 1 || last is not null)
                {
                    taken.Add(length == 1 ? (at, command, default) : (last!.Value.At, last.Value.Command, command));
                }

                last = (at, command);
                _ = Machine.Step(model.Bound.Semantics, ref state, command);
            }
        }

        long all = (from s in graph.Found(search) from m in Enumerable.Range(0, model.Commands.Length) let e = graph.Step(s, m) where !e.IsCut
                    select length == 1 ? 1 : Enumerable.Range(0, model.Commands.Length).Count(n => !graph.Step(e.To, n).IsCut)).Sum(x => (long)x);
        Assert.Equal(all, taken.Count);
        Assert.Equal(all, suite.Covered);
    }

    [Theory]
    [InlineData("restore-twice")]
    [InlineData("save-while-pending")]
    [InlineData("discard-with-frames")]
    [InlineData("clear-takes-frames")]
    public void A_checking_suite_convicts_every_seeded_error_of_one_thread(string name)
    {
        Bound bound = Small("Api", 14, 1, 1, 1) with { Operations = [Op.Call, Op.Leave, Op.Pending, Op.New, Op.Save, Op.Restore, Op.Discard, Op.Drop, Op.Top, Op.Clear] };
        var space = new PackedSpace(PackedModel.Of(bound), Symmetry.None);
        TransitionSuite suite = CheckingSuite.Of(space, Explored(space, 1), 0, CancellationToken.None);

        Assert.Contains(suite.Scripts, s => Shows(bound, SeededErrors.Find(name)!, s.Commands));
    }

    [Fact]
    public void A_checking_suite_with_one_state_more_convicts_what_hides_in_it()
    {
        // The life of a handle without frames: an implementation remembers that it was looked at.
        Bound bound = Small("Api", 14, 1, 1, 0) with { Operations = [Op.New, Op.Save, Op.Restore, Op.Discard, Op.Drop, Op.Top] };
        var error = new SeededError("remembers-top", Alphabet.Api, "refuses a Restore right after the state was looked at", RemembersTop);
        var space = new PackedSpace(PackedModel.Of(bound), Symmetry.None);
        Search search = Explored(space, 1);

        Assert.Contains(CheckingSuite.Of(space, search, 1, CancellationToken.None).Scripts, s => Shows(bound, error, s.Commands));
    }

    // After a top of a live state, and nothing else, restore is refused: one state more than the model has, in a field that no rule reads.
    private static Outcome RemembersTop(Semantics semantics, ref State state, Command command)
    {
        bool looked = state.AbandonedFrames == 99;
        state.AbandonedFrames = 0;
        if (looked && command.Op == Op.Restore)
        {
            return new Outcome(Status.Inapplicable);
        }

        Outcome outcome = Machine.Step(semantics, ref state, command);
        state.AbandonedFrames = (byte)(command.Op == Op.Top && outcome.Status == Status.Ok ? 99 : 0);
        return outcome;
    }

    [Fact]
    public void Two_states_have_the_same_line_only_where_they_are_the_same()
    {
        foreach (Bound bound in new[] { Small("Api", 12, 1, 1, 1), Small("Switcher", 12, 2, 2, 1), WithGenerators("Api", 1, 3, 1), WithGenerators("Switcher", 1, 2, 2) })
        {
            PackedModel model = PackedModel.Of(bound);
            var space = new PackedSpace(model, Symmetry.None);
            var graph = new PackedGraph(space);
            Search search = Explored(space, 1);
            Assert.Equal(search.State.States, graph.Found(search).Select(s => StateText.Of(model, graph.Unpack(s))).Distinct().LongCount());
        }
    }

    [Fact]
    public void Every_law_holds_on_every_state_of_the_default_bound_and_of_one_with_generators()
    {
        foreach (Bound bound in new[] { Small("Api", 15, 1, 2, 1), WithGenerators("Api", 2, 2, 1) })
        {
            var space = new PackedSpace(PackedModel.Of(bound), Symmetry.None);
            Search search = Explored(space, 1);
            Assert.All(new Laws(space, search).Check(1, 2, CancellationToken.None), l => Assert.True(l.Broken is null && l.Checked > 0, $"{l.Name}: {l.Broken}"));
        }
    }

    private static Search Explored(PackedSpace space, int cores)
    {
        var search = new Search(space);
        search.Run(cores, CancellationToken.None);
        return search;
    }

    private static IEnumerable<Command[]> Scripts(PackedModel model, int length) =>
        length == 0 ? [[]] : from s in Scripts(model, length - 1) from c in model.Commands select (Command[])[.. s, c];

    private static bool Shows(Bound bound, SeededError error, IReadOnlyList<Command> script)
    {
        Semantics semantics = bound.Semantics;
        State right = State.Initial(semantics, bound.Alphabet);
        State wrong = right;
        foreach (Command command in script)
        {
            Outcome expected = Machine.Step(semantics, ref right, command);
            Outcome seen = error.Step(semantics, ref wrong, command);
            Machine.Observe(semantics, in right, in expected, out Observation one);
            Machine.Observe(semantics, in wrong, in seen, out Observation other);
            if (one.Differs(in other) != Channels.None)
            {
                return true;
            }
        }

        return false;
    }

    private static void Compare(Bound bound)
    {
        PackedModel model = PackedModel.Of(bound);
        var space = new PackedSpace(model, Symmetry.None);
        Search search = Explored(space, 1);
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
            Assert.True(from == graph.Pack(in before));
            for (int m = 0; m < model.Commands.Length; m++)
            {
                State after = before;
                Outcome outcome = Machine.Step(semantics, ref after, model.Commands[m]);
                PackedEdge edge = graph.Step(from, m);
                Assert.True(graph.Holds(in after) != edge.IsCut);
                if (edge.IsCut)
                {
                    cuts++;
                    continue;
                }

                transitions++;
                PackedState? to = graph.Pack(in after);
                Assert.True(to == edge.To && outcome == edge.Outcome);
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
