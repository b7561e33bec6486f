// Mutants of the lifecycles of saved states and threads, derived from their tables.

using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;

namespace PyState.Conformance.Mutants;

/// <summary>For every transition that a call makes: missing; for every call that makes none, or is refused: one added.</summary>
public static class LifecycleMutants
{
    // What an implementation has no part in: entering a Context object is the interpreter's, and allocating into a variable that is in use the caller's.
    private static readonly SavedStateTrigger[] NotOurs = [SavedStateTrigger.EnterContext, SavedStateTrigger.ExitContext, SavedStateTrigger.New, SavedStateTrigger.NewFails];

    /// <summary>All of them.</summary>
    public static IEnumerable<Mutant> All =>
    [
        .. States.Select(c => Make(c.Fault, c.Target, c.Summary, c.May, () => new TransitionMutant(c.Row, c.To))),
        .. Threads.Select(c => Make(c.Fault, c.Target, c.Summary, c.May, () => new ThreadMutant(c.Row))),
    ];

    /// <summary>What can be wrong with the life of a saved state, whoever has it wrong.</summary>
    public static IEnumerable<LifecycleCase<HandleState, SavedStateTrigger>> States =>
        from row in SavedStateLifecycle.Table.Rows
        where !NotOurs.Contains(row.Trigger) && row.Status != Status.Inapplicable && row.From is not (HandleState.Null or HandleState.Dropped)
        let isMissing = row.To != row.From
        let target = isMissing ? row.From : Target(row.Trigger, row.From)
        where target != row.From || isMissing
        select new LifecycleCase<HandleState, SavedStateTrigger>(
            isMissing,
            row,
            target,
            $"{row.From}-{row.Trigger}",
            isMissing ? $"{row.Trigger} leaves a state {row.From} that must be {row.To}" : $"{row.Trigger} makes a state that is {row.From} {target}",
            Blame.Of(row.From, row.To, target).Append(ClauseId.Leak01).Append(ClauseId.Leak02).ToHashSet());

    /// <summary>The same for the life of a thread. The call ends well and does nothing.</summary>
    public static IEnumerable<LifecycleCase<ThreadPhase, ThreadTrigger>> Threads =>
        from row in ThreadLifecycle.Table.Rows
        where row.Trigger is ThreadTrigger.Save or ThreadTrigger.RestoreReady or ThreadTrigger.RestoreRunning or ThreadTrigger.RestoreInCallback && row.From != ThreadPhase.Exited
        let isMissing = row.Status == Status.Ok
        select new LifecycleCase<ThreadPhase, ThreadTrigger>(
            isMissing,
            row,
            row.From,
            $"thread-{row.From}-{row.Trigger}",
            isMissing ? $"{row.Trigger} on a thread that is {row.From} does nothing" : $"{row.Trigger} on a thread that is {row.From} ends well and does nothing",
            isMissing ? OfNothingDone(row) : Blame.Ids(Totality.Rules.Where(r => ThreadMutant.IsOf(row.Status, r.Status)).Select(r => r.Clause)));

    // A call that does nothing and ends well gets everything wrong that it is for.
    private static HashSet<ClauseId> OfNothingDone(LifecycleRow<ThreadPhase, ThreadTrigger> row)
    {
        string group = row.Trigger == ThreadTrigger.Save ? "READY-" : "RESTORE-";
        return Enum.GetValues<ClauseId>().Where(c => c.Text() is var id && (id.StartsWith(group, StringComparison.Ordinal) || id.StartsWith("STACK-", StringComparison.Ordinal)
            || id.StartsWith("LEAK-", StringComparison.Ordinal) || id.StartsWith("INTRO-", StringComparison.Ordinal) || id.StartsWith("DISCARD-", StringComparison.Ordinal)))
            .Concat(Blame.Of(HandleState.Empty, HandleState.Consumed)).ToHashSet();
    }

    // Where a call leads that should lead nowhere: where it leads from elsewhere, or else the state is taken for used up.
    private static HandleState Target(SavedStateTrigger trigger, HandleState from)
    {
        LifecycleRow<HandleState, SavedStateTrigger>? elsewhere = SavedStateLifecycle.Table.Rows
            .Where(r => r.Trigger == trigger && r.To != r.From && r.Status == Status.Ok && r.To != from).Cast<LifecycleRow<HandleState, SavedStateTrigger>?>().FirstOrDefault();
        return elsewhere?.To ?? (from == HandleState.Consumed ? HandleState.Discarded : HandleState.Consumed);
    }

    private static Mutant Make(string fault, string target, string summary, IReadOnlySet<ClauseId> may, Func<IPyState> make) =>
        new(MutantSet.Lifecycle, fault, target, ErrorMutants.AnyVersion, summary, may, () => FieldMutants.Session(ErrorMutants.AnyVersion, make()));
}

/// <summary>One transition that is wrong.</summary>
/// <typeparam name="TState">The states.</typeparam>
/// <typeparam name="TTrigger">The triggers.</typeparam>
/// <param name="IsMissing">Whether there is one that is not made, instead of none that is.</param>
/// <param name="Row">How it must be.</param>
/// <param name="To">Where it leads instead.</param>
/// <param name="Target">Its name.</param>
/// <param name="Summary">In a line.</param>
/// <param name="May">The clauses that may convict it.</param>
public sealed record LifecycleCase<TState, TTrigger>(bool IsMissing, LifecycleRow<TState, TTrigger> Row, TState To, string Target, string Summary, IReadOnlySet<ClauseId> May)
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    /// <summary>What is wrong: <c>transition-missing</c> or <c>transition-added</c>.</summary>
    public string Fault => IsMissing ? "transition-missing" : "transition-added";
}
