using PyState.Reference;

namespace PyState.Conformance.Liars;

/// <summary>An implementation of Save and Restore that leaves everything to the reference; a liar overrides the one thing that it gets wrong.</summary>
public class StateLiar : IPyState
{
    /// <summary>The honest one.</summary>
    protected ReferenceState Honest { get; } = new();

    /// <summary>Whether a handle is live for the caller: what every operation on a live state needs first.</summary>
    /// <param name="thread">The caller.</param>
    /// <param name="handle">The handle.</param>
    protected bool IsLive(SimThread thread, ulong handle) => Honest.TopFrame(thread, handle, out _) == SimStatus.Ok;

    /// <inheritdoc/>
    public virtual void Reset() => Honest.Reset();

    /// <inheritdoc/>
    public virtual SimStatus New(SimThread thread, out ulong handle) => Honest.New(thread, out handle);

    /// <inheritdoc/>
    public virtual SimStatus Save(SimThread thread, ulong handle, CStackSpec next) => Honest.Save(thread, handle, next);

    /// <inheritdoc/>
    public virtual SimStatus Restore(SimThread thread, ulong handle) => Honest.Restore(thread, handle);

    /// <inheritdoc/>
    public virtual SimStatus Discard(SimThread thread, ulong handle) => Honest.Discard(thread, handle);

    /// <inheritdoc/>
    public virtual SimStatus Drop(SimThread thread, ulong handle) => Honest.Drop(thread, handle);

    /// <inheritdoc/>
    public virtual SimStatus TopFrame(SimThread thread, ulong handle, out ulong frame) => Honest.TopFrame(thread, handle, out frame);

    /// <inheritdoc/>
    public virtual SimStatus GetContext(SimThread thread, ulong handle, out ulong context) => Honest.GetContext(thread, handle, out context);

    /// <inheritdoc/>
    public virtual SimStatus SetContext(SimThread thread, ulong handle, ulong value) => Honest.SetContext(thread, handle, value);

    /// <inheritdoc/>
    public virtual SimStatus Traverse(SimThread thread, ulong handle, IReferenceVisitor visitor) => Honest.Traverse(thread, handle, visitor);

    /// <inheritdoc/>
    public virtual SimStatus Clear(SimThread thread, ulong handle) => Honest.Clear(thread, handle);

    /// <inheritdoc/>
    public virtual int AbandonedCount() => Honest.AbandonedCount();

    /// <inheritdoc/>
    public virtual void ThreadGone(SimThread thread) => Honest.ThreadGone(thread);

    /// <inheritdoc/>
    public virtual void InterpreterFinalizing(SimThread thread) => Honest.InterpreterFinalizing(thread);
}
