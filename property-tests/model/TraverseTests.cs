// What the garbage collector is told that a saved state owns, for every way to get there in a few steps.

using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Model;

/// <summary>INTRO-05, exhaustively: every sequence of the steps that give a state something to own, on every version.</summary>
public sealed class TraverseTests
{
    private const int Longest = 4;

    private static readonly Command[] Steps = [new(Op.Var, 0, 1), new(Op.Except, 1), new(Op.Jit, 1), new(Op.Generator, 0), new(Op.Call, 1)];

    public static TheoryData<int> Minors => [.. Profiles.All.Select(p => p.Minor)];

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_state_owns_its_Context_object_the_exception_handled_outside_of_generators_and_its_executor(int minor)
    {
        var semantics = Semantics.For(Profiles.Of(minor));
        int tried = 0;
        foreach (Command[] steps in Enumerable.Range(0, Longest + 1).SelectMany(length => ShortScripts.Of(Steps, length)))
        {
            State state = State.Initial(semantics, Alphabet.Api);
            if (!steps.All(s => Machine.Step(semantics, ref state, s).Status == Status.Ok))
            {
                continue; // a generator is entered twice, or there is no JIT
            }

            _ = Machine.Step(semantics, ref state, new Command(Op.New));
            _ = Machine.Step(semantics, ref state, new Command(Op.Save, 0, 1));
            Outcome seen = Machine.Step(semantics, ref state, new Command(Op.Traverse));

            Op[] ops = [.. steps.Select(s => s.Op)];
            int owned = Owns(ops.Contains(Op.Var)) + Owns(ops.TakeWhile(o => o != Op.Generator).Contains(Op.Except)) + Owns(semantics.HasExecutor && ops.Contains(Op.Jit));
            Assert.True(seen.Probe == owned, $"{string.Join("; ", steps)}: {seen.Probe} references instead of {owned}");

            // Clear takes it all where there are no frames, and nothing where there are (INTRO-06).
            _ = Machine.Step(semantics, ref state, new Command(Op.Clear));
            int left = ops.Any(o => o is Op.Call or Op.Generator or Op.Jit) ? owned : 0;
            Assert.Equal(left, Machine.Step(semantics, ref state, new Command(Op.Traverse)).Probe);
            tried++;
        }

        Assert.True(tried > 100);
    }

    [Fact]
    public void An_exception_that_clear_took_is_not_owned_again_when_another_is_handled_in_a_generator_above_it()
    {
        var semantics = Semantics.For(Profiles.All[^1]);
        State state = State.Initial(semantics, Alphabet.Api);
        Command[] steps =
        [
            new(Op.Except, 1), new(Op.New), new(Op.Save, 0, 1), new(Op.Clear), new(Op.Restore), new(Op.Generator, 0), new(Op.Except, 2), new(Op.New, 1), new(Op.Save, 1, 1),
        ];
        Assert.All(steps, s => Assert.Equal(Status.Ok, Machine.Step(semantics, ref state, s).Status));
        Assert.Equal(0, Machine.Step(semantics, ref state, new Command(Op.Traverse, 1)).Probe);
    }

    private static int Owns(bool something) => something ? 1 : 0;
}
