// The other strategy: exchange the thread state whole, instead of moving the fields that belong to the flow.

using PyState.Conformance.Liars;
using PyState.Reference;

namespace PyState.PropertyTests.Reference;

/// <summary>Save takes all words of the thread state and leaves those of a new one; Restore puts all of them back. What is the thread's and the interpreter's is carried across each
/// time, and what is derived is computed. Every word is compared with what the reference, which moves fields, has left there. Handles and checks are the reference's.</summary>
/// <param name="lost">A component that is the thread's and not carried across; null for none.</param>
/// <param name="writes">Whether the words of the lost component are written into the thread state, as a plain exchange does, instead of compared.</param>
internal sealed class WholeExchange(LayoutComponent? lost = null, bool writes = false) : StateLiar
{
    private readonly Dictionary<ulong, ulong[]> taken = [];
    private readonly HashSet<ulong> changed = [];

    /// <summary>The words in which the two strategies differed.</summary>
    public List<string> Differences { get; } = [];

    /// <summary>How many words were compared.</summary>
    public long Compared { get; private set; }

    /// <inheritdoc/>
    public override void Reset()
    {
        taken.Clear();
        changed.Clear();
        base.Reset();
    }

    /// <inheritdoc/>
    public override SimStatus SetContext(SimThread thread, ulong handle, ulong value)
    {
        changed.Add(handle);
        return base.SetContext(thread, handle, value);
    }

    /// <inheritdoc/>
    public override SimStatus Clear(SimThread thread, ulong handle)
    {
        changed.Add(handle);
        return base.Clear(thread, handle);
    }

    /// <inheritdoc/>
    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        ulong[] before = thread.IsAttached ? Words(thread) : [];
        SimStatus status = base.Save(thread, handle, next);
        if (status != SimStatus.Ok)
        {
            return status;
        }

        taken[handle] = before;
        changed.Remove(handle);
        foreach (LayoutField field in thread.Layout.Fields)
        {
            if (writes)
            {
                Put(thread, field, 0);
            }
            else if (Fresh(thread, field, before, next) is { } expected)
            {
                Compare(thread, field, expected, "Save");
            }
        }

        return status;
    }

    /// <inheritdoc/>
    public override SimStatus Restore(SimThread thread, ulong handle)
    {
        ulong[] before = thread.IsAttached ? Words(thread) : [];
        SimStatus status = base.Restore(thread, handle);
        if (status != SimStatus.Ok || !taken.TryGetValue(handle, out ulong[]? saved))
        {
            return status;
        }

        foreach (LayoutField field in thread.Layout.Fields)
        {
            if (writes)
            {
                Put(thread, field, saved[field.Offset]);
            }
            else if (Returned(thread, field, before, saved, changed.Contains(handle)) is { } expected)
            {
                Compare(thread, field, expected, "Restore");
            }
        }

        return status;
    }

    // What the thread keeps through a Save and a Restore. The frame below all frames is one of its own words.
    private bool IsThreads(LayoutField field) =>
        field.Component != lost && (field.Field == Field.BaseFrame || field.Component is LayoutComponent.TraceFunction or LayoutComponent.ProfileFunction or LayoutComponent.ThreadLocals
            or LayoutComponent.AsyncException or LayoutComponent.ThreadIdentity or LayoutComponent.TrashList or LayoutComponent.Hooks or LayoutComponent.Runtime or LayoutComponent.RecursionLimit
            or LayoutComponent.Instrumentation or LayoutComponent.PendingException or LayoutComponent.CriticalSection or LayoutComponent.PreviousExecutor);

    // The word that a new thread state has, or that is carried into it; null where the strategies are free: the thread's own cframe, which nobody reads while another is
    // in force, and the spare chunk that a fresh flow may get.
    private ulong? Fresh(SimThread thread, LayoutField field, ulong[] before, CStackSpec next) => field.Field switch
    {
        _ when IsThreads(field) => before[field.Offset],
        Field.RootCframe or Field.DataStackChunk or Field.DataStackTop or Field.DataStackLimit => null,
        Field.Cframe => thread.AddressOf(Field.RootCframe),
        Field.CurrentFrame => thread.NoFrame(),
        Field.ExcInfo => thread.AddressOf(Field.ExcState),
        Field.RecursionDepth => next.IsNew ? 0 : before[field.Offset],
        Field.RecursionRemaining => (ulong)thread.RecursionLimit,
        Field.CRecursionRemaining => next.IsNew ? SimThread.CRecursionLimit : before[field.Offset],
        Field.CStackTop => next.IsNew ? CStackBounds.Top(next.Low, next.Size) : before[field.Offset],
        Field.CStackSoftLimit => next.IsNew ? CStackBounds.SoftLimit(next.Low) : before[field.Offset],
        Field.CStackHardLimit => next.IsNew ? CStackBounds.HardLimit(next.Low) : before[field.Offset],
        Field.TraceEvent => thread.Version == CPythonVersion.V3_11 ? 0 : ulong.MaxValue,
        Field.UseTracing => Traces(thread),
        Field.ContextVer or Field.LastProfiledFrameSeq => before[field.Offset] + 1,
        _ => 0,
    };

    private ulong? Returned(SimThread thread, LayoutField field, ulong[] before, ulong[] saved, bool wasChanged) => field.Field switch
    {
        Field.DataStackCachedChunk => before[field.Offset] != 0 ? before[field.Offset] : before[thread.Layout.Offset(Field.DataStackChunk)], // a leftover
        _ when IsThreads(field) => before[field.Offset],
        Field.RootCframe => null,
        Field.Context or Field.ExcState when wasChanged => null,
        Field.RecursionRemaining => (ulong)(thread.RecursionLimit - ((long)saved[thread.Layout.Offset(Field.RecursionLimit)] - (long)saved[field.Offset])),
        Field.UseTracing => saved[thread.Layout.Offset(Field.Tracing)] == 0 ? Traces(thread) : 0,
        Field.ContextVer or Field.LastProfiledFrameSeq => before[field.Offset] + 1,
        Field.LastProfiledFrame => 0,
        _ => saved[field.Offset],
    };

    private static ulong Traces(SimThread thread) => (thread.Load(Field.TraceFunc) | thread.Load(Field.ProfileFunc)) != 0 ? 1UL : 0;

    private static ulong[] Words(SimThread thread) => [.. Enumerable.Range(0, thread.Layout.Words).Select(i => i == 0 ? 0 : thread.Load(thread.Address, i))];

    private void Compare(SimThread thread, LayoutField field, ulong expected, string after)
    {
        Compared++;
        ulong actual = thread.Load(thread.Address, field.Offset);
        if (actual != expected)
        {
            Differences.Add($"{thread.Version} after {after}: {field.Name} is {actual:x}, exchanged {expected:x}");
        }
    }

    // The unique id stays: it is how the reference knows the thread. Of thread-locals the dict is enough.
    private void Put(SimThread thread, LayoutField field, ulong word)
    {
        if (field.Component == lost && field.Field is not (Field.Id or Field.DataStackCachedChunk) && (lost != LayoutComponent.ThreadLocals || field.Field == Field.Dict))
        {
            thread.Store(thread.Address, field.Offset, word);
        }
    }
}
