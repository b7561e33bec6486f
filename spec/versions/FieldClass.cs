// The six ways in which a part of the thread state relates to Save and Restore.

namespace PyState.Spec.Versions;

/// <summary>What Save and Restore do with a part of the thread state.</summary>
public enum FieldClass : byte
{
    /// <summary>Saved, reset to its ready value, restored (READY, RESTORE).</summary>
    ContextLocal,

    /// <summary>Follows the C stack: kept when the same stack runs on, fresh on a new one (STACK).</summary>
    StackBound,

    /// <summary>Belongs to the thread: never touched (WIDE).</summary>
    ThreadWide,

    /// <summary>Belongs to the interpreter: never touched (WIDE-05).</summary>
    InterpreterWide,

    /// <summary>Recomputed from the others (DERIVED).</summary>
    Derived,

    /// <summary>Must hold at the call, or the call is a defined error and changes nothing (SAVE-03, RESTORE-19).</summary>
    Precondition,
}
