// Several reports on one implementation as one: the reference is judged on every CPython version that it simulates.

using PyState.Conformance.Engine;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Reports;

/// <summary>Draws the verdicts of one implementation on several interpreters together.</summary>
public static class DrawnTogether
{
    /// <summary>The one report. A clause is red where it is red anywhere; conforms where it conforms somewhere and is red nowhere; and is not applicable
    /// or not observable only where it is so everywhere.</summary>
    /// <param name="reports">At least one, of the same implementation with the same clauses.</param>
    public static ImplementationReport Of(IReadOnlyList<ImplementationReport> reports)
    {
        ImplementationReport first = reports[0];
        return reports.Count == 1 ? first : new ImplementationReport(
            first.Capabilities with { InterpreterVersion = $"{first.Capabilities.InterpreterVersion} to {reports[^1].Capabilities.InterpreterVersion}" },
            [.. first.Verdicts.Select(v => Verdict(v.Clause, [.. reports.SelectMany(r => r.Verdicts).Where(o => o.Clause == v.Clause)]))],
            reports.Sum(r => r.Commands),
            reports.Sum(r => r.Scripts),
            first.Seed,
            reports.Aggregate(TimeSpan.Zero, (sum, r) => sum + r.Elapsed));
    }

    private static ClauseVerdict Verdict(ClauseId clause, ClauseVerdict[] all)
    {
        ClauseVerdict worst = all.OrderBy(Rank).First();
        return worst with { Clause = clause, Exercised = all.Sum(v => v.Exercised) };
    }

    private static int Rank(ClauseVerdict verdict) => verdict switch
    {
        { IsUnexpected: true } => 0,
        { IsRed: true } => 1,
        { Kind: VerdictKind.Conforms } => 2,
        { Kind: VerdictKind.NotExercised } => 3,
        { Kind: VerdictKind.NotObservable } => 4,
        _ => 5,
    };
}
