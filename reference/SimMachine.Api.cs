// The API alphabet: the operations under test, by handle, in any order, errors included.
namespace PyState.Reference;

public sealed partial class SimMachine
{
    private const int Handles = 4;
    private const int NullContext = 2;
    private const int NotAContext = 3;

    private readonly ulong[] _handles = new ulong[Handles];
    private readonly bool[] _handleInUse = new bool[Handles];
    private readonly Flow?[] _handleFlows = new Flow?[Handles];
    private readonly Visitor _visitor = new();

    /// <summary>Allocates a saved state into a variable that is null or dropped.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <param name="f">1: the allocator fails.</param>
    /// <returns>Ok, Inapplicable, Detached, Finalizing, NoMemory.</returns>
    public SimStatus New(int h, int f)
    {
        // A caller that can do nothing is told so, whatever its variable holds.
        bool isRefused = !_active.IsAttached || _active.IsFinalizing;
        if (!IsIn(f, 0, 1) || !BeginApi(h) || (_handleInUse[h] && !isRefused))
        {
            return Inapplicable();
        }

        _heap.FailNext = f == 1;
        SimStatus status = _implementation.New(_active, out ulong handle);
        _heap.FailNext = false;
        if (status == SimStatus.Ok)
        {
            _handles[h] = handle;
            _handleInUse[h] = true;
        }

        return DoneApi(status);
    }

    /// <summary>Saves the running flow; a fresh one runs then.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <param name="s">0 the same C stack, 1 a new one, 2 a new one with invalid bounds.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.Save"/> returns.</returns>
    public SimStatus Save(int h, int s)
    {
        if (!IsIn(s, 0, 2) || !BeginApi(h))
        {
            return Inapplicable();
        }

        CStack? next = s == 1 ? _stacks.Rent() : null;
        CStackSpec spec = s switch
        {
            0 => CStackSpec.Same,
            1 => new(true, next!.Low, CStack.Words),
            _ => new(true, _active.Stack.Low, 0),
        };
        Flow flow = _active.Flow;
        SimStatus status = SaveFlow(_active, _handles[h], spec, next);
        if (status == SimStatus.Ok)
        {
            _handleFlows[h] = flow;
        }
        else if (next is not null)
        {
            _stacks.Leave(next);
        }

        return DoneApi(status);
    }

    /// <summary>Restores a saved flow, which runs then; the present one has ended.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.Restore"/> returns.</returns>
    public SimStatus Restore(int h)
    {
        if (!BeginApi(h))
        {
            return Inapplicable();
        }

        SimStatus status = RestoreFlow(_active, _handles[h], _handleFlows[h]);
        if (status == SimStatus.Ok)
        {
            _handleFlows[h] = null;
        }

        return DoneApi(status);
    }

    /// <summary>Discards a saved state.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.Discard"/> returns.</returns>
    public SimStatus Discard(int h)
    {
        if (!BeginApi(h))
        {
            return Inapplicable();
        }

        SimStatus status = _implementation.Discard(_active, _handles[h]);
        if (status == SimStatus.Ok && _handleFlows[h] is { } flow)
        {
            RetireFlow(flow, abandoned: false);
            _handleFlows[h] = null;
        }

        return DoneApi(status);
    }

    /// <summary>The handle in a variable dies; the variable keeps its stale value.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.Drop"/> returns.</returns>
    public SimStatus Drop(int h)
    {
        if (!BeginApi(h))
        {
            return Inapplicable();
        }

        SimStatus status = _implementation.Drop(_active, _handles[h]);
        if (status == SimStatus.Ok)
        {
            _handleInUse[h] = false;
            if (_handleFlows[h] is { } flow)
            {
                RetireFlow(flow, flow.Frames > 0 || flow.Thread.Interp != _active.Interp);
                _handleFlows[h] = null;
            }
        }

        return DoneApi(status);
    }

    /// <summary>The frames channel shows the frames of a saved state.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.TopFrame"/> returns.</returns>
    public SimStatus Top(int h)
    {
        if (!BeginApi(h))
        {
            return Inapplicable();
        }

        SimStatus status = _implementation.TopFrame(_active, _handles[h], out ulong frame);
        _walked = frame;
        _isWalk = status == SimStatus.Ok;
        return DoneApi(status);
    }

    /// <summary>A user Context object becomes the one of a saved state; <see cref="Probe"/> is 1, or 0 if the state has none.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <param name="k">0 or 1: which user Context; it must not be entered.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.GetContext"/> returns.</returns>
    public SimStatus GetContext(int h, int k)
    {
        if (!IsIn(k, 0, UserContexts - 1) || !BeginApi(h))
        {
            return Inapplicable();
        }

        SimStatus status = _implementation.GetContext(_active, _handles[h], out ulong context);
        if (status == SimStatus.Ok && (!OwnsSharedObjects || (_userContexts[k] != 0 && _active.IsEntered(_userContexts[k]))))
        {
            _heap.DecRef(context);
            return Inapplicable();
        }

        if (status == SimStatus.Ok && context != 0)
        {
            Probe = 1;
            ulong before = _userContexts[k];
            _userContexts[k] = context;
            _heap.DecRef(before);
        }

        return DoneApi(status);
    }

    /// <summary>Replaces the Context object of a saved state.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <param name="k">0 or 1 a user Context, 2 none, 3 an object that is no Context.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.SetContext"/> returns.</returns>
    public SimStatus SetContext(int h, int k)
    {
        bool canSucceed = _active.IsAttached && !_active.IsFinalizing && _handleFlows[h]?.Thread.Interpreter == _active.Interpreter;
        if (!IsIn(k, 0, NotAContext) || !BeginApi(h) || (k < NullContext && canSucceed && !OwnsSharedObjects))
        {
            return Inapplicable();
        }

        ulong value = k switch
        {
            NullContext => 0,
            NotAContext => _heap.Allocate(ObjectKind.Dict),
            _ => UserContext(k),
        };
        SimStatus status = _implementation.SetContext(_active, _handles[h], value);
        if (k == NotAContext)
        {
            _heap.DecRef(value);
        }

        if (status == SimStatus.Ok && _handleFlows[h] is { } flow)
        {
            flow.Roots = flow.Roots with { Context = value };
        }

        return DoneApi(status);
    }

    /// <summary><see cref="Probe"/> is the number of references that a saved state owns.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.Traverse"/> returns.</returns>
    public SimStatus Traverse(int h)
    {
        if (!BeginApi(h))
        {
            return Inapplicable();
        }

        _visitor.Count = 0;
        SimStatus status = _implementation.Traverse(_active, _handles[h], _visitor);
        Probe = status == SimStatus.Ok ? _visitor.Count : 0;
        return DoneApi(status);
    }

    /// <summary>The garbage collector clears a saved state.</summary>
    /// <param name="h">0 to 3: the variable.</param>
    /// <returns>Ok, Inapplicable, or what <see cref="IPyState.Clear"/> returns.</returns>
    public SimStatus Clear(int h)
    {
        if (!BeginApi(h))
        {
            return Inapplicable();
        }

        SimStatus status = _implementation.Clear(_active, _handles[h]);
        if (status == SimStatus.Ok && _handleFlows[h] is { Frames: 0 } flow)
        {
            flow.Roots = flow.Roots with { Context = 0, Exception = 0 };
        }

        return DoneApi(status);
    }

    /// <summary><see cref="Probe"/> is the number of states abandoned so far.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Abandoned()
    {
        if (!BeginApi(0))
        {
            return Inapplicable();
        }

        Probe = _implementation.AbandonedCount();
        return DoneApi(SimStatus.Ok);
    }

    /// <summary>Sets or clears the C-level pending exception of the active thread (<c>PyErr_SetString</c>, <c>PyErr_Clear</c>).</summary>
    /// <param name="e">1 to 7: its label; 0 clears it.</param>
    /// <returns>Ok, Inapplicable, Detached, Finalizing.</returns>
    public SimStatus Pending(int e)
    {
        if (!IsIn(e, 0, 7) || !BeginApi(0) || !_active.IsAttached || _active.IsFinalizing)
        {
            return Inapplicable();
        }

        ClearPending(_active);
        if (e != 0)
        {
            _active.Set(Field.PendingException, _evaluator.Raise(_active, e));
        }

        return DoneApi(SimStatus.Ok);
    }

    private void ResetApi()
    {
        for (int h = 0; h < Handles; h++)
        {
            _handles[h] = 0;
            _handleInUse[h] = false;
            _handleFlows[h] = null;
        }
    }

    // The implementation itself answers for a caller that is detached, finalizing, or has an exception pending.
    private bool BeginApi(int h) => IsIn(h, 0, Handles - 1) && Begin() && _alphabet != Alphabet.Switcher;

    private SimStatus DoneApi(SimStatus status)
    {
        _alphabet = Alphabet.Api;
        return Done(status);
    }

    private sealed class Visitor : IReferenceVisitor
    {
        internal int Count { get; set; }

        public void Visit(ulong reference) => Count += reference == 0 ? 0 : 1;
    }
}
