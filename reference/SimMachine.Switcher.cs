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

    private void ResetSwitcher()
    {
        foreach (SimContext context in _contexts)
        {
            context.State = ContextState.Unused;
            context.Flow = null;
            context.Handle = 0;
        }

        _current[2] = None;
        BeginRootOf(_threads[0]);
        BeginRootOf(_threads[1]);
    }

    private void BeginRootOf(SimThread thread)
    {
        if (thread.Interpreter != 0)
        {
            return;
        }

        int root = thread.Index == 0 ? MainRoot : SecondRoot;
        _current[thread.Index] = root;
        SimContext context = _contexts[root];
        context.State = ContextState.Running;
        context.Thread = thread;
        context.Parent = context.Resumer = None;
    }

    // The contexts of a thread that is gone are nobody's, the one that ran in a fork too: it never finished.
    private void EndContextsOf(SimThread thread)
    {
        foreach (SimContext context in _contexts)
        {
            if (context.Thread != thread)
            {
                continue;
            }

            context.State = context.State switch
            {
                ContextState.Running or ContextState.Born or ContextState.Suspended => ContextState.Orphan,
                _ => context.State,
            };
        }
    }

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

    private int Receiver()
    {
        SimContext current = _contexts[Current];
        return _choices.FinishTo switch
        {
            FinishTo.Main => _active.Index == 0 ? MainRoot : SecondRoot,
            FinishTo.Resumer when current.Resumer != None => current.Resumer,
            _ => current.Parent,
        };
    }

    private SimStatus SwitchTo(int c)
    {
        int from = Current;
        ulong startersContext = _active.Load(Field.Context);
        long startersDepth = Depth(_active);
        SimStatus status = Suspend(from, c);
        if (status != SimStatus.Ok)
        {
            return status;
        }

        if (_contexts[c].State == ContextState.Born)
        {
            Start(c, startersContext, startersDepth);
        }
        else
        {
            status = Resume(c);
            if (status != SimStatus.Ok)
            {
                _ = Resume(from);
                return status;
            }
        }

        _contexts[c].Resumer = from;
        return status;
    }

    // Allocation is separate and comes first: Save itself must not fail for want of memory (SAVE-05).
    private SimStatus Suspend(int c, int target)
    {
        SimContext context = _contexts[c];
        SimStatus status = _implementation.New(_active, out ulong handle);
        if (status != SimStatus.Ok)
        {
            return status;
        }

        CStack? next = _choices.SeparateStacks && _contexts[target].State == ContextState.Born ? _stacks.Rent() : null;
        CStackSpec spec = next is null ? CStackSpec.Same : new(true, next.Low, CStack.Words);
        Flow flow = _active.Flow;
        status = SaveFlow(_active, handle, spec, next);
        if (status != SimStatus.Ok)
        {
            if (next is not null)
            {
                _stacks.Leave(next);
            }

            _ = _implementation.Drop(_active, handle);
            return status;
        }

        context.State = ContextState.Suspended;
        context.Handle = handle;
        context.Flow = flow;
        return status;
    }

    private SimStatus Resume(int c)
    {
        SimContext context = _contexts[c];
        SimStatus status = RestoreFlow(_active, context.Handle, context.Flow);
        if (status == SimStatus.Ok)
        {
            context.State = ContextState.Running;
            context.Flow = null;
            DropContextHandle(context);
            _current[_active.Index] = c;
        }

        return status;
    }

    // A fresh flow begins in the ready state that Save left, plus what the switcher declares (CHOICE-01, CHOICE-02).
    private void Start(int c, ulong startersContext, long startersDepth)
    {
        SimContext context = _contexts[c];
        context.State = ContextState.Running;
        _current[_active.Index] = c;
        Flow flow = _active.Flow;
        flow.IsSpawned = true;
        flow.BaseDepth = Depth(_active);
        SetDepth(_active, _choices.FreshDepth == FreshDepth.Inherit ? startersDepth : 0);
        if (startersContext == 0 || _choices.FreshContext == FreshContext.Empty)
        {
            return;
        }

        ulong fresh = startersContext;
        if (_choices.FreshContext == FreshContext.Shared)
        {
            _heap.IncRef(fresh);
        }
        else
        {
            fresh = _heap.Allocate(ObjectKind.Context);
            for (int v = 0; v < ObjectOffset.Variables; v++)
            {
                ulong offset = ObjectOffset.ContextValues + (ulong)v;
                _memory.Store(fresh + offset, _memory.Load(startersContext + offset));
            }
        }

        _active.Set(Field.Context, fresh);
        _active.Set(Field.ContextVer, _active.Load(Field.ContextVer) + 1);
    }

    private SimStatus FinishCurrent()
    {
        int finished = Current;
        int receiver = Receiver();
        Unwind(_active);
        SimStatus status = Resume(receiver);
        if (status == SimStatus.Ok)
        {
            Die(finished, _contexts[finished].Parent);
        }

        return status;
    }

    // Runs another context to its end from here: save this one, restore that one, unwind it, restore this one.
    private SimStatus UnwindOther(int c)
    {
        int killer = Current;
        SimStatus status = Suspend(killer, c);
        if (status != SimStatus.Ok)
        {
            return status;
        }

        status = Resume(c);
        if (status == SimStatus.Ok)
        {
            Unwind(_active);
        }

        SimStatus back = Resume(killer);
        return status == SimStatus.Ok ? back : status;
    }

    private void Die(int c, int heir)
    {
        _contexts[c].State = ContextState.Finished;
        foreach (SimContext context in _contexts)
        {
            if (context.Parent == c)
            {
                context.Parent = heir;
            }

            if (context.Resumer == c)
            {
                context.Resumer = None;
            }
        }
    }

    private void DropContextHandle(SimContext context)
    {
        if (context.Handle != 0)
        {
            _ = _implementation.Drop(_active, context.Handle);
            context.Handle = 0;
        }
    }

    // One context of the switcher.
    private sealed class SimContext
    {
        internal ContextState State { get; set; }

        internal SimThread? Thread { get; set; }

        internal int Parent { get; set; } = None;

        internal int Resumer { get; set; } = None;

        internal ulong Handle { get; set; }

        internal Flow? Flow { get; set; }
    }
}
