// The switcher alphabet: contexts that are spawned, switched and finished, composed of Save and Restore.
namespace PyState.Reference;

public sealed partial class SimMachine
{
    private const int MainRoot = 0;
    private const int SecondRoot = 4;
    private const int None = -1;

    private readonly SimContext[] _contexts = [new(), new(), new(), new(), new()];
    private readonly int[] _current = new int[ThreadCount];

    private enum ContextState : byte
    {
        Unused,
        Born,
        Suspended,
        Running,
        Finished,
        Orphan,
    }

    /// <summary>Makes a context that has not started.</summary>
    /// <param name="c">1 to 3: a slot never used, or finished.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Spawn(int c)
    {
        if (!IsIn(c, 1, 3) || !BeginSwitcher() || _contexts[c].State is not (ContextState.Unused or ContextState.Finished))
        {
            return Inapplicable();
        }

        SimContext context = _contexts[c];
        context.State = ContextState.Born;
        context.Thread = _active;
        context.Parent = Current;
        context.Resumer = None;
        return DoneSwitcher(SimStatus.Ok);
    }

    /// <summary>Suspends the current context and starts or resumes another one of this thread.</summary>
    /// <param name="c">0 to 4.</param>
    /// <returns>Ok, Inapplicable, Refused.</returns>
    public SimStatus Switch(int c)
    {
        if (!IsKnown(c))
        {
            return Inapplicable();
        }

        if (c == Current)
        {
            return DoneSwitcher(SimStatus.Ok);
        }

        return DoneSwitcher(IsOwn(c) ? SwitchTo(c) : SimStatus.Refused);
    }

    /// <summary>Resumes a suspended context, where an exception arrives.</summary>
    /// <param name="c">0 to 4.</param>
    /// <param name="e">1 to 7: its label.</param>
    /// <returns>Ok, Inapplicable, Refused.</returns>
    public SimStatus Throw(int c, int e)
    {
        if (!IsIn(e, 1, 7) || !IsKnown(c))
        {
            return Inapplicable();
        }

        if (!IsOwn(c))
        {
            return DoneSwitcher(SimStatus.Refused);
        }

        if (_contexts[c].State != ContextState.Suspended || !_contexts[c].Flow!.TakesHandler)
        {
            return Inapplicable();
        }

        SimStatus status = SwitchTo(c);
        if (status == SimStatus.Ok)
        {
            _evaluator.Enter(_active, BlockKind.Handler, e);
        }

        return DoneSwitcher(status);
    }

    /// <summary>The current context, a spawned one, unwinds and is finished; control goes where <see cref="SimChoices.FinishTo"/> says.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Finish() => BeginSwitcher() && IsIn(Current, 1, 3) ? DoneSwitcher(FinishCurrent()) : Inapplicable();

    /// <summary>As <see cref="Finish"/>, but an exception leaves the context and arrives in the receiver.</summary>
    /// <param name="e">1 to 7: its label.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Fail(int e)
    {
        if (!IsIn(e, 1, 7) || !BeginSwitcher() || !IsIn(Current, 1, 3) || !_contexts[Receiver()].Flow!.TakesHandler)
        {
            return Inapplicable();
        }

        SimStatus status = FinishCurrent();
        if (status == SimStatus.Ok)
        {
            _evaluator.Enter(_active, BlockKind.Handler, e);
        }

        return DoneSwitcher(status);
    }

    /// <summary>Unwinds and finishes another context; control stays.</summary>
    /// <param name="c">0 to 4: born or suspended, and no ancestor of the current one.</param>
    /// <returns>Ok, Inapplicable, Refused.</returns>
    public SimStatus Kill(int c)
    {
        if (!IsKnown(c))
        {
            return Inapplicable();
        }

        if (!IsOwn(c))
        {
            return DoneSwitcher(SimStatus.Refused);
        }

        if (c == Current || IsAncestor(c))
        {
            return Inapplicable();
        }

        SimStatus status = SimStatus.Ok;
        if (_contexts[c].State == ContextState.Suspended)
        {
            status = UnwindOther(c);
        }

        if (status == SimStatus.Ok)
        {
            Die(c, Current);
        }

        return DoneSwitcher(status);
    }

    /// <summary>The frames channel shows the frames of a suspended context, of any thread.</summary>
    /// <param name="c">0 to 4.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Walk(int c)
    {
        if (!IsIn(c, 0, 4) || !BeginSwitcher() || _contexts[c].State != ContextState.Suspended)
        {
            return Inapplicable();
        }

        SimStatus status = _implementation.TopFrame(_active, _contexts[c].Handle, out ulong frame);
        _walked = frame;
        _isWalk = status == SimStatus.Ok;
        return DoneSwitcher(status);
    }

    private int Current => _current[_active.Index];

    // The contexts are those of two threads of one interpreter; the first command of an alphabet that applies excludes the other.
    private bool BeginSwitcher() => BeginCode() && _alphabet != Alphabet.Api && _active.Interpreter == 0;

    private SimStatus DoneSwitcher(SimStatus status)
    {
        _alphabet = Alphabet.Switcher;
        return Done(status);
    }

    private bool IsKnown(int c) =>
        IsIn(c, 0, 4) && BeginSwitcher() && _contexts[c].State is not (ContextState.Unused or ContextState.Finished);

    private bool IsOwn(int c) => _contexts[c].Thread == _active && _contexts[c].State != ContextState.Orphan;

    private bool IsAncestor(int c)
    {
        for (int ancestor = _contexts[Current].Parent; ancestor != None; ancestor = _contexts[ancestor].Parent)
        {
            if (ancestor == c)
            {
                return true;
            }
        }

        return false;
    }
}
