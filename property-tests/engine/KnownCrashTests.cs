// A crash that is known costs a process each time: scripts that may show it are rationed, everything else is judged, and it is still seen.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.PropertyTests.Model;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Engine;

public class KnownCrashTests
{
    private static readonly Expectation DiesOfCollecting = new()
    {
        Clause = ClauseId.Ambient01,
        Verdict = VerdictKind.Crashed,
        Build = "release",
        Pattern = ["collect"],
        Reason = "made up",
        Link = "here",
    };

    [Fact]
    public void Scripts_that_may_show_it_are_few_and_it_is_seen_as_expected()
    {
        using var session = new DiesOf(Op.Collect);
        ImplementationReport report = Runner.Run(session, new RunOptions { Seed = 3, Commands = 60_000, Expectations = [DiesOfCollecting] }, null, CancellationToken.None);
        ClauseVerdict verdict = Assert.Single(report.Verdicts, v => v.Clause == ClauseId.Ambient01);
        Assert.Equal((VerdictKind.Crashed, false), (verdict.Kind, verdict.IsUnexpected));
        Assert.DoesNotContain(report.Verdicts, v => v.IsUnexpected);

        using var unaware = new DiesOf(Op.Collect);
        _ = Runner.Run(unaware, new RunOptions { Seed = 3, Commands = 60_000 }, null, CancellationToken.None);
        Assert.InRange(session.Sent, 1, unaware.Sent / 4);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void What_is_expected_and_does_not_show_fails_a_run_unless_it_is_rare(bool rare, bool fails)
    {
        using var session = new SimulatedSession(Profiles.All[^1], new ReferenceState());
        ImplementationReport report = Runner.Run(session, new RunOptions { Seed = 3, Commands = 60_000, Expectations = [DiesOfCollecting with { Rare = rare }] }, null, CancellationToken.None);
        Assert.Equal(fails, Assert.Single(report.Verdicts, v => v.Clause == ClauseId.Ambient01).IsUnexpected);
    }

    [Fact]
    public void What_is_rare_and_shows_is_as_expected()
    {
        using var session = new DiesOf(Op.Collect);
        ImplementationReport report = Runner.Run(session, new RunOptions { Seed = 3, Commands = 60_000, Expectations = [DiesOfCollecting with { Rare = true }] }, null, CancellationToken.None);
        ClauseVerdict verdict = Assert.Single(report.Verdicts, v => v.Clause == ClauseId.Ambient01);
        Assert.Equal((VerdictKind.Crashed, false), (verdict.Kind, verdict.IsUnexpected));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_known_death_is_shown_as_it_was_drawn_where_a_process_takes_long_to_start(bool slow, bool known)
    {
        using var session = new DiesOf(Op.Collect) { StartsSlowly = slow };
        var options = new RunOptions { Seed = 3, Commands = 60_000, Expectations = known ? [DiesOfCollecting] : [] };
        Counterexample found = Assert.Single(Runner.Run(session, options, null, CancellationToken.None).Verdicts, v => v.Clause == ClauseId.Ambient01).Counterexample!;
        Assert.Equal(slow && known, found.Script.Commands.Count == found.OriginalLength);
    }

    [Theory]
    [InlineData("release", true)]
    [InlineData("debug", false)]
    public void An_expectation_of_a_build_holds_for_that_build_alone(string build, bool applies)
    {
        using var session = new DiesOf(Op.Collect);
        Assert.Equal(applies, ExpectationMatch.AppliesTo(DiesOfCollecting, session.Capabilities with { Build = build }));
        Assert.True(ExpectationMatch.AppliesTo(DiesOfCollecting with { Build = string.Empty }, session.Capabilities with { Build = build }));
    }

    [Theory]
    [InlineData(">=0.26.2 <314.0.5 || 315.0.0", "0.26.2", true)]
    [InlineData(">=0.26.2 <314.0.5 || 315.0.0", "314.0.7", false)]
    [InlineData(">=0.26.2 <314.0.5 || 315.0.0", "315.0.0a2", true)]
    [InlineData("", "1", true)]
    [InlineData("<0.26.0 || 0.26.0a4", "0.25.1", true)]
    [InlineData("<0.26.0 || 0.26.0a4", "0.26.0a4", true)]
    [InlineData("<0.26.0 || 0.26.0a4", "0.26.0", false)]
    public void An_expectation_holds_for_the_versions_of_any_of_its_ranges(string versions, string version, bool applies)
    {
        using var session = new DiesOf(Op.Collect);
        Assert.Equal(applies, ExpectationMatch.AppliesTo(DiesOfCollecting with { Versions = versions, Build = string.Empty }, session.Capabilities with { ImplementationVersion = version }));
    }

    [Theory]
    [InlineData("spawn 1; switch 1; switch 0; trace 1", true)] // 1 is suspended, and the root goes on where it was
    [InlineData("spawn 1; switch 1; switch 0; switch 1; trace 1", true)] // the other way round
    [InlineData("spawn 1; switch 1; switch 0; walk 1", true)]
    [InlineData("spawn 1; switch 1; trace 1; switch 0; switch 1", false)] // a context that begins takes memory that nobody has
    [InlineData("spawn 1; switch 1; switch 0; kill 1; trace 1", false)] // nobody is suspended
    [InlineData("spawn 1; switch 1; switch 0; spawn 2; walk 2", false)] // nobody has frames there
    [InlineData("trace 1; spawn 1; switch 1; switch 0", false)]
    [InlineData("spawn 1; switch 1; switch 0", false)]
    [InlineData("spawn 1; switch 1; throw 0 5; collect", true)] // in a switch of the teardown
    [InlineData("spawn 1; switch 1; collect; switch 0", true)] // in that switch
    [InlineData("spawn 1; switch 1; collect; finish; switch 0", false)]
    [InlineData("spawn 1; collect; switch 1; switch 0", false)] // it came in the first switch
    public void Frames_of_suspended_contexts_are_at_stake_where_somebody_was_resumed_since(string text, bool mayShow)
    {
        Script script = Of(text);
        using var session = new DiesOf(Op.Collect);
        bool MayShow(string last) =>
            KnownCrash.MayShow(DiesOfCollecting with { Clause = ClauseId.Frame01, Pattern = ["switch", last] }, session.Capabilities.Semantics, script);
        Assert.Equal(mayShow, MayShow("trace") || MayShow("walk") || MayShow("collect"));
    }

    [Theory]
    [InlineData("died of SIGABRT: python3.14-dbg: ../Python/instrumentation.c:1109: get_tools_for_instruction: Assertion `debug_check_sanity(interp, code)' failed.", ClauseId.Derived04)]
    [InlineData("the process in which the script went on after a fork died", ClauseId.Ambient09)]
    [InlineData("died of SIGABRT: python3.14-dbg: ../Objects/dictobject.c:1: insert: Assertion `value != NULL' failed.", ClauseId.None)]
    [InlineData("died of SIGSEGV", ClauseId.None)]
    [InlineData(null, ClauseId.None)]
    public void A_death_that_says_what_it_is_about_names_its_clause(string? detail, ClauseId named) =>
        Assert.Equal(named, Judge.ClauseNamedBy(detail) ?? ClauseId.None);

    [Theory]
    [InlineData("3.14.2", "spawn 1; switch 1; collect; switch 0", 3, ClauseId.Frame01)]
    [InlineData("3.14.4", "spawn 1; switch 1; collect; var 0 1; throw 0 5", 4, ClauseId.Frame01)]
    [InlineData("3.14.2", "spawn 1; switch 1; throw 0 5; collect", 4, ClauseId.Frame01)] // the teardown lets 1 unwind
    [InlineData("3.14.5", "spawn 1; switch 1; collect; switch 0", 3, ClauseId.Switch01)] // the collector is an older one again
    [InlineData("3.13.5", "spawn 1; switch 1; throw 0 5; collect", 4, ClauseId.Leak01)]
    [InlineData("3.14.2", "spawn 1; switch 1; collect; switch 0", 2, ClauseId.Ambient01)] // a whole one walks nobody's frames
    [InlineData("3.14.2", "spawn 1; switch 1; switch 0; switch 1", 3, ClauseId.Switch01)]
    [InlineData("3.14.2", "spawn 1; switch 1; collect; switch 0; switch 1", 4, ClauseId.Switch01)] // it came in the switch before
    [InlineData("3.14.2", "spawn 1; collect; switch 1", 2, ClauseId.Switch01)] // nobody is suspended
    public void A_death_where_the_collector_walks_frames_is_a_matter_of_frames(string version, string text, int step, ClauseId convicted)
    {
        using var session = new DiesOf(Op.Collect);
        Capabilities capabilities = session.Capabilities with { Interpreter = "CPython", InterpreterVersion = version };
        Assert.Equal(convicted, Judge.ClauseAt(capabilities, Of(text), step));
    }

    private static Script Of(string text) => new(Alphabet.Switcher, [.. ShortScripts.Parsed(text)]);

    // The reference, but for one command: the process is gone.
    private sealed class DiesOf(Op op) : ISession
    {
        private readonly SimulatedSession honest = new(Profiles.All[^1], new ReferenceState());

        public Capabilities Capabilities => honest.Capabilities;

        public bool? StartsSlowly { get; init; }

        /// <summary>How many scripts had the command.</summary>
        public long Sent { get; private set; }

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => [.. scripts.Select(Run)];

        public void Restart() => honest.Restart();

        public void Dispose() => honest.Dispose();

        private ScriptResult Run(Script script)
        {
            int at = script.Commands.TakeWhile(c => c.Op != op).Count();
            ScriptResult result = honest.Run([script])[0];
            if (at == script.Commands.Count)
            {
                return result;
            }

            Sent++;
            return result with { Observations = [.. result.Observations.Take(at)], Ending = Ending.Crashed, LastCommand = at, Detail = "died of SIGSEGV" };
        }
    }
}
