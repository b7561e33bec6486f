// The same faults in the native reference on a real interpreter: compiled in for this purpose only, chosen at run time. Its fields, three ways.

using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>An interpreter that mutants run on.</summary>
/// <param name="Python">As <c>--python</c> has it.</param>
/// <param name="Profile">Its version.</param>
/// <param name="HasJit">Whether its JIT is on: without it there is no executor to get wrong.</param>
public sealed record NativeHost(string Python, VersionProfile Profile, bool HasJit)
{
    /// <summary>Starts an implementation with a fault.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="fault">The fault, as reference/native/tests/faults.h has it.</param>
    public ISession Start(IImplementation implementation, string fault)
    {
        ArgumentNullException.ThrowIfNull(implementation);
        return implementation.Start($"{Python},PYSTATE_FAULT={fault}");
    }
}

/// <summary>Fields that <c>reference/native</c> gets wrong (tests/faults.c there).</summary>
public static class NativeMutants
{
    private static readonly FieldFault[] OfLocal = [FieldFault.NotSaved, FieldFault.NotReset, FieldFault.NotRestored];

    private static readonly FieldFault[] OfWide = [FieldFault.WronglyReset, FieldFault.WronglySaved];

    /// <summary>The folder of the implementation with the faults that is called as an API.</summary>
    public static string Folder => FolderOf(MutantSet.Native);

    /// <summary>The ways to reach the fields: the API, and each strategy for C stacks under a switcher.</summary>
    public static IReadOnlyList<MutantSet> Ways { get; } = [MutantSet.Native, MutantSet.NativeSeparate, MutantSet.NativeEvict];

    /// <summary>The folder of the implementation with the faults for one way, from the program's.</summary>
    /// <param name="way">The way.</param>
    public static string FolderOf(MutantSet way) => Path.Combine(AppContext.BaseDirectory, "mutants", FieldMutants.Kebab(way.ToString()));

    /// <summary>The mutants that an interpreter can have: those of every context-local and stack-bound field, and of the thread-wide fields with a meaning of their own.</summary>
    /// <param name="way">How the fields are reached.</param>
    /// <param name="implementation">The implementation with the faults.</param>
    /// <param name="host">The interpreter.</param>
    public static IEnumerable<Mutant> Of(MutantSet way, IImplementation implementation, NativeHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        IEnumerable<Field> shown = host.Profile.Fields
            .Where(f => f.Holder != Holder.Interpreter && f.Condition.Length == 0 && !f.SomePatches && (host.HasJit || f.Component != Spec.Model.Component.Executor)).DistinctBy(f => f.Name);
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
                   way, words, field.Name, host.Profile, $"{field.Path} is {words.Replace('-', ' ')} by the native reference", May(field, fault), () => host.Start(implementation, $"{words}:{field.Name}"));
    }

    private static IReadOnlySet<ClauseId> May(Field field, FieldFault fault) => fault switch
    {
        FieldFault.NotReset => Blame.AfterSave(field),
        FieldFault.WronglyReset or FieldFault.WronglySaved => Blame.AfterBoth(field),
        _ => Blame.AfterRestore(field),
    };
}
