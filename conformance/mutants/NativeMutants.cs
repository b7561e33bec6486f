// The same faults in the native reference on a real interpreter: compiled in for this purpose only, chosen at run time.

using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>Mutants of <c>reference/native</c> (tests/faults.c there).</summary>
public static class NativeMutants
{
    private static readonly FieldFault[] OfLocal = [FieldFault.NotSaved, FieldFault.NotReset, FieldFault.NotRestored];

    private static readonly FieldFault[] OfWide = [FieldFault.WronglyReset, FieldFault.WronglySaved];

    /// <summary>The folder of the implementation with the faults, from the program's.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "mutants", "native");

    /// <summary>The mutants that an interpreter can have: those of every context-local and stack-bound field, and of the thread-wide fields with a meaning of their own.</summary>
    /// <param name="implementation">The implementation with the faults.</param>
    /// <param name="python">The interpreter, as <c>--python</c> has it.</param>
    /// <param name="profile">Its version.</param>
    /// <param name="hasJit">Whether its JIT is on: without it there is no executor to get wrong.</param>
    public static IEnumerable<Mutant> Of(IImplementation implementation, string python, VersionProfile profile, bool hasJit)
    {
        IEnumerable<Field> shown = profile.Fields.Where(f => f.Holder != Holder.Interpreter && f.Condition.Length == 0 && !f.SomePatches && (hasJit || f.Component != Spec.Model.Component.Executor)).DistinctBy(f => f.Name);
        return from field in shown
               from fault in field.Class switch
               {
                   FieldClass.ContextLocal or FieldClass.StackBound => OfLocal,
                   FieldClass.ThreadWide when field.Component is Spec.Model.Component.TraceFunction or Spec.Model.Component.ProfileFunction or Spec.Model.Component.ThreadLocals
                       or Spec.Model.Component.Hooks => OfWide,
                   _ => [],
               }
               let words = FieldMutants.Words(fault)
               select new Mutant(
                   MutantSet.Native, words, field.Name, profile, $"{field.Path} is {words.Replace('-', ' ')} by the native reference", May(field, fault),
                   () => implementation.Start($"{python},PYSTATE_FAULT={words}:{field.Name}"));
    }

    private static IReadOnlySet<ClauseId> May(Field field, FieldFault fault) => fault switch
    {
        FieldFault.NotReset => Blame.AfterSave(field),
        FieldFault.WronglyReset or FieldFault.WronglySaved => Blame.AfterBoth(field),
        _ => Blame.AfterRestore(field),
    };
}
