// The simulated C stacks: what lies on them, and their eviction.
namespace PyState.Reference;

/// <summary>
/// One C stack. Several flows can have their words on it, one at a time: before another one runs there, they are copied out and the
/// range is overwritten, as greenlet's <c>slp_save_state</c> does and the poison makes visible. Addresses grow upwards here.
/// </summary>
internal sealed class CStack
{
    /// <summary>Blocks that a flow can be inside of.</summary>
    internal const int MaxBlocks = 12;

    /// <summary>The size.</summary>
    internal const int Words = MaxBlocks * Record.Words;

    /// <summary>The heap block.</summary>
    internal ulong Block { get; set; }

    /// <summary>The first word.</summary>
    internal ulong Low => Block + ObjectOffset.StackWords;

    /// <summary>Flows that run or were saved on it, and the thread whose own stack it is.</summary>
    internal int Users { get; set; }

    /// <summary>The flow whose words lie on it.</summary>
    internal Flow? Resident { get; set; }
}

/// <summary>The words that one block of a flow leaves on the C stack: the local variables of the C functions that will undo it.</summary>
internal static class Record
{
    /// <summary>Block kind, argument above bit 8, <see cref="IsEntry"/>, the frame's label above bit 24, the levels of recursion above bit 32.</summary>
    internal const int Header = 0;

    /// <summary>The block's frame (owned up to 3.10), or 0.</summary>
    internal const int Frame = 1;

    /// <summary>handler: the exception handled before · generator: the generator · context: the Context entered · jit: the executor before ·
    /// recovering: the value before. All owned.</summary>
    internal const int Saved = 2;

    /// <summary>callback: the event traced before.</summary>
    internal const int SavedEvent = 3;

    /// <summary>3.10 to 3.12: the cframe of the interpreter loop.</summary>
    internal const int Cframe = 4;

    /// <summary>3.12 on: the entry frame of the interpreter loop.</summary>
    internal const int EntryFrame = Cframe + CframeOffset.Words;

    /// <summary>The size.</summary>
    internal const int Words = EntryFrame + FrameOffset.Words;

    /// <summary>Header bit: the frame was entered from C, so that it has an interpreter loop of its own.</summary>
    internal const ulong IsEntry = 1UL << 16;

    internal static BlockKind Kind(ulong header) => (BlockKind)(header & 0xFF);

    internal static int Argument(ulong header) => (int)(header >> 8) & 0xFF;

    internal static byte Label(ulong header) => (byte)(header >> 24);

    internal static int Levels(ulong header) => (byte)(header >> 32);

    internal static ulong HeaderOf(BlockKind kind, int argument, CPythonVersion version) => (ulong)kind | ((ulong)argument << 8)
        | ((ulong)Blocks.Label(kind, argument) << 24) | ((ulong)Blocks.Levels(kind, argument, version) << 32);
}

/// <summary>One flow of blocks: what the switcher knows of it. Everything the interpreter knows is in simulated memory.</summary>
internal sealed class Flow
{
    /// <summary>The stack it runs on.</summary>
    internal CStack Stack { get; set; } = null!;

    /// <summary>The thread it runs on.</summary>
    internal SimThread Thread { get; set; } = null!;

    /// <summary>The first free word.</summary>
    internal ulong Top { get; set; }

    /// <summary>The heap block that its words were copied out to, or 0.</summary>
    internal ulong Stash { get; set; }

    /// <summary>Blocks it is inside of.</summary>
    internal int Blocks { get; set; }

    /// <summary>Labelled frames among them.</summary>
    internal int Frames { get; set; }

    /// <summary>The frames that it linked into the thread state's chain and has not taken out of it, entry frames among them.</summary>
    internal int Links { get; set; }

    /// <summary>Depth when it began, before what a spawned context adds.</summary>
    internal long BaseDepth { get; set; }

    /// <summary>Whether a switcher started it, and it may have begun deeper than its base.</summary>
    internal bool IsSpawned { get; set; }

    /// <summary>When it was suspended: whether a handler could be pushed on it.</summary>
    internal bool TakesHandler { get; set; }

    /// <summary>What it owned when it was suspended: with the words of its stack, all that an abandoned flow keeps alive.</summary>
    internal (ulong Exception, ulong Context, ulong Chunk, ulong Executor) Roots { get; set; }

    /// <summary>The address of the words, wherever they are now.</summary>
    internal ulong Low => Stash != 0 ? Stash + ObjectOffset.StackWords : Stack.Low;
}

/// <summary>Hands out stacks and flows, and moves the words of flows.</summary>
internal sealed class CStackSwitcher(Memory memory, Heap heap)
{
    private readonly List<CStack> _stacks = [];
    private readonly List<Flow> _flows = [];
    private int _usedStacks;
    private int _usedFlows;
    private readonly Stack<CStack> _freeStacks = new();
    private readonly Stack<Flow> _freeFlows = new();

    internal void Reset()
    {
        _usedStacks = _usedFlows = 0;
        _freeStacks.Clear();
        _freeFlows.Clear();
    }

    /// <summary>A stack without users.</summary>
    /// <param name="block">Its heap block; 0 for a new one.</param>
    internal CStack Rent(ulong block = 0)
    {
        if (!_freeStacks.TryPop(out CStack? stack))
        {
            if (_usedStacks == _stacks.Count)
            {
                _stacks.Add(new());
            }

            stack = _stacks[_usedStacks++];
        }

        stack.Block = block != 0 ? block : heap.Allocate(ObjectKind.CStack);
        stack.Users = 0;
        stack.Resident = null;
        return stack;
    }

    /// <summary>A user of the stack is gone.</summary>
    internal void Leave(CStack stack)
    {
        if (--stack.Users <= 0)
        {
            heap.Free(stack.Block, ObjectKind.CStack);
            stack.Resident = null;
            _freeStacks.Push(stack);
        }
    }

    /// <summary>A flow that begins to run on a stack.</summary>
    internal Flow Begin(SimThread thread, CStack stack)
    {
        if (!_freeFlows.TryPop(out Flow? flow))
        {
            if (_usedFlows == _flows.Count)
            {
                _flows.Add(new());
            }

            flow = _flows[_usedFlows++];
        }

        flow.Thread = thread;
        flow.Stack = stack;
        flow.Top = stack.Low;
        flow.Stash = 0;
        flow.Blocks = flow.Frames = flow.Links = 0;
        flow.BaseDepth = 0;
        flow.IsSpawned = false;
        flow.Roots = default;
        stack.Users++;
        stack.Resident = flow;
        return flow;
    }

    /// <summary>A flow that will never run again; its words are gone.</summary>
    internal void End(Flow flow)
    {
        CStack stack = flow.Stack;
        if (flow.Stash != 0)
        {
            heap.Free(flow.Stash, ObjectKind.Stash);
            flow.Stash = 0;
        }
        else if (stack.Resident == flow)
        {
            memory.Span(stack.Low, (int)(flow.Top - stack.Low)).Fill(Memory.Vacated);
        }

        if (stack.Resident == flow)
        {
            stack.Resident = null;
        }

        Leave(stack);
        _freeFlows.Push(flow);
    }

    /// <summary>Copies the words of a flow out and overwrites the range.</summary>
    internal void Evict(Flow flow)
    {
        CStack stack = flow.Stack;
        int words = (int)(flow.Top - stack.Low);
        if (words != 0 && flow.Stash == 0)
        {
            flow.Stash = heap.Allocate(ObjectKind.Stash);
            Span<ulong> range = memory.Span(stack.Low, words);
            range.CopyTo(memory.Span(flow.Stash + ObjectOffset.StackWords, words));
            range.Fill(Memory.Vacated);
        }

        if (stack.Resident == flow)
        {
            stack.Resident = null;
        }
    }

    /// <summary>Puts the words of a flow back where they were, after evicting whoever is there now.</summary>
    /// <returns>Whether anything had to be moved for it.</returns>
    internal bool MoveIn(Flow flow)
    {
        CStack stack = flow.Stack;
        if (stack.Resident == flow)
        {
            return false;
        }

        if (stack.Resident is { } other)
        {
            Evict(other);
        }

        stack.Resident = flow;
        if (flow.Stash != 0)
        {
            int words = (int)(flow.Top - stack.Low);
            memory.Span(flow.Stash + ObjectOffset.StackWords, words).CopyTo(memory.Span(stack.Low, words));
            heap.Free(flow.Stash, ObjectKind.Stash);
            flow.Stash = 0;
        }

        return true;
    }
}
