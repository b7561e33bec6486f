// The model under a bound as transition tables, made by running its Step on every combination of the parts that a command touches.

using System.Collections.Immutable;
using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>A bounded model whose states are numbers. It decides nothing: every entry of its tables is one call of the step function, and a command that turns out to
/// touch more than its footprint is refused while the tables are made.</summary>
public sealed class PackedModel
{
    /// <summary>The most combinations of parts that tables are made for.</summary>
    public const long MostEntries = 60_000_000;

    private readonly StepFunction step;
    private readonly Numbering<ControlPart> controls;
    private readonly Numbering<ThreadPart> threadParts;
    private readonly Numbering<ColumnPart> columnParts;
    private readonly Numbering<Outcome> outcomes;
    private readonly List<ColumnMap> maps = [];
    private readonly int[] templateOf;
    private readonly Command[] templates;
    private readonly ThreadPart initialThread;
    private readonly int[] initialColumns;
    private readonly ThreadPart[] threadBuffer;
    private readonly ColumnPart[] columnBuffer;
    private Transition[] rows = [];
    private Transition[] columns = [];

    private PackedModel(Bound bound, StepFunction step, PackedModel? shared)
    {
        Bound = bound;
        this.step = step;
        Commands = bound.Commands();
        Parts = new Parts(bound);
        (controls, threadParts, columnParts, outcomes) = shared is null ? (new(), new(), new(), new()) : (shared.controls, shared.threadParts, shared.columnParts, shared.outcomes);

        // All handles are alike, so one table serves them; contexts differ in the control part.
        Command[] forms = [.. Commands.Select(c => Bound.NamesHandle(c.Op) ? c with { A = 0 } : c)];
        templates = [.. forms.Distinct()];
        templateOf = [.. forms.Select(f => Array.IndexOf(templates, f))];

        (threadBuffer, columnBuffer) = (new ThreadPart[bound.Threads], new ColumnPart[Parts.Columns]);
        var threads = new ThreadPart[bound.Threads];
        var initial = new ColumnPart[Parts.Columns];
        State state = State.Initial(bound.Semantics, bound.Alphabet);
        InitialControl = controls.Of(Parts.Split(in state, threads, initial));
        initialThread = threads[0];
        InitialThread = threadParts.Of(initialThread);
        initialColumns = [.. initial.Select(columnParts.Of)];
    }

    /// <summary>The bound.</summary>
    public Bound Bound { get; }

    /// <summary>Every command, in the order in which edges are listed.</summary>
    public ImmutableArray<Command> Commands { get; }

    /// <summary>How many values the control part takes.</summary>
    public int ControlCount { get; private set; }

    /// <summary>How many values a thread takes.</summary>
    public int ThreadCount { get; private set; }

    /// <summary>How many values a handle or context takes.</summary>
    public int ColumnCount { get; private set; }

    /// <summary>How many handles, or contexts with their roots.</summary>
    public int Columns => Parts.Columns;

    /// <summary>The bytes of the transition tables.</summary>
    public long TableBytes => 16L * (rows.Length + columns.Length);

    internal Parts Parts { get; }

    internal int InitialControl { get; }

    internal int InitialThread { get; }

    internal ReadOnlySpan<int> InitialColumns => initialColumns;

    /// <summary>Makes the tables.</summary>
    /// <param name="bound">The bound.</param>
    /// <param name="step">The step function; that of the model when null.</param>
    /// <param name="shared">A model whose numbers are used for the same parts, so that states of both can be compared; null for none.</param>
    /// <exception cref="BoundException">The bound does not fit: too many combinations, or a command that cannot be explored under it.</exception>
    public static PackedModel Of(Bound bound, StepFunction? step = null, PackedModel? shared = null)
    {
        var model = new PackedModel(bound, step ?? Machine.Step, shared);
        model.Close();
        return model;
    }

    /// <summary>Which thread is active, by control part.</summary>
    internal int ActiveOf(int control) => controls[control].Active;

    internal ControlPart ControlOf(int number) => controls[number];

    internal ThreadPart ThreadOf(int number) => threadParts[number];

    internal ColumnPart ColumnOf(int number) => columnParts[number];

    internal Outcome OutcomeOf(int number) => outcomes[number];

    internal ColumnMap MapOf(int number) => maps[number];

    internal int MapCount => maps.Count;

    internal int FindControl(in ControlPart part) => controls.Find(part);

    internal int FindThread(in ThreadPart part) => threadParts.Find(part);

    internal int FindColumn(in ColumnPart part) => columnParts.Find(part);

    /// <summary>What a command touches, and which column it is where it touches one.</summary>
    internal Footprint FootprintOf(Command command, int control, out int column)
    {
        column = -1;
        if (command.Op is Op.ExitThread or Op.Fork or Op.Finalize)
        {
            return Footprint.All;
        }

        if (Bound.Alphabet == Alphabet.Api)
        {
            column = Bound.NamesHandle(command.Op) ? command.A : -1;
            return column >= 0 ? Footprint.Column : Footprint.Row;
        }

        ControlPart part = controls[control];
        int running = Parts.ColumnOf(part.Tree.CurrentOn(part.Active));
        switch (command.Op)
        {
            case Op.Fail:
                return Footprint.All; // it ends one context and raises in another
            case Op.Throw or Op.Kill or Op.Walk:
                column = Parts.ColumnOf(command.A);
                return Footprint.Column;
            case Op.Spawn or Op.Switch or Op.Thread or Op.Collect or Op.Local:
                return Footprint.Row;
            default:
                column = running;
                return Footprint.Column;
        }
    }

    /// <summary>The entry of a command that touches no column, or all of them.</summary>
    internal Transition RowOf(int control, int thread, int command) => rows[(((control * ThreadCount) + thread) * templates.Length) + templateOf[command]];

    /// <summary>The entry of a command that touches one column.</summary>
    internal Transition ColumnEntryOf(int control, int thread, int column, int command) =>
        columns[(((((control * ThreadCount) + thread) * templates.Length) + templateOf[command]) * ColumnCount) + column];

    // Every combination of a control part, a thread and a column that one step makes of another is stepped, until no new part comes up.
    private void Close()
    {
        for (int c0 = 0, t0 = 0, v0 = 0; ;)
        {
            (int c1, int t1, int v1) = (controls.Count, threadParts.Count, columnParts.Count);
            for (int c = 0; c < c1; c++)
            {
                for (int t = 0; t < t1; t++)
                {
                    Guard(); // a bound that is too large is known long before its last part is
                    bool isNew = c >= c0 || t >= t0;
                    for (int m = 0; m < templates.Length; m++)
                    {
                        Footprint footprint = FootprintOf(templates[m], c, out int column);
                        int from = isNew ? 0 : v0;
                        if (footprint == Footprint.Column)
                        {
                            for (int v = from; v < v1; v++)
                            {
                                _ = OnColumn(c, t, v, templates[m], column);
                            }
                        }
                        else if (footprint == Footprint.Row ? isNew : isNew || v1 > v0)
                        {
                            _ = footprint == Footprint.Row ? OnRow(c, t, templates[m]) : OnAll(c, t, templates[m], v1);
                        }
                    }
                }
            }

            if ((c1, t1, v1) == (controls.Count, threadParts.Count, columnParts.Count))
            {
                break;
            }

            (c0, t0, v0) = (c1, t1, v1);
        }

        maps.Clear();
        Tabulate();
    }

    private void Guard()
    {
        long entries = (long)controls.Count * threadParts.Count * templates.Length * Math.Max(1, columnParts.Count);
        if (entries > MostEntries)
        {
            throw new BoundException($"the tables of this bound would have more than {MostEntries:N0} entries: take fewer commands, values or levels of depth");
        }
    }

    private void Tabulate()
    {
        (int c1, int t1, int v1, int m1) = (controls.Count, threadParts.Count, columnParts.Count, templates.Length);
        (ControlCount, ThreadCount, ColumnCount) = (c1, t1, v1); // another model may number more parts later
        Guard();
        rows = new Transition[c1 * t1 * m1];
        columns = new Transition[c1 * t1 * m1 * v1];
        for (int c = 0; c < c1; c++)
        {
            for (int t = 0; t < t1; t++)
            {
                for (int m = 0; m < m1; m++)
                {
                    int at = (((c * t1) + t) * m1) + m;
                    switch (FootprintOf(templates[m], c, out int column))
                    {
                        case Footprint.Row:
                            rows[at] = OnRow(c, t, templates[m]);
                            break;
                        case Footprint.All:
                            rows[at] = OnAll(c, t, templates[m], v1);
                            break;
                        default:
                            for (int v = 0; v < v1; v++)
                            {
                                columns[(at * v1) + v] = OnColumn(c, t, v, templates[m], column);
                            }

                            break;
                    }
                }
            }
        }
    }

    private Transition OnRow(int control, int thread, Command command) => Step(control, thread, -1, 0, command, out Stepped after) is { } outcome
        ? new Transition(after.Control, after.Thread, 0, outcome) : Transition.Cut;

    private Transition OnColumn(int control, int thread, int value, Command command, int column) => Step(control, thread, column, value, command, out Stepped after) is { } outcome
        ? new Transition(after.Control, after.Thread, after.Column, outcome) : Transition.Cut;

    // Each column by itself, all others as they are at the start: what it becomes, and whether it decides what all share.
    private Transition OnAll(int control, int thread, Command command, int values)
    {
        Footprint footprint = Footprint.All;
        int reset = 0;
        if (Run(control, thread, -1, 0, command, footprint, ref reset, out Stepped alone) is not { } outcome)
        {
            return Transition.Cut;
        }

        var to = new int[Parts.Columns][];
        var decided = new int[Parts.Columns][];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = new int[values];
            decided[i] = new int[values];
            for (int v = 0; v < values; v++)
            {
                if (Run(control, thread, i, v, command, footprint, ref reset, out Stepped after) is not { } same)
                {
                    to[i][v] = -1; // leads out of the bound
                    decided[i][v] = -1;
                    continue;
                }

                if (same != outcome || after.Thread != alone.Thread)
                {
                    throw NotLocal(command);
                }

                to[i][v] = after.Column;
                decided[i][v] = after.Control == alone.Control ? -1 : after.Control;
            }
        }

        var map = new ColumnMap(reset != 0, to, decided.All(d => d.All(x => x < 0)) ? [] : decided);
        int number = maps.FindIndex(m => m.Equals(map, withControls: true));
        if (number < 0)
        {
            number = maps.Count;
            maps.Add(map);
        }

        return new Transition(alone.Control, alone.Thread, number, outcome);
    }

    private int? Step(int control, int thread, int column, int value, Command command, out Stepped after)
    {
        int reset = 0;
        return Run(control, thread, column, value, command, column < 0 ? Footprint.Row : Footprint.Column, ref reset, out after);
    }

    private readonly record struct Stepped(int Control, int Thread, int Column);

    // One step from the initial state with three parts replaced; -1 for no column. Null where it leads out of the bound.
    private int? Run(int control, int thread, int column, int value, Command command, Footprint footprint, ref int reset, out Stepped after)
    {
        after = default;
        Span<ThreadPart> threads = threadBuffer;
        Span<ColumnPart> slots = columnBuffer;
        threads.Fill(initialThread);
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = columnParts[initialColumns[i]];
        }

        ControlPart part = controls[control];
        int active = part.Active;
        threads[active] = threadParts[thread];

        // What would be replaced by a new thread must be told from one that stays.
        ThreadPart other = footprint == Footprint.All && Bound.Threads > 1 ? initialThread with { Local = 3 } : initialThread;
        for (int t = 0; t < threads.Length && footprint == Footprint.All; t++)
        {
            threads[t] = t == active ? threads[t] : other;
        }

        if (column >= 0)
        {
            slots[column] = columnParts[value];
        }

        State state = Parts.Join(in part, threads, slots);
        Outcome outcome = step(Bound.Semantics, ref state, command);
        ControlPart next = Parts.Split(in state, threads, slots);
        for (int t = 0; t < threads.Length; t++)
        {
            if (t == active || threads[t] == other)
            {
                continue;
            }

            if (threads[t] != initialThread || footprint != Footprint.All)
            {
                throw NotLocal(command);
            }

            reset = 1;
        }

        for (int i = 0; i < slots.Length; i++)
        {
            if (i != column && slots[i] != columnParts[initialColumns[i]] && footprint != Footprint.All)
            {
                throw NotLocal(command);
            }

            if (!Parts.Holds(slots[i].Flow))
            {
                return null;
            }
        }

        if (!Parts.Holds(threads[active].Flow))
        {
            return null;
        }

        // Most steps leave most parts as they are, and to compare is cheaper than to look up.
        after = new Stepped(
            next == part ? control : controls.Of(next),
            threads[active] == threadParts[thread] ? thread : threadParts.Of(threads[active]),
            column < 0 ? 0 : slots[column] == columnParts[value] ? value : columnParts.Of(slots[column]));
        return outcomes.Of(new Outcome(outcome.Status, outcome.Probe, outcome.Event, outcome.Shows));
    }

    private BoundException NotLocal(Command command) =>
        new($"'{command}' cannot be explored with this bound: what it does is no matter of the running thread and of what it names alone");
}

/// <summary>A bound cannot be explored; the message says why and what to change.</summary>
public sealed class BoundException : Exception
{
    /// <summary>Without a message.</summary>
    public BoundException()
    {
    }

    /// <summary>With a message.</summary>
    /// <param name="message">What is wrong and what to change.</param>
    public BoundException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">What is wrong and what to change.</param>
    /// <param name="innerException">The cause.</param>
    public BoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
