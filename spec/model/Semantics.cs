using PyState.Spec.Versions;

namespace PyState.Spec.Model;

/// <summary>Choice: the Context object of a fresh context (CHOICE-01).</summary>
public enum FreshContext : byte
{
    /// <summary>None; the first variable set creates an empty one.</summary>
    Empty,

    /// <summary>A copy of the starter's.</summary>
    Copy,

    /// <summary>The starter's own object.</summary>
    Shared,
}

/// <summary>Choice: where control goes when a context finishes (SWITCH-03).</summary>
public enum FinishTo : byte
{
    /// <summary>To the nearest living ancestor; a context's parent is who spawned it.</summary>
    Spawner,

    /// <summary>To the root context of its thread.</summary>
    Main,

    /// <summary>To whoever resumed it last, or to the root if that one is gone.</summary>
    Resumer,
}

/// <summary>Choice: the recursion depth of a fresh context (CHOICE-02).</summary>
public enum FreshDepth : byte
{
    /// <summary>Zero.</summary>
    Zero,

    /// <summary>The depth of who starts it, at the first switch.</summary>
    Inherit,
}

/// <summary>Deviations from the semantics that a listed implementation is known to have. They make a variant of the model for
/// that implementation, so that everything else about it stays judged; no conforming implementation sets one.</summary>
[Flags]
public enum Deviations : ushort
{
    /// <summary>None: the decided semantics.</summary>
    None = 0,

    /// <summary>The nesting of trace callbacks is not switched: a switch out of a trace function leaves every context untraced until that function returns.</summary>
    TracingNestingShared = 1,

    /// <summary>The outermost frame of the running context runs on into the frames of its thread's root context.</summary>
    FramesRunOn = 2,

    /// <summary>The trace function is each context's own: none in a fresh one, and what another sets is not in force here (WIDE-01).</summary>
    TraceFunctionPerContext = 4,

    /// <summary>The profile function is each context's own (WIDE-02).</summary>
    ProfileFunctionPerContext = 8,

    /// <summary>The thread-local values are each context's own (WIDE-03).</summary>
    ThreadLocalsPerContext = 16,
}

/// <summary>How many levels of recursion depth each kind of block costs, in units of the recursion limit. A driver calibrates them on a plain thread.</summary>
public sealed record Levels
{
    /// <summary>The depth at which a thread's own flow starts, for t0, t1 and t2.</summary>
    public int[] Base { get; init; } = [0, 0, 0];

    /// <summary>What a fresh context adds to the depth it starts from. May be negative where it inherits none.</summary>
    public int Spawn { get; init; }

    /// <summary>A handler opened in the body of a generator, which a driver may have to build from a generator of its own.</summary>
    public int GeneratorHandler { get; init; }

    /// <summary>By <see cref="BlockKind"/>.</summary>
    public int[] Of { get; init; } = new int[12];

    /// <summary>The simulated thread state: one level a Python frame; C recursion without a frame counts where one counter serves both.</summary>
    /// <param name="profile">The CPython version.</param>
    public static Levels Simulated(VersionProfile profile)
    {
        var of = new int[12];
        for (BlockKind kind = BlockKind.Call; kind <= BlockKind.Jit; kind++)
        {
            of[(int)kind] = 1;
        }

        of[(int)BlockKind.Native] = profile.NativeCountsAsDepth ? 1 : 0;
        return new Levels { Of = of };
    }
}

/// <summary>What the model needs to know of an implementation: the CPython traits, the declared choices, calibrated levels and known deviations.</summary>
public sealed record Semantics
{
    // The most that each of the first eight raw values is shown as, a byte each: 0 what there is not, 1 what is shown as whether.
    private readonly ulong shown = (Flow.One(RawValue.TracingNesting) * 0xFF) | Flow.One(RawValue.OverflowState);

    /// <summary>What a CPython version decides; choices, levels and limits are as for the simulated thread state.</summary>
    /// <param name="profile">The version.</param>
    public static Semantics For(VersionProfile profile) => new()
    {
        DepthIsStackBound = profile.DepthIsStackBound,
        HasCDepth = profile.HasCDepth,
        HasCStackBounds = profile.HasCStackBounds,
        HasTrashNesting = profile.HasTrashNesting,
        HasDataStack = profile.HasDataStack,
        HasCframe = profile.HasCframe,
        HasUseTracing = profile.HasUseTracing,
        HasTraceEvent = profile.HasTraceEvent,
        HasExecutor = profile.HasExecutor,
        HasJit = profile.HasJit,
        Levels = Levels.Simulated(profile),
    };

    /// <summary>Depth follows the C stack: Save on the same stack keeps it (≤3.10, where Python calls use C stack).</summary>
    public bool DepthIsStackBound { get; init; }

    /// <summary>A counter of C recursion exists (3.12 and 3.13).</summary>
    public bool HasCDepth
    {
        get => IsShown(RawValue.CDepth);
        init => shown = Showing(RawValue.CDepth, value ? 0xFF : 0u);
    }

    /// <summary>Something without a frame adds to a recursion depth (RESTORE-22). From 3.14 on C recursion is a matter of the stack pointer, and a flow that is not at its base has
    /// frames, which is RESTORE-20's error.</summary>
    public bool CanRecurseWithoutFrames =>
        HasCDepth || ((BlockKind[])[BlockKind.Handler, BlockKind.Context, BlockKind.Native, BlockKind.Recovering]).Any(k => Levels.Of[(int)k] > 0);

    /// <summary>The bounds of the C stack are fields of the thread state (3.14 on).</summary>
    public bool HasCStackBounds { get; init; }

    /// <summary>The trashcan's nesting is a field of the thread state (≤3.12).</summary>
    public bool HasTrashNesting
    {
        get => IsShown(RawValue.TrashNesting);
        init => shown = Showing(RawValue.TrashNesting, value ? 0xFF : 0u);
    }

    /// <summary>Frames live on a data stack (3.11 on).</summary>
    public bool HasDataStack
    {
        get => IsShown(RawValue.DataStack);
        init => shown = Showing(RawValue.DataStack, value ? 0xFF : 0u);
    }

    /// <summary>A cframe on the C stack is pointed to (3.10 to 3.12).</summary>
    public bool HasCframe { get; init; }

    /// <summary>The derived flag use_tracing exists (≤3.11).</summary>
    public bool HasUseTracing { get; init; }

    /// <summary>The event indicator of a running trace callback exists (3.11 on).</summary>
    public bool HasTraceEvent
    {
        get => IsShown(RawValue.TraceEvent);
        init => shown = Showing(RawValue.TraceEvent, value ? 1 : 0u);
    }

    /// <summary>The JIT's executor is owned while it runs (3.14 on).</summary>
    public bool HasExecutor
    {
        get => IsShown(RawValue.Executor);
        init => shown = Showing(RawValue.Executor, value ? 1 : 0u);
    }

    /// <summary>The JIT exists at all (3.13 on).</summary>
    public bool HasJit { get; init; }

    /// <summary>The declared choice.</summary>
    public FreshContext FreshContext { get; init; }

    /// <summary>The declared choice.</summary>
    public FinishTo FinishTo { get; init; }

    /// <summary>The declared choice.</summary>
    public FreshDepth FreshDepth { get; init; }

    /// <summary>Every context has a C stack of its own; else one is evicted to run another, and a fresh one begins where its starter is.</summary>
    public bool SeparateStacks { get; init; }

    /// <summary>Known deviations.</summary>
    public Deviations Deviations { get; init; }

    /// <summary>Calibrated levels.</summary>
    public Levels Levels { get; init; } = new();

    /// <summary>The three recursion limits that the command <c>limit</c> chooses from, in levels.</summary>
    public int[] Limits { get; init; } = [1000, 40, 6];

    /// <summary>Whether the hidden frames of a driver run below every flow, so that an asynchronous exception is always delivered at once.</summary>
    public bool AlwaysRunsPython { get; init; }

    /// <summary>The most that each of the first eight raw values is shown as, a byte each.</summary>
    internal ulong Shown => shown;

    /// <summary>The counts that there are: without a counter of C recursion nobody counts it.</summary>
    internal ulong Counted => shown | ~(Flow.One(RawValue.CDepth) * 0xFF);

    private bool IsShown(RawValue value) => (shown & (Flow.One(value) * 0xFF)) != 0;

    private ulong Showing(RawValue value, uint most) => (shown & ~(Flow.One(value) * 0xFF)) | (Flow.One(value) * most);
}
