// The W-method (Chow 1978) on an explored graph: scripts that tell the model from every implementation with at most so many states more.

using System.Collections.Immutable;
using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>Makes checking suites: every state is reached, every command is tried in it, then up to so many commands of any kind, then each sequence of a set that tells every two states
/// apart by what an observer sees. Commands that lead out of the bound are not asked, so the guarantee is one on what is inside of it.</summary>
public static class CheckingSuite
{
    /// <summary>The most scripts that a suite has.</summary>
    public const int MostScripts = 2_000_000;

    /// <summary>Makes one.</summary>
    /// <param name="space">The numbering of states, without symmetry.</param>
    /// <param name="search">A search that has ended.</param>
    /// <param name="extra">How many states more than the model an implementation may have.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="BoundException">The suite is too large, or two states cannot be told apart inside of the bound.</exception>
    public static TransitionSuite Of(PackedSpace space, Search search, int extra, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(search);
        if (search.State.States > 5000)
        {
            throw new BoundException($"a checking suite of {search.State.States:N0} states is more than can be made: take fewer commands, handles or threads, so that there are at most 5,000");
        }

        Automaton whole = Automaton.Of(space, cancellation);
        Automaton automaton = whole.Reduced();
        List<int[]> identifiers = Identifiers(automaton, cancellation);
        var sequences = new List<int[]>();
        int[][] access = automaton.Access();
        ImmutableArray<Command> commands = space.Model.Commands;
        for (int s = 0; s < automaton.Count; s++)
        {
            cancellation.ThrowIfCancellationRequested();
            Extend(s, [.. access[s]], extra + 1);
        }

        return new TransitionSuite(
            [.. WithoutPrefixes(sequences).Select(q => new TransitionSuite.Path(space.Model.Bound.Alphabet, [.. q.Select(m => commands[m])]))],
            sequences.Count,
            $"W-method, complete for implementations of at most {automaton.Count + extra} states: {automaton.Count} of the model and {extra} more");

        void Extend(int state, List<int> prefix, int left)
        {
            foreach (int[] identifier in identifiers)
            {
                int at = state;
                int[] defined = [.. identifier.TakeWhile(m => (at = at < 0 ? -1 : automaton.Targets[at][m]) >= 0)];
                sequences.Add([.. prefix, .. defined]);
            }

            if (sequences.Count > MostScripts)
            {
                throw new BoundException($"this checking suite has more than {MostScripts:N0} scripts: take fewer commands, or a smaller --extra");
            }

            for (int m = 0; left > 0 && m < commands.Length; m++)
            {
                if (automaton.Targets[state][m] is >= 0 and int to)
                {
                    Extend(to, [.. prefix, m], left - 1);
                }
            }
        }
    }

    // A set of sequences of which each two states answer at least one differently.
    private static List<int[]> Identifiers(Automaton automaton, CancellationToken cancellation)
    {
        var identifiers = new List<int[]>();
        var alike = new List<(int A, int B)>();
        for (int a = 0; a < automaton.Count; a++)
        {
            for (int b = a + 1; b < automaton.Count; b++)
            {
                alike.Add((a, b));
            }
        }

        while (alike.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] sequence = automaton.Separate(alike[0].A, alike[0].B)
                ?? throw new BoundException("two states of this bound cannot be told apart by commands inside of it, so no suite is complete: explore other --commands or a smaller --depth");
            identifiers.Add(sequence);
            int[][] answers = [.. Enumerable.Range(0, automaton.Count).Select(s => automaton.Answers(s, sequence).ToArray())];

            // An answer may end early, where the rest leads out of the bound: it differs only where both have one.
            _ = alike.RemoveAll(p => answers[p.A].AsSpan().CommonPrefixLength(answers[p.B]) < Math.Min(answers[p.A].Length, answers[p.B].Length));
        }

        // One state is told apart from none: what is left are the transitions themselves.
        return identifiers.Count > 0 ? identifiers : [[]];
    }

    private static Func<(int, string), int> Numbered()
    {
        var numbers = new Dictionary<(int, string), int>();
        return key => numbers.TryAdd(key, numbers.Count) ? numbers.Count - 1 : numbers[key];
    }

    private static IEnumerable<int[]> WithoutPrefixes(List<int[]> sequences)
    {
        sequences.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        for (int i = 0; i < sequences.Count; i++)
        {
            if (sequences[i].Length > 0 && (i + 1 == sequences.Count || !sequences[i + 1].AsSpan().StartsWith(sequences[i])))
            {
                yield return sequences[i];
            }
        }
    }

    // A deterministic automaton: the target and the answer of each command in each state; -1 where it is not asked.
    private sealed record Automaton(int[][] Targets, int[][] Outputs)
    {
        internal int Count => Targets.Length;

        internal static Automaton Of(PackedSpace space, CancellationToken cancellation)
        {
            PackedModel model = space.Model;
            var graph = new PackedGraph(space);
            var numbers = new Dictionary<PackedState, int> { [graph.Initial] = 0 };
            var states = new List<PackedState> { graph.Initial };
            var outputs = new Numbering<string>();
            var targets = new List<int[]>();
            var answers = new List<int[]>();
            for (int s = 0; s < states.Count; s++)
            {
                cancellation.ThrowIfCancellationRequested();
                var to = new int[model.Commands.Length];
                var seen = new int[model.Commands.Length];
                for (int m = 0; m < to.Length; m++)
                {
                    PackedEdge edge = graph.Step(states[s], m);
                    to[m] = seen[m] = -1;
                    if (edge.IsCut)
                    {
                        continue;
                    }

                    if (!numbers.TryGetValue(edge.To, out to[m]))
                    {
                        to[m] = states.Count;
                        numbers.Add(edge.To, to[m]);
                        states.Add(edge.To);
                    }

                    State after = graph.Unpack(edge.To);
                    Machine.Observe(model.Bound.Semantics, in after, edge.Outcome, out Observation observation);
                    if (model.Bound.Alphabet == Alphabet.Switcher)
                    {
                        observation.Raw = default; // no switcher shows the fields themselves: states are told apart without them
                    }

                    seen[m] = outputs.Of(Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<Observation>(in observation))));
                }

                targets.Add(to);
                answers.Add(seen);
            }

            return new Automaton([.. targets], [.. answers]);
        }

        // States that answer everything alike, what is not asked included, are one.
        internal Automaton Reduced()
        {
            int[] block = new int[Count];
            for (int count = 1; ;)
            {
                int[] current = block;
                block = [.. Enumerable.Range(0, Count).Select(s => (current[s], string.Join(';', Outputs[s].Zip(Targets[s], (o, t) => $"{o},{(t < 0 ? -1 : current[t])}")))).Select(Numbered())];
                int now = block.Max() + 1;
                if (now == count)
                {
                    break;
                }

                count = now;
            }

            int[] representative = [.. block.Select((b, s) => (b, s)).GroupBy(x => x.b).OrderBy(g => g.Key).Select(g => g.First().s)];
            int[] final = block;
            return new Automaton(
                [.. representative.Select(s => Targets[s].Select(t => t < 0 ? -1 : final[t]).ToArray())],
                [.. representative.Select(s => Outputs[s])]);
        }

        // The shortest way to each state. The initial one is the first.
        internal int[][] Access()
        {
            var access = new int[Count][];
            access[0] = [];
            var queue = new Queue<int>([0]);
            while (queue.TryDequeue(out int s))
            {
                for (int m = 0; m < Targets[s].Length; m++)
                {
                    if (Targets[s][m] is >= 0 and int to && access[to] is null)
                    {
                        access[to] = [.. access[s], m];
                        queue.Enqueue(to);
                    }
                }
            }

            return access;
        }

        internal IEnumerable<int> Answers(int state, int[] sequence)
        {
            foreach (int m in sequence)
            {
                if (Targets[state][m] < 0)
                {
                    yield break;
                }

                yield return Outputs[state][m];
                state = Targets[state][m];
            }
        }

        // The shortest sequence, asked in both, that two states answer differently; null where there is none.
        internal int[]? Separate(int one, int other)
        {
            var from = new Dictionary<(int, int), ((int, int) Parent, int Command)> { [(one, other)] = ((-1, -1), -1) };
            var queue = new Queue<(int, int)>([(one, other)]);
            while (queue.TryDequeue(out (int A, int B) pair))
            {
                for (int m = 0; m < Targets[0].Length; m++)
                {
                    (int a, int b) = (Targets[pair.A][m], Targets[pair.B][m]);
                    if (a < 0 || b < 0)
                    {
                        continue;
                    }

                    if (Outputs[pair.A][m] != Outputs[pair.B][m])
                    {
                        var sequence = new List<int> { m };
                        for ((int, int) at = pair; from[at].Command >= 0; at = from[at].Parent)
                        {
                            sequence.Add(from[at].Command);
                        }

                        sequence.Reverse();
                        return [.. sequence];
                    }

                    if (a != b && from.TryAdd((a, b), (pair, m)))
                    {
                        queue.Enqueue((a, b));
                    }
                }
            }

            return null;
        }
    }
}
