// The shortest script that tells two step functions apart: a breadth-first search over pairs of packed states.

using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>What a search for a difference found.</summary>
/// <param name="Script">The shortest script whose last command shows it; null where none inside of the bound does.</param>
/// <param name="Pairs">How many pairs of states were looked at.</param>
public sealed record Difference(IReadOnlyList<Command>? Script, long Pairs)
{
    /// <summary>The bytes that a pair takes, at most, while pairs are collected.</summary>
    public const long BytesPerPair = 96;

    /// <summary>Searches. Both run every script in step; a script ends at the first command after which an observer sees two different things.</summary>
    /// <param name="right">The model.</param>
    /// <param name="wrong">The other one, made with the numbers of <paramref name="right"/>.</param>
    /// <param name="mostPairs">How many pairs are kept at most.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="BoundException">More pairs than that.</exception>
    public static Difference Of(PackedModel right, PackedModel wrong, int mostPairs, CancellationToken cancellation)
    {
        var rightGraph = new PackedGraph(new PackedSpace(right, Symmetry.None));
        var wrongGraph = new PackedGraph(new PackedSpace(wrong, Symmetry.None));
        var known = new HashSet<(PackedState, PackedState)>();
        var pairs = new List<(PackedState Right, PackedState Wrong, int Parent, short Command)>();
        Add(rightGraph.Initial, wrongGraph.Initial, -1, -1);
        for (int i = 0; i < pairs.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            (PackedState one, PackedState other, _, _) = pairs[i];
            for (int m = 0; m < right.Commands.Length; m++)
            {
                PackedEdge expected = rightGraph.Step(one, m);
                PackedEdge seen = wrongGraph.Step(other, m);
                if (expected.IsCut || seen.IsCut)
                {
                    continue;
                }

                if (Differs(expected, seen, m))
                {
                    return new Difference(Script(i, m), pairs.Count);
                }

                Add(expected.To, seen.To, i, (short)m);
            }

            if (pairs.Count > mostPairs)
            {
                throw new BoundException($"more than {mostPairs:N0} pairs of states show no difference: allow more memory, or take a smaller bound");
            }
        }

        return new Difference(null, pairs.Count);

        void Add(PackedState one, PackedState other, int parent, short command)
        {
            if (known.Add((one, other)))
            {
                pairs.Add((one, other, parent, command));
            }
        }

        // Packed states that are written alike are alike only where the numberings are: the places of the two spaces are not.
        bool Differs(PackedEdge expected, PackedEdge seen, int m)
        {
            if (expected.Outcome != seen.Outcome)
            {
                return true;
            }

            State one = rightGraph.Unpack(expected.To);
            State other = wrongGraph.Unpack(seen.To);
            Machine.Observe(right.Bound.Semantics, in one, expected.Outcome, out Observation shown);
            Machine.Observe(wrong.Bound.Semantics, in other, seen.Outcome, out Observation actual);
            _ = m;
            return shown.Differs(in actual) != Channels.None;
        }

        Command[] Script(int last, int m)
        {
            var script = new List<Command> { right.Commands[m] };
            for (int i = last; pairs[i].Parent >= 0; i = pairs[i].Parent)
            {
                script.Add(right.Commands[pairs[i].Command]);
            }

            script.Reverse();
            return [.. script];
        }
    }
}
