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

    [Theory]
    [InlineData(1, "deviating has one thread, and the trace uses 3: replay it on an implementation with as many")]
    [InlineData(2, "deviating has 2 threads, and the trace uses 3: replay it on an implementation with as many")]
    public void A_trace_with_more_threads_than_there_are_cannot_be_replayed(int threads, string words)
    {
        using var session = new Deviating(Deviations.None, Op.Thread, Op.Call) { Threads = threads };
        var script = new Script(Alphabet.Switcher, [new(Op.Thread, 2), new(Op.Call, 1)]);
        Assert.Equal(words, Assert.Throws<SetupException>(() => Replay.Run(session, script, [], ClauseId.Base01, [])).Message);
        Assert.Equal(words, Assert.Throws<SetupException>(() => Replay.Run(session, Script, [script], ClauseId.Base01, [])).Message);
    }

    [Fact]
    public void A_trace_with_a_command_that_is_not_offered_cannot_be_replayed()
    {
        using var session = new Deviating(Deviations.None);
        var script = new Script(Alphabet.Switcher, [new(Op.Spawn, 1), new(Op.Kill, 1)]);
        Assert.Equal(
            "deviating does not offer the command 'kill' that the trace uses",
            Assert.Throws<SetupException>(() => Replay.Run(session, script, [], ClauseId.Switch06, [])).Message);
    }

    private static Expectation Expected(ClauseId clause, Deviations deviation) =>
        new() { Clause = clause, Verdict = VerdictKind.Violates, Deviation = deviation.ToString(), Reason = "known", Link = "https://example.org" };

    // The model with some deviations in it, declared as what should have none.
    private sealed class Deviating(Deviations deviations, params Op[] more) : ISession
    {
        internal int Threads { get; init; } = 1;

        public Capabilities Capabilities => new()
        {
            Implementation = "deviating",
            ImplementationVersion = "1",
            Interpreter = "CPython",
            InterpreterVersion = "3.11.2",
            Alphabets = [Alphabet.Switcher],
            Commands = Script.Commands.Select(c => c.Op).Concat(more).ToHashSet(),
            Threads = Threads,
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
