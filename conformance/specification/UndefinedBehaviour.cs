// The list of undefined behaviour, computed: what the tables leave open. Each check says what it examined, so that "none" means something.

using System.Text;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

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
        ClausesWithoutOutcome(), ComponentsWithoutClause(), StatusesWithoutOperation(), ChecksWithoutClause(), ClausesThatNothingShows(),
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
