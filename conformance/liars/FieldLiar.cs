using PyState.Reference;

namespace PyState.Conformance.Liars;

/// <summary>A Save and Restore that gets one field wrong: it notes words before the honest call and does something with them after it.</summary>
/// <param name="note">The words to note, before Save and before Restore.</param>
/// <param name="afterSave">What it does to the thread after a successful Save, with the words noted before it.</param>
/// <param name="afterRestore">What it does after a successful Restore, with the words noted before the Save of that state and before this Restore.</param>
public sealed class FieldLiar(
    Func<SimThread, ulong[]> note,
    Action<SimThread, ulong[]>? afterSave = null,
    Action<SimThread, ulong[], ulong[]>? afterRestore = null) : StateLiar
{
    private readonly Dictionary<ulong, ulong[]> atSave = [];

    /// <inheritdoc/>
    public override void Reset()
    {
        atSave.Clear();
        base.Reset();
    }

    /// <inheritdoc/>
    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        ulong[] before = note(thread);
        SimStatus status = base.Save(thread, handle, next);
        if (status == SimStatus.Ok)
        {
            atSave[handle] = before;
            afterSave?.Invoke(thread, before);
        }

        return status;
    }

    /// <inheritdoc/>
    public override SimStatus Restore(SimThread thread, ulong handle)
    {
        ulong[] before = note(thread);
        if (!IsLive(thread, handle))
        {
            return base.Restore(thread, handle);
        }

        // Held, so that the honest Restore does not run code before this one has told its lie: one lie at a time.
        ulong own = thread.Load(Field.Context);
        thread.IncRef(own);
        SimStatus status = base.Restore(thread, handle);
        if (status == SimStatus.Ok)
        {
            afterRestore?.Invoke(thread, atSave[handle], before);
        }

        thread.DecRef(own);
        return status;
    }
}
