// A dump of every edge, in a text that another model can write as well: docs/explore.md defines it.

using System.Globalization;
using System.Text;
using PyState.Conformance.Reports;
using PyState.Spec.Exploration;
using PyState.Spec.Model;

namespace PyState.Conformance.Exploration;

/// <summary>One edge in words.</summary>
/// <param name="State">The state before.</param>
/// <param name="Command">The command.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Next">The state afterwards.</param>
public sealed record Edge(string State, string Command, string Outcome, string Next)
{
    /// <summary>What it is found by: the state and the command. A tab comes before every character of either, so that keys are in the order of lines.</summary>
    public string Key { get; } = $"{State}\t{Command}";
}

/// <summary>Writes edges: a heading, then a line for each state and command, fields separated by tabs: state, operation, outcome, next state.</summary>
public static class EdgeFile
{
    /// <summary>The first word of the heading.</summary>
    public const string Format = "pystate-edges";

    /// <summary>The first line of a file: the format, its version, and the bound.</summary>
    /// <param name="bound">The bound.</param>
    public static string HeadingOf(Bound bound) => $"# {Format} 1 {bound}";

    /// <summary>Writes every edge that starts in a state that was found, sorted by line, each line ended by a line feed.</summary>
    /// <param name="path">The file; there whole, or as it was.</param>
    /// <param name="space">The numbering of states.</param>
    /// <param name="search">A search that has ended.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>How many edges.</returns>
    public static long Write(string path, PackedSpace space, Search search, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(space);
        long edges = 0;
        AtomicFile.Write(path, stream =>
        {
            using var file = new StreamWriter(stream, new UTF8Encoding(false), 1 << 20, leaveOpen: true);
            file.Write($"{HeadingOf(space.Model.Bound)}\n");
            foreach (Edge edge in Edges(space, TextsOf(space, search, cancellation), cancellation))
            {
                file.Write($"{edge.Key}\t{edge.Outcome}\t{edge.Next}\n");
                edges++;
            }
        });
        return edges;
    }

    /// <summary>The line of every state that was found.</summary>
    /// <param name="space">The numbering of states.</param>
    /// <param name="search">A search that has ended.</param>
    /// <param name="cancellation">Stops it.</param>
    public static IReadOnlyDictionary<PackedState, string> TextsOf(PackedSpace space, Search search, CancellationToken cancellation)
    {
        var graph = new PackedGraph(space);
        var texts = new Dictionary<PackedState, string>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (PackedState state in graph.Found(search))
        {
            cancellation.ThrowIfCancellationRequested();
            string text = StateText.Of(space.Model, graph.Unpack(state));
            while (!taken.Add(text))
            {
                text += "~"; // a seeded error can break what a line leaves out because it follows from the blocks
            }

            texts.Add(state, text);
        }

        return texts;
    }

    /// <summary>Every edge in the order of the file: by state, then by command.</summary>
    /// <param name="space">The numbering of states.</param>
    /// <param name="texts">The line of every state.</param>
    /// <param name="cancellation">Stops it.</param>
    public static IEnumerable<Edge> Edges(PackedSpace space, IReadOnlyDictionary<PackedState, string> texts, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(space);
        var graph = new PackedGraph(space);
        PackedModel model = space.Model;
        (string Text, int Index)[] commands = [.. model.Commands.Select((c, m) => (c.ToString(), m)).OrderBy(c => c.Item1, StringComparer.Ordinal)];
        foreach ((PackedState state, string text) in texts.OrderBy(t => t.Value, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach ((string command, int m) in commands)
            {
                PackedEdge edge = graph.Step(state, m);
                if (!edge.IsCut)
                {
                    yield return new Edge(text, command, OutcomeOf(edge.Outcome, model.Commands[m].Op), texts[edge.To]);
                }
            }
        }
    }

    /// <summary>An outcome: its status, and for a command that answers with a number that number.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="op">The operation.</param>
    public static string OutcomeOf(Outcome outcome, Op op) => outcome.Status == Status.Ok && op is (Op.Traverse or Op.GetContext or Op.Reraise or Op.Headroom)
        ? string.Create(CultureInfo.InvariantCulture, $"{StatusText.Of(outcome.Status)} {outcome.Probe}")
        : StatusText.Of(outcome.Status);
}
