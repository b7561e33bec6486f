// The registers: choices, obligations, ambiguities, rejected ideas, non-goals.

using PyState.Spec.Clauses;

namespace PyState.Conformance.Specification;

/// <summary>Generated parts that print the registers beside the clauses.</summary>
public static class RegisterTables
{
    /// <summary>Implementation-defined choices.</summary>
    public static string ChoiceTable()
    {
        var table = new MarkdownTable("choice", "value", "meaning", "tested by", "why it is left open");
        foreach (var choice in Choices.All)
        {
            for (int i = 0; i < choice.Values.Count; i++)
            {
                table.Row(
                    i == 0 ? $"`{choice.Name}`" : "", $"`{choice.Values[i].Value}`", choice.Values[i].Meaning,
                    i == 0 ? string.Join(", ", choice.JudgedBy.Select(Phrases.Link)) : "", i == 0 ? choice.Why : "");
            }
        }

        return table.ToString();
    }

    /// <summary>Obligations of a switcher.</summary>
    public static string ObligationTable()
    {
        var table = new MarkdownTable("id", "obligation", "a breach is", "why");
        foreach (var o in Obligations.All)
        {
            table.Row(o.Id, o.Text, o.Detected ? $"detected: {o.DetectedAs}" : "**undetectable**", o.Why);
        }

        return table + $"\n{Obligations.All.Count(o => o.Detected)} of {Obligations.All.Count} are detected.\n";
    }

    /// <summary>The ambiguity register.</summary>
    public static string AmbiguityTable()
    {
        var table = new MarkdownTable("id", "question", "resolution", "reason");
        foreach (var a in Ambiguities.All)
        {
            table.Row(a.Id, a.Question, a.Resolution, a.Reason);
        }

        return table.ToString();
    }

    /// <summary>Rejected ideas.</summary>
    public static string RejectedTable()
    {
        var table = new MarkdownTable("idea", "why it was rejected", "instead");
        foreach (var r in RejectedIdeas.All)
        {
            table.Row(r.Idea, r.Reason, r.Instead);
        }

        return table.ToString();
    }

    /// <summary>Non-goals.</summary>
    public static string NonGoalTable()
    {
        var table = new MarkdownTable("not covered", "why");
        foreach (var n in NonGoals.All)
        {
            table.Row(n.What, n.Why);
        }

        return table.ToString();
    }
}
