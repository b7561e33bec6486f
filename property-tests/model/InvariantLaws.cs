// What holds of every state, whatever led there: the parts of a state agree with one another.

using FsCheck.Xunit;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;
using ThreadState = PyState.Spec.Model.ThreadState;

namespace PyState.PropertyTests.Model;

/// <summary>Invariants of the model's state, and the account of its frames.</summary>
public class InvariantLaws
{
    private static readonly SlotStatus[] OfContexts =
        [SlotStatus.None, SlotStatus.Born, SlotStatus.Running, SlotStatus.Live, SlotStatus.Finished, SlotStatus.Abandoned];

    private static readonly SlotStatus[] OfHandles =
        [SlotStatus.None, SlotStatus.Empty, SlotStatus.Live, SlotStatus.Consumed, SlotStatus.Discarded, SlotStatus.Abandoned, SlotStatus.Dropped];

    public static TheoryData<int> Minors => [.. Profiles.All.Select(p => p.Minor)];

    [Property(MaxTest = 60)]
    public bool A_slot_is_somewhere_in_the_life_of_what_its_alphabet_has(ulong seed) =>
        Walk.Steps(seed).All(s => s.After.Alphabet == Alphabet.Switcher
            ? Slots(s.After).All(slot => OfContexts.Contains(slot.Status))
            : Slots(s.After).Take(4).All(slot => OfHandles.Contains(slot.Status)) && s.After.Slots[4].Status == SlotStatus.None);

    [Property(MaxTest = 60)]
    public bool What_runs_on_a_switchers_thread_is_the_context_that_the_thread_names(ulong seed) =>
        Walk.Steps(seed).Where(s => s.After.Alphabet == Alphabet.Switcher && !s.After.Finalizing).All(s =>
        {
            State after = s.After;
            int[] running = [.. Enumerable.Range(0, 5).Where(c => after.Slots[c].Status == SlotStatus.Running)];
            return running.Order().SequenceEqual(Enumerable.Range(0, 2).Select(t => (int)after.Threads[t].Current).Order())
                && Enumerable.Range(0, 2).All(t => after.Slots[after.Threads[t].Current].Thread == t);
        });

    [Property(MaxTest = 60)]
    public bool A_frame_comes_with_the_block_that_is_entered_and_goes_when_it_is_left_or_stays_with_what_was_abandoned(ulong seed) =>
        Walk.Steps(seed).Where(s => s.Command.Op != Op.End).All(IsAccountedFor);

    // A fork while another thread is inside of something is rare in random scripts.
    [Fact]
    public void The_same_of_every_short_script_in_which_threads_and_interpreters_end()
    {
        var semantics = Semantics.For(Profiles.All[^1]);
        Command[] commands =
            [new(Op.Call, 1), new(Op.Thread, 0), new(Op.Thread, 1), new(Op.New), new(Op.Save, 0, 1), new(Op.Drop), new(Op.ExitThread), new(Op.Fork), new(Op.Finalize)];
        int tried = 0;
        void Extend(State state, int left)
        {
            foreach (Command command in left > 0 ? commands : [])
            {
                State next = state;
                var step = new Walk.Step(semantics, state, command, Machine.Step(semantics, ref next, command), next);
                Assert.True(IsAccountedFor(step), $"{command} with {left} to go");
                tried++;
                Extend(next, left - 1);
            }
        }

        Extend(State.Initial(semantics, Alphabet.Api), 5);
        Assert.Equal(66_429, tried); // 9 + 9² + … + 9⁵
    }

    [Property(MaxTest = 20)]
    public bool A_command_of_the_other_alphabet_never_applies(ulong seed) =>
        Walk.Steps(seed).All(s => Enum.GetValues<Op>()
            .Where(op => CommandTable.AlphabetOf(op) is var its && its != Alphabet.Structural && its != s.After.Alphabet)
            .All(op =>
            {
                State state = s.After;
                return Machine.Step(s.Semantics, ref state, new Command(op)).Status == Status.Inapplicable && Walk.Same(state, s.After);
            }));

    [Theory]
    [MemberData(nameof(Minors))]
    public void Compiled_code_runs_where_there_is_a_compiler(int minor)
    {
        VersionProfile profile = Profiles.Of(minor);
        var semantics = Semantics.For(profile);
        State state = State.Initial(semantics, Alphabet.Api);
        State before = state;
        Outcome outcome = Machine.Step(semantics, ref state, new Command(Op.Jit, 1));
        Assert.Equal(profile.HasJit ? Status.Ok : Status.Inapplicable, outcome.Status);
        Assert.Equal(!profile.HasJit, Walk.Same(before, state));
    }

    // A driver may have to build the handler in a generator's body from a frame of its own.
    [Fact]
    public void An_asynchronous_exception_waits_where_no_level_is_left_for_its_handler_and_arrives_when_one_is()
    {
        var simulated = Semantics.For(Profiles.All[^1]);
        Semantics semantics = simulated with { Levels = simulated.Levels with { GeneratorHandler = 1 } };
        State state = State.Initial(semantics, Alphabet.Api);
        Status Do(Op op, int a = 0) => Machine.Step(semantics, ref state, new Command(op, (byte)a)).Status;
        Command[] toTheLimit = [new(Op.Limit, 2), .. Enumerable.Repeat(new Command(Op.Call, 1), semantics.Limits[2] - 1), new(Op.Generator, 0)];
        Assert.All(toTheLimit, c => Assert.Equal(Status.Ok, Do(c.Op, c.A)));

        Assert.Equal(Status.Ok, Do(Op.Async, 5));
        Assert.Equal((5, true), (state.Threads[0].Async, state.Threads[0].Flow.Handled.IsEmpty));

        Assert.Equal(Status.Ok, Do(Op.Leave));
        Assert.Equal((0, 5), (state.Threads[0].Async, state.Threads[0].Flow.Handled.Top >> 4));
    }

    private static bool IsAccountedFor(Walk.Step s) =>
        (byte)Frames(s.After) == (byte)(Frames(s.Before) + (s.Outcome.Status == Status.Ok ? FramesMade(s) : 0));

    // Wherever it is: running, suspended, in a generator that is not running, or leaked.
    private static int Frames(State state)
    {
        int frames = state.AbandonedFrames;
        foreach (ThreadState thread in state.Threads)
        {
            frames += thread.Flow.Frames.Count;
        }

        foreach (GeneratorObject generator in state.Generators)
        {
            frames += generator is { Exists: true, Running: false } ? 1 : 0;
        }

        return frames + Slots(state).Sum(slot => slot.Flow.Frames.Count);
    }

    private static int FramesMade(Walk.Step s)
    {
        Flow running = s.Before.Threads[s.Before.Active].Flow;
        return s.Command.Op switch
        {
            Op.Call or Op.Finalizer or Op.Repr or Op.Trashcan or Op.Jit or Op.Callback => 1,
            Op.Generator => s.Before.Generators[s.Command.A].Exists ? 0 : 1,
            Op.Leave => new Block(running.Blocks.Top).HasFrame ? -1 : 0,
            Op.ExitThread or Op.Finish or Op.Fail => -running.Frames.Count,
            Op.Kill => -s.Before.Slots[s.Command.A].Flow.Frames.Count,
            _ => 0,
        };
    }

    private static IEnumerable<Slot> Slots(State state)
    {
        for (int i = 0; i < 5; i++)
        {
            yield return state.Slots[i];
        }
    }
}
