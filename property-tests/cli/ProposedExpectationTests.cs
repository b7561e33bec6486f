// --update-expectations proposes a list and leaves the reasons to a person.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>What is proposed, and what the reader of the list makes of it.</summary>
public sealed class ProposedExpectationTests
{
    private const string Proposal = "pystate-results/greenlet-expectations.json.proposed";

    /// <summary>An unexpected failure is proposed, an unexpected pass is left out, and the blanks are refused until somebody has written.</summary>
    [Fact]
    public void A_proposal_is_the_whole_list_with_blanks_that_the_reader_refuses()
    {
        using Call call = new Call().WithReport(Canned.Mixed);
        Expectation kept = Canned.Expectation(ClauseId.Restore02, VerdictKind.Violates);
        Expectation gone = Canned.Expectation(ClauseId.Restore03, VerdictKind.Violates);
        call.Host = call.Host with
        {
            ExpectationsOf = _ => [kept, gone],
            Run = (session, _, _, _) => Canned.Of(session.Capabilities, c => Canned.Mixed(session.Capabilities).Verdicts.Single(v => v.Clause == c) is var v && c == ClauseId.Restore03 ? v with { Expectation = gone } : v),
        };
        Assert.Equal(1, call.Invoke("run", "greenlet", "--update-expectations"));
        Assert.Contains("greenlet: left out RESTORE-03, which conforms now", call.Out, StringComparison.Ordinal);
        Assert.Contains("greenlet: proposed READY-05, violates", call.Out, StringComparison.Ordinal);
        Assert.Contains("greenlet: proposed SWITCH-05, crashed", call.Out, StringComparison.Ordinal);

        string path = Path.Combine(call.Folder, Proposal);
        string text = File.ReadAllText(path);
        Assert.Contains("\"reason\": \"____\"", text, StringComparison.Ordinal);
        SetupException e = Assert.Throws<SetupException>(() => ExpectationFile.Read(path));
        Assert.Contains("the expectation for READY-05 has no reason; write why it deviates", e.Message, StringComparison.Ordinal);

        text = text.Replace("\"link\": \"____\"", "\"link\": \"https://example.org/\"", StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace("____", "written by a person", StringComparison.Ordinal));
        IReadOnlyList<Expectation> read = ExpectationFile.Read(path);
        Assert.Equal([ClauseId.Restore02, ClauseId.Ready05, ClauseId.Switch05], read.Select(r => r.Clause));
        Assert.True(ExpectationMatch.Covers(read[1], Canned.Violation(ClauseId.Ready05)));
    }

    [Theory]
    [InlineData("release", "")]
    [InlineData("jit", "jit")]
    public void What_shows_on_an_unusual_build_is_proposed_for_that_build(string build, string proposed)
    {
        using var call = new Call();
        call.Host = call.Host with { Run = (session, _, _, _) => Canned.Mixed(session.Capabilities with { Build = build }) };
        Assert.Equal(1, call.Invoke("run", "greenlet", "--update-expectations"));
        string path = Path.Combine(call.Folder, Proposal);
        File.WriteAllText(path, File.ReadAllText(path).Replace("____", "https://example.org/", StringComparison.Ordinal));
        Assert.All(ExpectationFile.Read(path), e => Assert.Equal(proposed, e.Build));
    }

    /// <summary>Where everything is as expected there is nothing to write.</summary>
    [Fact]
    public void Without_a_difference_no_file_is_written()
    {
        using Call call = new Call().WithReport(Canned.Green);
        Assert.Equal(0, call.Invoke("run", "greenlet", "--update-expectations"));
        Assert.Contains("greenlet: no expectation to propose", call.Out, StringComparison.Ordinal);
        Assert.Empty(call.Files);
    }
}
