// How a switcher's contexts live: what spawning, switching and finishing do with Save and Restore.
namespace PyState.Reference;

public sealed partial class SimMachine
{
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

    // A resumer that is gone leaves the root.
    private int Receiver()
    {
        SimContext current = _contexts[Current];
        return _choices.FinishTo switch
        {
            FinishTo.Spawner => current.Parent,
            FinishTo.Resumer when current.Resumer != None => current.Resumer,
            _ => _active.Index == 0 ? MainRoot : SecondRoot,
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
