// STACK: what follows the C stack.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>Stack-bound components: kept where the same C stack goes on, fresh where a new one begins.</summary>
public static class StackClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Stack01, "CDepth")
        {
            Since = 12,
            Until = 13,
            Profile = ClauseProfile.Api,
            Statement = "The C recursion depth MUST stay at Save on the SAME C stack, be 0 after Save to a NEW one, and be after Restore the one at Save.",
            Intent = "It guards the C stack: kept too low it lets the stack overflow, kept too high it refuses calls that fit.",
            Observable = Status | Raw,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared",
            Evidence = [Sources.Header312, Sources.Prototype],
            Contamination = "C recursion of another stack counts here",
            Amnesia = "C recursion of this stack is forgotten",
        },
        new(ClauseId.Stack02, "CStackBounds")
        {
            Since = 14,
            Profile = ClauseProfile.Api,
            Statement = "The C stack bounds MUST stay at Save on the SAME C stack, be those that the switcher named after Save to a NEW one, and be after Restore those at Save.",
            Intent = "With wrong bounds deep C recursion is a segmentation fault instead of a RecursionError, or every deallocation is deferred.",
            Observable = Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared",
            Evidence = [Sources.Cpython139653, Sources.Ray64772, Sources.Prototype314],
            Contamination = "the bounds of another C stack are in force",
            Amnesia = "the bounds of this C stack are forgotten",
        },
        new(ClauseId.Stack03, "Invalid bounds")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called for a NEW C stack whose lowest address is null, whose size is less than the implementation's least, or whose end lies beyond the address space, Save MUST answer `bad-stack`.",
            Intent = "A size of zero is a forgotten argument, and CPython refuses a stack below its margins; accepted, either turns into a crash far away.",
            Observable = Status,
            Errors = [new("bad-stack")],
            Evidence = [Sources.Cpython139668],
        },
        new(ClauseId.Stack04, "Cframe")
        {
            Since = 10,
            Until = 12,
            Statement = "After Save, the cframe pointer MUST NOT point into the C stack that is left; it points at the thread state's root cframe.",
            Intent = "The cframe of a suspended flow stands on a stack that may be reused; the defect is invisible until that memory is overwritten.",
            Observable = Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared or vacated memory is watched; elsewhere only as a crash",
            Evidence = [Sources.Header310, Sources.Pyodide3992, Sources.Prototype],
            Contamination = "the fresh context runs on the cframe of the suspended one",
        },
        new(ClauseId.Stack05, "Depth on the same C stack")
        {
            Until = 10,
            Profile = ClauseProfile.Api,
            Statement = "On 3.10 and before, Save on the SAME C stack MUST leave the recursion depth as it is.",
            Intent = "There Python calls use C stack, and the recursion limit is its only guard; a depth of 0 high up on a stack would let it overflow.",
            Observable = Status | Probe | Raw,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared",
            Evidence = [Sources.Prototype, Sources.PrototypeDepth],
            Amnesia = "recursion that still uses this C stack is forgotten",
        },
    ];
}
