// The reference with a book of what each handle is, in which a mutant can write something wrong.

using PyState.Reference;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;

namespace PyState.Conformance.Mutants;

/// <summary>Follows every handle through the lifecycle of saved states. A handle that a mutant lies about answers as the table says of the state it is said to be in,
/// and does nothing else.</summary>
public abstract class StateBook : Decorator
{
    private readonly Dictionary<ulong, Entry> book = [];
    private readonly Dictionary<ulong, HandleState> lies = [];

    /// <inheritdoc/>
    public override void Reset()
    {
        book.Clear();
        lies.Clear();
        base.Reset();
    }

    /// <inheritdoc/>
    public override void ThreadGone(SimThread thread)
    {
        Strand(thread, e => e.Thread == thread.Load(PyState.Reference.Field.Id) && e.Interpreter == thread.Interpreter);
        base.ThreadGone(thread);
    }

    /// <inheritdoc/>
    public override void InterpreterFinalizing(SimThread thread)
    {
        Strand(thread, e => e.Interpreter == thread.Interpreter);
        base.InterpreterFinalizing(thread);
    }

    /// <inheritdoc/>
    protected sealed override SimStatus Around(ApiCall call, SimThread thread, ulong handle, Func<SimStatus> honest)
    {
        SavedStateTrigger trigger = TriggerOf(call, thread);
        if (lies.TryGetValue(handle, out HandleState lie))
        {
            LifecycleRow<HandleState, SavedStateTrigger> row = SavedStateLifecycle.Table[lie, trigger];
            lies[handle] = row.To;
            if (call == ApiCall.Drop)
            {
                _ = honest(); // its memory is not what the lie is about
            }

            return (SimStatus)(byte)row.Status;
        }

        HandleState from = StateOf(thread, handle);
        SimStatus status = honest();
        if (status == SimStatus.Ok && book.TryGetValue(handle, out Entry? entry))
        {
            HandleState to = SavedStateLifecycle.Table[from, trigger].To;
            book[handle] = call == ApiCall.Save ? new Entry(to, thread.Load(PyState.Reference.Field.Id), thread.Interpreter) : entry with { State = to };
        }

        return Answer(call, thread, handle, from, trigger, status);
    }

    /// <summary>What is answered after the honest call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="thread">The caller.</param>
    /// <param name="handle">The handle.</param>
    /// <param name="from">What it was.</param>
    /// <param name="trigger">What happened to it.</param>
    /// <param name="status">The honest answer.</param>
    protected abstract SimStatus Answer(ApiCall call, SimThread thread, ulong handle, HandleState from, SavedStateTrigger trigger, SimStatus status);

    /// <summary>What is believed of a stranded state; null for the truth.</summary>
    /// <param name="from">What it was.</param>
    protected virtual HandleState? Stranded(HandleState from) => null;

    /// <summary>From now on a handle answers as if it were in another state.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="state">The state.</param>
    protected void Lie(ulong handle, HandleState state) => lies[handle] = state;

    /// <inheritdoc/>
    protected override void Made(SimThread thread, ulong handle) => book[handle] = new Entry(HandleState.Empty, thread.Load(PyState.Reference.Field.Id), thread.Interpreter);

    private static SavedStateTrigger TriggerOf(ApiCall call, SimThread thread)
    {
        ulong context = thread.Load(PyState.Reference.Field.Context);
        bool entered = context != 0 && thread.IsEntered(context);
        bool frames = thread.TopFrame() != 0;
        return call switch
        {
            ApiCall.New => SavedStateTrigger.New,
            ApiCall.Save => (entered, frames) switch
            {
                (true, true) => SavedStateTrigger.SaveEnteredWithFrames,
                (true, false) => SavedStateTrigger.SaveEnteredWithoutFrames,
                (false, true) => SavedStateTrigger.SaveWithFrames,
                _ => SavedStateTrigger.SaveWithoutFrames,
            },
            ApiCall.Restore => SavedStateTrigger.Restore,
            ApiCall.Discard => SavedStateTrigger.Discard,
            ApiCall.Drop => SavedStateTrigger.Drop,
            ApiCall.SetContext => SavedStateTrigger.SetContext,
            ApiCall.Clear => SavedStateTrigger.Clear,
            _ => SavedStateTrigger.Inspect,
        };
    }

    private void Strand(SimThread thread, Func<Entry, bool> isStranded)
    {
        foreach ((ulong handle, Entry entry) in book.ToArray())
        {
            if (entry.State != HandleState.Dropped && isStranded(entry) && !lies.ContainsKey(handle))
            {
                HandleState from = StateOf(thread, handle);
                book[handle] = entry with { State = SavedStateLifecycle.Table[from, SavedStateTrigger.Strand].To };
                if (Stranded(from) is { } believed)
                {
                    Lie(handle, believed);
                }
            }
        }
    }

    // Whether the Context object of a live state is entered can change while it is saved.
    private HandleState StateOf(SimThread thread, ulong handle)
    {
        HandleState state = book.TryGetValue(handle, out Entry? entry) ? entry.State : HandleState.Null;
        if (state is not (HandleState.LiveWithFrames or HandleState.LiveWithoutFrames or HandleState.LiveEnteredWithFrames or HandleState.LiveEnteredWithoutFrames)
            || Honest.GetContext(thread, handle, out ulong context) != SimStatus.Ok)
        {
            return state;
        }

        bool entered = context != 0 && thread.IsEntered(context);
        thread.DecRef(context);
        bool frames = state is HandleState.LiveWithFrames or HandleState.LiveEnteredWithFrames;
        return (frames, entered) switch
        {
            (true, true) => HandleState.LiveEnteredWithFrames,
            (true, false) => HandleState.LiveWithFrames,
            (false, true) => HandleState.LiveEnteredWithoutFrames,
            _ => HandleState.LiveWithoutFrames,
        };
    }

    // What a handle is, and by which thread it was made or saved.
    private sealed record Entry(HandleState State, ulong Thread, int Interpreter);
}

/// <summary>One transition of the lifecycle of saved states goes wrong.</summary>
/// <param name="row">The transition.</param>
/// <param name="target">Where it leads instead; an error is then answered with Ok.</param>
public sealed class TransitionMutant(LifecycleRow<HandleState, SavedStateTrigger> row, HandleState target) : StateBook
{
    /// <inheritdoc/>
    protected override SimStatus Answer(ApiCall call, SimThread thread, ulong handle, HandleState from, SavedStateTrigger trigger, SimStatus status)
    {
        if (from != row.From || trigger != row.Trigger || status != (SimStatus)(byte)row.Status || handle == 0)
        {
            return status;
        }

        Lie(handle, target);
        return SimStatus.Ok;
    }

    /// <inheritdoc/>
    protected override HandleState? Stranded(HandleState from) => from == row.From && row.Trigger == SavedStateTrigger.Strand ? target : null;
}

/// <summary>An error of a call changes the saved state: it counts as discarded afterwards.</summary>
/// <param name="wrong">The call.</param>
/// <param name="error">The error.</param>
public sealed class SpoilingMutant(ApiCall wrong, SimStatus error) : StateBook
{
    /// <inheritdoc/>
    protected override SimStatus Answer(ApiCall call, SimThread thread, ulong handle, HandleState from, SavedStateTrigger trigger, SimStatus status)
    {
        if (call == wrong && status == error && from is not (HandleState.Null or HandleState.Dropped))
        {
            Lie(handle, from == HandleState.Discarded ? HandleState.Consumed : HandleState.Discarded);
        }

        return status;
    }
}
