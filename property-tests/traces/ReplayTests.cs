// A trace is replayed for the clause it was recorded for, whatever else is known to deviate in its script.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Traces;

public sealed class ReplayTests
{
    // On an implementation with both deviations, frames that run on show in step 3 and the nesting that is shared only in step 4.
    private static readonly Script Script = new(Alphabet.Switcher, [new(Op.Trace, 1), new(Op.Spawn, 3), new(Op.Callback, 0), new(Op.Switch, 3)]);

    private static readonly Expectation[] Known =
    [
        Expected(ClauseId.Ready01, Deviations.FramesRunOn), Expected(ClauseId.Ready05, Deviations.TracingNestingShared),
    ];

    [Theory]
    [InlineData(ClauseId.Ready01)]
    [InlineData(ClauseId.Ready05)]
    public void The_deviation_that_was_recorded_is_found_behind_another_known_one(ClauseId recorded)
    {
        using var session = new Deviating(Deviations.FramesRunOn | Deviations.TracingNestingShared);
        Assert.Equal(recorded, Replay.Run(session, Script, [], recorded, Known)?.Clause);
    }

    [Fact]
    public void Where_the_recorded_one_is_mended_what_still_deviates_is_said()
    {
        using var session = new Deviating(Deviations.FramesRunOn);
        Assert.Equal(ClauseId.Ready01, Replay.Run(session, Script, [], ClauseId.Ready05, Known)?.Clause);
    }

    [Fact]
    public void Where_all_is_mended_nothing_is_found()
    {
        using var session = new Deviating(Deviations.None);
        Assert.Null(Replay.Run(session, Script, [], ClauseId.Ready05, Known));
    }

    private static Expectation Expected(ClauseId clause, Deviations deviation) =>
        new() { Clause = clause, Verdict = VerdictKind.Violates, Deviation = deviation.ToString(), Reason = "known", Link = "https://example.org" };

    // The model with some deviations in it, declared as what should have none.
    private sealed class Deviating(Deviations deviations) : ISession
    {
        public Capabilities Capabilities { get; } = new()
        {
            Implementation = "deviating",
            ImplementationVersion = "1",
            Interpreter = "CPython",
            InterpreterVersion = "3.11.2",
            Alphabets = [Alphabet.Switcher],
            Commands = Script.Commands.Select(c => c.Op).ToHashSet(),
            Channels = Channels.Status | Channels.Frames | Channels.Trace,
            Semantics = new Semantics(),
        };

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) =>
            [.. scripts.Select(s => new ScriptResult(Ending.Completed, Judge.Expected(Capabilities.Semantics with { Deviations = deviations }, s)))];

        public void Restart()
        {
        }

        public void Dispose()
        {
        }
    }
}
