using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Shrinks a red script while it stays red for the same clause in the same way. Candidates go out in batches, because a child process
/// answers a hundred scripts about as fast as one.</summary>
/// <param name="session">The implementation.</param>
/// <param name="capabilities">What is judged: the session's declaration, or a variant of it with known deviations.</param>
public sealed class Minimizer(ISession session, Capabilities capabilities)
{
    // Enough to get from forty commands to a handful; a shrink that takes longer shows little more.
    private const int MaximumTries = 6000;

    /// <summary>What one script shows: the clause, and how.</summary>
    /// <param name="Clause">The clause.</param>
    /// <param name="Kind">Violates, crashed, hung or garbled.</param>
    /// <param name="Divergence">Where it deviates, unless the implementation did not survive.</param>
    /// <param name="Detail">What is known when it did not.</param>
    public sealed record Finding(ClauseId Clause, VerdictKind Kind, Divergence? Divergence, string? Detail)
    {
        /// <summary>When it did not: the index of the command during which it died or hung, if known.</summary>
        public int? LastCommand { get; init; }

        /// <summary>When it did not: the last lines of standard error, where there are any.</summary>
        public string? Tail { get; init; }
    }

    /// <summary>Judges the result of a script.</summary>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <param name="script">The script.</param>
    /// <param name="result">What it showed.</param>
    /// <param name="exercised">The clauses that it put to the test.</param>
    /// <returns>The finding, or null when all is as expected.</returns>
    public static Finding? Judged(Capabilities capabilities, Script script, ScriptResult result, out ClauseSet exercised)
    {
        if (Judge.Check(capabilities, script, result.Observations, out exercised) is { } divergence)
        {
            return new Finding(divergence.Clause, VerdictKind.Violates, divergence, null);
        }

        VerdictKind? kind = result.Ending switch
        {
            Ending.Crashed => VerdictKind.Crashed,
            Ending.Hung => VerdictKind.Hung,
            Ending.Garbled => VerdictKind.Garbled,
            _ => null,
        };
        return kind is { } red
            ? new Finding(Judge.ClauseNamedBy(result.Detail) ?? Judge.ClauseAt(capabilities, script, result.LastCommand ?? result.Observations.Count), red, null, result.Detail) { LastCommand = result.LastCommand, Tail = result.Tail }
            : null;
    }

    /// <summary>The smallest script found that shows the same.</summary>
    /// <param name="script">A script that shows it.</param>
    /// <param name="finding">What it shows.</param>
    public (Script Script, Finding Finding) Shrink(Script script, Finding finding)
    {
        // Nothing after the first difference matters, nor after the command that did not end.
        int last = finding.Divergence?.Step ?? finding.LastCommand ?? script.Commands.Count;
        if (last + 1 < script.Commands.Count)
        {
            (script, finding) = Shows([script with { Commands = [.. script.Commands.Take(last + 1)] }], finding) ?? (script, finding);
        }

        // A crash costs a process, a hang a time limit as well: look at fewer candidates, one batch at a time.
        bool costly = finding.Kind != VerdictKind.Violates;
        bool hangs = finding.Kind == VerdictKind.Hung;
        int tries = hangs ? Patience.Tries(session, 24) : costly ? Patience.Tries(session, 200) : MaximumTries;
        (Script Script, Finding Finding) known = (script, finding);
        int batch = costly ? 1 : 32;
        for (bool shrunk = true; shrunk && tries > 0;)
        {
            shrunk = false;
            // What is simpler in general may be a command that this implementation does not offer.
            foreach (Script[] candidates in ScriptShrinker.Candidates(script).Where(c => Campaign.Offers(capabilities, c)).Chunk(batch))
            {
                tries -= candidates.Length;
                if (Shows(candidates, finding, hastily: hangs) is { } smaller)
                {
                    (script, finding) = smaller;
                    shrunk = true;
                    break;
                }

                if (tries <= 0)
                {
                    break;
                }
            }
        }

        // On a busy machine a little time can be too little: what is reported has had all of it.
        return hangs && script != known.Script ? Shows([script], finding) ?? known : (script, finding);
    }

    /// <summary>The first of some scripts that shows the same.</summary>
    /// <param name="candidates">The scripts.</param>
    /// <param name="wanted">What it must show.</param>
    /// <param name="hastily">Whether a hang need not be waited for as long as usual.</param>
    public (Script Script, Finding Finding)? Shows(Script[] candidates, Finding wanted, bool hastily = false)
    {
        IReadOnlyList<ScriptResult> results = hastily ? session.RunHastily(candidates) : session.Run(candidates);
        for (int i = 0; i < candidates.Length; i++)
        {
            if (Judged(capabilities, candidates[i], results[i], out _) is { } found && found.Clause == wanted.Clause && found.Kind == wanted.Kind)
            {
                return (candidates[i], found);
            }
        }

        return null;
    }
}
