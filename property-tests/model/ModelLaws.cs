using FsCheck.Xunit;
using PyState.Conformance.Engine;
using PyState.Spec.Model;
using ThreadState = PyState.Spec.Model.ThreadState;

namespace PyState.PropertyTests.Model;

/// <summary>The model's own laws. Each is one sentence of SPEC.md that holds on every step of every script, for every version.</summary>
public class ModelLaws
{
    [Property(MaxTest = 60)]
    public bool A_command_that_does_not_apply_changes_nothing(ulong seed) =>
        Walk.Steps(seed).All(s => s.Outcome.Status != Status.Inapplicable || Walk.Same(s.Before, s.After));

    [Property(MaxTest = 60)]
    public bool After_an_error_of_the_api_the_state_is_as_before(ulong seed) =>
        Walk.Steps(seed).All(s => !Attribution.IsRefusal(s.Outcome.Status) || Walk.Same(s.Before, s.After));

    [Property(MaxTest = 60)]
    public bool The_components_of_the_running_flow_are_what_its_blocks_say(ulong seed) =>
        Walk.Steps(seed).All(s =>
        {
            Flow flow = s.After.Threads[s.After.Active].Flow;
            Block[] blocks = [.. Enumerable.Range(0, flow.Blocks.Count).Select(i => new Block(flow.Blocks[i]))];
            return Labels(flow.Frames).SequenceEqual(blocks.Where(b => b.HasFrame).Select(b => b.Packed))
                && blocks.Where(b => b.Kind == BlockKind.Handler).Select((b, i) => (flow.Handled[i] >> 4, b.Argument)).All(p => p.Item1 == p.Argument || p.Item1 == 0) // 0: cleared
                && flow.Tracing == blocks.Count(b => b.Kind == BlockKind.Callback)
                && flow.Trash == blocks.Count(b => b.Kind == BlockKind.Trashcan)
                && flow.DataStack == blocks.Count(b => b.HasFrame && b.Kind != BlockKind.Generator)
                && flow.Overflow == blocks.Count(b => b.Kind == BlockKind.Recovering)
                && flow.Executor == blocks.Count(b => b.Kind == BlockKind.Jit)
                && flow.CDepth - flow.BaseCDepth == (s.Semantics.HasCDepth ? blocks.Count(b => b.Kind is BlockKind.Repr or BlockKind.Native) : 0);
        });

    [Property(MaxTest = 60)]
    public bool Save_leaves_every_context_local_component_ready_and_every_thread_wide_one_alone(ulong seed) =>
        Walk.Steps(seed).Where(s => s.Command.Op == Op.Save && s.Outcome.Status == Status.Ok).All(s =>
        {
            ThreadState thread = s.After.Threads[s.After.Active];
            Flow flow = thread.Flow;
            bool ready = flow.Frames.IsEmpty && flow.Handled.IsEmpty && flow.Context == 0 && flow.Depth == flow.BaseDepth
                && (flow.Tracing | flow.DataStack | flow.Trash | flow.Overflow | flow.Executor) == 0;
            return ready && s.Before.WideNow() == s.After.WideNow();
        });

    [Property(MaxTest = 60)]
    public bool Restore_brings_back_what_Save_took_and_touches_nothing_thread_wide(ulong seed) =>
        Walk.Steps(seed).Where(s => s.Command.Op == Op.Restore && s.Outcome.Status == Status.Ok).All(s =>
        {
            Flow saved = s.Before.Slots[s.Command.A].Flow;
            Flow now = s.After.Threads[s.After.Active].Flow;
            bool async = s.Before.WideNow().Async != s.After.WideNow().Async; // delivered at once, into the restored flow
            return s.Before.WideNow() with { Async = 0 } == s.After.WideNow() with { Async = 0 }
                && (async || SameComponents(saved, now))
                && s.After.Slots[s.Command.A].Status == SlotStatus.Consumed;
        });

    [Property(MaxTest = 60)]
    public bool What_one_context_does_inside_itself_no_suspended_one_observes(ulong seed) =>
        Walk.Steps(seed)
            .Where(s => CommandTable.AlphabetOf(s.Command.Op) == Alphabet.Structural
                && s.Command.Op is not (Op.End or Op.ExitThread or Op.Fork or Op.Finalize))
            .All(s => Enumerable.Range(0, 5).All(i => SameComponents(s.Before.Slots[i].Flow, s.After.Slots[i].Flow)));

    [Property(MaxTest = 30)]
    public bool A_fresh_context_is_ready_but_for_the_declared_choices(ulong seed, FreshContext context, FreshDepth depth, FinishTo finish, bool separate) =>
        Walk.Steps(seed, s => s with { FreshContext = context, FreshDepth = depth, FinishTo = finish, SeparateStacks = separate })
            .Where(s => s.Command.Op == Op.Switch && s.Outcome.Status == Status.Ok && s.Before.Slots[s.Command.A].Status == SlotStatus.Born)
            .All(s =>
            {
                Flow starter = s.Before.Threads[s.Before.Active].Flow;
                Flow fresh = s.After.Threads[s.After.Active].Flow;
                return fresh.Frames.IsEmpty && (fresh.Tracing | fresh.DataStack | fresh.Trash | fresh.Overflow) == 0
                    && fresh.CDepth == (separate ? 0 : starter.CDepth) && fresh.BaseCDepth == fresh.CDepth && fresh.BaseDepth == fresh.Depth
                    && fresh.Depth == (depth == FreshDepth.Inherit ? starter.Depth : 0)
                    && (context == FreshContext.Empty ? fresh.Context == 0 : starter.Context == 0 || fresh.Context != 0);
            });

    [Property(MaxTest = 60)]
    public bool The_walk_ends_with_no_more_than_the_fifteen_Context_objects_there_are(ulong seed) =>
        Walk.Steps(seed).All(s => s.After.Threads[s.After.Active].Flow.Context <= 15 && (s.After.ContextsInUse & 1) == 1);

    [Property(MaxTest = 40)]
    public bool The_order_of_operations_on_different_handles_does_not_matter(ulong seed) =>
        Walk.Steps(seed).Where(s => s.Before.Alphabet == Alphabet.Api).Select((s, i) => (Step: s, Pair: PairOf(seed, i))).All(p =>
        {
            (State there, State back) = (p.Step.Before, p.Step.Before);
            Outcome one = Machine.Step(p.Step.Semantics, ref there, p.Pair.One);
            Outcome other = Machine.Step(p.Step.Semantics, ref there, p.Pair.Other);
            return Machine.Step(p.Step.Semantics, ref back, p.Pair.Other) == other && Machine.Step(p.Step.Semantics, ref back, p.Pair.One) == one && Walk.Same(there, back);
        });

    // Two operations on different handles, at most one of which moves the running flow.
    private static (Command One, Command Other) PairOf(ulong seed, int step)
    {
        var random = new Rng(seed ^ ((ulong)step * 0x9E3779B97F4A7C15));
        Op[] still = [Op.New, Op.Discard, Op.Drop, Op.Top, Op.Traverse, Op.Clear];
        Op[] any = [.. still, Op.Save, Op.Restore];
        int handle = random.Below(4);
        return (new Command(any[random.Below(any.Length)], (byte)handle), new Command(still[random.Below(still.Length)], (byte)((handle + 1 + random.Below(3)) % 4)));
    }

    private static byte[] Labels(ByteStack stack) => [.. Enumerable.Range(0, stack.Count).Select(i => stack[i])];

    private static bool SameComponents(Flow one, Flow other) =>
        one.Blocks == other.Blocks && one.Frames == other.Frames && one.Handled == other.Handled && one.Depth == other.Depth
        && one.CDepth == other.CDepth && one.Tracing == other.Tracing && one.DataStack == other.DataStack && one.Trash == other.Trash
        && one.Overflow == other.Overflow && one.Executor == other.Executor && one.Context == other.Context;
}
