using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Field = PyState.Reference.Field;

namespace PyState.Conformance.Liars;

/// <summary>Liars about one component each: derived from a table of which words hold it, once not reset and once not restored.</summary>
public static class ComponentLiars
{
    private sealed record Component(
        string Name, ClauseId Ready, ClauseId Restore, Func<VersionProfile, bool> Exists, Func<SimThread, ulong[]> Read, Action<SimThread, ulong[]> Write);

    private static readonly Component[] ContextLocal =
    [
        new("frames", ClauseId.Ready01, ClauseId.Restore01, _ => true, t => [t.TopFrame()], (t, w) => SetTopFrame(t, w[0])),
        new("handled_exceptions", ClauseId.Ready02, ClauseId.Restore02, _ => true,
            t => [t.Load(t.AddressOf(Field.ExcState), ExcItemOffset.Value), t.Load(Field.ExcInfo)],
            (t, w) =>
            {
                t.Store(t.AddressOf(Field.ExcState), ExcItemOffset.Value, w[0]);
                t.Store(Field.ExcInfo, w[1]);
            }),
        Words("recursion_depth", ClauseId.Ready03, ClauseId.Restore03, _ => true, Field.RecursionDepth, Field.RecursionRemaining),
        new("context_object", ClauseId.Ready04, ClauseId.Restore04, _ => true,
            t => [t.Load(Field.Context)],
            (t, w) =>
            {
                t.IncRef(w[0]);
                t.Store(Field.Context, w[0]);
            }),
        Words("tracing_nesting", ClauseId.Ready05, ClauseId.Restore05, _ => true, Field.Tracing),
        Words("data_stack", ClauseId.Ready06, ClauseId.Restore06, p => p.HasDataStack, Field.DataStackChunk, Field.DataStackTop, Field.DataStackLimit),
        Words("trashcan_nesting", ClauseId.Ready07, ClauseId.Restore07, p => p.HasTrashNesting, Field.TrashDeleteNesting),
        Words("overflow_state", ClauseId.Ready08, ClauseId.Restore08, _ => true, Field.Overflowed, Field.RecursionCritical, Field.RecursionHeadroom),
        Words("trace_event", ClauseId.Ready09, ClauseId.Restore09, p => p.HasTraceEvent, Field.TraceEvent),
        Words("executor", ClauseId.Ready10, ClauseId.Restore10, p => p.HasExecutor, Field.CurrentExecutor),
    ];

    /// <summary>Two for every context-local component.</summary>
    public static IReadOnlyList<Liar> All { get; } =
    [
        .. ContextLocal.Select(c => new Liar(
            $"does_not_reset_the_{c.Name}", "what ran before leaks into the fresh flow (contamination)", c.Ready,
            p => Session(p, $"does_not_reset_the_{c.Name}", () => new FieldLiar(c.Read, afterSave: c.Write)), c.Exists)),
        .. ContextLocal.Select(c => new Liar(
            $"does_not_restore_the_{c.Name}", "the value of the flow that ended stays in force", c.Restore,
            p => Session(p, $"does_not_restore_the_{c.Name}", () => new FieldLiar(c.Read, afterRestore: (t, _, before) => c.Write(t, before))), c.Exists)),
    ];

    /// <summary>Starts an implementation as a liar.</summary>
    /// <param name="profile">The version.</param>
    /// <param name="name">The liar's name.</param>
    /// <param name="make">Makes the implementation.</param>
    internal static SimulatedLiar Session(VersionProfile profile, string name, Func<IPyState> make) =>
        new(new SimulatedSession(profile, make(), name));

    // The fields among these that a version has.
    private static Component Words(string name, ClauseId ready, ClauseId restore, Func<VersionProfile, bool> exists, params Field[] fields) => new(
        name, ready, restore, exists,
        t => [.. fields.Where(t.Has).Select(t.Load)],
        (t, words) =>
        {
            int i = 0;
            foreach (Field field in fields.Where(t.Has))
            {
                t.Store(field, words[i++]);
            }
        });

    private static void SetTopFrame(SimThread thread, ulong frame)
    {
        if (thread.Has(Field.Frame))
        {
            thread.Store(Field.Frame, frame);
        }
        else if (thread.Has(Field.CurrentFrame))
        {
            thread.Store(Field.CurrentFrame, frame == 0 ? thread.NoFrame() : frame);
        }
        else
        {
            thread.Store(thread.Load(Field.Cframe), CframeOffset.CurrentFrame, frame);
        }
    }
}
