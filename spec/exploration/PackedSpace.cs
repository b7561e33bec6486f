// Where a packed state stands in a bitmap: a row for the control part and the threads, a place in it for the handles or contexts.

using System.Globalization;
using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>Which states are taken for the same.</summary>
public enum Symmetry
{
    /// <summary>None but equal ones.</summary>
    None,

    /// <summary>Those that differ only in which handle, or which context, is which.</summary>
    Slots,
}

/// <summary>The numbering of states of a <see cref="PackedModel"/>: dense, so that a bit for each number holds a set of them.</summary>
public sealed class PackedSpace
{
    private const long MostPlaces = 1L << 26;
    private readonly int columns;
    private readonly int values;
    private readonly ushort[] digits;
    private readonly int[] removed = [];
    private readonly int[] inserted = [];
    private readonly int[] strides;

    /// <summary>Numbers the states of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="symmetry">Which states are taken for the same.</param>
    /// <exception cref="BoundException">There are too many.</exception>
    public PackedSpace(PackedModel model, Symmetry symmetry)
    {
        Model = model;
        Symmetry = symmetry;
        columns = model.Columns;
        values = model.ColumnCount;
        IsSorted = symmetry == Symmetry.Slots && model.Bound.Alphabet == Alphabet.Api;
        double places = IsSorted ? Enumerable.Range(0, columns).Aggregate(1.0, (p, i) => p * (values + i) / (i + 1)) : Math.Pow(values, columns);
        double rows = model.ControlCount * Math.Pow(model.ThreadCount, model.Bound.Threads);
        if (places > MostPlaces || rows * Math.Ceiling(places / 64) > Array.MaxLength)
        {
            throw new BoundException(string.Create(CultureInfo.InvariantCulture, $"this bound has {rows * places:0.0e0} packed states, more than fit: take fewer threads, handles, commands or levels of depth"));
        }

        Places = (int)Math.Round(places);
        Rows = (int)rows;
        Words = (Places + 63) / 64;
        strides = [.. Enumerable.Range(0, columns).Select(i => IsSorted ? 0 : (int)Math.Pow(values, i))];
        RowStrides = [.. Enumerable.Range(0, model.Bound.Threads).Select(t => (int)Math.Pow(model.ThreadCount, t))];
        ControlStride = (int)Math.Pow(model.ThreadCount, model.Bound.Threads);
        digits = new ushort[Places * columns];
        if (IsSorted)
        {
            (removed, inserted) = Sort();
        }
        else
        {
            for (int r = 0; r < Places; r++)
            {
                for (int i = 0; i < columns; i++)
                {
                    digits[(r * columns) + i] = (ushort)(r / strides[i] % values);
                }
            }
        }
    }

    /// <summary>The model.</summary>
    public PackedModel Model { get; }

    /// <summary>Which states are taken for the same.</summary>
    public Symmetry Symmetry { get; }

    /// <summary>How many rows: control parts times the threads' parts.</summary>
    public int Rows { get; }

    /// <summary>How many places a row has.</summary>
    public int Places { get; }

    /// <summary>How many words of 64 bits a row takes.</summary>
    public int Words { get; }

    /// <summary>How many bits the number of a state takes.</summary>
    public int Bits => 64 - (int)long.LeadingZeroCount(((long)Rows * Words * 64) - 1);

    /// <summary>The bytes of one bitmap over all states.</summary>
    public long BitmapBytes => (long)Rows * Words * 8;

    /// <summary>The bytes of the tables that find places.</summary>
    public long TableBytes => (2L * digits.Length) + (4L * (removed.Length + inserted.Length));

    internal bool IsSorted { get; }

    internal int ControlStride { get; }

    internal int[] RowStrides { get; }

    internal ReadOnlySpan<ushort> Digits => digits;

    internal int DigitOf(int place, int column) => digits[(place * columns) + column];

    internal int RowOf(int control, ReadOnlySpan<int> threads)
    {
        int row = control * ControlStride;
        for (int t = 0; t < threads.Length; t++)
        {
            row += threads[t] * RowStrides[t];
        }

        return row;
    }

    internal int ControlOf(int row) => row / ControlStride;

    internal int ThreadOf(int row, int thread) => row / RowStrides[thread] % Model.ThreadCount;

    /// <summary>The place with one column's value replaced.</summary>
    internal int Replace(int place, int column, int from, int to) =>
        IsSorted ? inserted[(removed[(place * columns) + column] * values) + to] : place + ((to - from) * strides[column]);

    /// <summary>The place of given values.</summary>
    internal int PlaceOf(ReadOnlySpan<int> of)
    {
        int place = 0;
        if (!IsSorted)
        {
            for (int i = 0; i < columns; i++)
            {
                place += of[i] * strides[i];
            }

            return place;
        }

        Span<int> sorted = stackalloc int[columns];
        of.CopyTo(sorted);
        sorted.Sort();
        return Rank(sorted, values);
    }

    // Multisets in the order of their combinatorial number: x0 <= x1 <= … is the strictly increasing x0, x1 + 1, x2 + 2, …
    private static int Rank(ReadOnlySpan<int> sorted, int values)
    {
        _ = values;
        long rank = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            rank += Choose(sorted[i] + i, i + 1);
        }

        return (int)rank;
    }

    private static long Choose(int n, int k)
    {
        long result = 1;
        for (int i = 1; i <= k; i++)
        {
            result = result * (n - k + i) / i;
        }

        return n < k ? 0 : result;
    }

    private (int[] Removed, int[] Inserted) Sort()
    {
        int[] without = new int[Places * columns];
        int fewer = (int)Choose(values + columns - 2, columns - 1);
        int[] with = new int[fewer * values];
        Span<int> set = stackalloc int[columns];
        Span<int> rest = stackalloc int[columns - 1];
        Fill(set, columns - 1, values - 1, (sorted, place) => sorted.CopyTo(digits.AsSpan(place * columns, columns)));
        Span<int> all = stackalloc int[columns];
        for (int r = 0; r < Places; r++)
        {
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0, k = 0; j < columns; j++)
                {
                    all[j] = digits[(r * columns) + j];
                    if (j != i)
                    {
                        rest[k++] = all[j];
                    }
                }

                int base0 = Rank(rest, values);
                without[(r * columns) + i] = base0;
                with[(base0 * values) + all[i]] = r;
            }
        }

        return (without, with);
    }

    private delegate void Visit(ushort[] sorted, int place);

    // Every multiset once, in any order.
    private void Fill(Span<int> set, int column, int highest, Visit visit)
    {
        for (int v = 0; v <= highest; v++)
        {
            set[column] = v;
            if (column > 0)
            {
                Fill(set, column - 1, v, visit);
            }
            else
            {
                ushort[] sorted = new ushort[set.Length];
                for (int i = 0; i < set.Length; i++)
                {
                    sorted[i] = (ushort)set[i];
                }

                visit(sorted, Rank(set, values));
            }
        }
    }
}
