// The totality tables against the executable model: every cell is brought about by a script and then executed.

using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;
using ThreadState = PyState.Spec.Model.ThreadState;

namespace PyState.PropertyTests.Lifecycle;

/// <summary>What the tables say is what the model does, in every cell and for every version.</summary>
public sealed class TotalityByScriptTests
{
    public static TheoryData<int> Minors => [.. Profiles.All.Select(p => p.Minor)];

    [Theory]
    [MemberData(nameof(Minors))]
    public void Every_call_ends_in_the_model_as_the_table_says(int minor)
    {
        foreach (Cell<Operation> cell in Totality.Cells.Where(c => Exists(c.Situation, minor)))
        {
            Agrees(minor, cell, caller: 0, Of(cell.Event), foreignContextEntered: cell.Event == Operation.SetContextEntered);
        }
    }

    [Theory]
    [MemberData(nameof(Minors))]
    public void Every_ambient_event_ends_in_the_model_as_the_table_says(int minor)
    {
        foreach (Cell<AmbientEvent> cell in Ambient.Cells.Where(c => Exists(c.Situation, minor)))
        {
            // The main thread does not exit.
            Agrees(minor, cell, caller: cell.Event == AmbientEvent.ExitThread ? 1 : 0, Of(cell.Event), foreignContextEntered: false);
        }
    }

    // 3.14 and later count no C recursion.
    private static bool Exists(Situation situation, int minor) => situation != Situation.InRecursion || minor <= 13;

    private static void Agrees<TEvent>(int minor, Cell<TEvent> cell, int caller, Command what, bool foreignContextEntered)
        where TEvent : struct, Enum
    {
        var semantics = Semantics.For(Profiles.Of(minor));
        State state = State.Initial(semantics, Alphabet.Api);
        string place = $"3.{minor}: {cell.Event} × {cell.Situation} × {cell.Handle}";
        void Do(Op op, int a = 0, int b = 0) =>
            Assert.True(Machine.Step(semantics, ref state, new Command(op, (byte)a, (byte)b)).Status == Status.Ok, $"{place}: cannot be brought about, {op} failed");

        // The thread that a live state belongs to.
        int owner = cell.Situation switch
        {
            Situation.OtherThread => 1 - caller,
            Situation.OtherInterpreter or Situation.Finalizing => 2,
            _ => caller,
        };
        // Invariant (AMB-38): an entered Context object of a script is the first interpreter's, so the caller is the one elsewhere. Only the first
        // interpreter's main thread forks: that cell has no script.
        if (owner == 2 && (cell.Handle is HandleState.LiveEnteredWithFrames or HandleState.LiveEnteredWithoutFrames))
        {
            if (what.Op == Op.Fork)
            {
                return;
            }

            (owner, caller) = (0, 2);
        }

        Do(Op.Thread, owner);
        BringAbout(cell.Handle, Do);
        if (foreignContextEntered)
        {
            Do(Op.Thread, 1);
            Do(Op.Context, 1);
        }

        Do(Op.Thread, caller);
        BringAbout(cell.Situation, Do);
        Assert.Equal(cell.Handle, HandleOf(in state));

        int abandoned = state.AbandonedStates;
        Status status = Machine.Step(semantics, ref state, what).Status;
        Assert.True(cell.Outcome.Status == status, $"{place}: the table says {cell.Outcome.Status}, the model {status}");
        Assert.True(cell.Outcome.Next == HandleOf(in state), $"{place}: the table leads to {cell.Outcome.Next}, the model to {HandleOf(in state)}");
        Assert.True((cell.Outcome.Abandons ? 1 : 0) == state.AbandonedStates - abandoned, $"{place}: the number of abandoned states");
        Assert.True(state.AbandonedStates > 0 || EnteredAre(in state), $"{place}: a Context object is entered that nobody is in, or is not that somebody is in");
    }

    // A Context object of the script is entered exactly while a flow is inside of it; one that was abandoned never leaves.
    private static bool EnteredAre(in State state)
    {
        var inside = new bool[2];
        foreach (ThreadState thread in state.Threads)
        {
            Note(thread.Flow.Blocks, inside);
        }

        foreach (Slot slot in state.Slots)
        {
            Note(slot.Flow.Blocks, inside);
        }

        return inside[0] == (state.UserEntered[0] != 0) && inside[1] == (state.UserEntered[1] != 0);
    }

    private static void Note(ByteStack blocks, bool[] inside)
    {
        foreach (Block block in Enumerable.Range(0, blocks.Count).Select(i => new Block(blocks[i])).Where(b => b.Kind == BlockKind.Context))
        {
            inside[block.Argument] = true;
        }
    }

    private static void BringAbout(HandleState handle, Action<Op, int, int> run)
    {
        (Op, int, int)[] script = handle switch
        {
            HandleState.Null => [],
            HandleState.Empty => [(Op.New, 0, 0)],
            HandleState.LiveWithFrames => [(Op.New, 0, 0), (Op.Call, 1, 0), (Op.Save, 0, 1)],
            HandleState.LiveWithoutFrames => [(Op.New, 0, 0), (Op.Save, 0, 1)],
            HandleState.LiveEnteredWithFrames => [(Op.New, 0, 0), (Op.Context, 0, 0), (Op.Call, 1, 0), (Op.Save, 0, 1)],
            HandleState.LiveEnteredWithoutFrames => [(Op.New, 0, 0), (Op.Context, 0, 0), (Op.Save, 0, 1)],
            HandleState.Consumed => [(Op.New, 0, 0), (Op.Save, 0, 1), (Op.Restore, 0, 0)],
            HandleState.Discarded => [(Op.New, 0, 0), (Op.Save, 0, 1), (Op.Discard, 0, 0)],
            HandleState.Abandoned => [(Op.Thread, 2, 0), (Op.New, 0, 0), (Op.Call, 1, 0), (Op.Save, 0, 1), (Op.ExitThread, 0, 0)],
            _ => [(Op.New, 0, 0), (Op.Drop, 0, 0)],
        };
        foreach ((Op op, int a, int b) in script)
        {
            run(op, a, b);
        }
    }

    private static void BringAbout(Situation situation, Action<Op, int, int> run)
    {
        (Op Op, int Argument)? command = situation switch
        {
            Situation.Detached => (Op.Detach, 0),
            Situation.Finalizing => (Op.Finalize, 0),
            Situation.PendingException => (Op.Pending, 1),
            Situation.HasFrames => (Op.Call, 2),
            Situation.Handling => (Op.Except, 1),
            Situation.InRecursion => (Op.Native, 0),
            Situation.Tracing => (Op.CTrace, 0),
            _ => null,
        };
        if (command is var (op, argument))
        {
            run(op, argument, 0);
        }
    }

    private static HandleState HandleOf(in State state)
    {
        Slot slot = state.Slots[0];
        byte context = slot.Flow.Context;
        bool entered = context != 0 && ((state.UserContext[0] == context && state.UserEntered[0] != 0) || (state.UserContext[1] == context && state.UserEntered[1] != 0));
        return (slot.Status, slot.Flow.Frames.IsEmpty, entered) switch
        {
            (SlotStatus.None, _, _) => HandleState.Null,
            (SlotStatus.Empty, _, _) => HandleState.Empty,
            (SlotStatus.Live, false, false) => HandleState.LiveWithFrames,
            (SlotStatus.Live, true, false) => HandleState.LiveWithoutFrames,
            (SlotStatus.Live, false, true) => HandleState.LiveEnteredWithFrames,
            (SlotStatus.Live, true, true) => HandleState.LiveEnteredWithoutFrames,
            (SlotStatus.Consumed, _, _) => HandleState.Consumed,
            (SlotStatus.Discarded, _, _) => HandleState.Discarded,
            (SlotStatus.Abandoned, _, _) => HandleState.Abandoned,
            _ => HandleState.Dropped,
        };
    }

    private static Command Of(Operation operation) => operation switch
    {
        Operation.New => new(Op.New),
        Operation.NewFailing => new(Op.New, 0, 1),
        Operation.SaveSame => new(Op.Save),
        Operation.SaveNew => new(Op.Save, 0, 1),
        Operation.SaveBadStack => new(Op.Save, 0, 2),
        Operation.Restore => new(Op.Restore),
        Operation.Discard => new(Op.Discard),
        Operation.Drop => new(Op.Drop),
        Operation.Top => new(Op.Top),
        Operation.GetContext => new(Op.GetContext, 0, 1),
        Operation.SetContext or Operation.SetContextEntered => new(Op.SetContext, 0, 1),
        Operation.SetContextBad => new(Op.SetContext, 0, 3),
        Operation.Traverse => new(Op.Traverse),
        Operation.Clear => new(Op.Clear),
        _ => new(Op.Abandoned),
    };

    private static Command Of(AmbientEvent what) => what switch
    {
        AmbientEvent.Collect => new(Op.Collect),
        AmbientEvent.Limit => new(Op.Limit, 1),
        AmbientEvent.Async => new(Op.Async, 1),
        AmbientEvent.ExitThread => new(Op.ExitThread),
        AmbientEvent.Fork => new(Op.Fork),
        AmbientEvent.Finalize => new(Op.Finalize),
        _ => new(Op.Thread, 1),
    };
}
