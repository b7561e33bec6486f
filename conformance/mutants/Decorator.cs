// The reference behind one point that every call passes.

using PyState.Conformance.Liars;
using PyState.Reference;
using PyState.Spec.Lifecycle;

namespace PyState.Conformance.Mutants;

/// <summary>A call of the API, whatever its arguments are like.</summary>
public enum ApiCall : byte
{
    /// <summary>Allocates a state.</summary>
    New,

    /// <summary>Save.</summary>
    Save,

    /// <summary>Restore.</summary>
    Restore,

    /// <summary>Discard.</summary>
    Discard,

    /// <summary>The handle dies.</summary>
    Drop,

    /// <summary>The top frame.</summary>
    Top,

    /// <summary>Reads the Context object.</summary>
    GetContext,

    /// <summary>Sets the Context object.</summary>
    SetContext,

    /// <summary>The collector's traverse.</summary>
    Traverse,

    /// <summary>The collector's clear.</summary>
    Clear,
}

/// <summary>The calls of the totality table.</summary>
public static class ApiCalls
{
    /// <summary>The call that an operation of the totality table is; null for the counter, which has no errors.</summary>
    /// <param name="operation">The operation.</param>
    public static ApiCall? Of(Operation operation) => operation switch
    {
        Operation.New or Operation.NewFailing => ApiCall.New,
        Operation.SaveSame or Operation.SaveNew or Operation.SaveBadStack => ApiCall.Save,
        Operation.Restore => ApiCall.Restore,
        Operation.Discard => ApiCall.Discard,
        Operation.Drop => ApiCall.Drop,
        Operation.Top => ApiCall.Top,
        Operation.GetContext => ApiCall.GetContext,
        Operation.SetContext or Operation.SetContextBad or Operation.SetContextEntered => ApiCall.SetContext,
        Operation.Traverse => ApiCall.Traverse,
        Operation.Clear => ApiCall.Clear,
        _ => null,
    };
}

/// <summary>Lets every call pass one method, which may do something before it, after it or in its place.</summary>
public abstract class Decorator : StateLiar
{
    /// <inheritdoc/>
    public override SimStatus New(SimThread thread, out ulong handle)
    {
        ulong made = 0;
        SimStatus status = Around(ApiCall.New, thread, 0, () => Honest.New(thread, out made));
        handle = made;
        if (status == SimStatus.Ok && made != 0)
        {
            Made(thread, made);
        }

        return status;
    }

    /// <inheritdoc/>
    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next) => Around(ApiCall.Save, thread, handle, () => Honest.Save(thread, handle, next));

    /// <inheritdoc/>
    public override SimStatus Restore(SimThread thread, ulong handle) => Around(ApiCall.Restore, thread, handle, () => Honest.Restore(thread, handle));

    /// <inheritdoc/>
    public override SimStatus Discard(SimThread thread, ulong handle) => Around(ApiCall.Discard, thread, handle, () => Honest.Discard(thread, handle));

    /// <inheritdoc/>
    public override SimStatus Drop(SimThread thread, ulong handle) => Around(ApiCall.Drop, thread, handle, () => Honest.Drop(thread, handle));

    /// <inheritdoc/>
    public override SimStatus TopFrame(SimThread thread, ulong handle, out ulong frame)
    {
        ulong found = 0;
        SimStatus status = Around(ApiCall.Top, thread, handle, () => Honest.TopFrame(thread, handle, out found));
        frame = found;
        return status;
    }

    /// <inheritdoc/>
    public override SimStatus GetContext(SimThread thread, ulong handle, out ulong context)
    {
        ulong found = 0;
        SimStatus status = Around(ApiCall.GetContext, thread, handle, () => Honest.GetContext(thread, handle, out found));
        context = found;
        return status;
    }

    /// <inheritdoc/>
    public override SimStatus SetContext(SimThread thread, ulong handle, ulong value) =>
        Around(ApiCall.SetContext, thread, handle, () => Honest.SetContext(thread, handle, value));

    /// <inheritdoc/>
    public override SimStatus Traverse(SimThread thread, ulong handle, IReferenceVisitor visitor) =>
        Around(ApiCall.Traverse, thread, handle, () => Honest.Traverse(thread, handle, visitor));

    /// <inheritdoc/>
    public override SimStatus Clear(SimThread thread, ulong handle) => Around(ApiCall.Clear, thread, handle, () => Honest.Clear(thread, handle));

    /// <summary>What a call does.</summary>
    /// <param name="call">Which.</param>
    /// <param name="thread">The caller.</param>
    /// <param name="handle">The handle; 0 for <see cref="ApiCall.New"/>.</param>
    /// <param name="honest">What the reference does.</param>
    protected abstract SimStatus Around(ApiCall call, SimThread thread, ulong handle, Func<SimStatus> honest);

    /// <summary>A state was made.</summary>
    /// <param name="thread">The caller.</param>
    /// <param name="handle">Its handle.</param>
    protected virtual void Made(SimThread thread, ulong handle)
    {
    }
}
