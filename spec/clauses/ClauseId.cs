// The permanent identity of every clause: one byte in the hot loop, one text form ("READY-01") everywhere else.

namespace PyState.Spec.Clauses;

/// <summary>
/// The permanent id of a clause. The number of a member never changes and is never reused; a new clause takes the next free number
/// whatever its group, so that packed words, reports and expectations of different releases can be read together.
/// </summary>
public enum ClauseId : byte
{
    /// <summary>No clause: the field is decided by none, or nothing was judged.</summary>
    None = 0,

    // READY: the value Save leaves.
    /// <summary>READY-01: Frames.</summary>
    Ready01 = 1,
    /// <summary>READY-02: HandledExceptions.</summary>
    Ready02 = 2,
    /// <summary>READY-03: Depth.</summary>
    Ready03 = 3,
    /// <summary>READY-04: ContextObject.</summary>
    Ready04 = 4,
    /// <summary>READY-05: TracingNesting.</summary>
    Ready05 = 5,
    /// <summary>READY-06: DataStack.</summary>
    Ready06 = 6,
    /// <summary>READY-07: TrashNesting.</summary>
    Ready07 = 7,
    /// <summary>READY-08: OverflowState.</summary>
    Ready08 = 8,
    /// <summary>READY-09: TraceEvent.</summary>
    Ready09 = 9,
    /// <summary>READY-10: Executor.</summary>
    Ready10 = 10,

    // SAVE: when Save is refused, and what it never does.
    /// <summary>SAVE-01: Detached.</summary>
    Save01 = 11,
    /// <summary>SAVE-02: Finalizing.</summary>
    Save02 = 12,
    /// <summary>SAVE-03: Pending exception.</summary>
    Save03 = 13,
    /// <summary>SAVE-04: Handle not Empty, or invalid.</summary>
    Save04 = 14,
    /// <summary>SAVE-05: No allocation, no Python code, no late failure.</summary>
    Save05 = 15,
    /// <summary>SAVE-06: Ownership moves.</summary>
    Save06 = 16,

    // RESTORE: what comes back, and when Restore is refused.
    /// <summary>RESTORE-01: Frames.</summary>
    Restore01 = 17,
    /// <summary>RESTORE-02: HandledExceptions.</summary>
    Restore02 = 18,
    /// <summary>RESTORE-03: Depth.</summary>
    Restore03 = 19,
    /// <summary>RESTORE-04: ContextObject.</summary>
    Restore04 = 20,
    /// <summary>RESTORE-05: TracingNesting.</summary>
    Restore05 = 21,
    /// <summary>RESTORE-06: DataStack.</summary>
    Restore06 = 22,
    /// <summary>RESTORE-07: TrashNesting.</summary>
    Restore07 = 23,
    /// <summary>RESTORE-08: OverflowState.</summary>
    Restore08 = 24,
    /// <summary>RESTORE-09: TraceEvent.</summary>
    Restore09 = 25,
    /// <summary>RESTORE-10: Executor.</summary>
    Restore10 = 26,
    /// <summary>RESTORE-11: Detached.</summary>
    Restore11 = 27,
    /// <summary>RESTORE-12: Finalizing.</summary>
    Restore12 = 28,
    /// <summary>RESTORE-13: Not saved.</summary>
    Restore13 = 29,
    /// <summary>RESTORE-14: Single use.</summary>
    Restore14 = 30,
    /// <summary>RESTORE-15: Discarded.</summary>
    Restore15 = 31,
    /// <summary>RESTORE-16: Abandoned.</summary>
    Restore16 = 32,
    /// <summary>RESTORE-17: Other interpreter.</summary>
    Restore17 = 33,
    /// <summary>RESTORE-18: Other thread.</summary>
    Restore18 = 34,
    /// <summary>RESTORE-19: Pending exception.</summary>
    Restore19 = 35,
    /// <summary>RESTORE-20: Frames still there.</summary>
    Restore20 = 36,
    /// <summary>RESTORE-21: Exception still handled.</summary>
    Restore21 = 37,
    /// <summary>RESTORE-22: Depth not at its base.</summary>
    Restore22 = 38,
    /// <summary>RESTORE-23: Trace callback still running.</summary>
    Restore23 = 39,
    /// <summary>RESTORE-24: Leftovers released.</summary>
    Restore24 = 40,
    /// <summary>RESTORE-25: Restore consumes.</summary>
    Restore25 = 41,

    // STACK: what follows the C stack.
    /// <summary>STACK-01: CDepth.</summary>
    Stack01 = 42,
    /// <summary>STACK-02: CStackBounds.</summary>
    Stack02 = 43,
    /// <summary>STACK-03: Invalid bounds.</summary>
    Stack03 = 44,
    /// <summary>STACK-04: Cframe.</summary>
    Stack04 = 45,
    /// <summary>STACK-05: Depth on the same C stack.</summary>
    Stack05 = 46,

    // WIDE: what is never touched.
    /// <summary>WIDE-01: TraceFunction.</summary>
    Wide01 = 47,
    /// <summary>WIDE-02: ProfileFunction.</summary>
    Wide02 = 48,
    /// <summary>WIDE-03: ThreadLocals.</summary>
    Wide03 = 49,
    /// <summary>WIDE-04: AsyncException.</summary>
    Wide04 = 50,
    /// <summary>WIDE-05: RecursionLimit.</summary>
    Wide05 = 51,
    /// <summary>WIDE-06: Every other thread-wide field.</summary>
    Wide06 = 52,

    // DERIVED: what is recomputed.
    /// <summary>DERIVED-01: UseTracing.</summary>
    Derived01 = 53,
    /// <summary>DERIVED-02: ContextVersion.</summary>
    Derived02 = 54,
    /// <summary>DERIVED-03: Remaining depth.</summary>
    Derived03 = 55,
    /// <summary>DERIVED-04: Instrumentation.</summary>
    Derived04 = 56,

    // DISCARD: releasing without restoring.
    /// <summary>DISCARD-01: Releases a state without frames.</summary>
    Discard01 = 57,
    /// <summary>DISCARD-02: Refuses a state with frames.</summary>
    Discard02 = 58,
    /// <summary>DISCARD-03: Lifecycle errors.</summary>
    Discard03 = 59,
    /// <summary>DISCARD-04: Wrong interpreter.</summary>
    Discard04 = 60,

    // HANDLE: identity and lifetime of handles.
    /// <summary>HANDLE-01: Stale or null handle.</summary>
    Handle01 = 61,
    /// <summary>HANDLE-02: Free order.</summary>
    Handle02 = 62,
    /// <summary>HANDLE-03: A dying handle abandons.</summary>
    Handle03 = 63,
    /// <summary>HANDLE-04: Allocation failure.</summary>
    Handle04 = 64,

    // INTRO: introspection.
    /// <summary>INTRO-01: Top frame.</summary>
    Intro01 = 65,
    /// <summary>INTRO-02: Get Context object.</summary>
    Intro02 = 66,
    /// <summary>INTRO-03: Set Context object.</summary>
    Intro03 = 67,
    /// <summary>INTRO-04: Set refused while entered.</summary>
    Intro04 = 68,
    /// <summary>INTRO-05: Traverse.</summary>
    Intro05 = 69,
    /// <summary>INTRO-06: Clear.</summary>
    Intro06 = 70,
    /// <summary>INTRO-07: Lifecycle errors.</summary>
    Intro07 = 71,

    // ATOM: failure atomicity.
    /// <summary>ATOM-01: An error changes nothing.</summary>
    Atom01 = 72,

    // FRAME: frames of suspended contexts.
    /// <summary>FRAME-01: Suspended frames can be walked.</summary>
    Frame01 = 73,

    // LEAK: balance.
    /// <summary>LEAK-01: Nothing leaked.</summary>
    Leak01 = 74,
    /// <summary>LEAK-02: Nothing released twice.</summary>
    Leak02 = 75,

    // SWITCH: what a switcher does.
    /// <summary>SWITCH-01: Control arrives at the target.</summary>
    Switch01 = 76,
    /// <summary>SWITCH-02: Switching to itself.</summary>
    Switch02 = 77,
    /// <summary>SWITCH-03: Finish.</summary>
    Switch03 = 78,
    /// <summary>SWITCH-04: Fail.</summary>
    Switch04 = 79,
    /// <summary>SWITCH-05: Throw.</summary>
    Switch05 = 80,
    /// <summary>SWITCH-06: Kill.</summary>
    Switch06 = 81,
    /// <summary>SWITCH-07: Context of another thread.</summary>
    Switch07 = 82,

    // CHOICE: declared choices.
    /// <summary>CHOICE-01: freshContext.</summary>
    Choice01 = 83,
    /// <summary>CHOICE-02: freshDepth.</summary>
    Choice02 = 84,

    // AMBIENT: ambient events.
    /// <summary>AMBIENT-01: Garbage collection.</summary>
    Ambient01 = 85,
    /// <summary>AMBIENT-02: Inside a trace or profile function.</summary>
    Ambient02 = 86,
    /// <summary>AMBIENT-03: Inside a finalizer.</summary>
    Ambient03 = 87,
    /// <summary>AMBIENT-04: Inside a repr.</summary>
    Ambient04 = 88,
    /// <summary>AMBIENT-05: Recursion limit change.</summary>
    Ambient05 = 89,
    /// <summary>AMBIENT-06: Asynchronous exception.</summary>
    Ambient06 = 90,
    /// <summary>AMBIENT-07: Thread exit.</summary>
    Ambient07 = 91,
    /// <summary>AMBIENT-08: Finalization.</summary>
    Ambient08 = 92,
    /// <summary>AMBIENT-09: Fork.</summary>
    Ambient09 = 93,
    /// <summary>AMBIENT-10: Generator across contexts.</summary>
    Ambient10 = 94,

    // BASE: control.
    /// <summary>BASE-01: Plain Python.</summary>
    Base01 = 95,
}
