using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;
using Operation = PyState.Spec.Lifecycle.Operation;
using ThreadState = PyState.Spec.Model.ThreadState;

namespace PyState.PropertyTests.Model;

/// <summary>Every cell of the totality table is executed on the model: the table's rules and the model's steps are two readings of one semantics.</summary>
public class TotalityAgainstModelTests
{
    private const int Handle = 0;

    private static readonly Semantics Semantics = Semantics.For(Profiles.Of(12));

    public static TheoryData<Situation> Situations() => [.. Enum.GetValues<Situation>()];

    [Theory]
    [MemberData(nameof(Situations))]
    public void Every_cell_of_the_totality_table_is_what_the_model_does(Situation situation)
    {
        foreach (Cell<Operation> cell in Totality.Cells.Where(c => c.Situation == situation))
        {
            State before = StateOf(cell.Situation, cell.Handle);
            State after = before;
            Command command = CommandOf(cell.Event);
            Outcome outcome = Machine.Step(Semantics, ref after, command);
            string where = $"{cell.Situation} × {cell.Handle} × {cell.Event}";

            Assert.True(cell.Outcome.Status == outcome.Status, $"{where}: table {cell.Outcome.Status}, model {outcome.Status}");
            if (cell.Event != Operation.AbandonedCount)
            {
                Assert.True(cell.Outcome.Next == HandleOf(in after), $"{where}: table {cell.Outcome.Next}, model {HandleOf(in after)}");
            }

            Assert.True(cell.Outcome.Abandons == after.AbandonedStates > before.AbandonedStates, $"{where}: abandons");
            if (outcome.Status != Status.Inapplicable && !IsRefined(cell))
            {
                ClauseId clause = new Attribution(Semantics, in before, command, in after, outcome).OfStatus();
                Assert.True(cell.Outcome.Clause == clause.Text(), $"{where}: table {cell.Outcome.Clause}, attribution {clause.Text()}");
            }
        }
    }

    // Where several clauses meet in one cell, attribution looks closer than the table does: inside a callback, with leftovers, out of order.
    private static bool IsRefined(Cell<Operation> cell) =>
        (cell.Event is Operation.SaveSame or Operation.SaveNew or Operation.Restore && cell.Outcome.Status == Status.Ok)
        || (cell.Event is Operation.Drop or Operation.AbandonedCount);

    // While an interpreter finalizes, what is still live belongs to another one (AMBIENT-08).
    private static State StateOf(Situation situation, HandleState handle)
    {
        State state = State.Initial(Semantics, Alphabet.Api);
        byte owner = situation is Situation.Finalizing && handle.ToString().StartsWith("Live", StringComparison.Ordinal) ? (byte)2
            : situation == Situation.OtherThread ? (byte)1
            : situation == Situation.OtherInterpreter ? (byte)2
            : (byte)0;
        state.Slots[Handle] = SlotOf(handle, owner, ref state);
        ref ThreadState thread = ref state.Threads[0];
        switch (situation)
        {
            case Situation.Detached:
                state.Detached = true;
                break;
            case Situation.Finalizing:
                state.Finalizing = true;
                break;
            case Situation.PendingException:
                thread.Pending = 1;
                break;
            case Situation.HasFrames:
                _ = Machine.Step(Semantics, ref state, new Command(Op.Call));
                break;
            case Situation.Handling:
                _ = Machine.Step(Semantics, ref state, new Command(Op.Except, 1));
                break;
            case Situation.InRecursion:
                _ = Machine.Step(Semantics, ref state, new Command(Op.Native));
                break;
            case Situation.Tracing:
                _ = Machine.Step(Semantics, ref state, new Command(Op.CTrace));
                break;
        }

        return state;
    }

    private static Slot SlotOf(HandleState handle, byte owner, ref State state)
    {
        var flow = default(Flow);
        if (handle is HandleState.LiveWithFrames or HandleState.LiveEnteredWithFrames)
        {
            flow.Blocks = flow.Blocks.Push(new Block(BlockKind.Call, 1).Packed);
            flow.Frames = flow.Frames.Push(new Block(BlockKind.Call, 1).Packed);
        }

        if (handle is HandleState.LiveEnteredWithFrames or HandleState.LiveEnteredWithoutFrames)
        {
            flow.Context = 1;
        }

        // The second user Context object is entered somewhere: in the saved state, where the handle's state says so.
        state.ContextsInUse |= 2;
        state.UserContext[1] = 1;
        state.UserEntered[1] = 1;

        return new Slot
        {
            Thread = owner,
            Flow = flow,
            Status = handle switch
            {
                HandleState.Null => SlotStatus.None,
                HandleState.Empty => SlotStatus.Empty,
                HandleState.Consumed => SlotStatus.Consumed,
                HandleState.Discarded => SlotStatus.Discarded,
                HandleState.Abandoned => SlotStatus.Abandoned,
                HandleState.Dropped => SlotStatus.Dropped,
                _ => SlotStatus.Live,
            },
        };
    }

    private static HandleState HandleOf(in State state)
    {
        Slot slot = state.Slots[Handle];
        bool entered = slot.Flow.Context != 0 && state.UserContext[1] == slot.Flow.Context && state.UserEntered[1] != 0;
        return (slot.Status, slot.Flow.Frames.IsEmpty, entered) switch
        {
            (SlotStatus.None, _, _) => HandleState.Null,
            (SlotStatus.Empty, _, _) => HandleState.Empty,
            (SlotStatus.Consumed, _, _) => HandleState.Consumed,
            (SlotStatus.Discarded, _, _) => HandleState.Discarded,
            (SlotStatus.Abandoned, _, _) => HandleState.Abandoned,
            (SlotStatus.Dropped, _, _) => HandleState.Dropped,
            (_, false, false) => HandleState.LiveWithFrames,
            (_, true, false) => HandleState.LiveWithoutFrames,
            (_, false, true) => HandleState.LiveEnteredWithFrames,
            (_, true, true) => HandleState.LiveEnteredWithoutFrames,
        };
    }

    private static Command CommandOf(Operation operation) => operation switch
    {
        Operation.New => new Command(Op.New, Handle, 0),
        Operation.NewFailing => new Command(Op.New, Handle, 1),
        Operation.SaveSame => new Command(Op.Save, Handle, 0),
        Operation.SaveNew => new Command(Op.Save, Handle, 1),
        Operation.SaveBadStack => new Command(Op.Save, Handle, 2),
        Operation.Restore => new Command(Op.Restore, Handle),
        Operation.Discard => new Command(Op.Discard, Handle),
        Operation.Drop => new Command(Op.Drop, Handle),
        Operation.Top => new Command(Op.Top, Handle),
        Operation.GetContext => new Command(Op.GetContext, Handle, 0),
        Operation.SetContext => new Command(Op.SetContext, Handle, 0),
        Operation.SetContextEntered => new Command(Op.SetContext, Handle, 1),
        Operation.SetContextBad => new Command(Op.SetContext, Handle, 3),
        Operation.Traverse => new Command(Op.Traverse, Handle),
        Operation.Clear => new Command(Op.Clear, Handle),
        _ => new Command(Op.Abandoned),
    };
}
