// DERIVED: what is recomputed from the rest.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>Derived components: neither carried along nor left alone, but made true again.</summary>
public static class DerivedClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Derived01, "UseTracing")
        {
            Until = 11,
            Statement = "After Save and after Restore, `use_tracing` MUST be true exactly where no trace callback is running and a trace or profile function is set.",
            Intent = "It caches that condition, in the cframe from 3.10 on; carried along it silences a debugger or calls a function that is gone.",
            Observable = Trace | Profile | Event | Raw,
            Evidence = [Sources.Greenlet256, Sources.Header310],
            Contamination = "tracing is on or off as it was in another context",
            Amnesia = "tracing that the thread has on is off here",
        },
        new(ClauseId.Derived02, "ContextVersion")
        {
            Statement = "Whenever Save or Restore changes the Context object, the version of the context cache MUST increase, so that no ContextVar answers with a cached value of another Context.",
            Intent = "A ContextVar caches its last value for the pair of thread and version; the same version with another Context object reads a stale one.",
            Observable = Vars | Raw,
            Status = Testability.Optional,
            StatusReason = "without raw fields a stale value looks like a wrong Context object, and is judged as READY-04, RESTORE-04 or CHOICE-01",
            Evidence = [Sources.Pep567, Sources.Header38],
            Contamination = "a ContextVar answers with a cached value of another context",
        },
        new(ClauseId.Derived03, "Remaining depth")
        {
            Statement = "After Restore, the remaining depth MUST be the limit in force less the depth, not clamped: it may be negative.",
            Intent = "A limit changed while the flow was suspended then has the outcome that it has for a plain thread.",
            Observable = Status | Probe | Raw,
            Status = Testability.Optional,
            StatusReason = "a script that no interpreter aborts on stays below every limit, where AMBIENT-05 judges the same value; only raw fields show it beyond",
            Evidence = [Sources.PrototypeDepth, Sources.GreenletObserved],
            Contamination = "the remaining depth counts against a limit that is no longer in force",
        },
        new(ClauseId.Derived04, "Instrumentation")
        {
            Since = 12,
            Statement = "Trace and profile functions set or cleared while a context was suspended MUST be in force in its frames from their next event after Restore.",
            Intent = "From 3.12 on CPython instruments only the frames it finds on its threads; suspended ones lose events or keep stale ones, and debug builds abort.",
            Observable = Trace | Profile | Event,
            Evidence = [Sources.Greenlet368, Sources.PrototypeInstrumentation, Sources.Pep669],
            Contamination = "a frame of the resumed context still calls a function that was cleared while it was suspended",
            Amnesia = "a frame of the resumed context misses events of a function that was set while it was suspended",
        },
    ];
}
