// The structural commands: blocks, variables, functions that trace; what any Python program does.
namespace PyState.Reference;

public sealed partial class SimMachine
{
    /// <summary>Calls a Python function.</summary>
    /// <param name="n">0 to 7: which.</param>
    /// <returns>Ok, Inapplicable, RecursionError.</returns>
    public SimStatus Call(int n) => IsIn(n, 0, 7) && BeginCode() ? Push(BlockKind.Call, n) : Inapplicable();

    /// <summary>Leaves the innermost block; <see cref="Event"/> says who got the return event of a call.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Leave()
    {
        if (!BeginCode() || _active.Flow.Blocks == 0)
        {
            return Inapplicable();
        }

        Event = _evaluator.Leave(_active);
        return Done(SimStatus.Ok);
    }

    /// <summary>Raises an exception and runs on inside its handler.</summary>
    /// <param name="e">1 to 7: its label.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Except(int e)
    {
        if (!IsIn(e, 1, 7) || !BeginCode() || !_evaluator.TakesHandler(_active.Flow))
        {
            return Inapplicable();
        }

        _evaluator.Enter(_active, BlockKind.Handler, e);
        return Done(SimStatus.Ok);
    }

    /// <summary>A bare raise in a new function, caught there; <see cref="Probe"/> is the label of what came back.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Reraise()
    {
        if (!BeginCode())
        {
            return Inapplicable();
        }

        Probe = Label(_evaluator.HandledException(_active));
        return Done(SimStatus.Ok);
    }

    /// <summary>Creates and enters a generator, or resumes it here with the handlers that were open in it.</summary>
    /// <param name="g">0 or 1: which.</param>
    /// <returns>Ok, Inapplicable, Busy, RecursionError.</returns>
    public SimStatus Generator(int g)
    {
        if (!IsIn(g, 0, 1) || !BeginCode() || !OwnsSharedObjects || _active.Flow.Blocks == CStack.MaxBlocks)
        {
            return Inapplicable();
        }

        if (_evaluator.IsRunning(g))
        {
            return Done(SimStatus.Busy);
        }

        if (_active.Flow.Blocks + 1 + _evaluator.SuspendedHandlers(g) > CStack.MaxBlocks)
        {
            return Inapplicable();
        }

        if (ExceedsLimit(BlockKind.Generator))
        {
            return Done(SimStatus.RecursionError);
        }

        _evaluator.EnterGenerator(_active, g);
        return Done(SimStatus.Ok);
    }

    /// <summary>Suspends the generator that is the innermost block but for handlers.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Yield()
    {
        if (!BeginCode())
        {
            return Inapplicable();
        }

        ulong record = _evaluator.InnermostNonHandler(_active.Flow, out int handlers);
        if (record == 0 || Record.Kind(_memory.Load(record + Record.Header)) != BlockKind.Generator)
        {
            return Inapplicable();
        }

        _evaluator.Yield(_active, record, handlers);
        return Done(SimStatus.Ok);
    }

    /// <summary>Sets a ContextVar in the current Context object, which is made if there is none (contextvar_set, Python/context.c).</summary>
    /// <param name="v">0 or 1: which variable.</param>
    /// <param name="x">1 to 3: the value.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Var(int v, int x)
    {
        if (!IsIn(v, 0, ObjectOffset.Variables - 1) || !IsIn(x, 1, 3) || !BeginCode())
        {
            return Inapplicable();
        }

        ulong context = _active.Load(Field.Context);
        if (context == 0)
        {
            context = _heap.Allocate(ObjectKind.Context);
            _active.Set(Field.Context, context);
        }

        _memory.Store(context + ObjectOffset.ContextValues + (ulong)v, (ulong)x);
        _active.Interp.Caches[v] = new(_active.Load(Field.ContextVer), _active.Load(Field.Id), (ulong)x);
        return Done(SimStatus.Ok);
    }

    /// <summary>Enters a user Context object, made at its first use.</summary>
    /// <param name="k">0 or 1: which.</param>
    /// <returns>Ok, Inapplicable, Entered.</returns>
    public SimStatus Context(int k)
    {
        if (!IsIn(k, 0, UserContexts - 1) || !BeginCode() || !OwnsSharedObjects || _active.Flow.Blocks == CStack.MaxBlocks)
        {
            return Inapplicable();
        }

        ulong context = UserContext(k);
        if (_active.IsEntered(context))
        {
            return Done(SimStatus.Entered);
        }

        _evaluator.Enter(_active, BlockKind.Context, k, context);
        return Done(SimStatus.Ok);
    }

    /// <summary>Sets this thread's trace function (<c>sys.settrace</c>).</summary>
    /// <param name="f">1 or 2: which; 0 for none.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Trace(int f) => SetFunction(f, Field.TraceFunc, Field.TraceObj);

    /// <summary>Sets this thread's profile function (<c>sys.setprofile</c>).</summary>
    /// <param name="f">1 or 2: which; 0 for none.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Profile(int f) => SetFunction(f, Field.ProfileFunc, Field.ProfileObj);

    /// <summary>Runs on inside the trace or profile function of this thread.</summary>
    /// <param name="p">0 the trace function, 1 the profile function, 2 a trace function written in C, which has no frame (PyThreadState_EnterTracing).</param>
    /// <returns>Ok, Inapplicable, RecursionError.</returns>
    public SimStatus Callback(int p)
    {
        bool applies = IsIn(p, 0, 2) && BeginCode() && _active.Load(Field.Tracing) == 0
            && (p == 2 || _active.Load(p == 0 ? Field.TraceFunc : Field.ProfileFunc) != 0);
        return applies ? Push(BlockKind.Callback, p) : Inapplicable();
    }

    /// <summary>Runs on inside a <c>__del__</c> method.</summary>
    /// <returns>Ok, Inapplicable, RecursionError.</returns>
    public SimStatus Finalizer() => BeginCode() ? Push(BlockKind.Finalizer, 0) : Inapplicable();

    /// <summary>Runs on inside a <c>__repr__</c> method.</summary>
    /// <returns>Ok, Inapplicable, RecursionError.</returns>
    public SimStatus Repr() => BeginCode() ? Push(BlockKind.Repr, 0) : Inapplicable();

    /// <summary>Runs on inside a <c>__del__</c> method while a nested container is deallocated.</summary>
    /// <returns>Ok, Inapplicable, RecursionError.</returns>
    public SimStatus Trashcan() => BeginCode() ? Push(BlockKind.Trashcan, 0) : Inapplicable();

    /// <summary>Runs on inside C recursion without a Python frame. Of the API alphabet.</summary>
    /// <returns>Ok, Inapplicable, RecursionError.</returns>
    public SimStatus Native()
    {
        if (_alphabet == Alphabet.Switcher || !BeginCode() || _active.Flow.Blocks == CStack.MaxBlocks)
        {
            return Inapplicable();
        }

        _alphabet = Alphabet.Api;
        return Push(BlockKind.Native, 0);
    }

    /// <summary>Runs on while a RecursionError is being made.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Recovering() => BeginCode() ? Push(BlockKind.Recovering, 0) : Inapplicable();

    /// <summary>Runs on inside JIT-compiled code, 3.13 on.</summary>
    /// <param name="n">0 to 7: which function.</param>
    /// <returns>Ok, Inapplicable, RecursionError.</returns>
    public SimStatus Jit(int n) =>
        _version >= CPythonVersion.V3_13 && IsIn(n, 0, SimInterpreter.JitFunctions - 1) && BeginCode() ? Push(BlockKind.Jit, n) : Inapplicable();

    /// <summary>Sets the recursion limit of the active thread's interpreter (<c>sys.setrecursionlimit</c>).</summary>
    /// <param name="k">0 to 2: which of <see cref="Limits"/>.</param>
    /// <returns>Ok, Inapplicable, LimitTooLow.</returns>
    public SimStatus Limit(int k)
    {
        if (!IsIn(k, 0, LimitValues.Length - 1) || !BeginCode())
        {
            return Inapplicable();
        }

        int limit = LimitValues[k];
        if (Depth(_active) >= limit)
        {
            return Done(SimStatus.LimitTooLow);
        }

        // Py_SetRecursionLimit, Python/ceval.c: 3.11 on every thread has a copy, and what remains follows.
        foreach (SimThread thread in _threads)
        {
            if (thread.Interp == _active.Interp && thread.Has(Field.RecursionLimit))
            {
                long depth = Depth(thread);
                thread.Set(Field.RecursionLimit, (ulong)limit);
                SetDepth(thread, depth);
            }
        }

        _active.Interp.RecursionLimit = limit;
        return Done(SimStatus.Ok);
    }

    /// <summary>Sets a thread-local value.</summary>
    /// <param name="x">0 to 3: the value.</param>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Local(int x)
    {
        if (!IsIn(x, 0, 3) || !BeginCode())
        {
            return Inapplicable();
        }

        ulong dict = _active.Load(Field.Dict);
        if (dict == 0)
        {
            dict = _heap.Allocate(ObjectKind.Dict);
            _active.Set(Field.Dict, dict);
        }

        _memory.Store(dict + ObjectOffset.DictValue, (ulong)x);
        return Done(SimStatus.Ok);
    }

    /// <summary><see cref="Probe"/> is the recursion limit minus the depth; it can be negative.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Headroom()
    {
        if (!BeginCode())
        {
            return Inapplicable();
        }

        Probe = (int)(_active.RecursionLimit - Depth(_active));
        return Done(SimStatus.Ok);
    }

    /// <summary><see cref="Probe"/> is the number of labelled frames alive anywhere.</summary>
    /// <returns>Ok, Inapplicable.</returns>
    public SimStatus Census()
    {
        if (!Begin() || !_active.IsAttached)
        {
            return Inapplicable();
        }

        Probe = _evaluator.FramesAlive;
        return Done(SimStatus.Ok);
    }

    private static bool IsIn(int value, int low, int high) => value >= low && value <= high;

    // The generators and user Context objects of a script are objects of the first interpreter; another one must not touch them.
    private bool OwnsSharedObjects => _active.Interpreter == 0;

    private SimStatus Inapplicable()
    {
        _ = Begin();
        return SimStatus.Inapplicable;
    }

    private bool ExceedsLimit(BlockKind kind, int argument = 0)
    {
        int levels = Blocks.Levels(kind, argument, _version);
        return levels != 0 && Depth(_active) + levels > _active.RecursionLimit;
    }

    private SimStatus Push(BlockKind kind, int argument)
    {
        if (_active.Flow.Blocks == CStack.MaxBlocks)
        {
            return Inapplicable();
        }

        if (ExceedsLimit(kind, argument))
        {
            return Done(SimStatus.RecursionError);
        }

        _evaluator.Enter(_active, kind, argument);
        return Done(SimStatus.Ok);
    }

    private SimStatus SetFunction(int f, Field function, Field shown)
    {
        if (!IsIn(f, 0, 2) || !BeginCode())
        {
            return Inapplicable();
        }

        _active.Set(function, (ulong)f);
        _active.Set(shown, (ulong)f);
        _evaluator.UpdateUseTracing(_active);
        if (_version >= CPythonVersion.V3_12)
        {
            Reinstrument();
        }

        return Done(SimStatus.Ok);
    }

    // 3.12 on: a change of what is traced raises the version, instruments the frames that can be found, and throws compiled code away.
    private void Reinstrument()
    {
        SimInterpreter interpreter = _active.Interp;
        interpreter.InstrumentationVersion++;
        foreach (SimThread thread in _threads)
        {
            if (thread.Interp != interpreter)
            {
                continue;
            }

            if (thread.Has(Field.EvalBreaker))
            {
                thread.Set(Field.EvalBreaker, (interpreter.InstrumentationVersion << 8) | (thread.Load(Field.EvalBreaker) & 0xFF));
            }

            _evaluator.InstrumentStack(thread);
        }

        DropExecutors(interpreter, all: false);
    }

    // _Py_Executors_InvalidateAll, Python/optimizer.c: what runs on a thread is spared; what only a suspended flow runs is not known.
    private void DropExecutors(SimInterpreter interpreter, bool all)
    {
        if (!_active.Has(Field.CurrentExecutor))
        {
            return;
        }

        for (int n = 0; n < SimInterpreter.JitFunctions; n++)
        {
            ulong executor = interpreter.Executors[n];
            if (executor != 0 && (all || (_memory.Load(executor + ObjectOffset.Count) == 1 && !IsExecuting(executor))))
            {
                interpreter.Executors[n] = 0;
                _heap.DecRef(executor);
            }
        }
    }

    private bool IsExecuting(ulong executor)
    {
        foreach (SimThread thread in _threads)
        {
            if (thread.Load(Field.CurrentExecutor) == executor)
            {
                return true;
            }
        }

        return false;
    }

    private ulong UserContext(int k)
    {
        if (_userContexts[k] == 0)
        {
            _userContexts[k] = _heap.Allocate(ObjectKind.Context);
        }

        return _userContexts[k];
    }
}
