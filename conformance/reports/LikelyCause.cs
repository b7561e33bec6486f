// Where to look first: what a deviation means, and which fields of the thread state the clause is about.

using PyState.Conformance.Engine;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Reports;

/// <summary>Reads the catalogue and the tables of fields for whoever has to mend an implementation.</summary>
public static class LikelyCause
{
    /// <summary>What the deviation means, in the clause's words for its direction; null where the clause has none.</summary>
    /// <param name="counterexample">The deviation.</param>
    public static string? Meaning(Counterexample counterexample)
    {
        Clause clause = Catalogue.ById(counterexample.Clause);
        string words = counterexample.Words.StartsWith("contamination", StringComparison.Ordinal) ? clause.Contamination
            : counterexample.Words.StartsWith("amnesia", StringComparison.Ordinal) ? clause.Amnesia
            : string.Empty;
        return words.Length > 0 ? words : null;
    }

    /// <summary>The fields that the clause is about in this CPython version, as C expressions; null where there are none, or it is no CPython.</summary>
    /// <param name="counterexample">The deviation.</param>
    /// <param name="declared">Where it was found.</param>
    public static IReadOnlyList<string>? Fields(Counterexample counterexample, Capabilities declared)
    {
        if (declared.Interpreter == "PyPy" || Profiles.Find(declared.InterpreterVersion) is not { } profile)
        {
            return null;
        }

        string id = counterexample.Clause.Text();
        ComponentInfo? component = Components.All.FirstOrDefault(c => c.Class == FieldClass.ContextLocal && c.Clauses.Contains(id))
            ?? Components.All.FirstOrDefault(c => c.Clauses is [var only, ..] && only == id && c.Component != Component.ThreadIdentity);
        string[] fields = component is null ? [] : [.. profile.FieldsOf(component.Component).Select(f => f.Path)];
        return fields.Length > 0 ? fields : null;
    }
}
