// A state taken apart: one control part, a part for each thread, a part for each handle or context. The inverse puts it together again.

using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>What behaviour depends on in a flow: all but <see cref="Flow.Origin"/> and <see cref="Flow.Changed"/>, which only say whom to blame.</summary>
internal readonly record struct FlowPart(
    ByteStack Blocks, ByteStack Frames, ByteStack Handled, short Depth, short BaseDepth, byte CDepth, byte BaseCDepth, byte Tracing, byte DataStack, byte Trash, byte Overflow, byte Executor, byte Context)
{
    internal static FlowPart Of(in Flow f) =>
        new(f.Blocks, f.Frames, f.Handled, f.Depth, f.BaseDepth, f.CDepth, f.BaseCDepth, f.Tracing, f.DataStack, f.Trash, f.Overflow, f.Executor, f.Context);

    internal Flow Flow => new()
    {
        Blocks = Blocks, Frames = Frames, Handled = Handled, Depth = Depth, BaseDepth = BaseDepth, CDepth = CDepth, BaseCDepth = BaseCDepth, Tracing = Tracing,
        DataStack = DataStack, Trash = Trash, Overflow = Overflow, Executor = Executor, Context = Context,
    };
}

/// <summary>A thread. In the switcher's alphabet its flow is in the part of the context that runs.</summary>
internal readonly record struct ThreadPart(FlowPart Flow, byte Trace, byte Profile, byte Local, byte Async, byte Pending);

/// <summary>A handle with what is saved in it, or a context's flow, running or not (status and owner are then in the control part). The owner is part of it
/// while it is live; no rule asks for it otherwise.</summary>
internal readonly record struct ColumnPart(SlotStatus Status, byte Thread, FlowPart Flow);

/// <summary>The five contexts of the switcher's alphabet: statuses, threads, parents, resumers, a byte each, and who runs on each thread.</summary>
internal readonly record struct TreePart(ulong Statuses, ulong Threads, ulong Parents, ulong Resumers, uint Current)
{
    internal SlotStatus StatusOf(int c) => (SlotStatus)(byte)(Statuses >> (8 * c));

    internal byte ThreadOf(int c) => (byte)(Threads >> (8 * c));

    internal byte ParentOf(int c) => (byte)(Parents >> (8 * c));

    internal byte ResumerOf(int c) => (byte)(Resumers >> (8 * c));

    internal byte CurrentOn(int thread) => (byte)(Current >> (8 * thread));
}

/// <summary>A generator object. Where it runs is a matter of the flow that has its block.</summary>
internal readonly record struct GeneratorPart(bool Exists, bool Running, ByteStack Handled)
{
    internal static GeneratorPart Of(in GeneratorObject g) => new(g.Exists, g.Running, g.Handled);

    internal GeneratorObject Generator => new() { Exists = Exists, Running = Running, Handled = Handled };
}

/// <summary>Everything else: which thread has the baton, and what all share.</summary>
internal readonly record struct ControlPart(
    byte Active, bool Detached, bool Finalizing, byte Limit0, byte Limit1, ushort ContextsInUse, byte User, byte Entered, byte Previous, GeneratorPart Generator0, GeneratorPart Generator1,
    TreePart Tree);

/// <summary>Takes states apart under a bound, and puts them together. What it leaves out no rule reads: whom to blame, and the counts of what was abandoned.</summary>
/// <param name="bound">The bound.</param>
internal sealed class Parts(Bound bound)
{
    private readonly Semantics semantics = bound.Semantics;
    private readonly bool isApi = bound.Alphabet == Alphabet.Api;
    private readonly byte[] contexts = bound.Alphabet == Alphabet.Api ? [] : [.. Enumerable.Range(0, bound.Slots + 1).Select(i => (byte)i), .. bound.Threads > 1 ? new byte[] { 4 } : []];

    /// <summary>How many handles, or contexts with their roots.</summary>
    internal int Columns => isApi ? bound.Slots : contexts.Length;

    /// <summary>The column of a context.</summary>
    /// <param name="context">0 to 4.</param>
    internal int ColumnOf(int context) => Array.IndexOf(contexts, (byte)context);

    /// <summary>The slot of a column.</summary>
    /// <param name="column">From 0.</param>
    internal int SlotOf(int column) => isApi ? column : contexts[column];

    /// <summary>Takes a state apart.</summary>
    internal ControlPart Split(in State state, Span<ThreadPart> threads, Span<ColumnPart> columns)
    {
        for (int t = 0; t < threads.Length; t++)
        {
            ref readonly Model.ThreadState thread = ref state.Threads[t];
            threads[t] = new ThreadPart(isApi ? FlowPart.Of(in thread.Flow) : default, thread.Trace, thread.Profile, thread.Local, thread.Async, thread.Pending);
        }

        for (int i = 0; i < columns.Length; i++)
        {
            ref readonly Slot slot = ref state.Slots[SlotOf(i)];
            columns[i] = !isApi ? new ColumnPart(default, 0, FlowPart.Of(slot.Status == SlotStatus.Running ? state.Threads[slot.Thread].Flow : slot.Flow))
                : slot.Status == SlotStatus.Live ? new ColumnPart(slot.Status, slot.Thread, FlowPart.Of(in slot.Flow))
                : new ColumnPart(slot.Status, 0, default);
        }

        return new ControlPart(
            state.Active, state.Detached, state.Finalizing, state.Limit[0], state.Limit[1], state.ContextsInUse, state.UserContext[0], state.UserEntered[0], state.UserPrevious[0],
            GeneratorPart.Of(in state.Generators[0]), GeneratorPart.Of(in state.Generators[1]), isApi ? default : TreeOf(in state));
    }

    /// <summary>Puts a state together.</summary>
    internal State Join(in ControlPart control, ReadOnlySpan<ThreadPart> threads, ReadOnlySpan<ColumnPart> columns)
    {
        State state = State.Initial(semantics, bound.Alphabet);
        (state.Active, state.Detached, state.Finalizing, state.ContextsInUse) = (control.Active, control.Detached, control.Finalizing, control.ContextsInUse);
        (state.Limit[0], state.Limit[1]) = (control.Limit0, control.Limit1);
        (state.UserContext[0], state.UserEntered[0], state.UserPrevious[0]) = (control.User, control.Entered, control.Previous);
        (state.Generators[0], state.Generators[1]) = (control.Generator0.Generator, control.Generator1.Generator);
        for (int t = 0; t < threads.Length; t++)
        {
            ref Model.ThreadState thread = ref state.Threads[t];
            (thread.Trace, thread.Profile, thread.Local, thread.Async, thread.Pending) = (threads[t].Trace, threads[t].Profile, threads[t].Local, threads[t].Async, threads[t].Pending);
            if (isApi)
            {
                thread.Flow = threads[t].Flow.Flow;
            }
            else
            {
                thread.Current = control.Tree.CurrentOn(t);
            }
        }

        for (int i = 0; i < columns.Length; i++)
        {
            if (isApi)
            {
                state.Slots[i] = new Slot { Status = columns[i].Status, Thread = columns[i].Thread, Flow = columns[i].Flow.Flow };
                continue;
            }

            int c = contexts[i];
            TreePart tree = control.Tree;
            state.Slots[c] = new Slot { Status = tree.StatusOf(c), Thread = tree.ThreadOf(c), Parent = tree.ParentOf(c), Resumer = tree.ResumerOf(c) };
            if (tree.StatusOf(c) == SlotStatus.Running)
            {
                state.Threads[tree.ThreadOf(c)].Flow = columns[i].Flow.Flow;
            }
            else
            {
                state.Slots[c].Flow = columns[i].Flow.Flow;
            }
        }

        return state;
    }

    /// <summary>Whether a flow is inside of the bound.</summary>
    internal bool Holds(in FlowPart flow) => flow.Blocks.Count <= bound.Depth && flow.BaseDepth <= bound.Base && flow.BaseCDepth <= bound.Base;

    // Who resumed whom is asked for where control goes back to the resumer only; nothing is asked of a context that is not there.
    private TreePart TreeOf(in State state)
    {
        ulong statuses = 0, threads = 0, parents = 0, resumers = 0;
        foreach (byte c in contexts)
        {
            ref readonly Slot slot = ref state.Slots[c];
            statuses |= (ulong)slot.Status << (8 * c);
            if (slot.Status is not (SlotStatus.None or SlotStatus.Finished))
            {
                threads |= (ulong)slot.Thread << (8 * c);
                parents |= (ulong)slot.Parent << (8 * c);
                resumers |= semantics.FinishTo == FinishTo.Resumer ? (ulong)slot.Resumer << (8 * c) : 0;
            }
        }

        uint current = 0;
        for (int t = 0; t < bound.Threads; t++)
        {
            current |= (uint)state.Threads[t].Current << (8 * t);
        }

        return new TreePart(statuses, threads, parents, resumers, current);
    }
}
