// What an implementation cannot show because it leaves out a command is not observable, and what it can show is judged.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.PropertyTests.Model;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Engine;

// Clauses are given by their names in the code: nothing here stands behind what one says, and docs/traceability.md is to list none of it.
public sealed class WithoutCommandTests
{
    // Bounds in commands, not in time: so few at least, to come by what should not be there, and so many at most.
    private const long Fewest = 150_000;
    private const long Most = 1_200_000;
    private const int Length = 40;

    // Together they have every clause.
    private static readonly int[] Minors = [8, 12, 15];

    // Scripts for what random ones come by too seldom, once the command that usually does it is gone.
    private static readonly (Alphabet Alphabet, string Script)[] Rare =
    [
        (Alphabet.Api, "thread 1; new 0 0; call 0; save 0 0; thread 0; fork; restore 0"), // an abandoned state without exit-thread
        (Alphabet.Api, $"{Calls(9)}new 0 0; save 0 1; limit 2; restore 0; call 0"), // a depth beyond the limit without headroom
        (Alphabet.Switcher, $"spawn 1; {Calls(11)}switch 1; limit 2; switch 0; call 0"), // the same in the other alphabet
        (Alphabet.Api, $"call 0; new 0 0; save 0 0; limit 2; {Calls(12)}leave"), // the depth that Save keeps on the same stack, without headroom
        (Alphabet.Switcher, $"spawn 1; switch 1; {Calls(12)}switch 0; {Calls(12)}async 1; switch 1"), // an asynchronous exception that waits for want of room, without new or save
    ];

    public static TheoryData<Op> Ops { get; } = [.. Enum.GetValues<Op>()];

    /// <summary>Without a command, a clause is observable if and only if scripts of the others exercise it.</summary>
    /// <param name="left">The command that is left out; <see cref="Op.End"/> for none.</param>
    [Theory]
    [MemberData(nameof(Ops))]
    public void What_is_observable_without_a_command_is_what_the_others_can_exercise(Op left)
    {
        var wrong = new List<string>();
        foreach (int minor in Minors)
        {
            Capabilities full = SimulatedCapabilities.For(Profiles.Of(minor));
            Capabilities capabilities = full with { Commands = full.Commands.Where(o => o != left).ToHashSet() };
            ILookup<bool, ClauseId> clauses = Catalogue.All.Select(c => c.Id).ToLookup(c => Observability.Of(c, capabilities) is null);
            ClauseSet observable = clauses[true].Aggregate(default(ClauseSet), (set, c) => set.With(c));
            ClauseSet exercised = Exercised(capabilities, observable);
            wrong.AddRange(clauses[true].Where(c => !exercised.Has(c)).Select(c => $"3.{minor}: {c.Text()} is observable, and nothing exercises it"));
            wrong.AddRange(clauses[false].Where(exercised.Has).Select(c => $"3.{minor}: {c.Text()} is exercised, but {Observability.Of(c, capabilities)!.Reason}"));
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    /// <summary>A clause with an alternative stays observable until the last of them is left out.</summary>
    /// <param name="clause">The clause.</param>
    /// <param name="needs">The reason, when all are left out.</param>
    /// <param name="alternatives">Commands of which each will do.</param>
    [Theory]
    [InlineData("Restore15", "needs the command discard or exit-thread or fork", Op.Discard, Op.ExitThread, Op.Fork)]
    [InlineData("Restore16", "needs the command exit-thread or fork", Op.ExitThread, Op.Fork)]
    [InlineData("Intro07", "needs the command new or detach or finalize", Op.New, Op.Detach, Op.Finalize)]
    [InlineData("Ready05", "needs the command callback or ctrace", Op.Callback, Op.CTrace)]
    [InlineData("Ready08", "needs the command new", Op.New, Op.Spawn)] // either alphabet
    [InlineData("Discard01", "needs the command discard", Op.Discard)]
    public void One_of_several_commands_is_enough(string clause, string needs, params Op[] alternatives)
    {
        ClauseId id = Enum.Parse<ClauseId>(clause);
        Capabilities full = SimulatedCapabilities.For(Profiles.Of(12));
        Capabilities Without(IEnumerable<Op> left) => full with { Commands = full.Commands.Except(left).ToHashSet() };
        Assert.All(alternatives, one => Assert.Null(Observability.Of(id, Without(alternatives.Where(o => o != one)))));
        Assert.Equal(new Observability.Obstacle(VerdictKind.NotObservable, needs), Observability.Of(id, Without(alternatives)));
    }

    /// <summary>A limit that no script reaches does in no command's place.</summary>
    [Fact]
    public void A_limit_that_is_out_of_reach_shows_no_depth()
    {
        Capabilities full = SimulatedCapabilities.For(Profiles.Of(12));
        Capabilities blind = full with { Commands = full.Commands.Where(o => o != Op.Headroom).ToHashSet(), Channels = full.Channels & ~Channels.Raw };
        ClauseId depth = Enum.Parse<ClauseId>("Ready03");
        Assert.Null(Observability.Of(depth, blind));
        Assert.Equal("needs the command headroom", Observability.Of(depth, blind with { Semantics = blind.Semantics with { Limits = [1000, 800, 600] } })?.Reason);
    }

    /// <summary>What needs another thread is not observable where there is none.</summary>
    /// <param name="clause">The clause.</param>
    [Theory]
    [InlineData("Restore16")]
    [InlineData("Restore18")]
    [InlineData("Switch07")]
    [InlineData("Ambient07")]
    public void One_thread_shows_nothing_of_another(string clause)
    {
        ClauseId id = Enum.Parse<ClauseId>(clause);
        Assert.Equal("needs a second thread", Observability.Of(id, SimulatedCapabilities.For(Profiles.Of(12)) with { Threads = 1 })?.Reason);
    }

    private static string Calls(int count) => string.Concat(Enumerable.Repeat("call 0; ", count));

    private static ClauseSet Exercised(Capabilities capabilities, ClauseSet wanted)
    {
        ClauseSet exercised = default;
        foreach ((Alphabet alphabet, string text) in Rare)
        {
            var script = new Script(alphabet, [.. ShortScripts.Parsed(text)]);
            if (Campaign.Offers(capabilities, script))
            {
                State state = State.Initial(capabilities.Semantics, alphabet);
                foreach (Command command in script.Commands)
                {
                    State before = state;
                    Outcome outcome = Machine.Step(capabilities.Semantics, ref state, command);
                    exercised = exercised.Union(Exercise.Of(capabilities.Semantics, in before, command, in state, in outcome, rawShown: true));
                }
            }
        }

        ScriptWalk[] walks = [.. capabilities.Alphabets.Select(a => new ScriptWalk(new ScriptGenerator(capabilities, a)))];
        State[] initial = [.. walks.Select(w => State.Initial(capabilities.Semantics, w.Alphabet))];
        long commands = 0;
        for (long number = 0; commands < Fewest || (commands < Most && exercised.Union(wanted) != exercised); number++)
        {
            int turn = (int)(number % walks.Length);
            ScriptWalk walk = walks[turn];
            int length = walk.Begin(new ScriptSeed(1, number), Length);
            State before = initial[turn];
            for (int i = 0; i <= length; i++)
            {
                State after = before;
                Outcome outcome;
                Command command = new(Op.End);
                if (i < length)
                {
                    command = walk.Next(out outcome);
                    after = walk.State;
                    Assert.True(Campaign.Offers(capabilities, command), $"{command} is drawn, and is not offered");
                }
                else
                {
                    outcome = Machine.Step(capabilities.Semantics, ref after, command);
                }

                exercised = exercised.Union(Exercise.Of(capabilities.Semantics, in before, command, in after, in outcome, rawShown: true));
                before = after;
            }

            commands += length + 1;
        }

        return exercised;
    }
}
