// The reference implementation: what can be asked of a saved state, and the garbage collector's two operations.
namespace PyState.Reference;

public sealed partial class ReferenceState
{
    /// <inheritdoc/>
    public SimStatus TopFrame(SimThread thread, ulong handle, out ulong frame)
    {
        ref SavedState state = ref FindLive(thread, handle, out SimStatus error);
        frame = error == SimStatus.Ok ? state.TopFrame : 0;
        return error;
    }

    /// <inheritdoc/>
    public SimStatus GetContext(SimThread thread, ulong handle, out ulong context)
    {
        ref SavedState state = ref FindLive(thread, handle, out SimStatus error);
        context = error == SimStatus.Ok ? state.Context : 0;
        thread.IncRef(context);
        return error;
    }

    /// <inheritdoc/>
    public SimStatus SetContext(SimThread thread, ulong handle, ulong value)
    {
        ref SavedState state = ref FindLive(thread, handle, out SimStatus error);
        if (error != SimStatus.Ok)
        {
            return error;
        }

        if (value != 0 && !thread.IsContext(value))
        {
            return SimStatus.NotAContext;
        }

        // Context.run would find another object than it entered (INTRO-04).
        if (IsEntered(thread, state.Context) || IsEntered(thread, value))
        {
            return SimStatus.Entered;
        }

        ulong before = state.Context;
        thread.IncRef(value);
        state.Context = value;
        thread.DecRef(before);
        return SimStatus.Ok;
    }

    /// <inheritdoc/>
    public SimStatus Traverse(SimThread thread, ulong handle, IReferenceVisitor visitor)
    {
        ref SavedState state = ref FindLive(thread, handle, out SimStatus error);
        if (error == SimStatus.Ok)
        {
            visitor.Visit(state.Context);
            visitor.Visit(state.Exception);
            visitor.Visit(state.Executor);
        }

        return error;
    }

    /// <inheritdoc/>
    public SimStatus Clear(SimThread thread, ulong handle)
    {
        ref SavedState state = ref FindLive(thread, handle, out SimStatus error);

        // With frames the references are those of code that will run on: it would find them gone (INTRO-06).
        if (error == SimStatus.Ok && state.TopFrame == 0)
        {
            (ulong exception, ulong context) = (state.Exception, state.Context);
            (state.Exception, state.Context) = (0, 0);
            thread.DecRef(exception);
            thread.DecRef(context);
        }

        return error;
    }

    private static bool IsEntered(SimThread thread, ulong context) => context != 0 && thread.IsEntered(context);
}
