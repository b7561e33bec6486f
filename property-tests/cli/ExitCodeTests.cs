// The exit code says what came of a run: 0 as expected, 1 not, 2 it could not be run, 3 it says nothing.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>The promises of the README about exit codes.</summary>
public sealed class ExitCodeTests
{
    /// <summary>0.</summary>
    [Fact]
    public void When_everything_conforms_it_is_0()
    {
        using Call call = new Call().WithReport(Canned.Green);
        Assert.Equal(0, call.Invoke("run"));
        Assert.Contains("95 conform", call.Out, StringComparison.Ordinal);
        Assert.EndsWith("✓ reference  conforms\n", call.Out, StringComparison.Ordinal);
    }

    /// <summary>0 with a known deviation, which is shown with its reason.</summary>
    [Fact]
    public void When_a_deviation_is_expected_it_is_0()
    {
        using Call call = new Call().WithReport(Canned.Expected);
        Assert.Equal(0, call.Invoke("run", "greenlet"));
        Assert.Contains("deviates as expected", call.Out, StringComparison.Ordinal);
        Assert.Contains("greenlet keeps the handled exceptions", call.Out, StringComparison.Ordinal);
    }

    /// <summary>1.</summary>
    /// <param name="kind">A red verdict.</param>
    [Theory]
    [InlineData(VerdictKind.Violates)]
    [InlineData(VerdictKind.Crashed)]
    [InlineData(VerdictKind.Hung)]
    [InlineData(VerdictKind.Garbled)]
    [InlineData(VerdictKind.Unstable)]
    public void When_a_red_verdict_is_not_expected_it_is_1(VerdictKind kind)
    {
        using Call call = new Call().WithReport(c => Canned.Of(c, id => id == ClauseId.Switch01
            ? new ClauseVerdict(id, kind, 1, Canned.Violation(id) with { Kind = kind })
            : new ClauseVerdict(id, VerdictKind.Conforms, 1)));
        Assert.Equal(1, call.Invoke("run"));
    }

    /// <summary>1 where an expected deviation does not show.</summary>
    [Fact]
    public void When_an_expected_deviation_does_not_show_it_is_1()
    {
        using Call call = new Call().WithReport(c => Canned.Of(c, id => new ClauseVerdict(
            id, VerdictKind.Conforms, 1, Expectation: id == ClauseId.Switch01 ? Canned.Expectation(id, VerdictKind.Violates) : null)));
        Assert.Equal(1, call.Invoke("run"));
        Assert.Contains("conforms unexpectedly", call.Out, StringComparison.Ordinal);
    }

    /// <summary>2 where one of several cannot be started, although another conforms.</summary>
    [Fact]
    public void When_one_implementation_cannot_start_it_is_2_and_nothing_is_reported()
    {
        using var call = new Call();
        call.Host = call.Host with { Implementations = [new FakeImplementation("reference"), new FakeImplementation("broken", dies: "it died at start; install it again")] };
        Assert.Equal(2, call.Invoke("run", "reference", "broken", "--report", "json=r.json"));
        Assert.Equal("pystate: it died at start; install it again\n", call.Error);
        Assert.Empty(call.Out);
        Assert.Empty(call.Files);
    }

    /// <summary>2 where the run is stopped.</summary>
    [Fact]
    public void When_it_is_stopped_it_is_2_and_nothing_is_reported()
    {
        using var stop = new CancellationTokenSource();
        using var call = new Call();
        call.Host = call.Host with
        {
            Cancellation = stop.Token,
            Run = (session, _, _, _) =>
            {
                stop.Cancel();
                return Canned.Mixed(session.Capabilities);
            },
        };
        Assert.Equal(2, call.Invoke("run", "--report", "junit=r.xml"));
        Assert.Equal("pystate: stopped: no report was written; the same command with --resume goes on from here\n", call.Error);
        Assert.Empty(call.Out);
        Assert.Empty(call.Files);
    }

    /// <summary>2 where this program itself fails, in one line.</summary>
    [Fact]
    public void When_the_program_itself_fails_it_is_2()
    {
        using var call = new Call();
        call.Host = call.Host with { Run = (_, _, _, _) => throw new InvalidOperationException("a defect\nof ours") };
        Assert.Equal(2, call.Invoke("run"));
        Assert.Equal("pystate: internal error: InvalidOperationException: a defect\\nof ours (PYSTATE_DEBUG=1 shows where)\n", call.Error);
    }

    /// <summary>3 where nothing is observable.</summary>
    [Fact]
    public void When_nothing_was_judged_it_is_3()
    {
        using Call call = new Call().WithReport(c => Canned.Of(c, id => new ClauseVerdict(id, VerdictKind.NotObservable, 0, Reason: "nothing to see")));
        Assert.Equal(3, call.Invoke("run", "--clause", "SAVE-01"));
        Assert.Contains("nothing was judged", call.Out, StringComparison.Ordinal);
    }

    /// <summary>3 where a clause that could be judged never was.</summary>
    [Fact]
    public void When_a_clause_was_never_exercised_it_is_3()
    {
        using Call call = new Call().WithReport(c => Canned.Of(c, id => new ClauseVerdict(id, id == ClauseId.Leak01 ? VerdictKind.NotExercised : VerdictKind.Conforms, 0)));
        Assert.Equal(3, call.Invoke("run"));
        Assert.Contains("1 clause was never exercised", call.Out, StringComparison.Ordinal);
    }

    /// <summary>3 without a script.</summary>
    [Fact]
    public void When_no_script_ran_it_is_3()
    {
        using Call call = new Call().WithReport(c => Canned.Green(c) with { Scripts = 0, Commands = 0 });
        Assert.Equal(3, call.Invoke("run"));
    }

    /// <summary>1 outranks 3.</summary>
    [Fact]
    public void A_deviation_outranks_an_empty_run()
    {
        using Call call = new Call().WithReport(c => c.Implementation == "greenlet" ? Canned.Mixed(c) : Canned.Green(c) with { Scripts = 0 });
        Assert.Equal(1, call.Invoke("run", "reference", "greenlet"));
    }

    /// <summary>What is required and not ready stops everything.</summary>
    [Fact]
    public void What_is_required_must_be_ready()
    {
        using var call = new Call();
        Assert.Equal(2, call.Invoke("run", "reference", "--require", "pypy"));
        Assert.Equal("pystate: pypy is not ready: no pypy3 on the path; apt-get install pypy3\n", call.Error);
        Assert.Empty(call.Out);
    }

    /// <summary>What is required is run, once.</summary>
    [Fact]
    public void What_is_required_is_run_once()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("run", "greenlet", "--require", "greenlet"));
        Assert.Contains("✓ greenlet  conforms", call.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("reference", call.Out, StringComparison.Ordinal);
    }

    /// <summary>The bounds that hold when none is given: commands for the reference, time for all else.</summary>
    [Fact]
    public void Without_bounds_the_reference_counts_commands_and_others_time()
    {
        var seen = new List<RunOptions>();
        using var call = new Call();
        call.Host = call.Host with
        {
            Run = (ISession session, RunOptions options, Action<RunProgress>? _, CancellationToken _) =>
            {
                seen.Add(options);
                return Canned.Green(session.Capabilities);
            },
        };
        call.Invoke("run", "reference", "greenlet");
        call.Invoke("run", "greenlet", "--commands", "5_000", "--seed", "0xff", "--clause", "ready-01,SAVE");
        call.Invoke("run", "reference", "--time", "2m");
        Assert.Equal((6_000_000, TimeSpan.MaxValue, 1UL), (seen[0].Commands, seen[0].Time, seen[0].Seed));
        Assert.Equal((long.MaxValue, TimeSpan.FromSeconds(20)), (seen[1].Commands, seen[1].Time));
        Assert.Equal((5000, TimeSpan.MaxValue, 255UL, 7), (seen[2].Commands, seen[2].Time, seen[2].Seed, seen[2].Clauses.Count));
        Assert.Equal((long.MaxValue, TimeSpan.FromMinutes(2)), (seen[3].Commands, seen[3].Time));
    }
}
