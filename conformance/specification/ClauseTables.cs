// The clauses in full, their index, and the sources of their evidence.

using System.Text;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Specification;

/// <summary>Generated parts that print the clause catalogue.</summary>
public static class ClauseTables
{
    /// <summary>Every clause, group by group.</summary>
    public static string Clauses()
    {
        var text = new StringBuilder();
        foreach (var (group, about) in Catalogue.Groups)
        {
            text.Append("### ").Append(group).Append(": ").Append(about).Append("\n\n");
            foreach (var clause in Catalogue.InGroup(group))
            {
                Append(text, clause);
            }
        }

        return text.ToString();
    }

    /// <summary>One row a clause.</summary>
    public static string Index()
    {
        var table = new MarkdownTable("clause", "title", "level", "CPython", "profile", "status", "errors");
        foreach (var c in Catalogue.All)
        {
            table.Row(
                Phrases.Link(c.Id), c.Title, Phrases.Name(c.Level), Phrases.Versions(c.Since, c.Until), Phrases.Name(c.Profile), Phrases.Name(c.Status),
                string.Join(", ", c.Errors.Select(e => $"`{e.Status}`")));
        }

        return table.ToString();
    }

    /// <summary>One row a source: what it shows, and for which clauses.</summary>
    public static string SourceTable()
    {
        var table = new MarkdownTable("source", "what it shows", "clauses");
        foreach (var source in Sources.All)
        {
            table.Row(source.Address.Length == 0 ? source.Key : Phrases.Link(source), source.Fact, string.Join(", ", Catalogue.All.Where(c => c.Evidence.Contains(source)).Select(c => Phrases.Link(c.Id))));
        }

        return table.ToString();
    }

    private static void Append(StringBuilder text, Clause clause)
    {
        var id = clause.Id.Text();
        text.Append("#### <a id=\"").Append(id.ToLowerInvariant()).Append("\"></a>").Append(id).Append(" · ").Append(clause.Title).Append("\n\n");
        text.Append("> ").Append(clause.Statement).Append("\n\n");
        text.Append("- *Applies to:* CPython ").Append(Phrases.Versions(clause.Since, clause.Until)).Append("; profile ").Append(Phrases.Name(clause.Profile)).Append('\n');
        if (clause.Errors.Count > 0)
        {
            text.Append("- *Errors:* ").AppendJoin(", ", clause.Errors.Select(e => $"`{e.Status}`"))
                .Append(clause.Errors.All(e => e.StateUnchanged) ? "; state unchanged\n" : "; state may have changed\n");
        }

        text.Append("- *Status:* ").Append(Phrases.Name(clause.Status)).Append(clause.StatusReason.Length > 0 ? $" ({clause.StatusReason})" : "")
            .Append("; observable in ").Append(Phrases.Names(clause.Observable)).Append('\n');
        text.Append("- *Intent (informative):* ").Append(clause.Intent).Append('\n');
        string[] words = [.. new[] { clause.Contamination, clause.Amnesia }.Where(w => w.Length > 0)];
        if (words.Length > 0)
        {
            text.Append("- *A violation reads (informative):* ").AppendJoin("; ", words.Select(w => $"“{w}”")).Append('\n');
        }

        text.Append("- *Evidence (informative):* ").AppendJoin(", ", clause.Evidence.Select(Phrases.Link)).Append("\n\n");
    }
}
