// The list of undefined behaviour, computed: what the tables leave open. Each check says what it examined, so that "none" means something.

using System.Text;
using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using Call = PyState.Spec.Lifecycle.Operation;

namespace PyState.Conformance.Specification;

/// <summary>One check for holes in the specification.</summary>
/// <param name="Question">What would be undefined.</param>
/// <param name="Examined">How many things were examined; a check that examines nothing is itself a finding.</param>
/// <param name="Findings">What is undefined, one line each.</param>
public sealed record HoleCheck(string Question, int Examined, IReadOnlyList<string> Findings);

/// <summary>The generated list of undefined behaviour.</summary>
public static class UndefinedBehaviour
{
    /// <summary>Every check, freshly made.</summary>
    public static IReadOnlyList<HoleCheck> Checks() =>
    [
        Cells("operations: cells of the totality table without exactly one rule", Totality.Rules, Enum.GetValues<Call>()),
        Cells("ambient events: cells of the totality table without exactly one rule", Ambient.Rules, Enum.GetValues<AmbientEvent>()),
        RulesAgainstChecks(), ClausesWithoutOutcome(), ComponentsWithoutClause(), StatusesWithoutOperation(), ChecksWithoutClause(), ClausesThatNothingShows(),
    ];

    /// <summary>The annex: the checks, and what they found or "none".</summary>
    public static string Render() => Render(Checks());

    /// <summary>The annex for given checks.</summary>
    /// <param name="checks">The checks.</param>
    public static string Render(IReadOnlyList<HoleCheck> checks)
    {
        var table = new MarkdownTable("looked for", "examined", "found");
        foreach (var check in checks)
        {
            table.Row(check.Question, $"{check.Examined}", check.Findings.Count == 0 ? "none" : $"{check.Findings.Count}");
        }

        var text = new StringBuilder().Append(table).Append('\n');
        string[] open =
        [
            .. checks.SelectMany(c => c.Findings),
            .. checks.Where(c => c.Examined == 0).Select(c => $"nothing was examined: {c.Question}"),
        ];
        text.Append(open.Length == 0 ? "**Undefined behaviour: none.**\n" : "**Undefined behaviour:**\n\n");
        foreach (var line in open)
        {
            text.Append("- ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static HoleCheck Cells<T>(string question, IEnumerable<Rule<T>> rules, T[] events)
        where T : struct, Enum
    {
        var findings = new List<string>();
        int cells = 0;
        foreach (var situation in Enum.GetValues<Situation>())
        {
            foreach (var handle in Enum.GetValues<HandleState>())
            {
                foreach (var what in events)
                {
                    cells++;
                    int ruling = rules.Count(r => r.Covers(what, situation, handle));
                    if (ruling != 1)
                    {
                        findings.Add($"{what} × {situation} × {handle}: {ruling} rules");
                    }
                }
            }
        }

        return new HoleCheck(question, cells, findings);
    }

    // The totality table and the table of checks were written apart: an answer that only one of them knows is a contradiction.
    private static HoleCheck RulesAgainstChecks()
    {
        var known = Operations.All.SelectMany(o => o.Checks).Select(c => (c.Status, c.Clause)).ToHashSet();
        var ruled = Totality.Rules.Where(r => r.Status is not (Status.Ok or Status.Inapplicable))
            .Select(r => (Statuses.All[(int)r.Status].Name, ClauseIdText.Parse(r.Clause))).ToHashSet();
        return new(
            "errors on which the totality table and the table of checks disagree", known.Union(ruled).Count(),
            [.. known.Except(ruled).Union(ruled.Except(known)).Select(e => $"`{e.Item1}` by {e.Item2.Text()} stands in only one of the two")]);
    }

    private static HoleCheck ClausesWithoutOutcome() => new(
        "clauses without an outcome: no statement, or an error that is no status", Catalogue.All.Count,
        [
            .. Catalogue.All.Where(c => c.Statement.Length == 0 || c.Errors.Any(e => Statuses.All.All(s => s.Name != e.Status)))
                .Select(c => $"{c.Id.Text()} has no outcome"),
        ]);

    private static HoleCheck ComponentsWithoutClause() => new(
        "components that no clause governs", Components.All.Length,
        [.. Components.All.Where(c => !c.Clauses.Any(id => Catalogue.Find(id) is not null)).Select(c => $"{c.Component} is governed by no clause")]);

    private static HoleCheck StatusesWithoutOperation() => new(
        "statuses of the API that no operation answers, and answers that are no status", Statuses.All.Count,
        [
            .. Statuses.All.Where(s => s.Kind == StatusKind.Api && Operations.All.All(o => o.Checks.All(c => c.Status != s.Name)))
                .Select(s => $"`{s.Name}` is answered by no operation"),
            .. Operations.All.SelectMany(o => o.Checks.Where(c => Statuses.All.All(s => s.Name != c.Status)).Select(c => $"{o.Name} answers `{c.Status}`, which is no status")),
        ]);

    private static HoleCheck ChecksWithoutClause() => new(
        "errors of an operation that the clause named does not demand", Operations.All.Sum(o => o.Checks.Count),
        [
            .. Operations.All.SelectMany(o => o.Checks.Where(c => Catalogue.ById(c.Clause).Errors.All(e => e.Status != c.Status))
                .Select(c => $"{o.Name} answers `{c.Status}`, which {c.Clause.Text()} does not demand")),
        ]);

    private static HoleCheck ClausesThatNothingShows() => new(
        "clauses that no channel shows", Catalogue.All.Count,
        [.. Catalogue.All.Where(c => c.Observable == Channels.None && c.Status != Testability.NotTestable).Select(c => $"{c.Id.Text()} can be observed in no channel")]);
}
