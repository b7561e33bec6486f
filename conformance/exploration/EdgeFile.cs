// A dump of every edge, in a text that another model can write as well: docs/explore.md defines it.

using System.Globalization;
using System.Text;
using PyState.Spec.Exploration;
using PyState.Spec.Model;

namespace PyState.Conformance.Exploration;

/// <summary>Writes edges: a heading, then a line for each state and command, fields separated by tabs: state, operation, outcome, next state.</summary>
public static class EdgeFile
{
    /// <summary>The first word of the heading.</summary>
    public const string Format = "pystate-edges";

    /// <summary>Writes every edge that starts in a state that was found, sorted by line, each line ended by a line feed.</summary>
    /// <param name="path">The file; there whole, or as it was.</param>
    /// <param name="space">The numbering of states.</param>
    /// <param name="search">A search that has ended.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>How many edges.</returns>
    public static long Write(string path, PackedSpace space, Search search, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(space);
        var graph = new PackedGraph(space);
        PackedModel model = space.Model;
        var texts = new Dictionary<PackedState, string>();
        foreach (PackedState state in graph.Found(search))
        {
            cancellation.ThrowIfCancellationRequested();
            texts.Add(state, StateText.Of(model, graph.Unpack(state)));
        }

        string beside = path + ".part";
        long edges = 0;
        using (var file = new StreamWriter(beside, append: false, new UTF8Encoding(false), 1 << 20))
        {
            file.Write($"# {Format} 1 {model.Bound}\n");
            foreach ((PackedState state, string text) in texts.OrderBy(t => t.Value, StringComparer.Ordinal))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach ((string command, int m) in model.Commands.Select((c, m) => (c.ToString(), m)).OrderBy(c => c.Item1, StringComparer.Ordinal))
                {
                    PackedEdge edge = graph.Step(state, m);
                    if (!edge.IsCut)
                    {
                        file.Write($"{text}\t{command}\t{OutcomeOf(edge.Outcome, model.Commands[m].Op)}\t{texts[edge.To]}\n");
                        edges++;
                    }
                }
            }
        }

        File.Move(beside, path, overwrite: true);
        return edges;
    }

    /// <summary>An outcome: its status, and for a command that answers with a number that number.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="op">The operation.</param>
    public static string OutcomeOf(Outcome outcome, Op op) => outcome.Status == Status.Ok && op is (Op.Traverse or Op.GetContext or Op.Reraise or Op.Headroom)
        ? string.Create(CultureInfo.InvariantCulture, $"{StatusText.Of(outcome.Status)} {outcome.Probe}")
        : StatusText.Of(outcome.Status);
}
