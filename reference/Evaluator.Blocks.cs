// Handlers, generators, Context.run, callbacks, executors: what each saves on the C stack and how it undoes itself.
namespace PyState.Reference;

internal sealed partial class Evaluator
{
    private const ulong TraceReturn = 3;

    /// <summary>Whether a generator is running anywhere.</summary>
    internal bool IsRunning(int generator) => _running[generator];

    /// <summary>The handlers that a suspended generator brings along.</summary>
    internal int SuspendedHandlers(int generator) =>
        _generators[generator] == 0 ? 0 : (int)memory.Load(_generators[generator] + ObjectOffset.GeneratorHandlers);

    /// <summary>Creates or resumes a generator that is not running, with the handlers that were open in it (gen_send_ex2, Objects/genobject.c).</summary>
    internal void EnterGenerator(SimThread thread, int index)
    {
        ulong generator = _generators[index];
        if (generator == 0)
        {
            _generators[index] = generator = NewGenerator(index);
        }

        _running[index] = true;
        ulong header = Record.HeaderOf(BlockKind.Generator, index, version);
        ulong record = Push(thread.Flow, header);
        Deepen(thread, Record.Levels(header));
        heap.IncRef(generator);
        memory.At(record + Record.Saved) = generator;
        EnterFrame(thread, record, header, generator);
        ulong item = generator + ObjectOffset.GeneratorExcItem;
        memory.Store(item + ExcItemOffset.Previous, thread.Load(Field.ExcInfo));
        thread.Set(Field.ExcInfo, item);

        int handlers = (int)memory.Load(generator + ObjectOffset.GeneratorHandlers);
        for (int i = 0; i < handlers; i++)
        {
            ulong saved = generator + ObjectOffset.GeneratorSaved + (ulong)(2 * i);
            ulong handler = Push(thread.Flow, Record.HeaderOf(BlockKind.Handler, (int)memory.Load(saved), version));
            memory.At(handler + Record.Saved) = memory.Load(saved + 1);
        }

        memory.Store(generator + ObjectOffset.GeneratorHandlers, 0);
    }

    /// <summary>Suspends the generator at a record with the handlers above it: their words move from the C stack into the generator.</summary>
    internal void Yield(SimThread thread, ulong record, int handlers)
    {
        Flow flow = thread.Flow;
        ulong generator = memory.LoadAt(record + Record.Saved);
        memory.Store(generator + ObjectOffset.GeneratorHandlers, (ulong)handlers);
        for (int i = handlers - 1; i >= 0; i--)
        {
            ulong handler = flow.Top - Record.Words;
            ulong saved = generator + ObjectOffset.GeneratorSaved + (ulong)(2 * i);
            ulong header = memory.LoadAt(handler + Record.Header);
            memory.Store(saved, (ulong)Record.Argument(header));
            memory.Store(saved + 1, memory.LoadAt(handler + Record.Saved));
            Pop(flow, handler, header);
        }

        ulong own = memory.LoadAt(record + Record.Header);
        LeaveGeneratorFrame(thread, record, own, generator);
        Deepen(thread, -Record.Levels(own));
        Pop(flow, record, own);
        heap.DecRef(generator);
    }

    /// <summary>Lets go of a generator slot at the end of a script.</summary>
    internal void DropGenerators()
    {
        for (int i = 0; i < Generators; i++)
        {
            DropGenerator(i);
        }
    }

    /// <summary>The exception that a bare raise would raise: the innermost handled one (<c>_PyErr_GetTopmostException</c>, Python/errors.c).</summary>
    internal ulong HandledException(SimThread thread)
    {
        ulong item = thread.Load(Field.ExcInfo);
        for (int bound = 0; bound < MaxChain; bound++)
        {
            (ulong exception, ulong previous) = memory.LoadPair(item + ExcItemOffset.Value);
            if (exception != 0)
            {
                return exception;
            }

            item = previous;
            if (item == 0)
            {
                return 0;
            }
        }

        memory.Report(Fault.EndlessChain, item);
        return 0;
    }

    /// <summary>A new exception, raised here: its context is the exception being handled.</summary>
    internal ulong Raise(SimThread thread, int label)
    {
        ulong context = HandledException(thread);
        ulong exception = heap.Allocate(ObjectKind.Exception);
        heap.IncRef(context);
        memory.Store(exception + ObjectOffset.ExceptionLabel, (ulong)label);
        memory.Store(exception + ObjectOffset.ExceptionContext, context);
        return exception;
    }

    private void EnterHandler(SimThread thread, ulong record, int label)
    {
        ulong exception = Raise(thread, label);
        ulong item = thread.Load(Field.ExcInfo);
        memory.At(record + Record.Saved) = memory.Load(item + ExcItemOffset.Value);
        memory.Store(item + ExcItemOffset.Value, exception);
    }

    private void LeaveHandler(SimThread thread, ulong record)
    {
        ulong item = thread.Load(Field.ExcInfo);
        ulong exception = memory.Load(item + ExcItemOffset.Value);
        memory.Store(item + ExcItemOffset.Value, memory.LoadAt(record + Record.Saved));
        heap.DecRef(exception);
    }

    private ulong NewGenerator(int index)
    {
        ulong generator = heap.Allocate(ObjectKind.Generator);
        ulong frame = generator + ObjectOffset.GeneratorFrame;
        if (version <= CPythonVersion.V3_10)
        {
            frame = heap.Allocate(ObjectKind.Frame);
            memory.Store(generator + ObjectOffset.GeneratorFrame, frame);
        }

        memory.Store(Body(frame) + FrameOffset.Label, Blocks.Label(BlockKind.Generator, index));
        _frames++;
        return generator;
    }

    private void LeaveGenerator(SimThread thread, ulong record, ulong header)
    {
        ulong generator = memory.LoadAt(record + Record.Saved);
        LeaveGeneratorFrame(thread, record, header, generator);
        DropGenerator(Record.Argument(header));
        heap.DecRef(generator);
    }

    private void LeaveGeneratorFrame(SimThread thread, ulong record, ulong header, ulong generator)
    {
        ulong item = generator + ObjectOffset.GeneratorExcItem;
        thread.Set(Field.ExcInfo, memory.Load(item + ExcItemOffset.Previous));
        memory.Store(item + ExcItemOffset.Previous, 0);
        LeaveFrame(thread, record, header);
        _running[Record.Argument(header)] = false;
    }

    private void DropGenerator(int index)
    {
        ulong generator = _generators[index];
        if (generator == 0)
        {
            return;
        }

        _generators[index] = 0;
        if (!_running[index])
        {
            _frames--;
            if (version <= CPythonVersion.V3_10)
            {
                heap.DecRef(memory.Load(generator + ObjectOffset.GeneratorFrame));
            }
        }

        heap.DecRef(generator);
    }

    // PyContext_Enter and PyContext_Exit, Python/context.c.
    private void EnterContext(SimThread thread, ulong record, ulong context)
    {
        memory.At(record + Record.Saved) = context;
        memory.Store(context + ObjectOffset.ContextPrevious, thread.Load(Field.Context));
        memory.Store(context + ObjectOffset.ContextEntered, 1);
        heap.IncRef(context);
        thread.Set(Field.Context, context);
        thread.Add(Field.ContextVer, 1);
    }

    private void LeaveContext(SimThread thread, ulong record)
    {
        // The one entered, unless the saved state was cleared meanwhile (INTRO-06): then whatever is there now.
        ulong current = thread.Load(Field.Context);
        thread.Set(Field.Context, ExitContext(memory.LoadAt(record + Record.Saved)));
        thread.Add(Field.ContextVer, 1);
        heap.DecRef(current);
    }

    // What Context.run remembered, and now gives back.
    private ulong ExitContext(ulong context)
    {
        ulong previous = memory.Load(context + ObjectOffset.ContextPrevious);
        memory.Store(context + ObjectOffset.ContextPrevious, 0);
        memory.Store(context + ObjectOffset.ContextEntered, 0);
        return previous;
    }

    // call_trace (Python/ceval.c) and call_trampoline (Python/sysmodule.c). In 3.11 the event of a call is 0, as if there were none, so
    // the callback here is one for a return.
    private void EnterCallback(SimThread thread, ulong record, ulong header)
    {
        memory.At(record + Record.SavedEvent) = thread.Load(Field.TraceEvent);
        if (thread.Has(Field.TraceEvent))
        {
            thread.Set(Field.TraceEvent, TraceReturn);
        }

        thread.Add(Field.Tracing, 1);
        UpdateUseTracing(thread);
        if (Record.Label(header) != 0)
        {
            EnterFrame(thread, record, header, 0);
        }
    }

    private void LeaveCallback(SimThread thread, ulong record, ulong header)
    {
        if (Record.Label(header) != 0)
        {
            LeaveFrame(thread, record, header);
        }

        if (thread.Has(Field.TraceEvent))
        {
            thread.Set(Field.TraceEvent, memory.LoadAt(record + Record.SavedEvent));
        }

        thread.Add(Field.Tracing, -1);
        UpdateUseTracing(thread);
    }

    private void EnterRecovering(SimThread thread, ulong record)
    {
        if (version <= CPythonVersion.V3_9)
        {
            memory.At(record + Record.Saved) = thread.Load(Field.Overflowed);
            thread.Set(Field.Overflowed, 1);
            thread.Set(Field.RecursionCritical, 1);
        }
        else
        {
            memory.At(record + Record.Saved) = thread.Load(Field.RecursionHeadroom);
            thread.Set(Field.RecursionHeadroom, 1);
        }
    }

    private void LeaveRecovering(SimThread thread, ulong record)
    {
        ulong before = memory.LoadAt(record + Record.Saved);
        if (version <= CPythonVersion.V3_9)
        {
            thread.Set(Field.Overflowed, before);
            thread.Set(Field.RecursionCritical, before);
        }
        else
        {
            thread.Set(Field.RecursionHeadroom, before);
        }
    }

    // The function owns its executor; the thread state borrows it; the machine code that is suspended below owns a reference of its own.
    private void EnterExecutor(SimThread thread, ulong record, int function)
    {
        if (!thread.Has(Field.CurrentExecutor))
        {
            return;
        }

        ref ulong executor = ref thread.Interp.Executors[function];
        if (executor == 0)
        {
            executor = heap.Allocate(ObjectKind.Executor);
        }

        ulong before = thread.Load(Field.CurrentExecutor);
        heap.IncRef(before);
        memory.At(record + Record.Saved) = before;
        thread.Set(Field.CurrentExecutor, executor);
    }

    private void LeaveExecutor(SimThread thread, ulong record)
    {
        if (!thread.Has(Field.CurrentExecutor))
        {
            return;
        }

        // The machine code runs to its end: it has to be there.
        ulong running = thread.Load(Field.CurrentExecutor);
        if (!heap.Is(running, ObjectKind.Executor))
        {
            memory.Report(Fault.UseAfterFree, running);
        }

        ulong before = memory.LoadAt(record + Record.Saved);
        thread.Set(Field.CurrentExecutor, before);
        heap.DecRef(before);
    }

    /// <summary>Ends what a flow without frames leaves on its C stack when its saved state is released: nobody will run there again.</summary>
    internal void Vacate(Flow flow)
    {
        ulong low = flow.Low;
        for (int i = flow.Blocks - 1; i >= 0; i--)
        {
            ulong record = low + (ulong)(i * Record.Words);
            switch (Record.Kind(memory.LoadAt(record + Record.Header)))
            {
                case BlockKind.Handler:
                    heap.DecRef(memory.LoadAt(record + Record.Saved));
                    break;
                case BlockKind.Context:
                    VacateContext(memory.LoadAt(record + Record.Saved));
                    break;
                default:
                    break;
            }
        }
    }

    // The saved state's own reference is gone already; a context that died with it took what it remembered along.
    private void VacateContext(ulong context)
    {
        if (heap.Is(context, ObjectKind.Context))
        {
            heap.DecRef(ExitContext(context));
        }
    }
}
