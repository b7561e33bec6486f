using PyState.Reference;

namespace PyState.Conformance.Liars;

/// <summary>An implementation that answers one error with the wrong code: a caller that distinguishes them is misled. Operations not named are honest.</summary>
/// <param name="error">The error that it does not tell from an allocation failure.</param>
/// <param name="saves">Whether Save lies.</param>
/// <param name="restores">Whether Restore lies.</param>
/// <param name="discards">Whether Discard lies.</param>
/// <param name="introspects">Whether introspection lies.</param>
/// <param name="allocates">Whether New lies.</param>
public sealed class WrongCode(
    SimStatus error, bool saves = true, bool restores = true, bool discards = true, bool introspects = true, bool allocates = true) : StateLiar
{
    /// <inheritdoc/>
    public override SimStatus New(SimThread thread, out ulong handle) => Lie(allocates, Honest.New(thread, out handle));

    /// <inheritdoc/>
    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next) => Lie(saves, Honest.Save(thread, handle, next));

    /// <inheritdoc/>
    public override SimStatus Restore(SimThread thread, ulong handle) => Lie(restores, Honest.Restore(thread, handle));

    /// <inheritdoc/>
    public override SimStatus Discard(SimThread thread, ulong handle) => Lie(discards, Honest.Discard(thread, handle));

    /// <inheritdoc/>
    public override SimStatus TopFrame(SimThread thread, ulong handle, out ulong frame) => Lie(introspects, Honest.TopFrame(thread, handle, out frame));

    /// <inheritdoc/>
    public override SimStatus GetContext(SimThread thread, ulong handle, out ulong context) => Lie(introspects, Honest.GetContext(thread, handle, out context));

    /// <inheritdoc/>
    public override SimStatus SetContext(SimThread thread, ulong handle, ulong value) => Lie(introspects, Honest.SetContext(thread, handle, value));

    /// <inheritdoc/>
    public override SimStatus Traverse(SimThread thread, ulong handle, IReferenceVisitor visitor) => Lie(introspects, Honest.Traverse(thread, handle, visitor));

    /// <inheritdoc/>
    public override SimStatus Clear(SimThread thread, ulong handle) => Lie(introspects, Honest.Clear(thread, handle));

    private SimStatus Lie(bool lies, SimStatus status) =>
        !lies || status != error ? status : error == SimStatus.NoMemory ? SimStatus.BadStack : SimStatus.NoMemory;
}
