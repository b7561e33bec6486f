// The check at the end of a script: what is alive, and how often it is owned, against what abandoned flows account for.
namespace PyState.Reference;

/// <summary>
/// Nothing is alive at the end but what abandoned flows keep: code that never ran cannot have released it. Their roots are followed and
/// every count is compared with the number of owners found.
/// </summary>
internal sealed class LeakCheck(Memory memory, Heap heap, CPythonVersion version)
{
    private readonly List<int> _owners = [];

    internal void Run(List<Flow> abandoned)
    {
        if (memory.Fault != Fault.None || heap.LiveBlocks == 0)
        {
            return;
        }

        _owners.Clear();
        for (int i = 0; i < heap.Blocks.Count; i++)
        {
            _owners.Add(0);
        }

        foreach (Flow flow in abandoned)
        {
            Follow(flow);
        }

        for (int i = 0; i < heap.Blocks.Count; i++)
        {
            (ulong address, ObjectKind kind) = heap.Blocks[i];
            if (!heap.Is(address, kind))
            {
                continue;
            }

            bool counted = kind < ObjectKind.Chunk;
            ulong count = memory.Peek(address + ObjectOffset.Count);
            if (_owners[i] == 0 || (counted && count > (ulong)_owners[i]))
            {
                memory.Report(Fault.Leak, address);
            }
            else if (counted && count < (ulong)_owners[i])
            {
                memory.Report(Fault.DoubleRelease, address);
            }
        }
    }

    private void Follow(Flow flow)
    {
        _ = Own(flow.Stack.Block);
        _ = Own(flow.Stash);
        Reach(flow.Roots.Exception);
        Reach(flow.Roots.Context);
        Reach(flow.Roots.Executor);
        for (ulong chunk = flow.Roots.Chunk; chunk != 0 && Own(chunk); chunk = memory.Peek(chunk + ChunkOffset.Previous))
        {
        }

        for (int i = 0; i < flow.Blocks; i++)
        {
            ulong record = flow.Low + (ulong)(i * Record.Words);
            BlockKind kind = Record.Kind(memory.Peek(record + Record.Header));
            if (version <= CPythonVersion.V3_10 && kind != BlockKind.Generator)
            {
                Reach(memory.Peek(record + Record.Frame));
            }

            if (kind is BlockKind.Handler or BlockKind.Generator or BlockKind.Jit)
            {
                Reach(memory.Peek(record + Record.Saved));
            }
        }
    }

    // One more owner of an object; at the first, what the object owns itself.
    private void Reach(ulong address)
    {
        while (Own(address))
        {
            ulong next = 0;
            switch ((ObjectKind)memory.Peek(address))
            {
                case ObjectKind.Context:
                    next = memory.Peek(address + ObjectOffset.ContextPrevious);
                    break;
                case ObjectKind.Exception:
                    next = memory.Peek(address + ObjectOffset.ExceptionContext);
                    break;
                case ObjectKind.Frame:
                    next = memory.Peek(address + ObjectOffset.FrameBody + FrameOffset.Previous);
                    break;
                case ObjectKind.Generator:
                    Reach(memory.Peek(address + ObjectOffset.GeneratorExcItem));
                    next = version <= CPythonVersion.V3_10 ? memory.Peek(address + ObjectOffset.GeneratorFrame) : 0;
                    break;
                default:
                    break;
            }

            address = next;
        }
    }

    // True for the first owner of a live block.
    private bool Own(ulong address)
    {
        if (address == 0 || !heap.IsLive(address))
        {
            return false;
        }

        int low = 0;
        int high = heap.Blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = heap.Blocks[middle].Address <= address ? (middle, high) : (low, middle - 1);
        }

        return ++_owners[low] == 1;
    }
}
