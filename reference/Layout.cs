// Which fields the thread state of each CPython version has, under which name, where, and what they are a part of: as data.
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace PyState.Reference;

/// <summary>The component of the thread state that a field belongs to.</summary>
public enum LayoutComponent : byte
{
    /// <summary>Context-local.</summary>
    Frames,

    /// <summary>Context-local.</summary>
    HandledExceptions,

    /// <summary>Context-local; up to 3.10 also stack-bound.</summary>
    Depth,

    /// <summary>Context-local.</summary>
    ContextObject,

    /// <summary>Context-local.</summary>
    TracingNesting,

    /// <summary>Context-local.</summary>
    TraceEvent,

    /// <summary>Context-local.</summary>
    DataStack,

    /// <summary>Context-local.</summary>
    TrashNesting,

    /// <summary>Context-local.</summary>
    OverflowState,

    /// <summary>Context-local.</summary>
    Executor,

    /// <summary>Stack-bound.</summary>
    CDepth,

    /// <summary>Stack-bound.</summary>
    CStackBounds,

    /// <summary>Stack-bound.</summary>
    Cframe,

    /// <summary>Thread-wide.</summary>
    TraceFunction,

    /// <summary>Thread-wide.</summary>
    ProfileFunction,

    /// <summary>Thread-wide.</summary>
    ThreadLocals,

    /// <summary>Thread-wide.</summary>
    AsyncException,

    /// <summary>Thread-wide.</summary>
    ThreadIdentity,

    /// <summary>Thread-wide.</summary>
    TrashList,

    /// <summary>Thread-wide.</summary>
    Hooks,

    /// <summary>Thread-wide.</summary>
    Runtime,

    /// <summary>Interpreter-wide.</summary>
    RecursionLimit,

    /// <summary>Derived.</summary>
    UseTracing,

    /// <summary>Derived.</summary>
    ContextVersion,

    /// <summary>Derived.</summary>
    Instrumentation,

    /// <summary>Derived.</summary>
    ProfilerFrame,

    /// <summary>Precondition.</summary>
    PendingException,

    /// <summary>Precondition.</summary>
    CriticalSection,

    /// <summary>Precondition.</summary>
    PreviousExecutor,
}

/// <summary>One field of one version's thread state.</summary>
/// <param name="Field">What the field is to the simulation.</param>
/// <param name="Name">Its name in that version's <c>cpython/pystate.h</c>.</param>
/// <param name="Offset">The first word, counted from the thread state's address.</param>
/// <param name="Words">Its size.</param>
/// <param name="Component">What it is a part of.</param>
public readonly record struct LayoutField(Field Field, string Name, int Offset, int Words, LayoutComponent Component);

/// <summary>The thread state of one CPython version as a block of words.</summary>
public sealed class Layout
{
    private const int First = (int)CPythonVersion.V3_8;
    private const int Last = (int)CPythonVersion.V3_15;

    // From the headers of 3.8.18, 3.9.18, 3.10.13, 3.11.7, 3.12.1, 3.13.0, 3.14.8 and 3.15.0.
    private static readonly ImmutableArray<Row> Rows =
    [
        new(Field.Frame, "frame", First, 10, LayoutComponent.Frames),
        new(Field.Cframe, "cframe", 10, 12, LayoutComponent.Cframe),
        new(Field.RootCframe, "root_cframe", 10, 12, LayoutComponent.Cframe, CframeOffset.Words),
        new(Field.CurrentFrame, "current_frame", 13, Last, LayoutComponent.Frames),
        new(Field.BaseFrame, "base_frame", 15, Last, LayoutComponent.Frames, FrameOffset.Words),
        new(Field.UseTracing, "use_tracing", First, 9, LayoutComponent.UseTracing),
        new(Field.RecursionDepth, "recursion_depth", First, 10, LayoutComponent.Depth),
        new(Field.RecursionRemaining, "recursion_remaining", 11, 11, LayoutComponent.Depth),
        new(Field.RecursionRemaining, "py_recursion_remaining", 12, Last, LayoutComponent.Depth),
        new(Field.RecursionLimit, "recursion_limit", 11, 11, LayoutComponent.RecursionLimit),
        new(Field.RecursionLimit, "py_recursion_limit", 12, Last, LayoutComponent.RecursionLimit),
        new(Field.CRecursionRemaining, "c_recursion_remaining", 12, 13, LayoutComponent.CDepth),
        new(Field.Overflowed, "overflowed", First, 9, LayoutComponent.OverflowState),
        new(Field.RecursionCritical, "recursion_critical", First, 9, LayoutComponent.OverflowState),
        new(Field.RecursionHeadroom, "recursion_headroom", 10, Last, LayoutComponent.OverflowState),
        new(Field.ExcState, "exc_state", First, Last, LayoutComponent.HandledExceptions, ExcItemOffset.Words),
        new(Field.ExcInfo, "exc_info", First, Last, LayoutComponent.HandledExceptions),
        new(Field.Context, "context", First, Last, LayoutComponent.ContextObject),
        new(Field.ContextVer, "context_ver", First, Last, LayoutComponent.ContextVersion),
        new(Field.DataStackChunk, "datastack_chunk", 11, Last, LayoutComponent.DataStack),
        new(Field.DataStackTop, "datastack_top", 11, Last, LayoutComponent.DataStack),
        new(Field.DataStackLimit, "datastack_limit", 11, Last, LayoutComponent.DataStack),
        new(Field.DataStackCachedChunk, "datastack_cached_chunk", 14, Last, LayoutComponent.Runtime),
        new(Field.TrashDeleteNesting, "trash_delete_nesting", First, 11, LayoutComponent.TrashNesting),
        new(Field.TrashDeleteNesting, "trash.delete_nesting", 12, 12, LayoutComponent.TrashNesting),
        new(Field.Tracing, "tracing", First, Last, LayoutComponent.TracingNesting),
        new(Field.TraceEvent, "tracing_what", 11, 11, LayoutComponent.TraceEvent),
        new(Field.TraceEvent, "what_event", 12, Last, LayoutComponent.TraceEvent),
        new(Field.CurrentExecutor, "current_executor", 14, Last, LayoutComponent.Executor),
        new(Field.CStackTop, "c_stack_top", 14, Last, LayoutComponent.CStackBounds),
        new(Field.CStackSoftLimit, "c_stack_soft_limit", 14, Last, LayoutComponent.CStackBounds),
        new(Field.CStackHardLimit, "c_stack_hard_limit", 14, Last, LayoutComponent.CStackBounds),
        new(Field.PendingException, "curexc_value", First, 11, LayoutComponent.PendingException),
        new(Field.PendingException, "current_exception", 12, Last, LayoutComponent.PendingException),
        new(Field.TraceFunc, "c_tracefunc", First, Last, LayoutComponent.TraceFunction),
        new(Field.TraceObj, "c_traceobj", First, Last, LayoutComponent.TraceFunction),
        new(Field.ProfileFunc, "c_profilefunc", First, Last, LayoutComponent.ProfileFunction),
        new(Field.ProfileObj, "c_profileobj", First, Last, LayoutComponent.ProfileFunction),
        new(Field.Dict, "dict", First, Last, LayoutComponent.ThreadLocals),
        new(Field.AsyncExc, "async_exc", First, Last, LayoutComponent.AsyncException),
        new(Field.Id, "id", First, Last, LayoutComponent.ThreadIdentity),
        new(Field.EvalBreaker, "eval_breaker", 13, Last, LayoutComponent.Instrumentation),
        new(Field.LastProfiledFrame, "last_profiled_frame", 15, Last, LayoutComponent.ProfilerFrame),
        new(Field.LastProfiledFrameSeq, "last_profiled_frame_seq", 15, Last, LayoutComponent.ProfilerFrame),

        // What nothing touches. These stay last and together: one comparison of two spans watches over all of them.
        new(Field.Untouched, "prev", First, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "next", First, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "interp", First, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "_status", 12, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "gilstate_counter", First, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "on_delete", First, 12, LayoutComponent.Runtime),
        new(Field.Untouched, "on_delete_data", First, 12, LayoutComponent.Runtime),
        new(Field.Untouched, "thread_id", First, Last, LayoutComponent.ThreadIdentity),
        new(Field.Untouched, "native_thread_id", 11, Last, LayoutComponent.ThreadIdentity),
        new(Field.Untouched, "trash_delete_later", First, 11, LayoutComponent.TrashList),
        new(Field.Untouched, "trash.delete_later", 12, 12, LayoutComponent.TrashList),
        new(Field.Untouched, "delete_later", 13, Last, LayoutComponent.TrashList),
        new(Field.Untouched, "coroutine_origin_tracking_depth", First, Last, LayoutComponent.Hooks),
        new(Field.Untouched, "async_gen_firstiter", First, Last, LayoutComponent.Hooks),
        new(Field.Untouched, "async_gen_finalizer", First, Last, LayoutComponent.Hooks),
        new(Field.Untouched, "critical_section", 13, Last, LayoutComponent.CriticalSection),
        new(Field.Untouched, "previous_executor", 13, 13, LayoutComponent.PreviousExecutor),
        new(Field.Untouched, "threading_local_key", 13, Last, LayoutComponent.ThreadLocals),
        new(Field.Untouched, "threading_local_sentinel", 13, Last, LayoutComponent.ThreadLocals),
        new(Field.Untouched, "asyncio_running_loop", 14, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "asyncio_running_task", 14, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "c_stack_init_base", 15, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "c_stack_init_top", 15, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "jit_exit", 15, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "jit_tracer_state", 15, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "generator_return_kind", 15, Last, LayoutComponent.Runtime),
        new(Field.Untouched, "lazy_imports", 15, Last, LayoutComponent.Runtime),
    ];

    // By field: where it is in every version that has it. Word 0 belongs to no field: that is the offset of a field that a version lacks, and reads 0. What is
    // looked at after every command lies within the first 32 words, and in eights what is looked at together (SimMachine.Glance).
    private static ReadOnlySpan<byte> Places =>
    [
        0, 22, 21, 32, 23, 35, 3, 1, 8, 24, 9, 39, 40, 14, 4, 16, 17, 25, 20, 12,
        2, 7, 13, 10, 11, 15, 41, 42, 43, 19, 27, 28, 29, 30, 18, 31, 26, 6, 44, 45,
    ];

    private static readonly Layout[] Layouts = [.. Enumerable.Range(First, Last - First + 1).Select(minor => new Layout((CPythonVersion)minor))];

    private readonly int[] _offsets = new int[Enum.GetValues<Field>().Length];

    private Layout(CPythonVersion version)
    {
        Version = version;
        List<LayoutField> fields = [];
        foreach (Row row in Rows)
        {
            if ((int)version < row.Since || (int)version > row.Until)
            {
                continue;
            }

            int offset = row.Field == Field.Untouched ? SentinelOffset + SentinelWords++ : Place(row.Field);
            if (row.Field != Field.Untouched)
            {
                _offsets[(int)row.Field] = offset;
            }

            fields.Add(new(row.Field, row.Name, offset, row.Words, row.Component));
        }

        Words = SentinelOffset + SentinelWords;
        Fields = [.. fields.OrderBy(f => f.Offset)];
    }

    /// <summary>The version.</summary>
    public CPythonVersion Version { get; }

    /// <summary>All fields in the order of their offsets.</summary>
    public ImmutableArray<LayoutField> Fields { get; }

    /// <summary>The size of the thread state.</summary>
    public int Words { get; }

    /// <summary>The offset of the first field that nothing touches; the others follow it. All fields before it are looked through at one go, eight words at a time.</summary>
    internal const int SentinelOffset = 48;

    /// <summary>The number of fields that nothing touches.</summary>
    internal int SentinelWords { get; }

    /// <summary>The layout of one version.</summary>
    /// <param name="version">The version, 3.8 to 3.15.</param>
    /// <returns>Always the same object.</returns>
    public static Layout Of(CPythonVersion version) => Layouts[(int)version - First];

    /// <summary>Where a field is in the versions that have it; in the others that word is there as well, belongs to nothing and stays 0. Known when the code is
    /// compiled: every command reads dozens of fields.</summary>
    /// <param name="field">The field.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Place(Field field) => Places[(int)field];

    /// <summary>Whether this version has the field.</summary>
    /// <param name="field">The field.</param>
    /// <returns>True if it has.</returns>
    public bool Has(Field field) => _offsets[(int)field] != 0;

    /// <summary>The first word of a field.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The offset from the thread state's address; 0, a word that always reads 0, where the version lacks it.</returns>
    public int Offset(Field field) => _offsets[(int)field];

    private readonly record struct Row(Field Field, string Name, int Since, int Until, LayoutComponent Component, int Words = 1);
}
