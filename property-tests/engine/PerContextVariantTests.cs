// Values that an implementation keeps for each context instead of for the thread: once it is known to, all else of it is judged; nobody else gains by that.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Engine;

public sealed class PerContextVariantTests
{
    private const Deviations PerContext = Deviations.TraceFunctionPerContext | Deviations.ProfileFunctionPerContext | Deviations.ThreadLocalsPerContext;

    private static readonly ClauseId[] Wide = [ClauseId.Wide01, ClauseId.Wide02, ClauseId.Wide03];

    private static readonly Expectation[] Declared =
    [
        Expected(ClauseId.Wide01, "trace", Deviations.TraceFunctionPerContext),
        Expected(ClauseId.Wide02, "profile", Deviations.ProfileFunctionPerContext),
        Expected(ClauseId.Wide03, "local", Deviations.ThreadLocalsPerContext),
    ];

    private delegate void Breaks(in State after, Command command, ref Observation seen);

    [Fact]
    public void Who_declares_the_deviations_has_them_as_expected_and_every_other_clause_judged()
    {
        ImplementationReport report = Judged(Declared, PerContext, Nothing);
        Assert.DoesNotContain(report.Verdicts, v => v.IsUnexpected);
        Assert.DoesNotContain(report.Verdicts, v => v.Kind == VerdictKind.NotExercised);
        Assert.Equal(Wide, report.Verdicts.Where(v => v.Kind == VerdictKind.Violates).Select(v => v.Clause));
        Assert.Equal(VerdictKind.Conforms, Assert.Single(report.Verdicts, v => v.Clause == ClauseId.Derived04).Kind);
    }

    [Fact]
    public void Who_declares_none_is_convicted_of_all_three() =>
        Assert.Equal(Wide, Convicted(Judged([], PerContext, Nothing)));

    [Fact]
    public void Who_declares_one_is_convicted_of_the_others() =>
        Assert.Equal([ClauseId.Wide02, ClauseId.Wide03], Convicted(Judged(Declared[..1], PerContext, Nothing)));

    [Fact]
    public void Who_declares_them_and_has_the_values_for_the_thread_is_told_so() =>
        Assert.Equal(Wide, Convicted(Judged(Declared, Deviations.None, Nothing)));

    [Fact]
    public void Frames_that_lose_their_own_profile_events_when_another_context_sets_a_function_are_convicted() =>
        Assert.Equal([ClauseId.Derived04], Convicted(Judged(Declared, PerContext, (in State after, Command command, ref Observation seen) =>
            seen.Event = command.Op == Op.Leave && after.Threads[after.Active].Flow.Changed.HasFlag(Changes.Profile) ? (byte)0 : seen.Event)));

    [Fact]
    public void A_trace_function_that_comes_back_for_a_fresh_context_is_no_deviation_that_was_declared() =>
        Assert.Equal([ClauseId.Wide01], Convicted(Judged(Declared, PerContext, (in State after, Command command, ref Observation seen) =>
            seen.Trace = command is { Op: Op.Switch, A: 3 } && seen.Status == Status.Ok && after.Threads[after.Active].Flow.Origin == Origin.Fresh ? (byte)0x22 : seen.Trace)));

    [Fact]
    public void Handled_exceptions_that_are_not_restored_are_convicted() =>
        Assert.Contains(ClauseId.Restore02, Convicted(Judged(Declared, PerContext, (in State after, Command _, ref Observation seen) =>
            seen.Handled = after.Threads[after.Active].Flow.Origin == Origin.Restored ? (byte)0 : seen.Handled)));

    private static IEnumerable<ClauseId> Convicted(ImplementationReport report) => report.Verdicts.Where(v => v.IsUnexpected).Select(v => v.Clause);

    private static ImplementationReport Judged(Expectation[] expectations, Deviations deviations, Breaks breaks)
    {
        using var session = new PerContextValues(deviations, breaks);
        return Runner.Run(session, new RunOptions { Seed = 1, Commands = 150_000, Expectations = expectations }, null, CancellationToken.None);
    }

    private static Expectation Expected(ClauseId clause, string channel, Deviations deviation) => new()
    {
        Clause = clause,
        Verdict = VerdictKind.Violates,
        Channel = channel,
        Pattern = [channel, "switch"],
        Deviation = deviation.ToString(),
        Reason = "known",
        Link = "https://example.org",
    };

    private static void Nothing(in State after, Command command, ref Observation seen)
    {
    }

    // The model with deviations in it and perhaps one more thing wrong, declared as what has none.
    private sealed class PerContextValues(Deviations deviations, Breaks breaks) : ISession
    {
        private const Channels Shown = Channels.Status | Channels.Running | Channels.Frames | Channels.Handled | Channels.Vars | Channels.Trace | Channels.Profile
            | Channels.Event | Channels.Local | Channels.Probe;

        public Capabilities Capabilities { get; } = new()
        {
            Implementation = "per context",
            ImplementationVersion = "1",
            Interpreter = "CPython",
            InterpreterVersion = "3.13.0",
            Alphabets = [Alphabet.Switcher],
            Commands = CommandTable.All.Where(c => c.Alphabet != Alphabet.Api && c.Op is not (Op.End or Op.Recovering or Op.Jit or Op.Native or Op.Detach or Op.Attach or Op.Finalize)).Select(c => c.Op).ToHashSet(),
            Channels = Shown,
            Threads = 2,
            Semantics = Semantics.For(Profiles.All.Single(p => p.Minor == 13)) with { AlwaysRunsPython = true, SeparateStacks = true },
        };

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => [.. scripts.Select(s => new ScriptResult(Ending.Completed, Seen(s)))];

        public void Restart()
        {
        }

        public void Dispose()
        {
        }

        private Observation[] Seen(Script script)
        {
            Semantics wrong = Capabilities.Semantics with { Deviations = deviations };
            State state = State.Initial(wrong, script.Alphabet);
            var seen = new Observation[script.Commands.Count + 1];
            for (int i = 0; i < seen.Length; i++)
            {
                Command command = i < script.Commands.Count ? script.Commands[i] : new Command(Op.End);
                Outcome outcome = Machine.Step(wrong, ref state, command);
                Machine.Observe(wrong, in state, in outcome, out seen[i]);
                breaks(in state, command, ref seen[i]);
            }

            return seen;
        }
    }
}
