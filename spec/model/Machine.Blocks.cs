using System.Runtime.CompilerServices;

namespace PyState.Spec.Model;

// The blocks: what a flow of Python code enters and leaves, and how each moves the context-local components.
public static partial class Machine
{
    private static Outcome Push(Semantics semantics, ref State state, Block block) => Ended(Enter(semantics, ref state, block));

    // The one way in. Ok, or nothing has changed.
    private static Status Enter(Semantics semantics, ref State state, Block block)
    {
        ref Flow flow = ref state.Threads[state.Active].Flow;
        if (flow.Blocks.HoldsAtLeast(MaximumBlocks))
        {
            return Status.Inapplicable;
        }

        int levels = LevelsOf(semantics, in flow, block);
        if (levels > 0 && flow.Depth + levels > LimitInForce(semantics, in state))
        {
            return Status.RecursionError;
        }

        flow.Depth += (short)levels;
        flow.Blocks = flow.Blocks.Push(block.Packed);
        flow.Add(CountsOf(semantics, block));
        if (block.HasFrame)
        {
            flow.Frames = flow.Frames.Push(block.Packed);
        }

        return Status.Ok;
    }

    private static int LevelsOf(Semantics semantics, in Flow flow, Block block) =>
        block.Kind == BlockKind.Handler && HandlersInGenerator(in flow) >= 0 ? semantics.Levels.GeneratorHandler
        : block.IsCTrace ? 0
        : semantics.Levels.Of[(int)block.Kind];

    // The counts that a block holds up while it is open. A generator's frame lives in the generator object (CPython 3.11 on), every other one on the data stack.
    private static ulong CountsOf(Semantics semantics, Block block) =>
        block.IsCTrace ? Flow.One(RawValue.TracingNesting) : CountsOfKind[(int)block.Kind] & semantics.Counted;

    private static readonly ulong[] CountsOfKind =
    [
        0,
        Flow.One(RawValue.DataStack), // Call
        0,
        Flow.One(RawValue.DataStack) | Flow.One(RawValue.TracingNesting), // Callback
        Flow.One(RawValue.DataStack), // Finalizer
        Flow.One(RawValue.DataStack) | Flow.One(RawValue.CDepth), // Repr
        Flow.One(RawValue.DataStack) | Flow.One(RawValue.TrashNesting), // Trashcan
        Flow.One(RawValue.DataStack) | Flow.One(RawValue.Executor), // Jit
        0,
        0,
        Flow.One(RawValue.CDepth), // Native
        Flow.One(RawValue.OverflowState), // Recovering
        0, 0, 0, 0,
    ];

    private static Outcome Leave(Semantics semantics, ref State state)
    {
        ref ThreadState thread = ref state.Threads[state.Active];
        if (thread.Flow.Blocks.IsEmpty)
        {
            return Ended(Status.Inapplicable);
        }

        int isCall = Flag(new Block(thread.Flow.Blocks.Top).Kind == BlockKind.Call);
        byte profiled = (byte)(LeafEvent(in thread.Flow, thread.Profile) & -isCall);
        LeaveInnermost(semantics, ref state, ref thread.Flow);
        return new Outcome(Status.Ok, returned: profiled);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LeaveInnermost(Semantics semantics, ref State state, ref Flow flow)
    {
        var block = new Block(flow.Blocks.Top);
        flow.Blocks = flow.Blocks.Pop();
        flow.Depth -= (short)LevelsOf(semantics, in flow, block);
        flow.Subtract(CountsOf(semantics, block));
        if (block.HasFrame)
        {
            flow.Frames = flow.Frames.Pop();
        }

        switch (block.Kind)
        {
            case BlockKind.Handler:
                flow.Handled = flow.Handled.Pop();
                break;
            case BlockKind.Generator:
                state.Generators[block.Argument] = default;
                break;
            case BlockKind.Context:
                flow.Context = state.UserPrevious[block.Argument];
                state.UserEntered[block.Argument] = 0;
                state.UserPrevious[block.Argument] = 0;
                break;
        }
    }

    // Every block of the flow is left in order; no exception travels.
    private static void Unwind(Semantics semantics, ref State state, ref Flow flow)
    {
        while (!flow.Blocks.IsEmpty)
        {
            LeaveInnermost(semantics, ref state, ref flow);
        }
    }

    private static Outcome Except(Semantics semantics, ref State state, int exception)
    {
        ref Flow flow = ref state.Threads[state.Active].Flow;
        if (HandlersInGenerator(in flow) >= MaximumGeneratorHandlers)
        {
            return Ended(Status.Inapplicable);
        }

        int context = flow.Handled.Top >> 4;
        Status status = Enter(semantics, ref state, new Block(BlockKind.Handler, exception));
        if (status == Status.Ok)
        {
            flow.Handled = flow.Handled.Push((byte)((exception << 4) | context));
        }

        return Ended(status);
    }

    // Whether an exception could be handled here now: room for the block, and for one more handler in a generator's body.
    private static bool HasRoomForHandler(in Flow flow) =>
        !flow.Blocks.HoldsAtLeast(MaximumBlocks) && HandlersInGenerator(in flow) < MaximumGeneratorHandlers;

    // The handlers open directly in the body of the innermost generator, or -1 when the innermost block but handlers is no generator.
    private static int HandlersInGenerator(in Flow flow)
    {
        int handlers = flow.Blocks.CountInnermost(BlockKind.Handler);
        return new Block(flow.Blocks[handlers]).Kind == BlockKind.Generator ? handlers : -1;
    }

    private static Outcome EnterGenerator(Semantics semantics, ref State state, int g)
    {
        ref GeneratorObject generator = ref state.Generators[g];
        ref Flow flow = ref state.Threads[state.Active].Flow;
        int handlers = generator.Handled.Count;
        if (!OwnsSharedObjects(in state) || flow.Blocks.Count + 1 + handlers > MaximumBlocks)
        {
            return Ended(Status.Inapplicable);
        }

        if (generator.Running)
        {
            return Ended(Status.Busy);
        }

        int levels = semantics.Levels.Of[(int)BlockKind.Generator] + (handlers * semantics.Levels.GeneratorHandler);
        if (levels > 0 && flow.Depth + levels > LimitInForce(semantics, in state))
        {
            return Ended(Status.RecursionError);
        }

        _ = Enter(semantics, ref state, new Block(BlockKind.Generator, g));
        for (int i = handlers - 1; i >= 0; i--)
        {
            byte handled = generator.Handled[i];
            _ = Enter(semantics, ref state, new Block(BlockKind.Handler, handled >> 4));
            flow.Handled = flow.Handled.Push(handled);
        }

        generator = new GeneratorObject { Exists = true, Running = true };
        return Ended(Status.Ok);
    }

    private static Outcome Yield(Semantics semantics, ref State state)
    {
        ref Flow flow = ref state.Threads[state.Active].Flow;
        int handlers = HandlersInGenerator(in flow);
        if (handlers < 0)
        {
            return Ended(Status.Inapplicable);
        }

        int g = new Block(flow.Blocks[handlers]).Argument;
        var taken = new ByteStack(flow.Handled.Packed & ((UInt128.One << (8 * handlers)) - 1));
        for (int i = 0; i <= handlers; i++)
        {
            LeaveInnermost(semantics, ref state, ref flow);
        }

        state.Generators[g] = new GeneratorObject { Exists = true, Handled = taken };
        return Ended(Status.Ok);
    }

    private static Outcome EnterContext(Semantics semantics, ref State state, int k)
    {
        ref Flow flow = ref state.Threads[state.Active].Flow;
        if (!OwnsSharedObjects(in state))
        {
            return Ended(Status.Inapplicable);
        }

        if (!flow.Blocks.HoldsAtLeast(MaximumBlocks) && IsEntered(in state, state.UserContext[k]))
        {
            return Ended(Status.Entered);
        }

        Status status = Enter(semantics, ref state, new Block(BlockKind.Context, k));
        if (status == Status.Ok)
        {
            state.UserEntered[k] = 1;
            state.UserPrevious[k] = flow.Context;
            flow.Context = UserContextOf(ref state, k);
        }

        return Ended(status);
    }

    // The generators and user Context objects of a script are objects of the first interpreter; another one must not touch them.
    private static bool OwnsSharedObjects(in State state) => State.InterpreterOf(state.Active) == 0;

    private static Outcome EnterCallback(Semantics semantics, ref State state, int which)
    {
        ref ThreadState thread = ref state.Threads[state.Active];
        bool fires = which switch
        {
            0 => LeafEvent(in thread.Flow, thread.Trace) != 0,
            1 => LeafEvent(in thread.Flow, thread.Profile) != 0,
            _ => !IsInCallback(in thread.Flow), // PyThreadState_EnterTracing asks nobody; a script nests it in no other callback
        };
        return Ended(fires ? Enter(semantics, ref state, new Block(BlockKind.Callback, which)) : Status.Inapplicable);
    }

    private static bool IsInCallback(in Flow flow)
    {
        for (int i = 0; i < flow.Blocks.Count; i++)
        {
            if (new Block(flow.Blocks[i]).Kind == BlockKind.Callback)
            {
                return true;
            }
        }

        return false;
    }

    // The function that gets the events of code that runs now: none while a trace callback runs.
    private static byte LeafEvent(in Flow flow, byte function) => (byte)(function & -Flag(flow.Tracing == 0));
}
