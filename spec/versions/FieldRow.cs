// A row of the tables of fields: one field with the range of versions that have it.

using PyState.Spec.Model;

namespace PyState.Spec.Versions;

/// <summary>One field over the versions that share it.</summary>
/// <param name="Name">As <see cref="Field.Name"/>.</param>
/// <param name="Since">First minor version of CPython 3 that has it, inclusive.</param>
/// <param name="Until">Last minor version that has it, inclusive.</param>
/// <param name="Component">The component it is part of.</param>
/// <param name="Ready">Its ready value where that differs from the component's.</param>
/// <param name="Note">As <see cref="Field.Note"/>.</param>
internal sealed record FieldRow(string Name, int Since, int Until, Component Component, string? Ready = null, string Note = "")
{
    /// <summary>Where it lives.</summary>
    public Holder Holder { get; init; }

    /// <summary>The C expression where it is not simply the member.</summary>
    public string? Path { get; init; }

    /// <summary>The preprocessor condition.</summary>
    public string Condition { get; init; } = "";

    /// <summary>Only some patch releases have it.</summary>
    public bool SomePatches { get; init; }

    /// <summary>A clause besides the component's.</summary>
    public string? Clause { get; init; }

    /// <summary>The field as one version has it.</summary>
    public Field ToField()
    {
        ComponentInfo info = Components.Of(Component);
        string path = Path ?? (Holder == Holder.Implementation ? "((_PyThreadStateImpl *)tstate)->" : "tstate->") + Name;
        return new Field(Holder, Name, path, Component, info.Class, Ready ?? info.Ready, Clause is null ? info.Clauses : info.Clauses.Add(Clause), Condition, SomePatches, Note);
    }
}
