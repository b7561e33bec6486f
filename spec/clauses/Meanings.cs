// Every normative entry of the specification, drawn from the registers, the version profiles and the totality tables.

using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Call = PyState.Spec.Lifecycle.Operation;

namespace PyState.Spec.Clauses;

/// <summary>The closed list of normative entries. What is not in it (intent, evidence, notes, the prose around the tables) can change in an editorial version.</summary>
public static class Meanings
{
    /// <summary>Every entry, in the order of the document.</summary>
    public static IReadOnlyList<Meaning> All { get; } =
    [
        .. Components.All.Select(c => new Meaning(
            $"component {c.Component}", $"{c.Class}; {c.Ready}; {string.Join(", ", c.Clauses)}", c.Meaning, false)),
        .. Profiles.All.Select(p => new Meaning(
            $"fields {p.Version}", string.Join("; ", p.Fields.Select(f => $"{f.Holder} {f.Name} {f.Component} {f.Ready} {f.Condition} {f.SomePatches}")), string.Empty, true)),
        .. Operations.All.Select(o => new Meaning(
            $"operation {o.Name}", $"{o.Arguments}; {string.Join("; ", o.Checks.Select(c => $"{c.Status} {c.Clause.Text()}"))}", string.Join("; ", o.Checks.Select(c => c.When)), true)),
        .. Enum.GetValues<Call>().Select(o => new Meaning($"totality {o}", Cells(o, Totality.Outcome), string.Empty, true)),
        .. Enum.GetValues<AmbientEvent>().Select(e => new Meaning($"ambient {e}", Cells(e, Ambient.Outcome), string.Empty, false)),
        .. Statuses.All.Select(s => new Meaning($"status {s.Name}", $"{s.Kind}", s.Meaning, true)),
        .. Choices.All.SelectMany(c => c.Values.Select(v => new Meaning($"choice {c.Name}={v.Value}", string.Join(", ", c.JudgedBy.Select(j => j.Text())), v.Meaning, true))),
        .. Obligations.All.Select(o => new Meaning($"obligation {o.Id}", o.DetectedAs, o.Text, false)),
        .. Catalogue.All.Select(c => new Meaning(
            $"clause {c.Id.Text()}",
            $"{c.Level}; {c.Since}-{c.Until}; {c.Profile}; {c.Observable}; {c.Status}; {string.Join(", ", c.Errors.Select(e => $"{e.Status} {e.StateUnchanged}"))}",
            c.Statement,
            c.Status != Testability.Required)),
        .. Ambiguities.All.Select(a => new Meaning($"ambiguity {a.Id}", string.Empty, $"{a.Question} {a.Resolution}", true)),
        .. NonGoals.All.Select(n => new Meaning($"non-goal {n.What}", string.Empty, string.Empty, false)),
    ];

    private static string Cells<T>(T what, Func<Situation, HandleState, T, CellOutcome> outcome) =>
        string.Join("; ", from s in Enum.GetValues<Situation>() from h in Enum.GetValues<HandleState>() select outcome(s, h, what));
}
