using PyState.Spec.Clauses;
using PyState.Spec.Model;
using ThreadState = PyState.Spec.Model.ThreadState;

namespace PyState.Conformance.Engine;

/// <summary>Which scripts may show a crash or a hang that is known, so that few of them are run. One too many costs a process, one too few leaves something unjudged: no verdict depends on it.</summary>
internal static class KnownCrash
{
    /// <summary>Whether a script may show it.</summary>
    /// <param name="known">The expectation.</param>
    /// <param name="semantics">What is judged.</param>
    /// <param name="script">The script.</param>
    internal static bool MayShow(Expectation known, Semantics semantics, Script script) =>
        ExpectationMatch.HasPattern(known, script)
        && (known.Clause != ClauseId.Frame01 || script.Alphabet != Alphabet.Switcher || ReachesSuspendedFrames(known.Pattern[^1], semantics, script));

    // The frames that FRAME-01 is about are at stake where a context is suspended, and since then another one was resumed on the memory of that one's C stack; the
    // command is what follows their links: a collection in the switch that comes next as well.
    private static bool ReachesSuspendedFrames(string command, Semantics semantics, Script script)
    {
        State state = State.Initial(semantics, script.Alphabet);
        int left = 0; // a bit for each context that is suspended and has seen another one resumed
        bool collects = false;
        foreach (Command c in script.Commands)
        {
            byte before = state.Threads[state.Active].Current;
            Outcome outcome = Machine.Step(semantics, ref state, c);
            ref readonly ThreadState thread = ref state.Threads[state.Active];
            int suspended = state.Suspended;
            left = thread.Current != before && thread.Flow.Origin == Origin.Restored ? suspended : left & suspended;
            bool reaches = collects || (outcome.Status == Status.Ok && c.Info.Name == command);
            if (reaches && (command == "walk" ? left & (1 << c.A) : left) != 0)
            {
                return true;
            }

            collects = command == "collect" && CollectionOnItsWay.After(collects, c, outcome);
        }

        return collects && state.Suspended != 0; // the teardown switches too
    }
}
