// A Context object that nobody refers to is made use of again, and one that somebody refers to never is.

using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Model;

/// <summary>The model has fifteen Context objects; a script makes as many as it likes. Everything that can refer to one does here, with values of its own, while forty others come and go.</summary>
public sealed class ContextReuseTests
{
    private const int Others = 40;

    private static readonly Semantics Semantics = Semantics.For(Profiles.All[^1]);
    private State state = State.Initial(Semantics, Alphabet.Api);

    [Fact]
    public void Threads_saved_states_and_the_scripts_own_keep_theirs()
    {
        // The script's own two, which nobody has entered any more.
        foreach (int k in new[] { 0, 1 })
        {
            Do(Op.Context, k);
            Set(1, 1 + k);
            Do(Op.Leave);
        }

        for (int thread = 0; thread < 3; thread++)
        {
            Do(Op.Thread, thread);
            Do(Op.New, thread);
            Set(2, 1 + thread);
            Do(Op.Save, thread, 1);
            Set(3, 1 + thread);
        }

        Do(Op.Thread, 0);
        ManyComeAndGo(0);
        for (int thread = 0; thread < 3; thread++)
        {
            Do(Op.Thread, thread);
            Assert.Equal((3, 1 + thread), Variables());
            Do(Op.Restore, thread);
            Assert.Equal((2, 1 + thread), Variables());
        }

        Do(Op.Thread, 0);
        foreach (int k in new[] { 0, 1 })
        {
            Do(Op.Context, k);
            Assert.Equal((1, 1 + k), Variables());
            Do(Op.Leave);
        }
    }

    [Fact]
    public void What_Context_run_has_to_give_back_is_kept()
    {
        Set(2, 1);
        Do(Op.Context, 0);
        Set(2, 2);
        Do(Op.Context, 1);
        Set(2, 3);
        ManyComeAndGo(2);

        Assert.Equal((2, 3), Variables());
        Do(Op.Leave);
        Assert.Equal((2, 2), Variables());
        Do(Op.Leave);
        Assert.Equal((2, 1), Variables());
    }

    [Fact]
    public void One_that_a_saved_state_gave_up_is_not_in_the_way_and_the_one_that_it_was_given_stays()
    {
        Do(Op.Context, 0);
        Set(3, 3);
        Do(Op.Leave);
        Do(Op.New);
        Set(1, 2);
        Do(Op.Save, 0, 1);
        Do(Op.SetContext, 0, 0);
        ManyComeAndGo(0);
        Do(Op.Restore);
        Assert.Equal((3, 3), Variables());
    }

    [Fact]
    public void One_that_only_two_saved_states_share_stays()
    {
        Do(Op.Context, 0);
        Set(3, 3);
        Do(Op.Leave);
        foreach (int h in new[] { 0, 1, 2 })
        {
            Do(Op.New, h);
            Set(1, 1);
            Do(Op.Save, h, 1);
        }

        Do(Op.SetContext, 0, 0);
        Do(Op.SetContext, 1, 0);
        Do(Op.GetContext, 2, 0); // the script's own is another one from now on
        ManyComeAndGo(0);
        foreach (int h in new[] { 0, 1 })
        {
            Do(Op.Restore, h);
            Assert.Equal((3, 3), Variables());
        }
    }

    [Fact]
    public void One_that_only_two_threads_share_stays()
    {
        Do(Op.Context, 0);
        Set(3, 3);
        Do(Op.Leave);
        foreach (int thread in new[] { 0, 1 })
        {
            Do(Op.Thread, thread);
            Do(Op.New, thread);
            Do(Op.Save, thread, 1);
            Do(Op.SetContext, thread, 0);
            Do(Op.Restore, thread);
        }

        Do(Op.New, 2);
        Do(Op.Save, 2, 1);
        Set(1, 1);
        Do(Op.Drop, 0);
        Do(Op.New, 0);
        Do(Op.Save, 0, 1);
        Do(Op.GetContext, 0, 0); // the script's own is another one from now on
        Do(Op.Restore, 2);
        Do(Op.Thread, 2); // saves no flow that has it
        ManyComeAndGo(0);
        foreach (int thread in new[] { 0, 1 })
        {
            Do(Op.Thread, thread);
            Assert.Equal((3, 3), Variables());
        }
    }

    // Fresh flows of the running thread, which leave what they run on and each make a Context object: empty, whatever was in its place before.
    private void ManyComeAndGo(int frames)
    {
        Assert.Equal(frames, state.Threads[state.Active].Flow.Blocks.Count);
        Do(Op.New, 3);
        for (int i = 0; i < Others; i++)
        {
            Do(Op.Save, 3, 1);
            Assert.Equal((0, 0), Variables());
            Do(Op.Var, i % 2, 1);
            Assert.Equal(i % 2 == 0 ? (1, 0) : (0, 1), Variables());
            Do(Op.Restore, 3);
            Do(Op.Drop, 3);
            Do(Op.New, 3);
        }
    }

    private void Set(int first, int second)
    {
        Do(Op.Var, 0, first);
        Do(Op.Var, 1, second);
    }

    private (int First, int Second) Variables()
    {
        var outcome = new Outcome(Status.Ok);
        Machine.Observe(Semantics, in state, in outcome, out Observation seen);
        return (seen.Vars & 15, seen.Vars >> 4);
    }

    private void Do(Op op, int a = 0, int b = 0) => Assert.Equal(Status.Ok, Machine.Step(Semantics, ref state, new Command(op, (byte)a, (byte)b)).Status);
}
