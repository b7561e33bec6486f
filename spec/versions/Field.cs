// One field of one CPython version's thread state, and the structures that fields live in.

using System.Collections.Immutable;
using PyState.Spec.Model;

namespace PyState.Spec.Versions;

/// <summary>The C structure that a field is a member of.</summary>
public enum Holder : byte
{
    /// <summary><c>struct _ts</c>, that is <c>PyThreadState</c>, with the structures embedded in it and the cframe it points to (<c>cpython/pystate.h</c>).</summary>
    ThreadState,

    /// <summary><c>_PyThreadStateImpl</c>, what follows <c>struct _ts</c> in memory from 3.13 on (<c>internal/pycore_tstate.h</c>).</summary>
    Implementation,

    /// <summary>The interpreter or the runtime: not part of a thread state; listed only for what the semantics speaks of.</summary>
    Interpreter,
}

/// <summary>One field: where it is and what becomes of it.</summary>
/// <param name="Holder">The structure it is a member of.</param>
/// <param name="Name">The member's name; dots lead into embedded structures, an arrow into the cframe. Unique per holder and version.</param>
/// <param name="Path">A C expression for it, from a <c>PyThreadState *tstate</c>. For <see cref="Component.Instrumentation"/> on 3.13 and later the part of the member that counts.</param>
/// <param name="Component">The component it is part of.</param>
/// <param name="Class">What becomes of it; always the component's class.</param>
/// <param name="Ready">Its ready value as C or in words, <c>unchanged</c> where nothing touches it (see <see cref="ComponentInfo"/>).</param>
/// <param name="Clauses">The clauses that govern it, by id.</param>
/// <param name="Condition">The preprocessor condition under which it exists; empty for always.</param>
/// <param name="SomePatches">Whether it exists in some patch releases only, so that a header without it is no contradiction.</param>
/// <param name="Note">Why it is classed so where that is not obvious, and the source.</param>
public sealed record Field(
    Holder Holder,
    string Name,
    string Path,
    Component Component,
    FieldClass Class,
    string Ready,
    ImmutableArray<string> Clauses,
    string Condition,
    bool SomePatches,
    string Note);
