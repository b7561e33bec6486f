// The shortest script to a state, given its line: through this model, and from there through what only a file has.

using PyState.Spec.Exploration;

namespace PyState.Conformance.Exploration;

/// <summary>Finds scripts. The states of this model are searched breadth first, once; the edges of a file that lead to states which this model does not have are noted as
/// they are read.</summary>
internal sealed class StateScripts
{
    private readonly PackedSpace space;
    private readonly Dictionary<string, (string From, int Command, int Depth)> here = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string From, string Command)>> there = new(StringComparer.Ordinal);

    /// <summary>Searches this model.</summary>
    /// <param name="space">The numbering of states.</param>
    /// <param name="texts">The line of every state.</param>
    internal StateScripts(PackedSpace space, IReadOnlyDictionary<PackedState, string> texts)
    {
        this.space = space;
        var graph = new PackedGraph(space);
        var queue = new Queue<PackedState>([graph.Initial]);
        here.Add(texts[graph.Initial], (string.Empty, -1, 0));
        while (queue.TryDequeue(out PackedState state))
        {
            string from = texts[state];
            int depth = here[from].Depth + 1;
            for (int m = 0; m < space.Model.Commands.Length; m++)
            {
                PackedEdge edge = graph.Step(state, m);
                if (!edge.IsCut && here.TryAdd(texts[edge.To], (from, m, depth)))
                {
                    queue.Enqueue(edge.To);
                }
            }
        }
    }

    /// <summary>How many commands lead to a state in this model; more than any where it has no such state.</summary>
    /// <param name="state">The line of the state.</param>
    internal int DepthOf(string state) => here.TryGetValue(state, out (string From, int Command, int Depth) way) ? way.Depth : int.MaxValue;

    /// <summary>Notes an edge of the file.</summary>
    /// <param name="edge">The edge.</param>
    internal void Leads(Edge edge)
    {
        if (here.ContainsKey(edge.Next) || edge.Next == edge.State)
        {
            return;
        }

        if (!there.TryGetValue(edge.Next, out List<(string From, string Command)>? ways))
        {
            there.Add(edge.Next, ways = []);
        }

        ways.Add((edge.State, edge.Command));
    }

    /// <summary>The shortest script; null where nothing leads to the state.</summary>
    /// <param name="state">The line of the state.</param>
    internal IReadOnlyList<string>? To(string state)
    {
        // Backwards from the state, breadth first, as far as this model's states; of the ways that end there the shortest in all.
        var steps = new Dictionary<string, (string Next, string Command, int Depth)>(StringComparer.Ordinal) { [state] = (string.Empty, string.Empty, 0) };
        var queue = new Queue<string>([state]);
        (string? Start, int Length) best = (null, int.MaxValue);
        while (queue.TryDequeue(out string? at))
        {
            int depth = steps[at].Depth;
            if (here.TryGetValue(at, out (string From, int Command, int Depth) way))
            {
                best = way.Depth + depth < best.Length ? (at, way.Depth + depth) : best;
                continue;
            }

            foreach ((string from, string command) in there.GetValueOrDefault(at) ?? [])
            {
                if (steps.TryAdd(from, (at, command, depth + 1)))
                {
                    queue.Enqueue(from);
                }
            }
        }

        if (best.Start is null)
        {
            return null;
        }

        var script = new List<string>();
        for (string at = best.Start; here[at].Command >= 0; at = here[at].From)
        {
            script.Add(space.Model.Commands[here[at].Command].ToString());
        }

        script.Reverse();
        for (string at = best.Start; steps[at].Depth > 0; at = steps[at].Next)
        {
            script.Add(steps[at].Command);
        }

        return script;
    }
}
