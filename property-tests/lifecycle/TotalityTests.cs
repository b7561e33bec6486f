// The totality tables: exactly one rule for every cell, the laws that every cell obeys, and the check order told a second time.

using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Lifecycle;

/// <summary>Every call and every ambient event has exactly one outcome, whatever the thread and the handle are like.</summary>
public sealed class TotalityTests
{
    [Fact]
    public void Exactly_one_rule_decides_each_cell() => Assert.All(
        from s in Enum.GetValues<Situation>() from h in Enum.GetValues<HandleState>() from o in Enum.GetValues<Operation>() select (s, h, o),
        c => Assert.Single(Totality.Rules, r => r.Covers(c.o, c.s, c.h)));

    [Fact]
    public void Exactly_one_rule_decides_each_ambient_cell() => Assert.All(
        from s in Enum.GetValues<Situation>() from h in Enum.GetValues<HandleState>() from e in Enum.GetValues<AmbientEvent>() select (s, h, e),
        c => Assert.Single(Ambient.Rules, r => r.Covers(c.e, c.s, c.h)));

    [Fact]
    public void No_rule_is_dead()
    {
        Assert.All(Totality.Rules, r => Assert.Contains(Totality.Cells, c => r.Covers(c.Event, c.Situation, c.Handle)));
        Assert.All(Ambient.Rules, r => Assert.Contains(Ambient.Cells, c => r.Covers(c.Event, c.Situation, c.Handle)));
    }

    [Fact]
    public void The_tables_have_a_cell_for_every_combination()
    {
        Assert.Equal(10 * 10 * 16, Totality.Cells.Count());
        Assert.Equal(10 * 10 * 7, Ambient.Cells.Count());
    }

    [Fact]
    public void An_error_changes_nothing()
    {
        Assert.All(Totality.Cells.Where(c => c.Outcome.Status != Status.Ok), c => Assert.Equal((c.Handle, false), (c.Outcome.Next, c.Outcome.Abandons)));
        Assert.All(Ambient.Cells.Where(c => c.Outcome.Status != Status.Ok), c => Assert.Equal((c.Handle, false), (c.Outcome.Next, c.Outcome.Abandons)));
    }

    [Fact]
    public void A_state_with_frames_is_never_released() => Assert.DoesNotContain(
        Endings(),
        e => e.From is HandleState.LiveWithFrames or HandleState.LiveEnteredWithFrames
            && (e.Outcome.Next == HandleState.Discarded || (e.Outcome.Next == HandleState.Dropped && !e.Outcome.Abandons)));

    [Fact]
    public void What_is_abandoned_was_live_and_is_counted() => Assert.All(
        Endings(),
        e =>
        {
            Assert.True(!e.Outcome.Abandons || IsLive(e.From));
            Assert.True(!e.Outcome.Abandons || e.Outcome.Next is HandleState.Abandoned or HandleState.Dropped);
            Assert.True(e.Outcome.Abandons || e.Outcome.Next != HandleState.Abandoned || e.From == HandleState.Abandoned);
        });

    [Fact]
    public void Only_Save_makes_a_state_live() => Assert.All(
        Totality.Cells.Where(c => IsLive(c.Outcome.Next) && !IsLive(c.Handle)),
        c => Assert.True(c.Handle == HandleState.Empty && c.Event is Operation.SaveSame or Operation.SaveNew));

    [Fact]
    public void Every_status_of_the_API_occurs() => Assert.Equal(
        Enum.GetValues<Status>().Where(s => s >= Status.Detached),
        Totality.Cells.Select(c => c.Outcome.Status).Where(s => s >= Status.Detached).Distinct().Order());

    [Fact]
    public void Every_cell_names_a_clause()
    {
        Assert.All(Totality.Cells, c => Assert.Matches(@"^(SAVE|RESTORE|STACK|DISCARD|HANDLE|INTRO)-\d\d$", c.Outcome.Clause));
        Assert.All(Ambient.Cells, c => Assert.Matches(@"^(AMBIENT|BASE)-\d\d$", c.Outcome.Clause));
    }

    [Fact]
    public void The_rules_say_what_the_check_order_says() =>
        Assert.All(Totality.Cells, c => Assert.Equal(Ladder(c.Situation, c.Handle, c.Event), (c.Outcome.Status, c.Outcome.Next)));

    // The check order as a ladder of first failures, written apart from the rules.
    private static (Status, HandleState) Ladder(Situation s, HandleState h, Operation o)
    {
        bool none = h is HandleState.Null or HandleState.Dropped;
        bool frames = h is HandleState.LiveWithFrames or HandleState.LiveEnteredWithFrames;
        bool entered = h is HandleState.LiveEnteredWithFrames or HandleState.LiveEnteredWithoutFrames;
        bool save = o is Operation.SaveSame or Operation.SaveNew or Operation.SaveBadStack;
        (Status, HandleState) Error(Status status) => (status, h);
        (Status, HandleState) Done(HandleState next) => (Status.Ok, next);

        if (o == Operation.AbandonedCount) { return Done(h); }
        if (s == Situation.Detached) { return Error(Status.Detached); }
        if (s == Situation.Finalizing && o != Operation.Drop) { return Error(Status.Finalizing); }
        if (o is Operation.New or Operation.NewFailing)
        {
            return !none ? Error(Status.Inapplicable) : o == Operation.NewFailing ? Error(Status.NoMemory) : Done(HandleState.Empty);
        }

        if (none) { return Error(Status.InvalidHandle); }
        if (o == Operation.Drop) { return Done(HandleState.Dropped); }
        if (save)
        {
            if (h != HandleState.Empty) { return Error(Status.NotEmpty); }
            if (s == Situation.PendingException) { return Error(Status.Pending); }
            if (o == Operation.SaveBadStack) { return Error(Status.BadStack); }
            return Done(s == Situation.HasFrames ? HandleState.LiveWithFrames : HandleState.LiveWithoutFrames);
        }

        if (h == HandleState.Empty) { return Error(Status.NotSaved); }
        if (h == HandleState.Consumed) { return Error(Status.Consumed); }
        if (h == HandleState.Discarded) { return Error(Status.Discarded); }
        if (h == HandleState.Abandoned) { return Error(Status.Abandoned); }
        if (s == Situation.OtherInterpreter) { return Error(Status.WrongInterpreter); }
        switch (o)
        {
            case Operation.Restore:
                return s switch
                {
                    Situation.OtherThread => Error(Status.WrongThread),
                    Situation.PendingException => Error(Status.Pending),
                    Situation.HasFrames => Error(Status.HasFrames),
                    Situation.Handling => Error(Status.Handling),
                    Situation.InRecursion => Error(Status.InRecursion),
                    Situation.Tracing => Error(Status.Tracing),
                    _ => Done(HandleState.Consumed),
                };
            case Operation.Discard:
                return frames ? Error(Status.HasFrames) : Done(HandleState.Discarded);
            case Operation.SetContextBad:
                return Error(Status.NotAContext);
            case Operation.SetContextEntered:
                return Error(Status.Entered);
            case Operation.SetContext:
                return entered ? Error(Status.Entered) : Done(h);
            case Operation.Clear:
                return Done(frames ? h : HandleState.LiveWithoutFrames);
            default:
                return Done(h);
        }
    }

    private static IEnumerable<(HandleState From, CellOutcome Outcome)> Endings() =>
        Totality.Cells.Select(c => (c.Handle, c.Outcome)).Concat(Ambient.Cells.Select(c => (c.Handle, c.Outcome)));

    private static bool IsLive(HandleState h) =>
        h is HandleState.LiveWithFrames or HandleState.LiveWithoutFrames or HandleState.LiveEnteredWithFrames or HandleState.LiveEnteredWithoutFrames;
}
