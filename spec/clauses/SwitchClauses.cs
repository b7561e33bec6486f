// SWITCH and CHOICE: what a switcher built on Save and Restore does, and the choices it declares.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>The switcher's operations are compositions of Save and Restore; these clauses say where control goes.</summary>
public static class SwitchClauses
{
    /// <summary>Where control goes.</summary>
    public static IReadOnlyList<Clause> Switch { get; } =
    [
        new(ClauseId.Switch01, "Control arrives at the target")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "A switch MUST continue exactly the named context: from its start where it was born, from its last switch where it was suspended.",
            Intent = "The purpose of a switcher.",
            Observable = Running | Status,
            Evidence = [Sources.GreenletObserved],
        },
        new(ClauseId.Switch02, "Switching to itself")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "A switch of a context to itself MUST change nothing.",
            Intent = "Schedulers do it when only one task is ready.",
            Observable = Status | Running | Frames | Handled | Vars | Probe,
            Evidence = [Sources.GreenletObserved],
        },
        new(ClauseId.Switch03, "Finish")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "When a context finishes, control MUST go where the implementation declared (`finishTo`): to its parent, to its thread's root, or to the context that resumed it last.",
            Intent = "Implementations differ; each must do as it says.",
            Observable = Status | Running,
            Evidence = [Sources.GreenletErrors, Sources.PyodideObserved],
        },
        new(ClauseId.Switch04, "Fail")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "An exception that leaves a context MUST arrive in the context that receives control, as that exception.",
            Intent = "An error must not vanish with the context that raised it, nor pick up a stranger's `__context__` on the way.",
            Observable = Status | Running | Handled,
            Evidence = [Sources.GreenletErrors],
            Amnesia = "the exception that left a context arrived nowhere",
        },
        new(ClauseId.Switch05, "Throw")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "A throw MUST continue the suspended target and raise the exception there, at the point where it was suspended.",
            Intent = "This is how a context is cancelled and unwound.",
            Observable = Status | Running | Handled,
            Evidence = [Sources.GreenletErrors],
            Amnesia = "the exception thrown into a context did not arrive",
        },
        new(ClauseId.Switch06, "Kill")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "A kill MUST unwind the context it names, finish it, and leave control with the caller.",
            Intent = "Unwinding is the only way to release what a context holds; control must not follow it.",
            Observable = Running | Status | Frames | Handled | Vars | Trace | Profile | Event | Probe,
            Evidence = [Sources.GreenletErrors],
        },
        new(ClauseId.Switch07, "Context of another thread")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "A switch, throw or kill of a context that belongs to another thread, or to one that has exited, MUST be refused.",
            Intent = "Its C stack belongs to that thread (RESTORE-18).",
            Observable = Status | Running | Frames,
            Errors = [new("refused")],
            Evidence = [Sources.GreenletErrors],
        },
    ];

    /// <summary>Declared choices.</summary>
    public static IReadOnlyList<Clause> Choice { get; } =
    [
        new(ClauseId.Choice01, "freshContext")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "The Context object of a fresh context MUST be as the implementation declared (`freshContext`): empty, a copy of its starter's, or its starter's own.",
            Intent = "All three are in use and each has users who depend on it; an undeclared one cannot be relied on.",
            Observable = Vars,
            Evidence = [Sources.Greenlet172, Sources.Greenlet196, Sources.PyodideObserved],
            Contamination = "a fresh context sees variables that its declaration keeps from it",
            Amnesia = "a fresh context lacks variables that its declaration gives it",
        },
        new(ClauseId.Choice02, "freshDepth")
        {
            Profile = ClauseProfile.Switcher,
            Statement = "The recursion depth of a fresh context MUST start as the implementation declared (`freshDepth`): at 0, or at its starter's depth at the first switch.",
            Intent = "On one C stack an inherited depth keeps the overflow guard true; on a stack of its own it wastes room.",
            Observable = Probe | Status,
            Evidence = [Sources.GreenletObserved, Sources.Prototype],
            Contamination = "a fresh context counts recursion that its declaration keeps from it",
            Amnesia = "a fresh context does not count the recursion that its declaration gives it",
        },
    ];
}
