// The explored graph, edge by edge: packed states as states of the model, and what each command does to them by the tables.

using System.Numerics;
using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>A packed state: its row and its place in it.</summary>
/// <param name="Row">The row.</param>
/// <param name="Place">The place.</param>
public readonly record struct PackedState(int Row, int Place);

/// <summary>Where a command leads.</summary>
/// <param name="IsCut">Whether out of the bound: then nothing else means anything.</param>
/// <param name="To">The state afterwards.</param>
/// <param name="Outcome">How the command ended.</param>
public readonly record struct PackedEdge(bool IsCut, PackedState To, Outcome Outcome);

/// <summary>Reads a packed space by its transition tables.</summary>
/// <param name="space">The numbering of states.</param>
public sealed class PackedGraph(PackedSpace space)
{
    private readonly PackedModel model = space.Model;

    /// <summary>The state in which everything begins.</summary>
    public PackedState Initial { get; } = new(
        space.RowOf(space.Model.InitialControl, [.. Enumerable.Repeat(space.Model.InitialThread, space.Model.Bound.Threads)]),
        space.PlaceOf(space.Model.InitialColumns));

    /// <summary>Every state that a search has found, by row and place.</summary>
    /// <param name="search">The search.</param>
    public IEnumerable<PackedState> Found(Search search)
    {
        for (int row = 0; row < space.Rows; row++)
        {
            for (int w = 0; w < space.Words; w++)
            {
                for (ulong left = search.Visited[(row * space.Words) + w]; left != 0; left &= left - 1)
                {
                    yield return new PackedState(row, (w << 6) + BitOperations.TrailingZeroCount(left));
                }
            }
        }
    }

    /// <summary>What one command does.</summary>
    /// <param name="from">The state before.</param>
    /// <param name="command">The index of the command in <see cref="PackedModel.Commands"/>.</param>
    public PackedEdge Step(PackedState from, int command)
    {
        int control = space.ControlOf(from.Row);
        int active = model.ActiveOf(control);
        int thread = space.ThreadOf(from.Row, active);
        Footprint footprint = model.FootprintOf(model.Commands[command], control, out int column);
        if (footprint == Footprint.Column)
        {
            // Where handles are interchangeable their order is that of their values, so a handle of the state is a value of the place.
            int value = space.DigitOf(from.Place, column);
            Transition entry = model.ColumnEntryOf(control, thread, value, command);
            return entry.IsCut ? new(true, default, default)
                : new(false, new(Moved(from.Row, control, active, thread, entry), space.Replace(from.Place, column, value, entry.Column)), Shown(entry, command));
        }

        Transition row = model.RowOf(control, thread, command);
        if (row.IsCut)
        {
            return new(true, default, default);
        }

        if (footprint == Footprint.Row)
        {
            return new(false, new(Moved(from.Row, control, active, thread, row), from.Place), model.OutcomeOf(row.Outcome));
        }

        ColumnMap map = model.MapOf(row.Column);
        Span<int> values = stackalloc int[model.Columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = map.Columns[i][space.DigitOf(from.Place, i)];
            if (values[i] < 0)
            {
                return new(true, default, default);
            }
        }

        int[] threads = [.. Enumerable.Range(0, model.Bound.Threads).Select(t => t == active ? row.Thread : map.ResetsOthers ? model.InitialThread : space.ThreadOf(from.Row, t))];
        int decided = Successors.Decided(space, map, from.Place);
        return new(false, new(space.RowOf(decided < 0 ? row.Control : decided, threads), space.PlaceOf(values)), model.OutcomeOf(row.Outcome));
    }

    /// <summary>The state of the model that a packed one stands for.</summary>
    /// <param name="packed">The packed one.</param>
    public State Unpack(PackedState packed)
    {
        var threads = new ThreadPart[model.Bound.Threads];
        var columns = new ColumnPart[model.Columns];
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = model.ThreadOf(space.ThreadOf(packed.Row, t));
        }

        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = model.ColumnOf(space.DigitOf(packed.Place, i));
        }

        return model.Parts.Join(model.ControlOf(space.ControlOf(packed.Row)), threads, columns);
    }

    /// <summary>The packed state of a state of the model; null where it is outside of the bound.</summary>
    /// <param name="state">The state.</param>
    public PackedState? Pack(in State state)
    {
        var threads = new ThreadPart[model.Bound.Threads];
        var columns = new ColumnPart[model.Columns];
        int control = model.FindControl(model.Parts.Split(in state, threads, columns));
        int[] threadNumbers = [.. threads.Select(t => model.FindThread(in t))];
        int[] columnNumbers = [.. columns.Select(c => model.FindColumn(in c))];
        return control < 0 || threadNumbers.Any(t => t < 0) || columnNumbers.Any(c => c < 0) ? null : new(space.RowOf(control, threadNumbers), space.PlaceOf(columnNumbers));
    }

    /// <summary>Whether a state of the model is inside of the bound.</summary>
    /// <param name="state">The state.</param>
    public bool Holds(in State state)
    {
        var threads = new ThreadPart[model.Bound.Threads];
        var columns = new ColumnPart[model.Columns];
        _ = model.Parts.Split(in state, threads, columns);
        return threads.All(t => model.Parts.Holds(t.Flow)) && columns.All(c => model.Parts.Holds(c.Flow));
    }

    private int Moved(int row, int control, int active, int thread, Transition entry) =>
        row + ((entry.Control - control) * space.ControlStride) + ((entry.Thread - thread) * space.RowStrides[active]);

    // The table of all handles is that of the first: whose frames are shown has the handle's number.
    private Outcome Shown(Transition entry, int command)
    {
        Outcome outcome = model.OutcomeOf(entry.Outcome);
        Command asked = model.Commands[command];
        return outcome.Shows != 0 && Bound.NamesHandle(asked.Op) ? new Outcome(outcome.Status, outcome.Probe, outcome.Event, (byte)(1 + asked.A)) : outcome;
    }
}
