// SPEC.md as a whole: hand-written prose with generated parts. Register a new generated part here.

namespace PyState.Conformance.Specification;

/// <summary>Writes the generated parts of SPEC.md.</summary>
public static class SpecDocument
{
    /// <summary>The file's name, at the top of the repository.</summary>
    public const string FileName = "SPEC.md";

    /// <summary>Everything that is generated, in the order of the document.</summary>
    public static IReadOnlyList<GeneratedBlock> Blocks { get; } =
    [
        new("version", VersionTables.VersionLine),
        new("non-goals", RegisterTables.NonGoalTable),
        new("example", WorkedExample.Render),
        new("components", VersionTables.ComponentTable),
        new("field-classification", VersionTables.FieldTable),
        new("operations-errors", OperationTables.Errors),
        new("handle-lifecycle-diagram", LifecycleTables.HandleDiagram),
        new("thread-lifecycle-diagram", LifecycleTables.ThreadDiagram),
        new("totality", LifecycleTables.TotalityTable),
        new("ambient-totality", LifecycleTables.AmbientTable),
        new("statuses", OperationTables.StatusTable),
        new("profiles", VersionTables.ProfileTable),
        new("choices", RegisterTables.ChoiceTable),
        new("obligations", RegisterTables.ObligationTable),
        new("clauses", ClauseTables.Clauses),
        new("clause-index", ClauseTables.Index),
        new("undefined-behaviour", UndefinedBehaviour.Render),
        new("ambiguities", RegisterTables.AmbiguityTable),
        new("rejected-ideas", RegisterTables.RejectedTable),
        new("sources", ClauseTables.SourceTable),
    ];

    /// <summary>The document with every generated part written anew. Rendering twice changes nothing.</summary>
    /// <param name="currentText">The document as it is.</param>
    /// <exception cref="MarkerException">Its markers do not fit <see cref="Blocks"/>.</exception>
    public static string Render(string currentText) => Markers.Replace(currentText, Blocks);

    /// <summary>The generated parts that are out of date, by name; empty where all are as they would be written now.</summary>
    /// <param name="currentText">The document as it is.</param>
    /// <exception cref="MarkerException">Its markers do not fit <see cref="Blocks"/>.</exception>
    public static IReadOnlyList<string> OutOfDate(string currentText)
    {
        var rendered = Render(currentText);
        return [.. Blocks.Select(b => b.Name).Where(n => Markers.Content(rendered, n) != Markers.Content(currentText, n))];
    }
}
