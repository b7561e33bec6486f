using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Field = PyState.Reference.Field;
using static PyState.Conformance.Liars.ComponentLiars;

namespace PyState.Conformance.Liars;

/// <summary>Liars about what is stack-bound, thread-wide or derived, about ownership, and about introspection.</summary>
public static class StateLiars
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Liar> All { get; } =
    [
        Fields("does_not_reset_the_c_recursion", "a fresh C stack begins with the C recursion of the old one", ClauseId.Stack01, p => p.HasCDepth,
            t => [t.Load(Field.CRecursionRemaining)], afterSave: (t, w) => t.Store(Field.CRecursionRemaining, w[0])),
        Fields("does_not_set_the_bounds_of_a_new_stack", "the bounds of the old C stack stay in force", ClauseId.Stack02, p => p.HasCStackBounds,
            t => [t.Load(Field.CStackTop), t.Load(Field.CStackSoftLimit), t.Load(Field.CStackHardLimit)],
            afterSave: (t, w) => Put(t, w, Field.CStackTop, Field.CStackSoftLimit, Field.CStackHardLimit)),
        Overrides("says_no_memory_for_invalid_bounds", "invalid bounds of a new C stack get the wrong code", ClauseId.Stack03, () => new WrongCode(SimStatus.BadStack)),
        Fields("leaves_the_cframe_in_the_vacated_stack", "cframe is not reset", ClauseId.Stack04, p => p.HasCframe,
            t => [t.Load(Field.Cframe)], afterSave: (t, w) => t.Store(Field.Cframe, w[0])),
        Fields("resets_the_depth_on_the_same_stack", "the depth does not follow the C stack", ClauseId.Stack05, p => p.DepthIsStackBound,
            t => [t.Load(Field.RecursionDepth)], afterSave: (t, _) => t.Store(Field.RecursionDepth, 0)),

        Switches("saves_and_restores_the_trace_function", ClauseId.Wide01, Field.TraceFunc, Field.TraceObj),
        Switches("saves_and_restores_the_profile_function", ClauseId.Wide02, Field.ProfileFunc, Field.ProfileObj),
        Overrides("loses_the_thread_locals", "the thread's dictionary is empty after a Restore", ClauseId.Wide03, () => new LosesThreadLocals()),
        Switches("saves_and_restores_the_asynchronous_exception", ClauseId.Wide04, Field.AsyncExc),
        Fields("restores_the_recursion_limit", "the limit in force at Save comes back with the state", ClauseId.Wide05, p => p.Minor >= 11,
            t => [t.Load(Field.RecursionLimit)],
            afterRestore: (t, saved, _) =>
            {
                ulong depth = t.Load(Field.RecursionLimit) - t.Load(Field.RecursionRemaining);
                t.Store(Field.RecursionLimit, saved[0]);
                t.Store(Field.RecursionRemaining, saved[0] - depth);
            }),
        Fields("writes_to_a_field_it_does_not_know", "Restore changes a thread-wide field that is none of its business", ClauseId.Wide06, _ => true,
            _ => [], afterRestore: (t, _, _) => Touch(t)),

        Fields("carries_use_tracing_along", "the flag is saved and restored instead of recomputed", ClauseId.Derived01, p => p.HasUseTracing,
            t => [UseTracing(t)], afterRestore: (t, saved, _) => SetUseTracing(t, saved[0])),
        Fields("does_not_bump_the_context_version", "ContextVars go on with cached values of another Context object", ClauseId.Derived02, _ => true,
            t => [t.Load(Field.ContextVer)], afterRestore: (t, _, before) => t.Store(Field.ContextVer, before[0])),
        Fields("clamps_the_remaining_depth", "a flow deeper than the limit in force gets what is left clamped to zero", ClauseId.Derived03, p => p.Minor >= 11,
            _ => [], afterRestore: (t, _, _) => t.Store(Field.RecursionRemaining, Math.Max(0, (long)t.Load(Field.RecursionRemaining)) is var left ? (ulong)left : 0)),
        Fields("does_not_instrument_restored_frames", "frames suspended while profiling was switched on report nothing", ClauseId.Derived04, p => !p.HasUseTracing,
            _ => [], afterRestore: (t, _, _) => StripInstrumentation(t)),
        Fields("keeps_what_remains_instead_of_the_depth", "a changed recursion limit is not taken into account", ClauseId.Ambient05, p => p.Minor >= 11,
            t => [t.Load(Field.RecursionRemaining)], afterRestore: (t, saved, _) => t.Store(Field.RecursionRemaining, saved[0])),

        Overrides("allocates_in_Save", "Save allocates memory", ClauseId.Save05, () => new AllocatesInSave()),
        Overrides("knows_one_live_state_only", "a second Save is refused while a state is live", ClauseId.Save06, () => new OneAtATime()),
        Overrides("refuses_a_thread_with_leftovers", "Restore is refused while the thread has a Context object of its own", ClauseId.Restore24, () => new RefusesLeftovers()),
        Overrides("restores_in_last_in_first_out_order_only", "Restore is refused but for the state saved last", ClauseId.Handle02, () => new LastInFirstOut()),
        Overrides("refuses_every_Restore", "Restore never succeeds", ClauseId.Restore25, () => new RefusesRestore()),
        Overrides("releases_the_Context_object_twice", "the Context object that a flow leaves is released twice", ClauseId.Leak02, () => new DoubleRelease()),
        Overrides("changes_something_before_it_refuses", "Restore writes before its last check", ClauseId.Atom01, () => new WritesBeforeChecking()),
        Overrides("refuses_every_Discard", "Discard never succeeds", ClauseId.Discard01, () => new RefusesDiscard()),
        Overrides("counts_no_abandoned_states", "the number of abandoned states is always zero", ClauseId.Handle03, () => new CountsNothing()),
        Overrides("ignores_finalization", "live states stay live while the interpreter finalizes", ClauseId.Ambient08, () => new IgnoresFinalization()),
        Overrides("shows_no_top_frame", "the top frame of a saved state is always none", ClauseId.Intro01, () => new NoTopFrame()),
        Overrides("shows_no_Context_object", "the Context object of a saved state is always none", ClauseId.Intro02, () => new NoContext()),
        Overrides("traverses_twice", "owned references are visited twice", ClauseId.Intro05, () => new TraversesTwice()),
        Overrides("refuses_to_clear_with_frames", "clear is an error where it must do nothing", ClauseId.Intro06, () => new RefusesClear()),
    ];

    private static Liar Fields(
        string name, string summary, ClauseId clause, Func<VersionProfile, bool> exists, Func<SimThread, ulong[]> note,
        Action<SimThread, ulong[]>? afterSave = null, Action<SimThread, ulong[], ulong[]>? afterRestore = null) =>
        new(name, summary, clause, p => Session(p, name, () => new FieldLiar(note, afterSave, afterRestore)), exists);

    private static Liar Overrides(string name, string summary, ClauseId clause, Func<StateLiar> make) =>
        new(name, summary, clause, p => Session(p, name, make), _ => true);

    private static Liar Switches(string name, ClauseId clause, params Field[] fields) => Fields(
        name, "a thread-wide value comes back with the state", clause, _ => true,
        t => [.. fields.Select(t.Load)], afterRestore: (t, saved, _) => Put(t, saved, fields));

    private static void Put(SimThread thread, ulong[] words, params Field[] fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            thread.Store(fields[i], words[i]);
        }
    }

    private static ulong UseTracing(SimThread thread) => thread.Has(Field.UseTracing)
        ? thread.Load(Field.UseTracing)
        : thread.Load(thread.Load(Field.Cframe), CframeOffset.UseTracing);

    private static void SetUseTracing(SimThread thread, ulong value)
    {
        if (thread.Has(Field.UseTracing))
        {
            thread.Store(Field.UseTracing, value);
        }
        else
        {
            thread.Store(thread.Load(Field.Cframe), CframeOffset.UseTracing, value);
        }
    }

    private static void Touch(SimThread thread)
    {
        LayoutField known = thread.Layout.Fields.First(f => f.Field == Field.Context);
        LayoutField unknown = thread.Layout.Fields.First(f => f.Field == Field.Untouched);
        ulong address = thread.AddressOf(Field.Context) - (ulong)known.Offset;
        thread.Store(address, unknown.Offset, thread.Load(address, unknown.Offset) + 1);
    }

    private static void StripInstrumentation(SimThread thread)
    {
        ulong none = thread.NoFrame();
        for (ulong frame = thread.TopFrame(); frame != 0 && frame != none; frame = thread.Load(frame, FrameOffset.Previous))
        {
            if (thread.Load(frame, FrameOffset.Label) != 0)
            {
                thread.Store(frame, FrameOffset.Instrumentation, 0);
            }
        }
    }

    private sealed class LosesThreadLocals : StateLiar
    {
        public override SimStatus Restore(SimThread thread, ulong handle)
        {
            SimStatus status = base.Restore(thread, handle);
            if (status == SimStatus.Ok)
            {
                ulong dictionary = thread.Load(Field.Dict);
                thread.Store(Field.Dict, 0);
                thread.DecRef(dictionary);
            }

            return status;
        }
    }

    private sealed class AllocatesInSave : StateLiar
    {
        public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
        {
            thread.FreeState(thread.AllocateState());
            return base.Save(thread, handle, next);
        }
    }

    private sealed class OneAtATime : StateLiar
    {
        private readonly HashSet<ulong> live = [];

        public override void Reset()
        {
            live.Clear();
            base.Reset();
        }

        public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
        {
            SimStatus status = live.Count > 0 ? SimStatus.NotEmpty : base.Save(thread, handle, next);
            if (status == SimStatus.Ok)
            {
                live.Add(handle);
            }

            return status;
        }

        public override SimStatus Restore(SimThread thread, ulong handle)
        {
            live.Remove(handle);
            return base.Restore(thread, handle);
        }
    }

    private sealed class RefusesLeftovers : StateLiar
    {
        public override SimStatus Restore(SimThread thread, ulong handle) =>
            IsLive(thread, handle) && thread.Load(Field.Context) != 0 ? SimStatus.NoMemory : base.Restore(thread, handle);
    }

    private sealed class LastInFirstOut : StateLiar
    {
        private readonly List<ulong> order = [];

        public override void Reset()
        {
            order.Clear();
            base.Reset();
        }

        public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
        {
            SimStatus status = base.Save(thread, handle, next);
            if (status == SimStatus.Ok)
            {
                order.Add(handle);
            }

            return status;
        }

        public override SimStatus Restore(SimThread thread, ulong handle)
        {
            if (order.Contains(handle) && order[^1] != handle)
            {
                return SimStatus.WrongThread;
            }

            SimStatus status = base.Restore(thread, handle);
            if (status == SimStatus.Ok)
            {
                order.Remove(handle);
            }

            return status;
        }
    }

    private sealed class RefusesRestore : StateLiar
    {
        public override SimStatus Restore(SimThread thread, ulong handle) =>
            IsLive(thread, handle) ? SimStatus.NoMemory : base.Restore(thread, handle);
    }

    private sealed class RefusesDiscard : StateLiar
    {
        public override SimStatus Discard(SimThread thread, ulong handle) =>
            IsLive(thread, handle) ? SimStatus.NoMemory : base.Discard(thread, handle);
    }

    private sealed class DoubleRelease : StateLiar
    {
        public override SimStatus Restore(SimThread thread, ulong handle)
        {
            ulong own = thread.Load(Field.Context);
            SimStatus status = base.Restore(thread, handle);
            if (status == SimStatus.Ok)
            {
                thread.DecRef(own);
            }

            return status;
        }
    }

    private sealed class WritesBeforeChecking : StateLiar
    {
        public override SimStatus Restore(SimThread thread, ulong handle)
        {
            ulong nesting = thread.Load(Field.Tracing);
            SimStatus status = base.Restore(thread, handle);
            if (status == SimStatus.HasFrames)
            {
                thread.Store(Field.Tracing, nesting + 1);
            }

            return status;
        }
    }

    private sealed class CountsNothing : StateLiar
    {
        public override int AbandonedCount() => 0;
    }

    /// <summary>Live states stay live while the interpreter finalizes.</summary>
    internal sealed class IgnoresFinalization : StateLiar
    {
        public override void InterpreterFinalizing(SimThread thread)
        {
            // That is the lie.
        }
    }

    /// <summary>The top frame of a saved state is always none.</summary>
    internal sealed class NoTopFrame : StateLiar
    {
        public override SimStatus TopFrame(SimThread thread, ulong handle, out ulong frame)
        {
            SimStatus status = base.TopFrame(thread, handle, out frame);
            frame = 0;
            return status;
        }
    }

    private sealed class NoContext : StateLiar
    {
        public override SimStatus GetContext(SimThread thread, ulong handle, out ulong context)
        {
            SimStatus status = base.GetContext(thread, handle, out context);
            thread.DecRef(context);
            context = 0;
            return status;
        }
    }

    private sealed class TraversesTwice : StateLiar
    {
        public override SimStatus Traverse(SimThread thread, ulong handle, IReferenceVisitor visitor)
        {
            _ = base.Traverse(thread, handle, visitor);
            return base.Traverse(thread, handle, visitor);
        }
    }

    private sealed class RefusesClear : StateLiar
    {
        public override SimStatus Clear(SimThread thread, ulong handle)
        {
            SimStatus status = base.Clear(thread, handle);
            return status == SimStatus.Ok && Honest.TopFrame(thread, handle, out ulong frame) == SimStatus.Ok && frame != 0 ? SimStatus.HasFrames : status;
        }
    }
}
