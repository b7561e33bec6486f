// The recursion depth of a flow, and the limit that it is held against.

using FsCheck.Xunit;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Model;

/// <summary>Every kind of block costs another number of levels here, as it may on a real interpreter, and the limits are near.</summary>
public class DepthLaws
{
    private static readonly int[] Limits = [19, 11, 7];

    [Property(MaxTest = 60)]
    public bool The_depth_is_that_of_the_blocks_above_where_the_flow_began(ulong seed) => Walk.Steps(seed, Deeper).All(s =>
    {
        Flow flow = s.After.Threads[s.After.Active].Flow;
        return flow.Depth - flow.BaseDepth == Costs(s.Semantics, flow).Sum();
    });

    [Property(MaxTest = 60)]
    public bool What_costs_levels_is_refused_where_it_would_lead_beyond_the_limit_and_nowhere_else(ulong seed) => Walk.Steps(seed, Deeper).All(s =>
    {
        bool refused = s.Outcome.Status == Status.RecursionError;
        bool entered = s.Outcome.Status == Status.Ok && s.After.Threads[s.After.Active].Flow.Blocks.Count > s.Before.Threads[s.Before.Active].Flow.Blocks.Count;
        Flow before = s.Before.Threads[s.Before.Active].Flow;
        if ((!refused && !entered) || CostOf(s.Semantics, s.Before, before, s.Command) is not { } levels)
        {
            return true;
        }

        int limit = s.Semantics.Limits[s.Before.Limit[State.InterpreterOf(s.Before.Active)]];
        return refused == (levels > 0 && before.Depth + levels > limit);
    });

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void A_generator_is_resumed_where_it_fits_with_the_handlers_it_brings_along(int calls, bool fits)
    {
        Semantics semantics = Deeper(Semantics.For(Profiles.All[^1])) with { Limits = [10, 9, 8] };
        State state = State.Initial(semantics, Alphabet.Api);
        Command[] before = [.. ShortScripts.Parsed("generator 0; except 1; except 2; except 3; yield"), .. Enumerable.Repeat(new Command(Op.Call, 1), calls)];
        Assert.All(before, c => Assert.Equal(Status.Ok, Machine.Step(semantics, ref state, c).Status));

        State suspended = state;
        Assert.Equal(fits ? Status.Ok : Status.RecursionError, Machine.Step(semantics, ref state, new Command(Op.Generator)).Status);
        Assert.Equal(!fits, Walk.Same(suspended, state));
    }

    // As for a thread that was deep already when another one lowered the limit.
    [Fact]
    public void What_costs_no_level_is_entered_beyond_the_limit_too()
    {
        Semantics semantics = Semantics.For(Profiles.All[^1]) with { Levels = new Levels { Base = [50, 0, 0] } };
        State state = State.Initial(semantics, Alphabet.Api);
        Assert.All(ShortScripts.Parsed("thread 1; limit 2; thread 0; generator 0; call 1; except 1"), c => Assert.Equal(Status.Ok, Machine.Step(semantics, ref state, c).Status));
    }

    private static Semantics Deeper(Semantics semantics) => semantics with
    {
        Limits = Limits,
        Levels = new Levels { Of = [0, 1, 2, 3, 4, 2, 3, 2, 0, 0, 1, 2], GeneratorHandler = 2 },
    };

    // Of each block, the outermost first: a handler in the body of a generator may be built of more.
    private static IEnumerable<int> Costs(Semantics semantics, Flow flow)
    {
        bool inGenerator = false;
        for (int i = flow.Blocks.Count - 1; i >= 0; i--)
        {
            var block = new Block(flow.Blocks[i]);
            inGenerator = block.Kind == BlockKind.Generator || (inGenerator && block.Kind == BlockKind.Handler);
            yield return block.Kind == BlockKind.Handler && inGenerator ? semantics.Levels.GeneratorHandler
                : block == new Block(BlockKind.Callback, Block.CTraceFunction) ? 0
                : semantics.Levels.Of[(int)block.Kind];
        }
    }

    // Null of what enters no block itself; an asynchronous exception may arrive all the same.
    private static int? CostOf(Semantics semantics, State state, Flow flow, Command command)
    {
        Block block = command.Op switch
        {
            Op.Call => new(BlockKind.Call, command.A),
            Op.Jit => new(BlockKind.Jit, command.A),
            Op.Generator => new(BlockKind.Generator, command.A),
            Op.Callback => new(BlockKind.Callback, command.A),
            Op.CTrace => new(BlockKind.Callback, Block.CTraceFunction),
            Op.Except => new(BlockKind.Handler, command.A),
            Op.Context => new(BlockKind.Context, command.A),
            Op.Finalizer => new(BlockKind.Finalizer, 0),
            Op.Repr => new(BlockKind.Repr, 0),
            Op.Trashcan => new(BlockKind.Trashcan, 0),
            Op.Recovering => new(BlockKind.Recovering, 0),
            _ => default,
        };
        if (block.Kind == BlockKind.None)
        {
            return null;
        }

        Flow entered = flow with { Blocks = flow.Blocks.Push(block.Packed) };
        return Costs(semantics, entered).Last() + (command.Op == Op.Generator ? state.Generators[command.A].Handled.Count * semantics.Levels.GeneratorHandler : 0);
    }
}
