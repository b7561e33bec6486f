// The exhibits that are more than fields not switched.

using PyState.Conformance.Liars;
using PyState.Reference;

namespace PyState.Conformance.Mutants.Museum;

/// <summary>The frames of a suspended flow stay linked through entry frames on the C stack, or the innermost is cut off.</summary>
/// <param name="isTruncated">Cut off.</param>
internal sealed class UnsplicedFrames(bool isTruncated) : StateLiar
{
    private readonly Dictionary<ulong, (ulong Frame, ulong Previous)[]> spliced = [];

    public override void Reset()
    {
        spliced.Clear();
        base.Reset();
    }

    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        (ulong Frame, ulong Previous)[] before = [.. Links(thread, thread.TopFrame())];
        SimStatus status = base.Save(thread, handle, next);
        if (status == SimStatus.Ok && before.Length > 0)
        {
            ulong top = before[0].Frame;
            spliced[handle] = isTruncated ? [(top, thread.Load(top, FrameOffset.Previous))] : [.. before.Select(b => (b.Frame, thread.Load(b.Frame, FrameOffset.Previous)))];
            Link(thread, isTruncated ? [(top, 0)] : before);
        }

        return status;
    }

    public override SimStatus Restore(SimThread thread, ulong handle)
    {
        // What was spliced is put back first: only who looks meanwhile sees the defect.
        if (IsLive(thread, handle) && spliced.Remove(handle, out (ulong Frame, ulong Previous)[]? links))
        {
            Link(thread, links);
        }

        return base.Restore(thread, handle);
    }

    private static void Link(SimThread thread, (ulong Frame, ulong Previous)[] links)
    {
        foreach ((ulong frame, ulong previous) in links)
        {
            thread.Store(frame, FrameOffset.Previous, previous);
        }
    }

    // Frames of the program only: an entry frame's own link is not spliced.
    private static IEnumerable<(ulong Frame, ulong Previous)> Links(SimThread thread, ulong top)
    {
        ulong none = thread.NoFrame();
        for (ulong frame = top; frame != 0 && frame != none; frame = thread.Load(frame, FrameOffset.Previous))
        {
            if (thread.Load(frame, FrameOffset.Label) != 0)
            {
                yield return (frame, thread.Load(frame, FrameOffset.Previous));
            }
        }
    }
}

/// <summary>Restore drops what the flow that has ended leaves before it has brought everything back.</summary>
internal sealed class EarlyRelease : StateLiar
{
    public override SimStatus Restore(SimThread thread, ulong handle)
    {
        ulong own = thread.Load(Field.Context);
        if (IsLive(thread, handle) && own != 0 && thread.TopFrame() == 0 && thread.Load(Field.PendingException) == 0)
        {
            thread.Store(Field.Context, 0);
            thread.DecRef(own);
        }

        return base.Restore(thread, handle);
    }
}

/// <summary>Save keeps a reference to the Context object that Restore does not release.</summary>
internal sealed class LeakedContext : StateLiar
{
    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        ulong context = thread.Load(Field.Context);
        SimStatus status = base.Save(thread, handle, next);
        if (status == SimStatus.Ok)
        {
            thread.IncRef(context);
        }

        return status;
    }
}

/// <summary>The Context object that the last finished flow left is in force in the next fresh one.</summary>
internal sealed class ReusedContext : StateLiar
{
    private readonly Dictionary<int, ulong> left = [];

    public override void Reset()
    {
        left.Clear();
        base.Reset();
    }

    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        SimStatus status = base.Save(thread, handle, next);
        if (status == SimStatus.Ok && left.Remove(thread.Index, out ulong context))
        {
            thread.Store(Field.Context, context);
        }

        return status;
    }

    public override SimStatus Restore(SimThread thread, ulong handle)
    {
        ulong own = thread.Load(Field.Context);
        thread.IncRef(own);
        SimStatus status = base.Restore(thread, handle);
        if (status == SimStatus.Ok && own != 0 && !left.ContainsKey(thread.Index))
        {
            left[thread.Index] = own; // in the free list, uncleared
        }
        else
        {
            thread.DecRef(own);
        }

        return status;
    }
}
