// Mutants of one check: not made, made too late, or answered with another code.

using PyState.Reference;

namespace PyState.Conformance.Mutants;

/// <summary>What is wrong with a check.</summary>
public enum CheckFault : byte
{
    /// <summary>It is not made: the call goes on as if the condition did not hold.</summary>
    NotChecked,

    /// <summary>It is made after the first write to the thread state.</summary>
    CheckedTooLate,

    /// <summary>Its error is another code.</summary>
    WrongCode,
}

/// <summary>The reference, less one check of one call.</summary>
/// <param name="call">The call.</param>
/// <param name="error">The error that the check ends in.</param>
/// <param name="fault">What is wrong with it.</param>
/// <param name="other">The code that is answered instead.</param>
public sealed class CheckMutant(ApiCall call, SimStatus error, CheckFault fault, SimStatus other) : Decorator
{
    private readonly Dictionary<ulong, ulong> owners = [];

    /// <inheritdoc/>
    public override void Reset()
    {
        owners.Clear();
        base.Reset();
    }

    /// <inheritdoc/>
    protected override SimStatus Around(ApiCall call, SimThread thread, ulong handle, Func<SimStatus> honest)
    {
        SimStatus status = honest();
        if (call == ApiCall.Save && status == SimStatus.Ok)
        {
            owners[handle] = thread.Load(Field.Id);
        }

        if (call != Call || status != error)
        {
            return status;
        }

        switch (fault)
        {
            case CheckFault.WrongCode:
                return other;
            case CheckFault.CheckedTooLate:
                thread.Store(Field.Tracing, thread.Load(Field.Tracing) + 1);
                return status;
            default:
                return Unchecked(thread, handle, honest);
        }
    }

    private ApiCall Call { get; } = call;

    // With the condition out of sight the call does what it does where the check is missing. What no thread state shows (the life of a handle, the caller's
    // interpreter) cannot be hidden: there the call ends well and does nothing.
    private SimStatus Unchecked(SimThread thread, ulong handle, Func<SimStatus> honest)
    {
        (Field Field, ulong Value)? hidden = error switch
        {
            SimStatus.Pending => (Field.PendingException, 0),
            SimStatus.Tracing => (Field.Tracing, 0),
            SimStatus.WrongThread when owners.TryGetValue(handle, out ulong owner) => (Field.Id, owner),
            SimStatus.HasFrames when Call == ApiCall.Restore && thread.Has(Field.Frame) => (Field.Frame, 0),
            SimStatus.HasFrames when Call == ApiCall.Restore && thread.Has(Field.CurrentFrame) => (Field.CurrentFrame, thread.NoFrame()),
            _ => null,
        };
        if (hidden is not { } word)
        {
            return SimStatus.Ok;
        }

        ulong before = thread.Load(word.Field);
        thread.Store(word.Field, word.Value);
        SimStatus status = honest();
        if (status != SimStatus.Ok || word.Field is Field.PendingException or Field.Id)
        {
            thread.Store(word.Field, before);
        }

        return status;
    }
}
