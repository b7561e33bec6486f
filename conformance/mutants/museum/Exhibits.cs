// The museum: published thread-state defects of what switches C stacks under Python. Facts and links are the sources'; the words are ours.

using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants.Museum;

/// <summary>Every exhibit. What is left out, and why, is in <see cref="NotShown"/>.</summary>
public static class Exhibits
{
    private const string Greenlet = "https://github.com/python-greenlet/greenlet/";
    private const string Pyodide = "https://github.com/pyodide/pyodide/";

    /// <summary>All of them, by who had the defect.</summary>
    public static IReadOnlyList<Exhibit> All { get; } =
    [
        new("greenlet-131-exception-chain", "greenlet before 0.4.14, on 3.7 and later", Greenlet + "issues/131",
            "the innermost item of handled exceptions is not saved: only the thread's own is", ClauseId.Restore02, 8, 15, p => Fields(p, ("exc_info", FieldFault.NotSaved))),
        new("greenlet-172-context-shared", "greenlet before 0.4.17", Greenlet + "pull/172",
            "the Context object is not switched", ClauseId.Ready04, 8, 10, p => Fields(p, ("context", FieldFault.NotSwitched))),
        new("greenlet-256-profile-lost", "greenlet 1.1.0 and 1.1.1, on 3.10", Greenlet + "issues/256",
            "a fresh flow's cframe says that nothing is traced", ClauseId.Derived01, 10, 10, p => Fields(p, ("cframe->use_tracing", FieldFault.WronglyReset))),
        new("greenlet-328-chunk-leak", "greenlet 2.0.0, on 3.11", Greenlet + "issues/328",
            "the data-stack chunk that a finished flow leaves is not freed", ClauseId.Leak01, 11, 13, _ => new LeftoverChunk(isLeak: true)),
        new("gevent-1909-trashcan", "greenlet before 2.0.0rc1", "https://github.com/gevent/gevent/issues/1909",
            "the nesting of deallocations is not switched", ClauseId.Ready07, 8, 11, p => Fields(p, ("trash_delete_nesting", FieldFault.NotSwitched))),
        new("greenlet-3.0.0a1-entry-frames", "greenlet 3.0.0a1, on 3.12", "https://github.com/python/cpython/issues/113037",
            "frames of a suspended flow stay linked through entry frames on the vacated C stack", ClauseId.Leak02, 12, 14, _ => new UnsplicedFrames(isTruncated: false)),
        new("greenlet-388-truncated-walk", "greenlet 3.0.0rc1 to 3.0.2, on 3.12", Greenlet + "issues/388",
            "the innermost frame of a suspended flow is cut off from those below", ClauseId.Intro01, 12, 14, _ => new UnsplicedFrames(isTruncated: true)),
        new("gevent-1985-code-in-the-middle", "greenlet before 3.0.0rc2, on 3.11 and later", "https://github.com/gevent/gevent/issues/1985",
            "code runs in the middle of a switch: a reference is dropped before everything is back", ClauseId.Leak02, 11, 15, _ => new EarlyRelease()),
        new("greenlet-460-executor", "greenlet before 3.2.4, on 3.14 with the JIT", Greenlet + "issues/460",
            "the executor of the flow that was saved stays in force", ClauseId.Ready10, 14, 15, p => Fields(p, ("current_executor", FieldFault.NotReset))),
        new("greenlet-tracing-nesting", "greenlet, all releases looked at (2.0.2 to 3.5.3)", Greenlet + "blob/2.0.2/src/greenlet/greenlet_greenlet.hpp",
            "the nesting of trace callbacks is not switched", ClauseId.Ready05, 8, 15, p => Fields(p, ("tracing", FieldFault.NotSwitched)))
            { Real = "greenlet 2.0.2 on CPython 3.11: READY-05 and RESTORE-05 in `conformance/implementations/greenlet/expectations.json`" },
        new("greenlet-368-stale-instrumentation", "greenlet on 3.12 and later (open)", Greenlet + "issues/368",
            "frames suspended while tools changed go on with the instrumentation they had", ClauseId.Derived04, 12, 15, p => FieldMutants.MakeStaleInstrumentation()),
        new("pypy-frames-run-on", "the greenlet of PyPy 7.3.11", "https://doc.pypy.org/en/latest/stackless.html",
            "the frames of who started a flow are not taken away from it", ClauseId.Ready01, 8, 10, p => Fields(p, ("frame", FieldFault.NotReset)))
            { Real = "PyPy 7.3.11: `conformance/implementations/greenlet/deviations-pypy.md`" },
        new("pyodide-4615-interleaved-except", "Pyodide 0.25.1", Pyodide + "issues/4615",
            "the innermost item of handled exceptions is not reset", ClauseId.Ready02, 11, 12, p => Fields(p, ("exc_state.exc_value", FieldFault.NotReset), ("exc_info", FieldFault.NotReset))),
        new("pyodide-4639-switch-leaks", "Pyodide 0.26.0-alpha.4", Pyodide + "issues/4639",
            "each task leaks: in the release chunks of data stack, here a reference to the Context object", ClauseId.Leak01, 11, 12, _ => new LeakedContext()),
        new("pyodide-4940-recursion", "Pyodide 0.25.1 to 0.26.1", Pyodide + "pull/4940",
            "the recursion depth of a suspended task counts in the others", ClauseId.Ready03, 11, 12,
            p => Fields(p, (p.Minor == 11 ? "recursion_remaining" : "py_recursion_remaining", FieldFault.NotSwitched))),
        new("pyodide-4940-variables", "Pyodide 0.25.1 to 0.26.1", Pyodide + "pull/4940",
            "a task sees the context variables of whoever ran before", ClauseId.Ready04, 11, 12, p => Fields(p, ("context", FieldFault.NotSwitched))),
        new("pyodide-6421-reused-thread-states", "Pyodide 0.26.2 to 314.0.4, and 315.0.0-alpha.2", Pyodide + "pull/6421",
            "a fresh task inherits the Context object that a finished one left in a reused thread state", ClauseId.Ready04, 12, 15, _ => new ReusedContext()),
        new("swap-loses-thread-locals", "Pyodide 0.26.2 to 314.0.4: whole thread states are swapped", Pyodide + "pull/4940",
            "thread-locals are the context's", ClauseId.Wide03, 11, 15, p => Fields(p, ("dict", FieldFault.WronglySaved))),
        new("swap-loses-trace-functions", "Pyodide 0.26.2 to 314.0.4: whole thread states are swapped", Pyodide + "pull/4940",
            "a trace function set before is not in force in a fresh context", ClauseId.Wide01, 11, 15,
            p => Fields(p, ("c_traceobj", FieldFault.WronglySaved), ("c_tracefunc", FieldFault.WronglySaved))),
        new("swap-loses-hooks", "cothread on 3.11 and later: whole thread states are swapped", "https://github.com/DiamondLightSource/cothread/pull/58",
            "hooks of asynchronous generators and the origin-tracking depth are the context's", ClauseId.Wide06, 11, 15,
            p => Fields(p, ("async_gen_firstiter", FieldFault.WronglySaved), ("async_gen_finalizer", FieldFault.WronglySaved), ("coroutine_origin_tracking_depth", FieldFault.WronglySaved))),
        new("cothread-9-exception-chain", "cothread on 3.7 to 3.10", "https://github.com/DiamondLightSource/cothread/issues/9",
            "a fresh flow begins at the item of handled exceptions that the one before was at", ClauseId.Ready02, 8, 10,
            p => Fields(p, ("exc_state.exc_value", FieldFault.NotSwitched), ("exc_info", FieldFault.NotSwitched))),
        new("fibers-20-exception-items", "python-fibers on 3.7 and later", "https://github.com/saghul/python-fibers/issues/20",
            "exc_info is ignored: after a switch inside a generator it is the thread's own item", ClauseId.Restore02, 8, 11, p => Fields(p, ("exc_info", FieldFault.NotSwitched))),
        new("fibers-20-context-ignored", "python-fibers on 3.7 and later", "https://github.com/saghul/python-fibers/issues/20",
            "the Context object is not switched", ClauseId.Ready04, 8, 11, p => Fields(p, ("context", FieldFault.NotSwitched))),
        new("ray-64772-bounds", "Ray on 3.14, and every coroutine with a C stack of its own (cpython #139653)", "https://github.com/python/cpython/issues/139653",
            "the bounds of the C stack stay those of the thread's own", ClauseId.Stack02, 14, 15,
            p => Fields(p, ("c_stack_top", FieldFault.NotSwitched), ("c_stack_soft_limit", FieldFault.NotSwitched), ("c_stack_hard_limit", FieldFault.NotSwitched))),
        new("cpython-32303-frames-only", "the draft of an API in CPython of 2022: it moved the frame stack", "https://github.com/python/cpython/pull/32303",
            "frames and data stack move, and everything else of the context stays", ClauseId.Ready02, 11, 11,
            p => new FieldMutant([.. Place.All(p, FieldClass.ContextLocal)
                .Where(f => f.Field.Component is not (Spec.Model.Component.Frames or Spec.Model.Component.DataStack)).Select(f => (f, FieldFault.NotSwitched))])),
    ];

    /// <summary>Published defects that no exhibit shows, each with its link and why.</summary>
    public static IReadOnlyList<(string Link, string Why)> NotShown { get; } =
    [
        (Greenlet + "issues/513", "critical sections exist in free-threaded builds only, which answer UNSUPPORTED"),
        (Greenlet + "issues/515", "the list of C-stack references exists in free-threaded builds only"),
        (Greenlet + "issues/517", "likewise"),
        (Greenlet + "issues/376", "a crash of greenlet's own clean-up when the interpreter ends: no thread state is involved"),
        (Greenlet + "issues/411", "likewise"),
        (Greenlet + "pull/495", "likewise"),
    ];

    // The reference, less some fields, by their names in the classification.
    private static FieldMutant Fields(VersionProfile profile, params (string Name, FieldFault Fault)[] wrongs) =>
        new([.. wrongs.Select(w => (Place.Of(profile, profile.Fields.First(f => f.Name == w.Name)) ?? throw new InvalidOperationException($"{w.Name} has no place"), w.Fault))]);
}
