// Wrong step functions, each with a name that says what it does wrong: what a search has to find.

using System.Collections.Immutable;
using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>A wrong variant of the model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Alphabet">The alphabet it is wrong in.</param>
/// <param name="Summary">What it does wrong.</param>
/// <param name="Step">The wrong step.</param>
public sealed record SeededError(string Name, Alphabet Alphabet, string Summary, StepFunction Step);

/// <summary>The seeded errors.</summary>
public static class SeededErrors
{
    private delegate void Wrong(in State before, ref State after, Command command);

    /// <summary>All of them.</summary>
    public static ImmutableArray<SeededError> All { get; } =
    [
        Api("restore-twice", "a restored state stays live", (in before, ref after, command) => after.Slots[command.A] = before.Slots[command.A], Op.Restore),
        Api("save-keeps-handled", "Save leaves the handled exception on the thread", (in before, ref after, _) => after.Threads[after.Active].Flow.Handled = new ByteStack(before.Threads[before.Active].Flow.Handled.Top), Op.Save),
        Api("save-forgets-handled", "Save loses the handled exceptions", (in _, ref after, command) => after.Slots[command.A].Flow.Handled = default, Op.Save),
        Api("save-forgets-tracing", "Save loses the nesting of trace callbacks", (in _, ref after, command) => after.Slots[command.A].Flow.Tracing = 0, Op.Save),
        Api("fork-keeps-states", "a fork leaves the states of vanished threads live", KeepOthers, Op.Fork),
        Api("exit-discards-frames", "a thread that ends releases its states with frames instead of abandoning them", DiscardAbandoned, Op.ExitThread),
        Api("clear-takes-frames", "the collector's clear empties a state that has frames", (in _, ref after, command) => after.Slots[command.A].Flow = default, Op.Clear),
        Api("restore-forgets-generator", "Restore brings back what is handled outside of generators, and nothing for the handlers in one", (in _, ref after, _) => ForgetInGenerator(ref after.Threads[after.Active].Flow), Op.Restore),
        new("restore-on-any-thread", Alphabet.Api, "Restore does not ask whose state it is", RestoreAnywhere),
        new("save-while-pending", Alphabet.Api, "Save does not ask for a pending exception", SaveWhilePending),
        new("discard-with-frames", Alphabet.Api, "Discard releases a state that has frames", DiscardWithFrames),
        Switcher("except-forgets-context", "an exception raised while another is handled has no __context__", ForgetContext, Op.Except),
        Switcher("kill-keeps-flow", "a killed context stays suspended", (in before, ref after, command) => after.Slots[command.A] = before.Slots[command.A], Op.Kill),
        Switcher("throw-is-lost", "an exception thrown into a context is dropped on the way", DropThrown, Op.Throw),
    ];

    /// <summary>Finds one by its name.</summary>
    /// <param name="name">The name.</param>
    public static SeededError? Find(string name) => All.FirstOrDefault(e => e.Name == name);

    private static SeededError Api(string name, string summary, Wrong wrong, Op op) => new(name, Alphabet.Api, summary, After(wrong, op));

    private static SeededError Switcher(string name, string summary, Wrong wrong, Op op) => new(name, Alphabet.Switcher, summary, After(wrong, op));

    // The right step, and then something more where it did what it was asked to.
    private static StepFunction After(Wrong wrong, Op op) => (semantics, ref state, command) =>
    {
        State before = state;
        Outcome outcome = Machine.Step(semantics, ref state, command);
        if (command.Op == op && outcome.Status == Status.Ok)
        {
            wrong(in before, ref state, command);
        }

        return outcome;
    };

    private static void KeepOthers(in State before, ref State after, Command command)
    {
        for (int s = 0; s < 4; s++)
        {
            after.Slots[s] = before.Slots[s];
        }
    }

    private static void DiscardAbandoned(in State before, ref State after, Command command)
    {
        for (int s = 0; s < 4; s++)
        {
            if (before.Slots[s].Status == SlotStatus.Live && after.Slots[s].Status == SlotStatus.Abandoned)
            {
                after.Slots[s].Status = SlotStatus.Discarded;
            }
        }
    }

    // What is lost when exc_info is not carried, which leads to the generator's own exc_state.
    private static void ForgetInGenerator(ref Flow flow)
    {
        int handlers = 0;
        while (new Block(flow.Blocks[handlers]).Kind == BlockKind.Handler)
        {
            handlers++;
        }

        if (new Block(flow.Blocks[handlers]).Kind == BlockKind.Generator)
        {
            UInt128 inGenerator = (UInt128.One << (8 * handlers)) - 1;
            flow.Handled = new ByteStack(flow.Handled.Packed & ~inGenerator);
        }
    }

    private static Outcome RestoreAnywhere(Semantics semantics, ref State state, Command command)
    {
        if (command.Op != Op.Restore || state.Slots[command.A].Status != SlotStatus.Live || State.InterpreterOf(state.Slots[command.A].Thread) != State.InterpreterOf(state.Active))
        {
            return Machine.Step(semantics, ref state, command);
        }

        State before = state;
        state.Slots[command.A].Thread = state.Active;
        Outcome outcome = Machine.Step(semantics, ref state, command);
        if (outcome.Status != Status.Ok)
        {
            state = before;
        }

        return outcome;
    }

    private static Outcome SaveWhilePending(Semantics semantics, ref State state, Command command)
    {
        byte pending = state.Threads[state.Active].Pending;
        if (command.Op != Op.Save || pending == 0)
        {
            return Machine.Step(semantics, ref state, command);
        }

        state.Threads[state.Active].Pending = 0;
        Outcome outcome = Machine.Step(semantics, ref state, command);
        state.Threads[state.Active].Pending = pending;
        return outcome;
    }

    private static Outcome DiscardWithFrames(Semantics semantics, ref State state, Command command)
    {
        Outcome outcome = Machine.Step(semantics, ref state, command);
        if (command.Op != Op.Discard || outcome.Status != Status.HasFrames)
        {
            return outcome;
        }

        state.Slots[command.A] = new Slot { Status = SlotStatus.Discarded };
        return new Outcome(Status.Ok);
    }

    private static void ForgetContext(in State before, ref State after, Command command)
    {
        ref Flow flow = ref after.Threads[after.Active].Flow;
        flow.Handled = flow.Handled.Pop().Push((byte)(flow.Handled.Top & 0xF0));
    }

    private static void DropThrown(in State before, ref State after, Command command)
    {
        ref Flow flow = ref after.Threads[after.Active].Flow;
        flow.Handled = flow.Handled.Pop().Push(0);
    }
}
