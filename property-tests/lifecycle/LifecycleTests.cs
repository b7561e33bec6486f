// The two lifecycles: the compiled table is what the Stateless machine does, it is total, and the diagrams show all of it.

using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using Stateless;
using Xunit;

namespace PyState.PropertyTests.Lifecycle;

/// <summary>The lifecycles of the thread state and of the saved state.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public void Every_state_of_a_thread_answers_every_trigger() => FiresAsCompiled(ThreadLifecycle.Table, s => ThreadLifecycle.Machine(s));

    [Fact]
    public void Every_state_of_a_saved_state_answers_every_trigger() => FiresAsCompiled(SavedStateLifecycle.Table, s => SavedStateLifecycle.Machine(s));

    [Fact]
    public void The_full_diagram_of_a_thread_has_every_row() => Shows(ThreadLifecycle.Diagram(errors: true), ThreadLifecycle.Table.Rows);

    [Fact]
    public void The_full_diagram_of_a_saved_state_has_every_row() => Shows(SavedStateLifecycle.Diagram(errors: true), SavedStateLifecycle.Table.Rows);

    [Fact]
    public void The_readable_diagram_of_a_thread_has_every_transition() => Shows(ThreadLifecycle.Diagram(), ThreadLifecycle.Table.Rows.Where(r => r.Status == Status.Ok));

    [Fact]
    public void The_readable_diagram_of_a_saved_state_has_every_transition() =>
        Shows(SavedStateLifecycle.Diagram(), SavedStateLifecycle.Table.Rows.Where(r => r.Status == Status.Ok), unseen: [SavedStateTrigger.NewFails]);

    [Fact]
    public void Every_state_of_a_thread_is_reached_from_the_ready_state() => Assert.Equal(Enum.GetValues<ThreadPhase>(), Reached(ThreadLifecycle.Table, ThreadPhase.Ready));

    [Fact]
    public void Every_state_of_a_saved_state_is_reached_from_the_null_handle() =>
        Assert.Equal(Enum.GetValues<HandleState>().Where(s => s != HandleState.Null), Reached(SavedStateLifecycle.Table, HandleState.Null));

    [Theory]
    [InlineData(HandleState.Consumed)]
    [InlineData(HandleState.Discarded)]
    [InlineData(HandleState.Abandoned)]
    public void A_state_that_ended_can_only_be_dropped(HandleState ended) =>
        Assert.Equal([HandleState.Dropped], Reached(SavedStateLifecycle.Table, ended, except: SavedStateTrigger.New));

    [Fact]
    public void A_trigger_without_an_entry_does_not_compile()
    {
        var machine = new StateMachine<Light, Push>(Light.Off);
        machine.Configure(Light.Off).Permit(Push.On, Light.On).PermitReentry(Push.Off);
        machine.Configure(Light.On).Permit(Push.Off, Light.Off);
        Assert.Equal("On × On: 0 entries instead of one", Assert.Throws<InvalidOperationException>(() => LifecycleCompiler.Compile(machine)).Message);
    }

    [Fact]
    public void A_trigger_both_permitted_and_refused_does_not_compile()
    {
        var machine = new StateMachine<Light, Push>(Light.Off);
        machine.Configure(Light.Off).Permit(Push.On, Light.On).PermitReentry(Push.Off);
        machine.Configure(Light.On).Permit(Push.Off, Light.Off).PermitReentry(Push.On).Refuse(Status.Inapplicable, Push.On);
        Assert.Equal("On × On: 2 entries instead of one", Assert.Throws<InvalidOperationException>(() => LifecycleCompiler.Compile(machine)).Message);
    }

    [Theory]
    [InlineData(ThreadPhase.Ready, Situation.Quiescent)]
    [InlineData(ThreadPhase.Running, Situation.HasFrames)]
    [InlineData(ThreadPhase.InCallback, Situation.Tracing)]
    [InlineData(ThreadPhase.PendingReady, Situation.PendingException)]
    [InlineData(ThreadPhase.PendingRunning, Situation.PendingException)]
    [InlineData(ThreadPhase.PendingInCallback, Situation.PendingException)]
    [InlineData(ThreadPhase.DetachedReady, Situation.Detached)]
    [InlineData(ThreadPhase.DetachedRunning, Situation.Detached)]
    [InlineData(ThreadPhase.DetachedInCallback, Situation.Detached)]
    [InlineData(ThreadPhase.DetachedPendingReady, Situation.Detached)]
    [InlineData(ThreadPhase.DetachedPendingRunning, Situation.Detached)]
    [InlineData(ThreadPhase.DetachedPendingInCallback, Situation.Detached)]
    [InlineData(ThreadPhase.Finalizing, Situation.Finalizing)]
    [InlineData(ThreadPhase.Exited, Situation.Detached)]
    public void A_threads_lifecycle_agrees_with_the_totality_table(ThreadPhase phase, Situation situation)
    {
        Assert.Equal(Totality.Outcome(situation, HandleState.Empty, Operation.SaveSame).Status, ThreadLifecycle.Table[phase, ThreadTrigger.Save].Status);
        foreach (ThreadTrigger restore in new[] { ThreadTrigger.RestoreReady, ThreadTrigger.RestoreRunning, ThreadTrigger.RestoreInCallback })
        {
            Assert.Equal(Totality.Outcome(situation, HandleState.LiveWithFrames, Operation.Restore).Status, ThreadLifecycle.Table[phase, restore].Status);
        }
    }

    [Theory]
    [InlineData(SavedStateTrigger.New, Situation.Quiescent, Operation.New)]
    [InlineData(SavedStateTrigger.NewFails, Situation.Quiescent, Operation.NewFailing)]
    [InlineData(SavedStateTrigger.SaveWithFrames, Situation.HasFrames, Operation.SaveSame)]
    [InlineData(SavedStateTrigger.SaveWithoutFrames, Situation.Quiescent, Operation.SaveSame)]
    [InlineData(SavedStateTrigger.Restore, Situation.Quiescent, Operation.Restore)]
    [InlineData(SavedStateTrigger.Discard, Situation.Quiescent, Operation.Discard)]
    [InlineData(SavedStateTrigger.Drop, Situation.Quiescent, Operation.Drop)]
    [InlineData(SavedStateTrigger.Inspect, Situation.Quiescent, Operation.Top)]
    [InlineData(SavedStateTrigger.Inspect, Situation.Quiescent, Operation.Traverse)]
    [InlineData(SavedStateTrigger.SetContext, Situation.Quiescent, Operation.SetContext)]
    [InlineData(SavedStateTrigger.Clear, Situation.Quiescent, Operation.Clear)]
    public void A_saved_states_lifecycle_agrees_with_the_totality_table(SavedStateTrigger trigger, Situation situation, Operation operation) => Assert.All(
        Enum.GetValues<HandleState>(),
        handle =>
        {
            CellOutcome cell = Totality.Outcome(situation, handle, operation);
            LifecycleRow<HandleState, SavedStateTrigger> row = SavedStateLifecycle.Table[handle, trigger];
            Assert.Equal((cell.Status, cell.Next), (row.Status, row.To));
        });

    [Theory]
    [InlineData(Situation.Quiescent, AmbientEvent.ExitThread)]
    [InlineData(Situation.OtherThread, AmbientEvent.Fork)]
    [InlineData(Situation.OtherThread, AmbientEvent.Finalize)]
    public void Stranding_agrees_with_the_ambient_table(Situation situation, AmbientEvent what) => Assert.All(
        Enum.GetValues<HandleState>(),
        handle => Assert.Equal(Ambient.Outcome(situation, handle, what).Next, SavedStateLifecycle.Table[handle, SavedStateTrigger.Strand].To));

    private static void FiresAsCompiled<TState, TTrigger>(LifecycleTable<TState, TTrigger> table, Func<TState, StateMachine<TState, TTrigger>> machineIn)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        int cells = 0;
        foreach (TState state in Enum.GetValues<TState>())
        {
            foreach (TTrigger trigger in Enum.GetValues<TTrigger>())
            {
                StateMachine<TState, TTrigger> machine = machineIn(state);
                machine.Fire(trigger);
                LifecycleRow<TState, TTrigger> row = table[state, trigger];
                Assert.Equal(row.To, machine.State);
                Assert.True(row.Status == Status.Ok || row.To.Equals(state), $"{state} × {trigger}: an error that changes something");
                cells++;
            }
        }

        Assert.Equal(cells, table.Rows.Count());
    }

    private static void Shows<TState, TTrigger>(string diagram, IEnumerable<LifecycleRow<TState, TTrigger>> rows, params TTrigger[] unseen)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        string[] lines = [.. diagram.Split('\n').Select(l => l.Trim())];
        Assert.All(rows, r => Assert.Contains($"{r.From} --> {r.To} : {r.Trigger}" + (r.Status == Status.Ok ? "" : $" [{r.Status}]"), lines));
        Assert.All(Enum.GetValues<TState>(), s => Assert.Contains(lines, l => l.StartsWith($"{s} --> ", StringComparison.Ordinal) || l.Contains($" --> {s} :", StringComparison.Ordinal)));
        Assert.All(Enum.GetValues<TTrigger>().Except(unseen), t => Assert.Contains(lines, l => l.Contains($" : {t}", StringComparison.Ordinal)));
        Assert.StartsWith("stateDiagram-v2\n", diagram, StringComparison.Ordinal);
    }

    private static IEnumerable<TState> Reached<TState, TTrigger>(LifecycleTable<TState, TTrigger> table, TState from, TTrigger? except = null)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        var seen = new HashSet<TState>();
        var open = new Queue<TState>([from]);
        while (open.TryDequeue(out TState state))
        {
            foreach (LifecycleRow<TState, TTrigger> row in table.Rows.Where(r => r.From.Equals(state) && r.Status == Status.Ok && !r.Trigger.Equals(except)))
            {
                // A loop is no arrival: the first state counts only when something leads back to it.
                if (!row.To.Equals(state) && seen.Add(row.To))
                {
                    open.Enqueue(row.To);
                }
            }
        }

        return seen.Order();
    }

    /// <summary>A lifecycle too small to be wrong in more than one way.</summary>
    private enum Light
    {
        Off,
        On,
    }

    private enum Push
    {
        Off,
        On,
    }
}
