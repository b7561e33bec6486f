// One mutant: what it gets wrong, on which version, and which clauses may say so.

using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>What a mutant gets wrong, by the part of the model that it was derived from.</summary>
public enum MutantSet : byte
{
    /// <summary>Context-local and stack-bound fields: not saved, not reset, not restored, restored stale.</summary>
    Fields,

    /// <summary>Thread-wide and interpreter-wide fields: saved, reset or restored.</summary>
    Wide,

    /// <summary>Derived fields: not recomputed.</summary>
    Derived,

    /// <summary>Preconditions and errors: not checked, checked too late, wrong code, state changed.</summary>
    Errors,

    /// <summary>The transitions of saved states and threads: one missing, or one too many.</summary>
    Lifecycle,

    /// <summary>What is owned: leaked, or released twice.</summary>
    Ownership,

    /// <summary>The liars: one at least for each clause, by hand.</summary>
    Liars,

    /// <summary>Defects that were published.</summary>
    Museum,

    /// <summary>Fields of a real thread state that the native reference gets wrong, called as an API.</summary>
    Native,

    /// <summary>Errors that it gets wrong.</summary>
    NativeErrors,

    /// <summary>Transitions that it gets wrong.</summary>
    NativeLifecycle,

    /// <summary>What it owns and leaks, or releases twice.</summary>
    NativeOwnership,

    /// <summary>The same fields under a switcher with a C stack for each context.</summary>
    NativeSeparate,

    /// <summary>The same under one that copies contexts out of one C stack.</summary>
    NativeEvict,
}

/// <summary>A wrong implementation.</summary>
/// <param name="Set">The set it belongs to.</param>
/// <param name="Fault">What is wrong, in words with hyphens: <c>not-reset</c>.</param>
/// <param name="Target">Of what: a field, an operation, a transition.</param>
/// <param name="Version">On which version. A fault that does not depend on the version is there once.</param>
/// <param name="Summary">What it does wrong, in a line.</param>
/// <param name="May">The clauses that may convict it first: what the model attributes its consequences to.</param>
/// <param name="Start">Starts it.</param>
public sealed record Mutant(MutantSet Set, string Fault, string Target, VersionProfile Version, string Summary, IReadOnlySet<ClauseId> May, Func<ISession> Start)
{
    /// <summary>Whether it was written by hand, for a clause that has to convict it, whoever else does.</summary>
    public bool IsByHand => Set is MutantSet.Liars or MutantSet.Museum;

    /// <summary>Whether it runs on a real interpreter.</summary>
    public bool IsNative => Set >= MutantSet.Native;

    /// <summary>The fault without its version: the same on every version that has it.</summary>
    public string Group => Set switch
    {
        MutantSet.NativeSeparate => $"native-separate/{Fault}:{Target}",
        MutantSet.NativeEvict => $"native-evict/{Fault}:{Target}",
        >= MutantSet.Native => $"native/{Fault}:{Target}",
        _ => $"{Fault}:{Target}",
    };

    /// <summary>Its name: <c>not-reset:exc_info@3.12</c>. Unique.</summary>
    public string Name => $"{Group}@{Version.Version}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
