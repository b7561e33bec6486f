// Laws about what happened before: each keeps its own account of a script, and the model's state has to agree with it after every step.

using FsCheck.Xunit;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;
using ThreadState = PyState.Spec.Model.ThreadState;

namespace PyState.PropertyTests.Model;

/// <summary>What a flow knows to have changed while it was away, and the variants of the model for implementations that share or separate what they should not.</summary>
public class HistoryLaws
{
    private const Deviations PerContext = Deviations.TraceFunctionPerContext | Deviations.ProfileFunctionPerContext | Deviations.ThreadLocalsPerContext;

    [Property(MaxTest = 60)]
    public bool A_restored_flow_says_what_changed_between_its_Save_and_its_Restore(ulong seed) => Walk.Scripts(seed).All(script =>
    {
        var leftAt = new WideValues[5];
        foreach (Walk.Step s in script.Where(s => s.Outcome.Status == Status.Ok))
        {
            if (Restored(s) is { } slot && s.After.Threads[s.After.Active].Flow.Changed != Difference(leftAt[slot], s.Before.WideNow()))
            {
                return false;
            }

            if (Saved(s) is { } left)
            {
                leftAt[left] = s.Before.WideNow();
            }
        }

        return true;
    });

    [Property(MaxTest = 60)]
    public bool A_flow_says_whether_it_is_fresh_or_was_restored(ulong seed) =>
        Walk.Steps(seed).Where(s => s.Command.Op is not (Op.End or Op.Thread or Op.ExitThread)).All(s =>
        {
            bool begins = s.Before.Alphabet == Alphabet.Switcher && Moves(s) && s.Before.Slots[s.After.Threads[s.After.Active].Current].Status == SlotStatus.Born;
            Origin expected = s.Outcome.Status != Status.Ok || !(Moves(s) || s.Command.Op is Op.Save or Op.Restore) ? s.Before.Threads[s.Before.Active].Flow.Origin
                : begins || s.Command.Op == Op.Save ? Origin.Fresh
                : Origin.Restored;
            return s.After.Threads[s.After.Active].Flow.Origin == expected;
        });

    [Property(MaxTest = 60)]
    public bool What_abandoned_a_state_last_is_known(ulong seed) => Walk.Steps(seed).Where(s => s.Command.Op != Op.End).All(s =>
        s.After.LastAbandonedBy == (s.After.AbandonedStates > s.Before.AbandonedStates ? s.Command.Op : s.Before.LastAbandonedBy)
        && s.Before.AbandonedStates <= s.After.AbandonedStates);

    [Property(MaxTest = 60)]
    public bool Where_the_nesting_of_callbacks_is_shared_it_is_the_number_of_those_open_on_the_thread(ulong seed) =>
        Walk.Steps(seed, s => s with { Deviations = Deviations.TracingNestingShared }).Where(s => s.After.Alphabet == Alphabet.Switcher && !s.After.Finalizing)
            .All(s => NestsAsManyAsAreOpen(s.After));

    [Fact]
    public void The_same_of_every_short_script_in_which_contexts_with_callbacks_end()
    {
        Semantics semantics = Semantics.For(Profiles.All[^1]) with { Deviations = Deviations.TracingNestingShared };
        Command[] commands = [new(Op.Switch, 1), new(Op.Switch, 0), new(Op.Kill, 1), new(Op.Kill, 2), new(Op.Finish), new(Op.Leave), new(Op.Callback), new(Op.Switch, 2)];
        foreach (Command[] script in ShortScripts.Of(commands, 4))
        {
            State state = State.Initial(semantics, Alphabet.Switcher);
            foreach (Command command in ShortScripts.Parsed("trace 1; spawn 1; spawn 2; switch 1; callback 0; switch 0").Concat(script))
            {
                _ = Machine.Step(semantics, ref state, command);
                Assert.True(NestsAsManyAsAreOpen(state), string.Join("; ", script));
            }
        }
    }

    [Property(MaxTest = 60)]
    public bool Where_a_value_is_each_contexts_own_it_is_what_was_last_set_there(ulong seed, bool trace, bool profile, bool local)
    {
        Deviations deviations = (trace ? Deviations.TraceFunctionPerContext : 0) | (profile ? Deviations.ProfileFunctionPerContext : 0) | (local ? Deviations.ThreadLocalsPerContext : 0);
        return Walk.Scripts(seed, s => s with { Deviations = deviations }).All(script =>
        {
            // By context; what is the thread's stays in the place of its root, 0 or 4.
            var own = new (int Trace, int Profile, int Local)[5];
            foreach (Walk.Step s in script.Where(s => s.After.Alphabet == Alphabet.Switcher))
            {
                int root = s.Before.Active == 1 ? 4 : 0;
                int context = s.Before.Threads[s.Before.Active].Current;
                if (s.Outcome.Status == Status.Ok)
                {
                    switch (s.Command.Op)
                    {
                        case Op.Trace:
                            own[trace ? context : root].Trace = s.Command.A;
                            break;
                        case Op.Profile:
                            own[profile ? context : root].Profile = s.Command.A;
                            break;
                        case Op.Local:
                            own[local ? context : root].Local = s.Command.A;
                            break;
                        case Op.Spawn:
                            own[s.Command.A] = default;
                            break;
                        case Op.ExitThread or Op.Fork:
                            own[4] = default; // a fresh thread has taken the place of t1
                            break;
                    }
                }

                ThreadState thread = s.After.Threads[s.After.Active];
                int home = s.After.Active == 1 ? 4 : 0;
                if ((thread.Trace, thread.Profile, thread.Local)
                    != (own[trace ? thread.Current : home].Trace, own[profile ? thread.Current : home].Profile, own[local ? thread.Current : home].Local))
                {
                    return false;
                }
            }

            return true;
        });
    }

    [Property(MaxTest = 60)]
    public bool Where_a_function_is_each_contexts_own_a_suspended_one_is_told_what_others_of_its_thread_set(ulong seed) =>
        Walk.Scripts(seed, s => s with { Deviations = PerContext }).All(script =>
        {
            var told = new Changes[5];
            foreach (Walk.Step s in script.Where(s => s.After.Alphabet == Alphabet.Switcher && s.Outcome.Status == Status.Ok))
            {
                const Changes Functions = Changes.Trace | Changes.Profile;
                if (Restored(s) is { } slot && (s.After.Threads[s.After.Active].Flow.Changed & Functions) != told[slot])
                {
                    return false;
                }

                if (Saved(s) is { } left)
                {
                    told[left] = Changes.None;
                }

                for (int c = 0; c < 5 && s.Command.Op is Op.Trace or Op.Profile; c++)
                {
                    bool waits = s.Before.Slots[c].Status == SlotStatus.Live && s.Before.Slots[c].Thread == s.Before.Active;
                    told[c] |= !waits ? Changes.None : s.Command.Op == Op.Trace ? Changes.Trace : Changes.Profile;
                }
            }

            return true;
        });

    [Property(MaxTest = 60)]
    public bool Where_frames_run_on_those_of_the_root_are_seen_below_a_contexts_own(ulong seed) =>
        Walk.Steps(seed, s => s with { Deviations = Deviations.FramesRunOn }).All(s =>
        {
            (State after, Outcome outcome) = (s.After, s.Outcome);
            Machine.Observe(s.Semantics, in after, in outcome, out Observation seen);
            ThreadState thread = s.After.Threads[s.After.Active];
            int root = s.After.Active == 1 ? 4 : 0;
            byte[] own = Labels(thread.Flow.Frames);
            byte[] below = s.After.Alphabet == Alphabet.Switcher && thread.Current != root ? Labels(s.After.Slots[root].Flow.Frames) : [];
            byte[] all = [.. own, .. below];
            byte[] fits = all.Length > ByteStack.Capacity ? [.. all.Take(ByteStack.Capacity - 1), Observation.Truncated] : all;
            return s.Outcome.Shows != 0 || Labels(seen.Frames).SequenceEqual(fits);
        });

    private static bool NestsAsManyAsAreOpen(State state)
    {
        Flow running = state.Threads[state.Active].Flow;
        int open = Callbacks(running);
        foreach (Slot slot in state.Slots)
        {
            open += slot.Status == SlotStatus.Live && slot.Thread == state.Active ? Callbacks(slot.Flow) : 0;
        }

        return running.Tracing == open;
    }

    // The slot whose flow a step put away, and the one whose flow it brought back: a switch away and back, or a Save and a Restore.
    private static int? Saved(Walk.Step s) => s.Command.Op switch
    {
        Op.Save => s.Command.A,
        Op.Switch or Op.Throw when Moves(s) => s.Before.Threads[s.Before.Active].Current,
        _ => null,
    };

    private static int? Restored(Walk.Step s) => s.Command.Op switch
    {
        Op.Restore => s.Command.A,
        Op.Switch or Op.Throw or Op.Finish or Op.Fail when Moves(s) && s.After.Threads[s.After.Active].Flow.Origin == Origin.Restored => s.After.Threads[s.After.Active].Current,
        _ => null,
    };

    private static bool Moves(Walk.Step s) => s.Before.Threads[s.Before.Active].Current != s.After.Threads[s.After.Active].Current;

    private static Changes Difference(WideValues then, WideValues now)
    {
        Changes changes = Changes.None;
        void Note(bool differs, Changes change) => changes |= differs ? change : Changes.None;
        Note(then.Trace != now.Trace, Changes.Trace);
        Note(then.Profile != now.Profile, Changes.Profile);
        Note(then.Local != now.Local, Changes.Local);
        Note(then.Async != now.Async, Changes.Async);
        Note(then.Limit != now.Limit, Changes.Limit);
        Note((then.Trace != 0 || then.Profile != 0) != (now.Trace != 0 || now.Profile != 0), Changes.UseTracing);
        return changes;
    }

    private static int Callbacks(Flow flow) => Labels(flow.Blocks).Count(b => new Block(b).Kind == BlockKind.Callback);

    private static byte[] Labels(ByteStack stack) => [.. Enumerable.Range(0, stack.Count).Select(i => stack[i])];
}
