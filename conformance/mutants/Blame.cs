// Which clauses may convict a fault: what the classification says of the field, and what the model attributes the consequences to.

using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>The clauses that may convict.</summary>
public static class Blame
{
    // Components whose words are addresses or stand for memory: what is wrong in them is followed.
    private static readonly Component[] Pointers =
        [Component.Frames, Component.HandledExceptions, Component.ContextObject, Component.DataStack, Component.Executor, Component.Cframe, Component.ThreadLocals, Component.ProfilerFrame];

    // A switch is a Save and a Restore: what the Restore in it answers is what the switch answers, wherever it was made.
    private static readonly ClauseId[] Switches =
    [
        ClauseId.Switch01, ClauseId.Switch02, ClauseId.Switch03, ClauseId.Switch04, ClauseId.Switch05, ClauseId.Switch06, ClauseId.Ambient02, ClauseId.Ambient03, ClauseId.Ambient04,
    ];

    // Components that Restore looks at before it begins: where they are wrong, it refuses.
    private static readonly Component[] Checked =
        [Component.Frames, Component.HandledExceptions, Component.Depth, Component.CDepth, Component.TracingNesting, Component.PendingException, Component.ThreadIdentity];

    // What is seen of a component besides its own value, as the attribution has it: trace events depend on the functions, the flag and the nesting.
    private static readonly Dictionary<Component, ClauseId[]> SeenIn = new()
    {
        [Component.Depth] = [ClauseId.Ambient05, ClauseId.Derived03, ClauseId.Choice02, ClauseId.Stack05],
        [Component.ContextObject] = [ClauseId.Choice01, ClauseId.Derived02],
        [Component.TraceFunction] = [ClauseId.Derived01, ClauseId.Derived04, ClauseId.Ready05, ClauseId.Restore05],
        [Component.ProfileFunction] = [ClauseId.Derived01, ClauseId.Derived04, ClauseId.Ready05, ClauseId.Restore05],
        [Component.RecursionLimit] = [ClauseId.Ambient05, ClauseId.Derived03, ClauseId.Ready03, ClauseId.Restore03, ClauseId.Leak01],
        [Component.ThreadIdentity] = // looked at before the rest of what Restore checks
            [ClauseId.Restore19, ClauseId.Restore20, ClauseId.Restore21, ClauseId.Restore22, ClauseId.Restore23],
        [Component.UseTracing] = [ClauseId.Derived01],
        [Component.Instrumentation] = [ClauseId.Derived04],
        [Component.Cframe] = [ClauseId.Ready01, ClauseId.Restore01, ClauseId.Derived01],
    };

    /// <summary>The clauses that may convict what is wrong in a field after Save, where a fresh flow runs.</summary>
    /// <param name="field">The field.</param>
    public static IReadOnlySet<ClauseId> AfterSave(Field field) => Of(field, restored: false);

    /// <summary>The clauses that may convict what is wrong in a field after Restore.</summary>
    /// <param name="field">The field.</param>
    public static IReadOnlySet<ClauseId> AfterRestore(Field field) => Of(field, restored: true);

    /// <summary>The clauses that may convict what is wrong in a field after either.</summary>
    /// <param name="field">The field.</param>
    public static IReadOnlySet<ClauseId> AfterBoth(Field field) => AfterSave(field).Union(AfterRestore(field)).ToHashSet();

    /// <summary>The clauses that decide what the calls on a handle in one of some states answer.</summary>
    /// <param name="states">The states.</param>
    public static IReadOnlySet<ClauseId> Of(params HandleState[] states) =>
        Ids(Totality.Rules.Where(r => r.Handles.Intersect(states).Any()).Select(r => r.Clause).Concat(Ambient.Rules.Where(r => r.Handles.Intersect(states).Any()).Select(r => r.Clause)))
            .Concat(Switches).Append(ClauseId.Restore24).Append(ClauseId.Handle02).ToHashSet();

    /// <summary>Clauses by their ids.</summary>
    /// <param name="texts">The ids.</param>
    public static IReadOnlySet<ClauseId> Ids(IEnumerable<string> texts) =>
        texts.Select(t => ClauseIdText.TryParse(t, out ClauseId id) ? id : throw new InvalidOperationException($"there is no clause {t}")).ToHashSet();

    private static HashSet<ClauseId> Of(Field field, bool restored)
    {
        var clauses = new HashSet<ClauseId>(Ids(field.Clauses).Where(c => IsAbout(c, restored)));
        foreach (ClauseId seen in SeenIn.GetValueOrDefault(field.Component) ?? [])
        {
            _ = IsAbout(seen, restored) && clauses.Add(seen);
        }

        if (Checked.Contains(field.Component))
        {
            clauses.UnionWith([.. Switches, ClauseId.Restore24, ClauseId.Restore25, ClauseId.Handle02, ClauseId.Leak01]); // the teardown restores too
        }

        // Nothing thread-wide is ever touched, whatever else is said of a field.
        _ = field.Class is FieldClass.ThreadWide && clauses.Add(ClauseId.Wide06);
        if (Pointers.Contains(field.Component))
        {
            clauses.UnionWith([ClauseId.Leak01, ClauseId.Leak02]);
        }

        return clauses;
    }

    private static bool IsAbout(ClauseId clause, bool restored) => clause.Text() switch
    {
        var id when id.StartsWith("READY-", StringComparison.Ordinal) => !restored,
        var id when id.StartsWith("RESTORE-", StringComparison.Ordinal) => restored,
        _ => true,
    };
}
