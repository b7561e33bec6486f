// Breadth-first search over packed states: three bitmaps, every core, no allocation per state.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>Where a search is, all that it needs to go on besides the bitmaps.</summary>
/// <param name="Levels">How many states were found at each depth so far, from the initial one.</param>
/// <param name="Transitions">How many transitions were taken.</param>
/// <param name="Cuts">How many commands led out of the bound.</param>
/// <param name="IsComplete">Whether nothing is left to do.</param>
public sealed record SearchState(IReadOnlyList<long> Levels, long Transitions, long Cuts, bool IsComplete)
{
    /// <summary>How many states were found.</summary>
    public long States => Levels.Sum();

    /// <summary>The depth of the deepest states found.</summary>
    public int Depth => Levels.Count - 1;
}

/// <summary>A breadth-first search. The states of one depth are a bitmap, taken row by row in order, so that memory is read in order too; a state that is found is marked
/// in another one, and what is new in a depth is the difference to what was marked before it.</summary>
public sealed class Search
{
    private const int RowsAtOnce = 8;
    private readonly PackedSpace space;
    private readonly Successors successors;
    private readonly ulong[] visited;
    private readonly ulong[] previous;
    private readonly ulong[] current;
    private readonly byte[] touched;
    private readonly int[] frontier;
    private readonly List<long> levels;
    private int frontierLength;
    private long transitions;
    private long cuts;
    private bool isComplete;

    /// <summary>A search that has found the initial state.</summary>
    /// <param name="space">The numbering of states.</param>
    public Search(PackedSpace space)
    {
        this.space = space;
        successors = new Successors(space);
        int words = space.Rows * space.Words;
        (visited, previous, current) = (new ulong[words], new ulong[words], new ulong[words]);
        touched = new byte[space.Rows];
        frontier = new int[space.Rows];
        levels = [1];
        PackedModel model = space.Model;
        int[] threads = [.. Enumerable.Repeat(model.InitialThread, model.Bound.Threads)];
        int row = space.RowOf(model.InitialControl, threads);
        int place = space.PlaceOf(model.InitialColumns);
        int at = (row * space.Words) + (place >> 6);
        visited[at] = previous[at] = current[at] = 1UL << (place & 63);
        frontier[frontierLength++] = row;
    }

    /// <summary>Where it is.</summary>
    public SearchState State => new([.. levels], transitions, cuts, isComplete);

    /// <summary>The states that were found, a bit each.</summary>
    public ReadOnlySpan<ulong> Visited => visited;

    /// <summary>The bytes that a search over a numbering takes: three bitmaps, two lists of rows, and the tables.</summary>
    /// <param name="space">The numbering.</param>
    public static long BytesOf(PackedSpace space) => (3 * space.BitmapBytes) + (5L * space.Rows) + space.TableBytes + space.Model.TableBytes + new Successors(space).Bytes;

    /// <summary>Goes on until everything is found or it is stopped. Stopped, it is between two rows: nothing is lost.</summary>
    /// <param name="cores">How many threads work.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="progress">Told after each depth.</param>
    public void Run(int cores, CancellationToken cancellation, Action<SearchState>? progress = null)
    {
        while (!isComplete)
        {
            if (!Expand(cores, cancellation))
            {
                return;
            }

            long found = Advance(cores);
            isComplete = found == 0;
            if (!isComplete)
            {
                levels.Add(found);
                progress?.Invoke(State);
            }
        }
    }


    /// <summary>The bitmaps as words: found, found before this depth, still to be expanded.</summary>
    public IReadOnlyList<Memory<ulong>> Words => [visited, previous, current];

    /// <summary>Takes a search up again, after <see cref="Words"/> have been filled with what they held.</summary>
    /// <param name="state">Where it was.</param>
    public void Restore(SearchState state)
    {
        levels.Clear();
        levels.AddRange(state.Levels);
        (transitions, cuts, isComplete) = (state.Transitions, state.Cuts, state.IsComplete);
        frontierLength = 0;
        for (int row = 0; row < space.Rows; row++)
        {
            touched[row] = visited.AsSpan(row * space.Words, space.Words).SequenceEqual(previous.AsSpan(row * space.Words, space.Words)) ? (byte)0 : (byte)1;
            if (current.AsSpan(row * space.Words, space.Words).ContainsAnyExcept(0UL))
            {
                frontier[frontierLength++] = row;
            }
        }
    }

    // All rows of the frontier; false when it was stopped before the end. A row that is done is cleared.
    private bool Expand(int cores, CancellationToken cancellation)
    {
        int next = 0;
        bool stopped = false;

        void Work()
        {
            var worker = new Worker(this);
            while (!cancellation.IsCancellationRequested)
            {
                int from = Interlocked.Add(ref next, RowsAtOnce) - RowsAtOnce;
                if (from >= frontierLength)
                {
                    break;
                }

                int to = Math.Min(from + RowsAtOnce, frontierLength);
                for (int i = from; i < to; i++)
                {
                    if (cores == 1)
                    {
                        worker.Expand<Alone>(frontier[i]);
                    }
                    else
                    {
                        worker.Expand<Together>(frontier[i]);
                    }
                }
            }

            _ = Interlocked.Add(ref transitions, worker.Transitions);
            _ = Interlocked.Add(ref cuts, worker.Cuts);
        }

        InParallel(cores, Work);
        stopped = next < frontierLength;
        return !stopped;
    }

    // What is new since the last depth becomes the frontier.
    private long Advance(int cores)
    {
        int next = 0;
        long found = 0;
        const int rowsAtOnce = 64;

        void Work()
        {
            long mine = 0;
            for (int from; (from = Interlocked.Add(ref next, rowsAtOnce) - rowsAtOnce) < space.Rows;)
            {
                int to = Math.Min(from + rowsAtOnce, space.Rows);
                for (int row = from; row < to; row++)
                {
                    if (touched[row] == 0)
                    {
                        continue;
                    }

                    for (int w = row * space.Words; w < (row + 1) * space.Words; w++)
                    {
                        ulong now = visited[w];
                        ulong fresh = now ^ previous[w];
                        current[w] = fresh;
                        previous[w] = now;
                        mine += BitOperations.PopCount(fresh);
                    }
                }
            }

            _ = Interlocked.Add(ref found, mine);
        }

        InParallel(cores, Work);
        frontierLength = 0;
        for (int row = 0; row < space.Rows; row++)
        {
            if (touched[row] != 0)
            {
                touched[row] = 0;
                frontier[frontierLength++] = row;
            }
        }

        return found;
    }

    private static void InParallel(int cores, Action work)
    {
        Task[] others = [.. Enumerable.Range(1, cores - 1).Select(_ => Task.Run(work))];
        work();
        Task.WaitAll(others);
    }

    // How a word is marked: alone, or where others mark in the same memory.
    private interface IMark
    {
        static abstract void Or(ref ulong word, ulong bits);
    }

    private readonly struct Alone : IMark
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Or(ref ulong word, ulong bits) => word |= bits;
    }

    private readonly struct Together : IMark
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Or(ref ulong word, ulong bits) => Interlocked.Or(ref word, bits);
    }

    private sealed class Worker(Search search)
    {
        private readonly Search search = search;
        private readonly int commands = search.space.Model.Commands.Length;

        internal long Transitions { get; private set; }

        internal long Cuts { get; private set; }

        internal void Expand<TMark>(int row)
            where TMark : struct, IMark
        {
            PackedSpace space = search.space;
            Successors next = search.successors;
            int words = space.Words;
            int control = space.ControlOf(row);
            int key = (control * space.Model.ThreadCount) + space.ThreadOf(row, next.Active[control]);
            Span<ulong> bits = search.current.AsSpan(row * words, words);
            for (int e = next.RowStart[key]; e < next.RowStart[key + 1]; e++)
            {
                OrRow<TMark>(row + next.RowDelta[e], bits);
            }

            long states = 0;
            long columnCuts = 0;
            ReadOnlySpan<Successors.AllTarget> alls = next.Alls.AsSpan(next.AllStart[key], next.AllStart[key + 1] - next.AllStart[key]);
            for (int w = 0; w < words; w++)
            {
                for (ulong left = bits[w]; left != 0; left &= left - 1)
                {
                    int place = (w << 6) + BitOperations.TrailingZeroCount(left);
                    states++;
                    Columns<TMark>(row, key, place);
                    if (next.HasColumnCuts)
                    {
                        columnCuts += CutsAt(key, place);
                    }

                    foreach (ref readonly Successors.AllTarget all in alls)
                    {
                        All<TMark>(row, control, place, in all, ref columnCuts);
                    }
                }

                bits[w] = 0;
            }

            long cut = (states * next.CutRows[key]) + columnCuts;
            Cuts += cut;
            Transitions += (states * commands) - cut;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Columns<TMark>(int row, int key, int place)
            where TMark : struct, IMark
        {
            PackedSpace space = search.space;
            Successors next = search.successors;
            int columns = space.Model.Columns;
            int values = space.Model.ColumnCount;
            ReadOnlySpan<ushort> digits = space.Digits.Slice(place * columns, columns);
            ref int starts = ref MemoryMarshal.GetArrayDataReference(next.ColumnStart);
            for (int i = 0; i < digits.Length; i++)
            {
                int value = digits[i];
                if (space.IsSorted && i > 0 && value == digits[i - 1])
                {
                    continue;
                }

                int at = (((key * next.Classes) + (next.Classes == 1 ? 0 : i)) * values) + value;
                int end = Unsafe.Add(ref starts, at + 1);
                for (int e = Unsafe.Add(ref starts, at); e < end; e++)
                {
                    (int delta, int to) = next.ColumnTarget[e];
                    Mark<TMark>(row + delta, space.Replace(place, i, value, to));
                }
            }
        }

        private void All<TMark>(int row, int control, int place, in Successors.AllTarget all, ref long columnCuts)
            where TMark : struct, IMark
        {
            PackedSpace space = search.space;
            int to = search.successors.PlaceMaps[all.Map][place];
            if (to < 0)
            {
                columnCuts++;
                return;
            }

            int target = all.ResetRow >= 0 ? all.ResetRow : row + all.RowDelta;
            if (all.Columns.Controls.Length > 0 && Successors.Decided(space, all.Columns, place) is >= 0 and int decided)
            {
                target += (decided - space.ControlOf(target)) * space.ControlStride;
            }

            _ = control;
            Mark<TMark>(target, to);
        }

        private int CutsAt(int key, int place)
        {
            int cuts = 0;
            int columns = search.space.Model.Columns;
            for (int i = 0; i < columns; i++)
            {
                cuts += search.successors.CutColumns[(((key * search.successors.Classes) + (search.successors.Classes == 1 ? 0 : i)) * search.space.Model.ColumnCount) + search.space.DigitOf(place, i)];
            }

            return cuts;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Mark<TMark>(int row, int place)
            where TMark : struct, IMark
        {
            ulong bit = 1UL << (place & 63);
            ref ulong word = ref search.visited[(row * search.space.Words) + (place >> 6)];
            if ((word & bit) == 0)
            {
                TMark.Or(ref word, bit);
                search.touched[row] = 1;
            }
        }

        private void OrRow<TMark>(int row, ReadOnlySpan<ulong> bits)
            where TMark : struct, IMark
        {
            Span<ulong> to = search.visited.AsSpan(row * bits.Length, bits.Length);
            bool any = false;
            for (int w = 0; w < bits.Length; w++)
            {
                ulong fresh = bits[w] & ~to[w];
                if (fresh != 0)
                {
                    TMark.Or(ref to[w], fresh);
                    any = true;
                }
            }

            if (any)
            {
                search.touched[row] = 1;
            }
        }
    }
}
