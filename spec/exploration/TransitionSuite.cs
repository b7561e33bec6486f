// Scripts that take every transition of an explored graph, or every pair of transitions that follow each other.

using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>A suite with a guarantee.</summary>
/// <param name="Scripts">The scripts, each from the initial state.</param>
/// <param name="Covered">How many transitions, or pairs of them, they take: all there are.</param>
/// <param name="Guarantee">What is guaranteed, in words.</param>
public sealed record TransitionSuite(IReadOnlyList<TransitionSuite.Path> Scripts, long Covered, string Guarantee)
{
    /// <summary>The longest script: as long as the longest that is generated at random.</summary>
    public const int LongestScript = 40;

    /// <summary>The most transitions that a suite is made for.</summary>
    public const long MostTransitions = 20_000_000;

    /// <summary>One script.</summary>
    /// <param name="Alphabet">Its alphabet.</param>
    /// <param name="Commands">Its commands.</param>
    public sealed record Path(Alphabet Alphabet, IReadOnlyList<Command> Commands);

    /// <summary>Makes one. A command that changes nothing is taken on the way; from where nothing is left to take nearby, the next script begins.</summary>
    /// <param name="space">The numbering of states, without symmetry.</param>
    /// <param name="search">A search that has ended.</param>
    /// <param name="length">1 for every transition, 2 for every pair that follow each other.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="BoundException">The graph is too large.</exception>
    public static TransitionSuite Of(PackedSpace space, Search search, int length, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(search);
        PackedModel model = space.Model;
        int commands = model.Commands.Length;
        long transitions = search.State.Transitions * (length == 2 ? commands : 1);
        if (transitions > MostTransitions)
        {
            throw new BoundException($"a suite of {transitions:N0} transitions or pairs is more than {MostTransitions:N0}: take a smaller bound");
        }

        var graph = new PackedGraph(space);
        var numbers = new Dictionary<PackedState, int> { [graph.Initial] = 0 };
        var parents = new List<(int State, int Command)> { (-1, -1) };
        var targets = new List<int[]>();
        var states = new List<PackedState> { graph.Initial };
        for (int s = 0; s < states.Count; s++)
        {
            cancellation.ThrowIfCancellationRequested();
            var to = new int[commands];
            for (int m = 0; m < commands; m++)
            {
                PackedEdge edge = graph.Step(states[s], m);
                if (edge.IsCut)
                {
                    to[m] = -1;
                    continue;
                }

                if (!numbers.TryGetValue(edge.To, out to[m]))
                {
                    to[m] = states.Count;
                    numbers.Add(edge.To, to[m]);
                    states.Add(edge.To);
                    parents.Add((s, m));
                }
            }

            targets.Add(to);
        }

        var tour = new Tour(targets, parents, commands, length);
        var scripts = new List<Path>();
        while (tour.Next() is { } script)
        {
            cancellation.ThrowIfCancellationRequested();
            scripts.Add(new Path(model.Bound.Alphabet, [.. script.Select(m => model.Commands[m])]));
        }

        return new TransitionSuite(scripts, tour.Covered, length == 1 ? "every transition" : "every pair of transitions that follow each other");
    }

    // Greedy: to the first state in the order of depth that has something left, then on as long as something is left right here.
    private sealed class Tour(List<int[]> targets, List<(int State, int Command)> parents, int commands, int length)
    {
        private readonly bool[] taken = new bool[(long)targets.Count * commands * (length == 2 ? commands : 1)];
        private readonly int[] first = new int[targets.Count];
        private int from;

        internal long Covered { get; private set; }

        internal List<int>? Next()
        {
            while (from < targets.Count && Untaken(from) < 0)
            {
                from++;
            }

            if (from == targets.Count)
            {
                return null;
            }

            var script = new List<int>();
            for (int s = from; parents[s].State >= 0; s = parents[s].State)
            {
                script.Add(parents[s].Command);
            }

            script.Reverse();
            Mark(script);
            int longest = script.Count + 2 > LongestScript ? script.Count + 2 : LongestScript;
            for (int at = from; script.Count + length <= longest; at = End(at, script))
            {
                int what = Untaken(at);
                if (what < 0)
                {
                    break;
                }

                int begun = script.Count;
                script.Add(length == 2 ? what / commands : what);
                if (length == 2)
                {
                    script.Add(what % commands);
                }

                Mark(script, begun);
                position = begun;
            }

            return script;
        }

        private int position;

        private int End(int at, List<int> script)
        {
            for (int i = position; i < script.Count; i++)
            {
                at = targets[at][script[i]];
            }

            return at;
        }

        // Those that stay here come first: they cost no way back.
        private int Untaken(int state)
        {
            int count = length == 2 ? commands * commands : commands;
            for (; first[state] < count; first[state]++)
            {
                int what = first[state];
                if (!taken[((long)state * count) + what] && Exists(state, what))
                {
                    return what;
                }
            }

            return -1;
        }

        private bool Exists(int state, int what)
        {
            if (length == 1)
            {
                return targets[state][what] >= 0;
            }

            int between = targets[state][what / commands];
            return between >= 0 && targets[between][what % commands] >= 0;
        }

        private void Mark(List<int> script, int since = 0)
        {
            int at = 0;
            int before = -1;
            int last = -1;
            for (int i = 0; i < script.Count; i++)
            {
                if (i >= since)
                {
                    Take(length == 1 ? at : before, length == 1 ? script[i] : (last * commands) + script[i]);
                }

                (before, last, at) = (at, script[i], targets[at][script[i]]);
            }
        }

        private void Take(int state, int what)
        {
            if (state < 0)
            {
                return;
            }

            ref bool mark = ref taken[((long)state * (length == 2 ? commands * commands : commands)) + what];
            Covered += mark ? 0 : 1;
            mark = true;
        }
    }
}
