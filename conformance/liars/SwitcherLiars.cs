using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using BlockKind = PyState.Spec.Model.BlockKind;

namespace PyState.Conformance.Liars;

/// <summary>Liars about control: they switch somewhere else, refuse where they must not, or declare a choice that they do not make.</summary>
public static class SwitcherLiars
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Liar> All { get; } =
    [
        Does("goes_back_to_main_whoever_is_meant", "a switch to a spawned context lands in the root", ClauseId.Switch01,
            (c, seen) => c is { Op: Op.Switch, A: > 0 and < 4 } && seen.Running is > 0 and < 4 ? c with { A = 0 } : c),
        Tells("forgets_a_variable_when_switching_to_itself", "a switch to itself is refused", ClauseId.Switch02,
            (Command c, in Observation before, ref Observation o) => o.Status = IsSelf(c, in before) && o.Status == Status.Ok ? Status.Refused : o.Status),
        Declares("declares_finish_to_spawner_but_goes_to_main", "control goes to the root when a context finishes", ClauseId.Switch03,
            new SimChoices(FinishTo: Reference.FinishTo.Main), s => s with { FinishTo = Spec.Model.FinishTo.Spawner }),
        Does("swallows_the_error_that_leaves_a_context", "an error ends the context quietly", ClauseId.Switch04,
            (c, _) => c.Op == Op.Fail ? new Command(Op.Finish) : c),
        Does("delivers_no_exception_with_a_throw", "throw only switches", ClauseId.Switch05,
            (c, _) => c.Op == Op.Throw ? new Command(Op.Switch, c.A) : c),
        Does("switches_to_what_it_should_kill", "kill resumes its victim and leaves control there", ClauseId.Switch06,
            (c, _) => c.Op == Op.Kill ? new Command(Op.Switch, c.A) : c),
        Tells("claims_to_switch_across_threads", "another thread's context is not refused", ClauseId.Switch07,
            (Command _, in Observation _, ref Observation o) => o.Status = o.Status == Status.Refused ? Status.Ok : o.Status),
        Declares("declares_an_empty_context_but_copies", "a fresh context has a copy of its starter's variables", ClauseId.Choice01,
            new SimChoices(FreshContext: Reference.FreshContext.Empty), s => s with { FreshContext = Spec.Model.FreshContext.Copy }),
        Declares("declares_inherited_depth_but_starts_at_zero", "a fresh context starts at depth zero", ClauseId.Choice02,
            new SimChoices(FreshDepth: Reference.FreshDepth.Zero), s => s with { FreshDepth = Spec.Model.FreshDepth.Inherit }),
        Tells("shows_no_frames_of_a_suspended_context", "walking a suspended context finds nothing", ClauseId.Frame01,
            (Command c, in Observation _, ref Observation o) => o.Frames = c.Op == Op.Walk && o.Status == Status.Ok ? default : o.Frames),
        Tells("loses_variables_in_a_collection", "a collection clears the Context object that is in use", ClauseId.Ambient01,
            (Command c, in Observation _, ref Observation o) => o.Vars = c.Op == Op.Collect ? (byte)0 : o.Vars),
        Refuses("refuses_to_switch_inside_a_trace_function", BlockKind.Callback, ClauseId.Ambient02),
        Refuses("refuses_to_switch_inside_a_finalizer", BlockKind.Finalizer, ClauseId.Ambient03),
        Refuses("refuses_to_switch_inside_repr", BlockKind.Repr, ClauseId.Ambient04),
        Tells("loses_the_asynchronous_exception", "an asynchronous exception is never delivered", ClauseId.Ambient06,
            (Command c, in Observation before, ref Observation o) => o.Handled = c.Op == Op.Async ? before.Handled : o.Handled),
        Tells("stays_on_the_thread_that_ended", "control is not back on the main thread", ClauseId.Ambient07,
            (Command c, in Observation before, ref Observation o) => o.Running = c.Op == Op.ExitThread && o.Status == Status.Ok ? before.Running : o.Running),
        Tells("loses_its_frames_in_a_fork", "the forking thread's frames are not in the child", ClauseId.Ambient09,
            (Command c, in Observation _, ref Observation o) => o.Status = c.Op == Op.Fork && o.Status == Status.Ok ? Status.Refused : o.Status),
        Tells("loses_the_handled_exception_of_a_generator", "a generator resumed elsewhere handles nothing", ClauseId.Ambient10,
            (Command c, in Observation before, ref Observation o) => o.Handled = c.Op == Op.Generator && !DeliversAsync(in before, in o) ? before.Handled : o.Handled),
        Does("ignores_calls", "a call enters nothing", ClauseId.Base01,
            (c, _) => c.Op == Op.Call ? new Command(Op.Collect) : c),
        Tells("leaks_a_frame_with_every_script", "one frame more is alive than there is", ClauseId.Leak01,
            (Command c, in Observation _, ref Observation o) => o.Probe += c.Op == Op.Census && o.Status == Status.Ok ? 1 : 0),
    ];

    private static bool DeliversAsync(in Observation before, in Observation now) =>
        before.Raw[(int)RawValue.AsyncException] != now.Raw[(int)RawValue.AsyncException];

    private static bool IsSelf(Command command, in Observation before) => command.Op == Op.Switch && command.A == before.Running;

    private static Liar Does(string name, string summary, ClauseId clause, Func<Command, Observation, Command> distort) =>
        new(name, summary, clause, p => new SimulatedLiar(new SimulatedSession(p, new ReferenceState(), name), distort: distort), _ => true);

    private static Liar Tells(string name, string summary, ClauseId clause, SimulatedLiar.Teller tell) =>
        new(name, summary, clause, p => new SimulatedLiar(new SimulatedSession(p, new ReferenceState(), name), tell: tell), _ => true);

    private static Liar Declares(string name, string summary, ClauseId clause, SimChoices truth, Func<Semantics, Semantics> lie) =>
        new(name, summary, clause, p => new SimulatedLiar(
            new SimulatedSession(p, new ReferenceState(), name, truth), declare: c => c with { Semantics = lie(c.Semantics) }), _ => true);

    private static Liar Refuses(string name, BlockKind inside, ClauseId clause) => Tells(
        name, "a switch or Save there is refused", clause, (Command c, in Observation before, ref Observation o) =>
            o.Status = c.Op is Op.Switch or Op.Save && o.Status == Status.Ok && new Block(before.Frames.Top).Kind == inside ? Status.Refused : o.Status);
}
