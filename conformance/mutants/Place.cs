// Where a field of the classification is in the simulated thread state.

using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Field = PyState.Spec.Versions.Field;
using SimField = PyState.Reference.Field;

namespace PyState.Conformance.Mutants;

/// <summary>One word of the simulated thread state, or of what it points to, that stands for a field of the classification.</summary>
/// <param name="field">The field.</param>
/// <param name="address">Where the structure is that holds the word, given a thread.</param>
/// <param name="offset">Which word of it.</param>
public sealed class Place(Field field, Func<SimThread, ulong> address, int offset)
{
    private const string InRootCframe = "root_cframe.";
    private const string InExcState = "exc_state.";

    /// <summary>The field.</summary>
    public Field Field { get; } = field;

    /// <summary>Whether the field owns a reference, so that who writes it has to count.</summary>
    public bool IsOwned { get; } = field.Note.StartsWith("owns a reference", StringComparison.Ordinal);

    /// <summary>Finds the place of a field.</summary>
    /// <param name="profile">The version.</param>
    /// <param name="field">One of its fields.</param>
    /// <returns>The place; null where the simulation has none: an exception's type and traceback are part of it there, and much of the runtime is left out.</returns>
    public static Place? Of(VersionProfile profile, Field field)
    {
        Layout layout = Layout.Of((CPythonVersion)profile.Minor);
        return field.Name switch
        {
            ['c', 'f', 'r', 'a', 'm', 'e', '-', '>', .. var member] when WordOf(member) is { } word => new Place(field, t => t.Load(SimField.Cframe), word),
            _ when field.Name.StartsWith(InRootCframe, StringComparison.Ordinal) && WordOf(field.Name[InRootCframe.Length..]) is { } word =>
                new Place(field, t => t.AddressOf(SimField.RootCframe), word),
            InExcState + "exc_value" => new Place(field, t => t.AddressOf(SimField.ExcState), ExcItemOffset.Value),
            InExcState + "previous_item" => new Place(field, t => t.AddressOf(SimField.ExcState), ExcItemOffset.Previous),
            _ => field.Holder != Holder.Interpreter && layout.Fields.FirstOrDefault(f => f.Name == field.Name) is { Words: 1 } found
                ? new Place(field, t => t.Address, found.Offset)
                : null,
        };
    }

    /// <summary>The fields of a version that belong to a class and that the simulation has.</summary>
    /// <param name="profile">The version.</param>
    /// <param name="classes">The classes.</param>
    public static IEnumerable<Place> All(VersionProfile profile, params FieldClass[] classes) =>
        profile.Fields.Where(f => classes.Contains(f.Class)).Select(f => Of(profile, f)).OfType<Place>();

    /// <summary>Reads the word.</summary>
    /// <param name="thread">The thread.</param>
    public ulong Read(SimThread thread) => thread.Load(address(thread), offset);

    /// <summary>Writes the word and keeps the count of references right, so that a mutant tells one lie at a time.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="value">The word.</param>
    public void Write(SimThread thread, ulong value)
    {
        ulong before = Read(thread);
        if (IsOwned)
        {
            thread.IncRef(value);
        }

        thread.Store(address(thread), offset, value);
        if (IsOwned)
        {
            thread.DecRef(before); // last: it can run code
        }
    }

    private static int? WordOf(string member) => member switch
    {
        "use_tracing" => CframeOffset.UseTracing,
        "current_frame" => CframeOffset.CurrentFrame,
        "previous" => CframeOffset.Previous,
        _ => null,
    };
}
