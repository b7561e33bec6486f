// Two graphs compared edge by edge: this model's, and that of a file.

using PyState.Conformance.Plugins;
using PyState.Spec.Exploration;

namespace PyState.Conformance.Exploration;

/// <summary>One state and command on which the two graphs differ.</summary>
/// <param name="Here">This model's edge; null where only the file has one.</param>
/// <param name="There">The file's edge; null where only this model has one.</param>
/// <param name="Script">The shortest script that reaches the state, in this model where it has the state, else in the file; null where nothing in the file leads to it.</param>
public sealed record EdgeDifference(Edge? Here, Edge? There, IReadOnlyList<string>? Script)
{
    /// <summary>The state.</summary>
    public string State => (Here ?? There!).State;

    /// <summary>The command.</summary>
    public string Command => (Here ?? There!).Command;
}

/// <summary>What a comparison found.</summary>
/// <param name="Equal">How many edges both have, with the same outcome and the same next state.</param>
/// <param name="Outcomes">On how many the outcomes differ.</param>
/// <param name="NextStates">On how many the outcomes are the same and the next states differ.</param>
/// <param name="OnlyHere">How many only this model has.</param>
/// <param name="OnlyThere">How many only the file has.</param>
/// <param name="First">Some of the differing edges: those that both have before the others, which follow from them, and those reached by the shortest scripts first.</param>
public sealed record EdgeComparison(long Equal, long Outcomes, long NextStates, long OnlyHere, long OnlyThere, IReadOnlyList<EdgeDifference> First)
{
    /// <summary>How many edges differ.</summary>
    public long Different => Outcomes + NextStates + OnlyHere + OnlyThere;

    /// <summary>Compares. The two are read side by side, in order; what stays in memory is a line for each state.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="space">The numbering of states, without symmetry.</param>
    /// <param name="search">A search that has ended.</param>
    /// <param name="most">How many differences are shown.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="SetupException">The file is none that could be compared.</exception>
    public static EdgeComparison Of(string path, string name, PackedSpace space, Search search, int most, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(space);
        IReadOnlyDictionary<PackedState, string> texts = EdgeFile.TextsOf(space, search, cancellation);
        var scripts = new StateScripts(space, texts);
        var first = new PriorityQueue<(Edge? Here, Edge? There), (int OfBoth, int Depth)>(); // what comes last is on top, so that it is what has to go
        long equal = 0, outcomes = 0, nextStates = 0, onlyHere = 0, onlyThere = 0;
        using IEnumerator<Edge> theirs = EdgeReader.Read(path, name, space.Model.Bound).GetEnumerator();
        bool more = theirs.MoveNext();
        foreach (Edge mine in EdgeFile.Edges(space, texts, cancellation))
        {
            while (more && string.CompareOrdinal(theirs.Current.Key, mine.Key) < 0)
            {
                There();
            }

            if (!more || theirs.Current.Key != mine.Key)
            {
                onlyHere++;
                Keep(mine, null);
                continue;
            }

            Edge other = theirs.Current;
            more = theirs.MoveNext();
            if (mine == other)
            {
                equal++;
                continue;
            }

            (outcomes, nextStates) = mine.Outcome != other.Outcome ? (outcomes + 1, nextStates) : (outcomes, nextStates + 1);
            scripts.Leads(other);
            Keep(mine, other);
        }

        while (more)
        {
            cancellation.ThrowIfCancellationRequested();
            There();
        }

        // Of states that only the file has, the way is known when all of it has been read.
        return new EdgeComparison(equal, outcomes, nextStates, onlyHere, onlyThere,
        [
            .. first.UnorderedItems.Select(i => new EdgeDifference(i.Element.Here, i.Element.There, scripts.To((i.Element.Here ?? i.Element.There!).State)))
                .OrderByDescending(d => d.Here is not null && d.There is not null).ThenBy(d => d.Script?.Count ?? int.MaxValue).ThenBy(d => (d.Here ?? d.There!).Key, StringComparer.Ordinal),
        ]);

        void There()
        {
            onlyThere++;
            scripts.Leads(theirs.Current);
            Keep(null, theirs.Current);
            more = theirs.MoveNext();
        }

        void Keep(Edge? here, Edge? there)
        {
            first.Enqueue((here, there), (here is not null && there is not null ? 1 : 0, -scripts.DepthOf((here ?? there!).State)));
            if (first.Count > most)
            {
                _ = first.Dequeue();
            }
        }
    }
}
