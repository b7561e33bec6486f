// Save, Restore and their like as a switcher calls them: what the machine keeps of each saved flow, and the C stacks it moves.
namespace PyState.Reference;

public sealed partial class SimMachine
{
    // Calls Save; on success the saver's flow is suspended and a new one runs, on the same C stack (the saver is evicted) or on another.
    private SimStatus SaveFlow(SimThread thread, ulong handle, CStackSpec spec, CStack? next)
    {
        Flow flow = thread.Flow;
        flow.Roots = (
            thread.Load(thread.AddressOf(Field.ExcState), ExcItemOffset.Value),
            thread.Load(Field.Context),
            thread.Load(Field.DataStackChunk),
            thread.Load(Field.CurrentExecutor));
        flow.TakesHandler = _evaluator.TakesHandler(flow);
        ulong samples = thread.Load(Field.LastProfiledFrameSeq);
        int before = _heap.Allocations + _heap.CodeRuns;
        SimStatus status = _implementation.Save(thread, handle, spec);
        _saveCost = _heap.Allocations + _heap.CodeRuns - before;
        if (status != SimStatus.Ok)
        {
            return status;
        }

        CheckProfiler(thread, samples);
        thread.PassTime();
        if (next is null)
        {
            _stacks.Evict(flow);
        }

        thread.Flow = _stacks.Begin(thread, next ?? flow.Stack);
        return status;
    }

    // Calls Restore. A real switcher is on the saved flow's C stack by then; its own flow has come to its end, but for blocks that have no
    // frame and that nothing requires it to leave. While it has frames the implementation must refuse, and no C stack is moved: they may
    // have their cframes there.
    private SimStatus RestoreFlow(SimThread thread, ulong handle, Flow? target)
    {
        Flow ended = thread.Flow;
        bool moved = target is not null && ended.Frames == 0 && target.Thread == thread && _stacks.MoveIn(target);
        ulong samples = thread.Load(Field.LastProfiledFrameSeq);
        thread.BeginGuard();
        SimStatus status = _implementation.Restore(thread, handle);
        thread.EndGuard();
        if (status != SimStatus.Ok)
        {
            if (moved)
            {
                _stacks.Evict(target!);
                _ = _stacks.MoveIn(ended);
            }

            return status;
        }

        CheckProfiler(thread, samples);
        if (target is not null)
        {
            _ = _stacks.MoveIn(target);
            thread.Flow = target;
            target.Thread = thread;
            _evaluator.Vacate(ended);
            _stacks.End(ended);
        }

        return status;
    }

    // A flow whose saved state is no longer live: nobody will run it again. Without frames its state was released, and what its C stack
    // still owned goes too; with frames (or out of reach) everything stays as it is.
    private void RetireFlow(Flow flow, bool abandoned)
    {
        if (abandoned)
        {
            _abandoned.Add(flow);
        }
        else
        {
            _evaluator.Vacate(flow);
            _stacks.End(flow);
        }
    }

    // 3.15: a profiler that samples from outside believes the frames it has cached until the sequence number changes.
    private void CheckProfiler(SimThread thread, ulong samples)
    {
        if (thread.Has(Field.LastProfiledFrameSeq) && thread.Load(Field.LastProfiledFrameSeq) == samples)
        {
            _memory.Report(Fault.StaleProfilerFrame, thread.AddressOf(Field.LastProfiledFrameSeq));
        }
    }

    private void EndStates()
    {
        for (int h = 0; h < Handles; h++)
        {
            EndState(_handles[h], ref _handleFlows[h]);
            if (_handleInUse[h])
            {
                _ = _implementation.Drop(_threads[0], _handles[h]);
                _handleInUse[h] = false;
            }
        }

        foreach (SimContext context in _contexts)
        {
            Flow? flow = context.Flow;
            EndState(context.Handle, ref flow);
            context.Flow = flow;
            DropContextHandle(context);
        }
    }

    private void EndState(ulong handle, ref Flow? flow)
    {
        if (flow is null || _memory.Fault != Fault.None)
        {
            return;
        }

        SimThread thread = flow.Thread;
        if (flow.Frames == 0)
        {
            if (_implementation.Discard(thread, handle) == SimStatus.Ok)
            {
                RetireFlow(flow, abandoned: false);
                flow = null;
            }
        }
        else if (RestoreFlow(thread, handle, flow) == SimStatus.Ok)
        {
            flow = null;
            Unwind(thread);
        }
    }
}
