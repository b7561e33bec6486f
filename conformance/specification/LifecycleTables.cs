// The totality tables and the lifecycle diagrams.

using System.Text;
using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using Call = PyState.Spec.Lifecycle.Operation;

namespace PyState.Conformance.Specification;

/// <summary>Generated parts that print the lifecycles and the totality tables.</summary>
public static class LifecycleTables
{
    private static readonly HandleState[] Live =
        [HandleState.LiveWithFrames, HandleState.LiveWithoutFrames, HandleState.LiveEnteredWithFrames, HandleState.LiveEnteredWithoutFrames];

    /// <summary>Every cell of the operations' table: a matrix an operation; equal matrices, equal rows and equal columns are merged.</summary>
    public static string TotalityTable() => Matrices(Enum.GetValues<Call>(), Totality.Outcome, NameOf);

    /// <summary>Every cell of the ambient events' table.</summary>
    public static string AmbientTable() => Matrices(Enum.GetValues<AmbientEvent>(), Ambient.Outcome, e => Words(e.ToString()));

    /// <summary>The lifecycle of a thread state, as a Mermaid diagram.</summary>
    public static string ThreadDiagram() => Fenced(ThreadLifecycle.Diagram());

    /// <summary>The lifecycle of a saved state, as a Mermaid diagram.</summary>
    public static string HandleDiagram() => Fenced(SavedStateLifecycle.Diagram());

    private static string Fenced(string diagram) => $"```mermaid\n{diagram.TrimEnd()}\n```\n";

    private static string Matrices<T>(IEnumerable<T> events, Func<Situation, HandleState, T, CellOutcome> outcome, Func<T, string> name)
    {
        var text = new StringBuilder();
        foreach (var equal in events.GroupBy(what => Matrix((s, h) => outcome(s, h, what))))
        {
            text.Append("**").AppendJoin("; ", equal.Select(name)).Append("**\n\n").Append(equal.Key).Append('\n');
        }

        return text.ToString();
    }

    // Rows are situations, columns are states of the handle; what has the same outcome everywhere is one row, or one column.
    private static string Matrix(Func<Situation, HandleState, CellOutcome> outcome)
    {
        string Cell(Situation s, HandleState h) => Describe(outcome(s, h), h);
        var columns = Enum.GetValues<HandleState>()
            .GroupBy(h => string.Join('|', Enum.GetValues<Situation>().Select(s => Cell(s, h)))).Select(g => g.ToList()).ToList();
        var rows = Enum.GetValues<Situation>()
            .GroupBy(s => string.Join('|', columns.Select(c => Cell(s, c[0])))).Select(g => g.ToList()).ToList();
        var table = new MarkdownTable(["caller \\ handle", .. columns.Select(HandleNames)]);
        foreach (var row in rows)
        {
            table.Row([SituationNames(row), .. columns.Select(c => Cell(row[0], c[0]))]);
        }

        return table.ToString();
    }

    private static string HandleNames(List<HandleState> handles)
    {
        if (handles.Count == Enum.GetValues<HandleState>().Length)
        {
            return "any";
        }

        bool live = Live.All(handles.Contains);
        return string.Join(", ", handles.Where(h => !live || !Live.Contains(h)).Select(h => Words(h.ToString())).Concat(live ? ["live"] : []));
    }

    // The longer half of the situations reads better as what it leaves out.
    private static string SituationNames(List<Situation> situations)
    {
        Situation[] rest = [.. Enum.GetValues<Situation>().Except(situations)];
        return rest.Length == 0 ? "any"
            : situations.Count > rest.Length + 1 ? $"any but {string.Join(", ", rest.Select(s => Words(s.ToString())))}"
            : string.Join(", ", situations.Select(s => Words(s.ToString())));
    }

    private static string Describe(CellOutcome outcome, HandleState before) =>
        $"`{NameOf(outcome.Status)}`{(outcome.Next == before ? "" : $" → {Words(outcome.Next.ToString())}")}{(outcome.Abandons ? ", counted" : "")} {Phrases.Link(outcome.Clause)}";

    private static string NameOf(Status status) => Statuses.All[(int)status].Name;

    private static string NameOf(Call call) => call switch
    {
        Call.NewFailing => "New, memory cannot be had",
        Call.SaveSame => "Save, SAME",
        Call.SaveNew => "Save, NEW",
        Call.SaveBadStack => "Save, NEW with impossible bounds",
        Call.Top => "TopFrame",
        Call.SetContext => "SetContext, a Context object or none",
        Call.SetContextEntered => "SetContext, a Context object that is entered",
        Call.SetContextBad => "SetContext, another object",
        _ => call.ToString(),
    };

    private static string Words(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : i == 0 ? $"{char.ToLowerInvariant(c)}" : $"{c}"));
}
