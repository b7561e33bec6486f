// The decorator behind every mutant of fields: it notes words before and after the honest call and then gets them wrong.

using PyState.Conformance.Liars;
using PyState.Reference;

namespace PyState.Conformance.Mutants;

/// <summary>The reference, less one field, or less some that one defect had in common.</summary>
/// <param name="wrongs">The fields, and what is wrong with each.</param>
public sealed class FieldMutant(params (Place Place, FieldFault Fault)[] wrongs) : StateLiar
{
    private readonly Dictionary<ulong, Noted> saved = [];
    private readonly Dictionary<int, ulong[]> last = [];

    /// <inheritdoc/>
    public override void Reset()
    {
        saved.Clear();
        last.Clear();
        base.Reset();
    }

    /// <inheritdoc/>
    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        ulong[] before = Words(thread);
        SimStatus status = base.Save(thread, handle, next);
        if (status != SimStatus.Ok)
        {
            return status;
        }

        saved[handle] = new Noted(before, Words(thread), last.GetValueOrDefault(thread.Index));
        last[thread.Index] = before;
        for (int i = 0; i < wrongs.Length; i++)
        {
            ulong? wrong = wrongs[i].Fault switch
            {
                FieldFault.NotReset or FieldFault.NotSwitched or FieldFault.NotRecomputedOnSave => before[i],
                FieldFault.WronglyReset or FieldFault.WronglySaved => 0,
                _ => null,
            };
            Put(thread, i, wrong);
        }

        return status;
    }

    /// <inheritdoc/>
    public override SimStatus Restore(SimThread thread, ulong handle)
    {
        if (!IsLive(thread, handle) || !saved.TryGetValue(handle, out Noted? noted))
        {
            return base.Restore(thread, handle);
        }

        // Held, so that the honest Restore does not run code before this one has told its lie.
        ulong own = thread.Load(Field.Context);
        thread.IncRef(own);
        ulong[] before = Words(thread);
        SimStatus status = base.Restore(thread, handle);
        for (int i = 0; status == SimStatus.Ok && i < wrongs.Length; i++)
        {
            ulong? wrong = wrongs[i].Fault switch
            {
                FieldFault.NotSaved => noted.After[i],
                FieldFault.NotRestored or FieldFault.NotSwitched or FieldFault.NotRecomputedOnRestore => before[i],
                FieldFault.RestoredStale => noted.Earlier?[i],
                FieldFault.WronglyRestored or FieldFault.WronglySaved or FieldFault.CarriedAlong => noted.Before[i],
                _ => null,
            };
            Put(thread, i, wrong);
        }

        thread.DecRef(own);
        return status;
    }

    private ulong[] Words(SimThread thread) => [.. wrongs.Select(w => w.Place.Read(thread))];

    private void Put(SimThread thread, int which, ulong? word)
    {
        if (word is { } value)
        {
            wrongs[which].Place.Write(thread, value);
        }
    }

    // What was seen around a Save: before it, after it, and before the thread's Save before that.
    private sealed record Noted(ulong[] Before, ulong[] After, ulong[]? Earlier);
}
