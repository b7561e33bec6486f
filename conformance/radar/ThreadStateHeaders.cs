// What the radar has read: the members of the thread state, each with the condition it stands under.

using System.Collections.Immutable;
using PyState.Spec.Versions;

namespace PyState.Conformance.Radar;

/// <summary>A member of a C structure.</summary>
/// <param name="Name">Its name; dots lead into embedded structures, an arrow into the cframe.</param>
/// <param name="Type">Its type; empty where the headers as they are installed do not declare it.</param>
/// <param name="Condition">The preprocessor condition around it inside the structure; empty for none.</param>
public sealed record HeaderMember(string Name, string Type, string Condition);

/// <summary>The thread state as one set of installed headers has it.</summary>
/// <param name="Version">Full version, for example <c>3.13.0</c>.</param>
/// <param name="Directory">The directory that has <c>patchlevel.h</c>.</param>
/// <param name="ThreadState">Members of <c>struct _ts</c>.</param>
/// <param name="Implementation">Members of <c>_PyThreadStateImpl</c> after <c>struct _ts</c>; empty where the version has none.</param>
public sealed record ThreadStateHeaders(
    string Version,
    string Directory,
    ImmutableArray<HeaderMember> ThreadState,
    ImmutableArray<HeaderMember> Implementation)
{
    /// <summary>How many members were read.</summary>
    public int Count => ThreadState.Length + Implementation.Length;

    /// <summary>The members of one structure.</summary>
    /// <param name="holder">Which; the interpreter's are not read.</param>
    public ImmutableArray<HeaderMember> Of(Holder holder) => holder switch
    {
        Holder.ThreadState => ThreadState,
        Holder.Implementation => Implementation,
        _ => [],
    };
}
