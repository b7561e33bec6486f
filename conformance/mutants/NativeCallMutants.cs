// Faults of whole calls in the native reference: what the totality table, the lifecycles and the list of what is owned give on a real interpreter.

using PyState.Conformance.Plugins;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>Errors, transitions and releases that <c>reference/native</c> gets wrong (tests/fault_*.c there). The cases are those of the simulated thread state.</summary>
public static class NativeCallMutants
{
    // What the driver of the API has no command for.
    private static readonly SimStatus[] OutOfReach = [SimStatus.Finalizing, SimStatus.WrongInterpreter];

    private static readonly (string Call, string What)[] Owned =
    [
        ("Save", "context"), ("Save", "exception"), ("Save", "executor"), ("Restore", "context"), ("Restore", "exception"), ("Restore", "executor"), ("Restore", "leftover-context"),
        ("Restore", "leftover-chunk"), ("Discard", "context"), ("Discard", "exception"), ("Discard", "chunk"), ("Drop", "context"), ("Drop", "exception"), ("Drop", "chunk"), ("Drop", "slot"),
        ("Top", "frame"), ("GetContext", "context"), ("SetContext", "context"), ("Clear", "context"), ("Clear", "exception"), ("ThreadGone", "context"), ("ThreadGone", "exception"),
    ];

    private static readonly bool[] Both = [true, false];

    /// <summary>The names of those that are tried on the simulated thread state only, because no command of the driver leads there.</summary>
    public static IEnumerable<string> LeftOut =>
        ErrorMutants.Cases.Where(c => OutOfReach.Contains(c.Error)).Select(c => $"{c.Fault}:{c.Target}")
            .Concat(LifecycleMutants.Threads.Where(c => c.Row.From == ThreadPhase.Finalizing).Select(c => $"{c.Fault}:{c.Target}"));

    /// <summary>Those that do not depend on the version, errors and lifecycles: each on the newest interpreter that can show it.</summary>
    /// <param name="implementation">The implementation with the faults.</param>
    /// <param name="hosts">The interpreters, from the oldest version to the newest.</param>
    public static IEnumerable<Mutant> OfCalls(IImplementation implementation, IReadOnlyList<NativeHost> hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        NativeHost newest = hosts[^1];
        NativeHost? recursing = hosts.LastOrDefault(h => Semantics.For(h.Profile).CanRecurseWithoutFrames);
        return
        [
            .. from c in ErrorMutants.Cases
               let host = c.Error == SimStatus.InRecursion ? recursing : newest
               where !OutOfReach.Contains(c.Error) && host is not null
               select Make(host, MutantSet.NativeErrors, c.Fault, c.Target, c.Summary, c.May, $"{c.Fault}:{Word(c.Call)}/{Word(c.Error)}/{Word(c.Other)}"),
            .. from c in LifecycleMutants.States
               select Make(newest, MutantSet.NativeLifecycle, c.Fault, c.Target, c.Summary, c.May, $"transition:{Word(c.Row.From)}/{Word(c.Row.Trigger)}/{Word((SimStatus)(byte)c.Row.Status)}/{Word(c.To)}"),
            .. from c in LifecycleMutants.Threads
               where c.Row.From != ThreadPhase.Finalizing
               select Make(newest, MutantSet.NativeLifecycle, c.Fault, c.Target, c.Summary, c.May, $"phase:{Word(c.Row.From)}/{Word(c.Row.Trigger)}/{Word((SimStatus)(byte)c.Row.Status)}"),
        ];

        Mutant Make(NativeHost host, MutantSet set, string fault, string target, string summary, IReadOnlySet<ClauseId> may, string chosen) =>
            new(set, fault, target, host.Profile, summary, may, () => host.Start(implementation, chosen));
    }

    /// <summary>Those that depend on it: what there is to own.</summary>
    /// <param name="implementation">The implementation with the faults.</param>
    /// <param name="host">The interpreter.</param>
    public static IEnumerable<Mutant> OfOwnership(IImplementation implementation, NativeHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return from owned in Owned
               where (owned.What != "executor" || host.HasJit) && (!owned.What.EndsWith("chunk", StringComparison.Ordinal) || host.Profile.FieldsOf(Component.DataStack).Any())
               from isLeak in Both
               let fault = isLeak ? "leaked" : "released-twice"
               let target = $"{owned.Call}/{owned.What}"
               select new Mutant(
                   MutantSet.NativeOwnership, fault, target, host.Profile, isLeak ? $"{target} is never released" : $"{target} is released once too often", OwnershipMutants.May(host.Profile, owned.Call, owned.What, isLeak),
                   () => host.Start(implementation, $"{fault}:{FieldMutants.Kebab(owned.Call)}/{owned.What}"));
    }

    private static string Word<T>(T value)
        where T : struct, Enum => FieldMutants.Kebab(value.ToString());
}
