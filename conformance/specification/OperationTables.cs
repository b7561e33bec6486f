// The errors of the operations in the order of their checks, and the statuses.

using PyState.Spec.Clauses;

namespace PyState.Conformance.Specification;

/// <summary>Generated parts that print operations and statuses.</summary>
public static class OperationTables
{
    /// <summary>Per operation, its checks in order. Operations with the same checks share a table row set.</summary>
    public static string Errors()
    {
        var table = new MarkdownTable("operation", "check", "fails when", "answer", "clause");
        foreach (var group in Operations.All.GroupBy(o => string.Join('\n', o.Checks.Select(c => $"{c.When}|{c.Status}|{c.Clause}"))))
        {
            var name = string.Join(", ", group.Select(o => o.Name));
            var checks = group.First().Checks;
            if (checks.Count == 0)
            {
                table.Row(name, "–", "never", "–", "–");
            }

            for (int i = 0; i < checks.Count; i++)
            {
                table.Row(i == 0 ? name : "", $"{i + 1}", checks[i].When, $"`{checks[i].Status}`", Phrases.Link(checks[i].Clause));
            }
        }

        return table.ToString();
    }

    /// <summary>Every status, what it means, and who answers it.</summary>
    public static string StatusTable()
    {
        var table = new MarkdownTable("status", "meaning", "answered by");
        foreach (var status in Statuses.All)
        {
            var by = status.Kind switch
            {
                StatusKind.Success => "every operation and command",
                StatusKind.Command => "commands of a script",
                _ => string.Join(", ", Operations.All.Where(o => o.Checks.Any(c => c.Status == status.Name)).Select(o => o.Name)),
            };
            table.Row($"`{status.Name}`", status.Meaning, by);
        }

        return table.ToString();
    }
}
