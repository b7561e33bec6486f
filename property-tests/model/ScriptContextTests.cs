// The two Context objects that a script has of its own: who may take one out of a saved state or put one in.

using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Model;

/// <summary>Every case of a script's Context objects: which of the two, whose thread asks, and whether somebody has entered it.</summary>
public sealed class ScriptContextTests
{
    public static TheoryData<int, int, bool> Cases()
    {
        var cases = new TheoryData<int, int, bool>();
        foreach (int k in new[] { 0, 1 })
        {
            foreach (int thread in new[] { 0, 1, 2 })
            {
                cases.Add(k, thread, false);
                cases.Add(k, thread, true);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_that_is_entered_or_another_interpreters_cannot_stand_for_a_saved_states(int k, int thread, bool entered) =>
        Assert.Equal(thread == 2 || entered ? Status.Inapplicable : Status.Ok, Ended(Op.GetContext, k, thread, entered));

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_that_is_entered_is_refused_by_a_saved_state_and_another_interpreter_has_none_to_give(int k, int thread, bool entered) =>
        Assert.Equal(thread == 2 ? Status.Inapplicable : entered ? Status.Entered : Status.Ok, Ended(Op.SetContext, k, thread, entered));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void No_Context_object_at_all_can_be_set_by_every_thread(int thread) => Assert.Equal(Status.Ok, Ended(Op.SetContext, 2, thread, entered: false));

    // A state without a Context object, saved by the thread that asks; the main thread may have entered the script's.
    private static Status Ended(Op op, int k, int thread, bool entered)
    {
        var semantics = Semantics.For(Profiles.All[^1]);
        State state = State.Initial(semantics, Alphabet.Api);
        Status Do(Op what, int a = 0, int b = 0) => Machine.Step(semantics, ref state, new Command(what, (byte)a, (byte)b)).Status;
        Status[] made =
        [
            Do(Op.Thread, thread), Do(Op.New), Do(Op.Save, 0, 1), Do(Op.Thread, 0), entered ? Do(Op.Context, k) : Status.Ok, Do(Op.Thread, thread),
        ];
        Assert.All(made, s => Assert.Equal(Status.Ok, s));

        State before = state;
        Status status = Do(op, 0, k);
        Assert.True(status == Status.Ok || Walk.Same(before, state));
        return status;
    }
}
