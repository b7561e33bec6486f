// What one CPython version has: its fields, and the answers that the model derives its behaviour from.

using System.Collections.Immutable;
using PyState.Spec.Model;

namespace PyState.Spec.Versions;

/// <summary>One minor version of CPython.</summary>
public sealed class VersionProfile
{
    private readonly ImmutableHashSet<Component> components;

    internal VersionProfile(int minor, ImmutableArray<Field> fields)
    {
        Minor = minor;
        Fields = fields;
        components = [.. fields.Select(f => f.Component)];
    }

    /// <summary>The minor version: 8 to 15.</summary>
    public int Minor { get; }

    /// <summary>The version as written, for example <c>3.12</c>.</summary>
    public string Version => $"3.{Minor}";

    /// <summary>Every field of the thread state, and those of the interpreter that the semantics speaks of.</summary>
    public ImmutableArray<Field> Fields { get; }

    /// <summary>The components that this version has a field for, in the order of the enumeration.</summary>
    public ImmutableArray<Component> Components => [.. components.Order()];

    /// <summary>Depth follows the C stack, because Python-to-Python calls use it: Save for the SAME stack keeps the depth (STACK-05). 3.11 stopped that (gh-89419).</summary>
    public bool DepthIsStackBound => Minor <= 10;

    /// <summary>C recursion without Python frames counts as depth: one counter for both. 3.12 split them (gh-91079).</summary>
    public bool NativeCountsAsDepth => Minor <= 11;

    /// <summary>C recursion has a counter of its own.</summary>
    public bool HasCDepth => Has(Component.CDepth);

    /// <summary>C recursion is limited by the bounds of the C stack.</summary>
    public bool HasCStackBounds => Has(Component.CStackBounds);

    /// <summary>The trashcan's nesting is a field of the thread state.</summary>
    public bool HasTrashNesting => Has(Component.TrashNesting);

    /// <summary>Frames live on a data stack.</summary>
    public bool HasDataStack => Has(Component.DataStack);

    /// <summary>A cframe on the C stack is pointed to.</summary>
    public bool HasCframe => Has(Component.Cframe);

    /// <summary>The derived flag use_tracing exists.</summary>
    public bool HasUseTracing => Has(Component.UseTracing);

    /// <summary>The event of a running trace callback is kept.</summary>
    public bool HasTraceEvent => Has(Component.TraceEvent);

    /// <summary>The JIT exists, if only as a build option: some field of the thread state serves it.</summary>
    public bool HasJit => HasExecutor || Has(Component.PreviousExecutor);

    /// <summary>The running executor is kept, and a saved state owns a reference to it.</summary>
    public bool HasExecutor => Has(Component.Executor);

    /// <summary>Tracing instruments code, so frames suspended meanwhile need it anew (DERIVED-04).</summary>
    public bool HasInstrumentation => Has(Component.Instrumentation);

    /// <summary>The thread state has a place for one spare chunk of data stack (in 3.13 and 3.14 only later patch releases have): what a finished context leaves goes there.</summary>
    public bool HasChunkCache => Fields.Any(f => f.Name == "datastack_cached_chunk");

    /// <summary>The number that says no trace callback is running, as the field holds it; null where there is no field.</summary>
    public int? ReadyTraceEvent => HasTraceEvent ? int.Parse(FieldsOf(Component.TraceEvent).Single().Ready) : null;

    /// <summary>Whether some field holds a component.</summary>
    /// <param name="component">Which.</param>
    public bool Has(Component component) => components.Contains(component);

    /// <summary>The fields that hold a component; empty where this version lacks it.</summary>
    /// <param name="component">Which.</param>
    public IEnumerable<Field> FieldsOf(Component component) => Fields.Where(f => f.Component == component);

    /// <inheritdoc/>
    public override string ToString() => $"CPython {Version}";
}
