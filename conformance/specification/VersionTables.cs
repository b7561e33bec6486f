// The components, the fields behind them, and what each CPython version has.

using System.Text;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Specification;

/// <summary>Generated parts that print the field classification.</summary>
public static class VersionTables
{
    /// <summary>Which document this is.</summary>
    public static string VersionLine() =>
        $"Version {SpecVersion.Current} · CPython 3.{Profiles.Oldest} to 3.{Profiles.Newest} · content `{SpecVersion.Content[..12]}` · normative unless labelled *informative*\n";

    /// <summary>One row a component: class, ready value, versions, clauses.</summary>
    public static string ComponentTable()
    {
        var table = new MarkdownTable("component", "class", "ready value", "CPython", "clauses", "what it is");
        foreach (var c in Components.All)
        {
            table.Row(
                c.Component.ToString(), Phrases.Hyphenated(c.Class), c.Ready, VersionsOf(p => p.Has(c.Component)), Phrases.Links(c.Clauses), c.Meaning);
        }

        return table.ToString();
    }

    /// <summary>One row a field, class by class, with the versions that have it.</summary>
    public static string FieldTable()
    {
        var rows = Profiles.All.SelectMany(p => p.Fields.Select(f => (p.Minor, Field: f)))
            .GroupBy(r => (r.Field.Holder, r.Field.Name, r.Field.Component, r.Field.Ready, r.Field.Condition, r.Field.Note, r.Field.SomePatches))
            .ToList();
        var text = new StringBuilder();
        foreach (var fieldClass in Enum.GetValues<FieldClass>())
        {
            var table = new MarkdownTable("field", "CPython", "component", "ready value", "note");
            foreach (var row in rows.Where(r => Components.ClassOf(r.Key.Component) == fieldClass).OrderBy(r => r.Key.Component))
            {
                var versions = Phrases.Versions(row.Select(r => r.Minor), Profiles.Oldest, Profiles.Newest) + (row.Key.SomePatches ? " (some patches)" : "");
                string[] notes = [.. new[] { row.Key.Condition.Length == 0 ? "" : $"only under `{row.Key.Condition}`", row.Key.Note }.Where(n => n.Length > 0)];
                table.Row($"`{row.Key.Name}`{Where(row.Key.Holder)}", versions, row.Key.Component.ToString(), row.Key.Ready, string.Join("; ", notes));
            }

            text.Append("**").Append(Phrases.Hyphenated(fieldClass)).Append("**\n\n").Append(table).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>One row a trait, one column a version.</summary>
    public static string ProfileTable()
    {
        var table = new MarkdownTable(["trait", .. Profiles.All.Select(p => p.Version)]);
        Row("the depth follows the C stack (STACK-05)", p => p.DepthIsStackBound);
        Row("C recursion without frames counts as depth", p => p.NativeCountsAsDepth);
        Row("C recursion has a counter of its own (STACK-01)", p => p.HasCDepth);
        Row("C recursion is limited by stack bounds (STACK-02)", p => p.HasCStackBounds);
        Row("a cframe on the C stack is pointed to (STACK-04)", p => p.HasCframe);
        Row("frames live on a data stack (READY-06)", p => p.HasDataStack);
        Row("the trashcan's nesting is in the thread state (READY-07)", p => p.HasTrashNesting);
        Row("the traced event is in the thread state (READY-09)", p => p.HasTraceEvent);
        Row("`use_tracing` exists (DERIVED-01)", p => p.HasUseTracing);
        Row("code is instrumented for tracing (DERIVED-04)", p => p.HasInstrumentation);
        Row("the JIT can be built in", p => p.HasJit);
        Row("the executor is kept (READY-10)", p => p.HasExecutor);
        foreach (var fieldClass in Enum.GetValues<FieldClass>())
        {
            table.Row([$"{Phrases.Hyphenated(fieldClass)} fields", .. Profiles.All.Select(p => $"{p.Fields.Count(f => f.Class == fieldClass)}")]);
        }

        return table.ToString();

        void Row(string trait, Func<VersionProfile, bool> has) => table.Row([trait, .. Profiles.All.Select(p => has(p) ? "yes" : "")]);
    }

    private static string VersionsOf(Func<VersionProfile, bool> has) =>
        Phrases.Versions(Profiles.All.Where(has).Select(p => p.Minor), Profiles.Oldest, Profiles.Newest);

    private static string Where(Holder holder) => holder switch
    {
        Holder.ThreadState => "",
        Holder.Implementation => " (`_PyThreadStateImpl`)",
        _ => " (interpreter)",
    };
}
