// An implementation that runs on several interpreters: one table, bounds that hold for the whole, and where each deviation was found.

using PyState.Conformance.Cli;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>Several reports as one.</summary>
public sealed class DrawnTogetherTests
{
    /// <summary>The worst verdict stands, except that what one version does not have does not hide what another has.</summary>
    [Fact]
    public void The_worst_verdict_of_those_that_have_the_clause_stands()
    {
        ImplementationReport old = Report("3.8", id => id switch
        {
            ClauseId.Stack01 => new ClauseVerdict(id, VerdictKind.NotApplicable, 0, Reason: "not in 3.8"),
            ClauseId.Stack02 => new ClauseVerdict(id, VerdictKind.NotApplicable, 0, Reason: "not in 3.8"),
            ClauseId.Leak01 => new ClauseVerdict(id, VerdictKind.NotExercised, 0),
            _ => new ClauseVerdict(id, VerdictKind.Conforms, 10),
        });
        ImplementationReport recent = Report("3.15", id => id switch
        {
            ClauseId.Ready05 => new ClauseVerdict(id, VerdictKind.Violates, 2, Canned.Violation(id)),
            ClauseId.Stack02 => new ClauseVerdict(id, VerdictKind.NotApplicable, 0, Reason: "not in 3.15"),
            _ => new ClauseVerdict(id, VerdictKind.Conforms, 5),
        });
        var entry = new RunEntry("reference", null, [new RunPart("reference", ["reference"], "3.8", old), new RunPart("reference", ["reference"], "3.15", recent)]);
        ClauseVerdict Of(ClauseId clause) => entry.Report.Verdicts.Single(v => v.Clause == clause);
        Assert.Equal((VerdictKind.Conforms, 15), (Of(ClauseId.Ready01).Kind, Of(ClauseId.Ready01).Exercised));
        Assert.Equal((VerdictKind.Violates, 12), (Of(ClauseId.Ready05).Kind, Of(ClauseId.Ready05).Exercised));
        Assert.Equal(VerdictKind.Conforms, Of(ClauseId.Stack01).Kind);
        Assert.Equal(VerdictKind.Conforms, Of(ClauseId.Leak01).Kind);
        Assert.Equal((VerdictKind.NotApplicable, "not in 3.8"), (Of(ClauseId.Stack02).Kind, Of(ClauseId.Stack02).Reason));
        Assert.Equal("3.15", entry.PartOf(Of(ClauseId.Ready05).Counterexample!).Interpreter);
        Assert.Equal("3.8 to 3.15", entry.Report.Capabilities.InterpreterVersion);
        Assert.Equal(4_000_000, entry.Report.Commands);
    }

    /// <summary>A bound on commands or time is one for the whole run.</summary>
    /// <param name="commands">The bound.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(2_000_003)]
    public void The_shares_add_up_to_the_whole(long commands)
    {
        var whole = new RunOptions { Commands = commands, Time = TimeSpan.FromSeconds(8), Further = TimeSpan.FromSeconds(80) };
        RunOptions[] shares = [.. Enumerable.Range(0, 8).Select(i => Share.Of(whole, i, 8)).OfType<RunOptions>()];
        Assert.Equal(commands, shares.Sum(s => s.Commands));
        Assert.All(shares, s => Assert.Equal((true, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)), (s.Commands > 0, s.Time, s.Further)));
    }

    /// <summary>Without a name the reference runs on all that it simulates, with one on that version; each deviation says where, and how to replay it there.</summary>
    [Fact]
    public void A_run_says_on_which_version_it_found_a_deviation()
    {
        using Call call = new Call().WithWidth(120);
        call.Host = call.Host with
        {
            Implementations = [new Versions()],
            Run = (session, options, _, _) => Report(session.Capabilities.InterpreterVersion, id => id == ClauseId.Ready05 && session.Capabilities.InterpreterVersion == "3.15"
                ? new ClauseVerdict(id, VerdictKind.Violates, 2, Canned.Violation(id))
                : new ClauseVerdict(id, VerdictKind.Conforms, 1)),
        };
        Assert.Equal(1, call.Invoke("run"));
        Assert.Contains("versions: versions 2.0.2 on CPython 3.8 to 3.15\n", call.Out, StringComparison.Ordinal);
        Assert.Contains("    on      CPython 3.15\n", call.Out, StringComparison.Ordinal);
        Assert.Contains("replay pystate-results/versions-CPython-3.15-READY-05.json versions --python 3.15\n", call.Out, StringComparison.Ordinal);
        Assert.Equal(0, call.Invoke("run", "versions", "--python", "3.8"));
        Assert.Contains("versions: versions 2.0.2 on CPython 3.8\n", call.Out, StringComparison.Ordinal);
    }

    /// <summary>The real program, on the real reference.</summary>
    [Fact]
    public void The_real_program_judges_the_reference()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, CommandLine.Invoke(["run", "--commands", "40_000", "--clause", "READY-01"], output, error));
        Assert.Contains("READY-01  ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("on simulation 3.8 to 3.15", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(error.ToString());
    }

    /// <summary>The real program knows the wrong implementations that a clause convicts.</summary>
    [Fact]
    public void The_real_program_names_the_liars_behind_a_clause()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, CommandLine.Invoke(["explain", "RESTORE-05"], output, error));
        Assert.Contains("liar      ", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(error.ToString());
    }

    private static ImplementationReport Report(string version, Func<ClauseId, ClauseVerdict> verdict) =>
        Canned.Of(Canned.Capabilities("versions") with { InterpreterVersion = version }, verdict);

    private sealed class Versions : IImplementation
    {
        public string Name => "versions";

        public string Summary => "runs on two versions";

        public IReadOnlyList<string?> Interpreters => ["3.8", "3.15"];

        public Missing? WhatIsMissing(string? interpreter) => null;

        public ISession Start(string? interpreter) => new FakeSession(Name, interpreter!);
    }
}
