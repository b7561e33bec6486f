using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Runs one script again in a fresh start, alone or after those that it needs.</summary>
public static class Replay
{
    /// <summary>What a script shows.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="script">The script.</param>
    /// <param name="before">The scripts that have to run before it in the same process.</param>
    /// <param name="clause">The clause it was recorded for. Where the script shows that and another known deviation, it is what the answer is about.</param>
    /// <param name="expectations">The known deviations of the implementation; a run looks for each with a model that contains the others.</param>
    /// <returns>The finding, or null when all is as the model expects.</returns>
    /// <exception cref="SetupException">The implementation does not offer the script's alphabet, one of its commands or as many threads.</exception>
    public static Minimizer.Finding? Run(ISession session, Script script, IReadOnlyList<Script> before, ClauseId clause, IReadOnlyList<Expectation> expectations)
    {
        foreach (Script one in before.Append(script))
        {
            RequireOffered(one, session.Capabilities);
        }

        session.Restart();
        ScriptResult result = session.Run([.. before, script])[^1];
        Minimizer.Finding? By(Deviations deviations) => Minimizer.Judged(
            session.Capabilities with { Semantics = session.Capabilities.Semantics with { Deviations = deviations } }, script, result, out _);

        Expectation[] known = [.. expectations.Where(e => ExpectationMatch.AppliesTo(e, session.Capabilities))];
        Deviations all = Union(known);
        Deviations others = all & ~Union(known.Where(e => e.Clause == clause));
        Minimizer.Finding? found = By(others);
        if (found is not null && found.Clause != clause)
        {
            // What no deviation explains is found by the model with all of them. One that is mended would differ from that model too: hence only now.
            found = By(all);
        }

        return found?.Clause == clause ? found : By(Deviations.None);
    }

    private static void RequireOffered(Script script, Capabilities capabilities)
    {
        if (!capabilities.Alphabets.Contains(script.Alphabet))
        {
            throw new SetupException($"{capabilities.Implementation} does not offer the {script.Alphabet.ToString().ToLowerInvariant()} alphabet that the trace is written in");
        }

        if (script.Commands.FirstOrDefault(c => !Campaign.Offers(capabilities, c)) is { Op: not 0 } missing)
        {
            throw new SetupException(capabilities.Commands.Contains(missing.Op)
                ? $"{capabilities.Implementation} has {(capabilities.Threads == 1 ? "one thread" : $"{capabilities.Threads} threads")}, and the trace uses {missing.A + 1}: replay it on an implementation with as many"
                : $"{capabilities.Implementation} does not offer the command '{missing.Info.Name}' that the trace uses");
        }
    }

    private static Deviations Union(IEnumerable<Expectation> expectations) =>
        expectations.Aggregate(Deviations.None, (all, e) => all | ExpectationMatch.DeviationOf(e));
}
