// The transition tables in the form in which a search reads them: only what changes a state, and each target once.

using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>Targets by who runs. The key is the control part and the active thread's part.</summary>
internal sealed class Successors
{
    internal readonly int[] Active;
    internal readonly int[] RowStart;
    internal readonly int[] RowDelta;
    internal readonly int[] ColumnStart;
    internal readonly (int RowDelta, int Value)[] ColumnTarget;
    internal readonly int[] AllStart;
    internal readonly AllTarget[] Alls;
    internal readonly int[][] PlaceMaps;
    internal readonly int[] CutRows;
    internal readonly int[] CutColumns;
    internal readonly bool HasColumnCuts;

    /// <summary>How many columns have tables of their own: one for handles, which are alike, else each.</summary>
    internal readonly int Classes;

    /// <summary>A command that touches every column.</summary>
    internal readonly record struct AllTarget(int RowDelta, int ResetRow, int Map, ColumnMap Columns);

    internal Successors(PackedSpace space)
    {
        PackedModel model = space.Model;
        Classes = model.Bound.Alphabet == Alphabet.Api ? 1 : model.Columns;
        Active = [.. Enumerable.Range(0, model.ControlCount).Select(model.ActiveOf)];
        PlaceMaps = [.. Enumerable.Range(0, model.MapCount).Select(m => PlaceMap(space, model.MapOf(m)))];
        int keys = model.ControlCount * model.ThreadCount;
        RowStart = new int[keys + 1];
        AllStart = new int[keys + 1];
        ColumnStart = new int[(keys * Classes * model.ColumnCount) + 1];
        CutRows = new int[keys];
        CutColumns = new int[keys * Classes * model.ColumnCount];
        var rows = new List<int>();
        var alls = new List<AllTarget>();
        var columns = new List<(int, int)>();
        var perColumn = new HashSet<(int, int)>[Classes * model.ColumnCount];
        var perRow = new HashSet<int>();
        for (int i = 0; i < perColumn.Length; i++)
        {
            perColumn[i] = [];
        }

        for (int key = 0; key < keys; key++)
        {
            (int control, int thread) = (key / model.ThreadCount, key % model.ThreadCount);
            perRow.Clear();
            RowStart[key] = rows.Count;
            AllStart[key] = alls.Count;
            for (int m = 0; m < model.Commands.Length; m++)
            {
                Footprint footprint = model.FootprintOf(model.Commands[m], control, out int column);
                if (footprint == Footprint.Column)
                {
                    int kind = Classes == 1 ? 0 : column;
                    for (int v = 0; v < model.ColumnCount; v++)
                    {
                        Transition transition = model.ColumnEntryOf(control, thread, v, m);
                        int delta = Delta(space, control, thread, transition);
                        if (transition.IsCut)
                        {
                            CutColumns[(((key * Classes) + kind) * model.ColumnCount) + v] += Classes == 1 && column != 0 ? 0 : 1;
                            HasColumnCuts = true;
                        }
                        else if (delta != 0 || transition.Column != v)
                        {
                            _ = perColumn[(kind * model.ColumnCount) + v].Add((delta, transition.Column));
                        }
                    }

                    continue;
                }

                Transition entry = model.RowOf(control, thread, m);
                if (entry.IsCut)
                {
                    CutRows[key]++;
                }
                else if (footprint == Footprint.Row)
                {
                    int delta = Delta(space, control, thread, entry);
                    if (delta != 0 && perRow.Add(delta))
                    {
                        rows.Add(delta);
                    }
                }
                else if (Delta(space, control, thread, entry) != 0 || !IsIdentity(model.MapOf(entry.Column)))
                {
                    ColumnMap map = model.MapOf(entry.Column);
                    int[] threads = [.. Enumerable.Repeat(model.InitialThread, model.Bound.Threads)];
                    threads[Active[control]] = entry.Thread;
                    alls.Add(new AllTarget(Delta(space, control, thread, entry), map.ResetsOthers ? space.RowOf(entry.Control, threads) : -1, entry.Column, map));
                }
            }

            for (int x = 0; x < perColumn.Length; x++)
            {
                ColumnStart[(key * perColumn.Length) + x] = columns.Count;
                columns.AddRange(perColumn[x]);
                perColumn[x].Clear();
            }
        }

        RowStart[keys] = rows.Count;
        AllStart[keys] = alls.Count;
        ColumnStart[^1] = columns.Count;
        (RowDelta, Alls, ColumnTarget) = ([.. rows], [.. alls], [.. columns]);
    }

    /// <summary>The bytes of these tables.</summary>
    internal long Bytes =>
        (4L * (RowStart.Length + RowDelta.Length + ColumnStart.Length + AllStart.Length + CutRows.Length + CutColumns.Length + PlaceMaps.Sum(m => (long)m.Length))) + (8L * ColumnTarget.Length);

    /// <summary>The control part that a column decides after a command that touches all, or -1.</summary>
    internal static int Decided(PackedSpace space, ColumnMap map, int place)
    {
        int decided = -1;
        for (int i = 0; i < map.Controls.Length; i++)
        {
            int control = map.Controls[i][space.DigitOf(place, i)];
            if (control >= 0)
            {
                decided = decided < 0 || decided == control ? control
                    : throw new BoundException("two saved states decide at once what all share: this bound cannot be explored");
            }
        }

        return decided;
    }

    private static bool IsIdentity(ColumnMap map) => !map.ResetsOthers && map.Controls.Length == 0 && map.Columns.All(c => c.Select((to, v) => to == v).All(same => same));

    private static int Delta(PackedSpace space, int control, int thread, Transition to) =>
        to.IsCut ? 0 : ((to.Control - control) * space.ControlStride) + ((to.Thread - thread) * space.RowStrides[space.Model.ActiveOf(control)]);

    private static int[] PlaceMap(PackedSpace space, ColumnMap map)
    {
        int n = space.Model.Columns;
        var places = new int[space.Places];
        Span<int> values = stackalloc int[n];
        for (int r = 0; r < places.Length; r++)
        {
            bool cut = false;
            for (int i = 0; i < n; i++)
            {
                values[i] = map.Columns[i][space.DigitOf(r, i)];
                cut |= values[i] < 0;
            }

            places[r] = cut ? -1 : space.PlaceOf(values);
        }

        return places;
    }
}
