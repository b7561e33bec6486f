// Whatever a child does, each script gets exactly one result, the right one is blamed, and the words say what happened.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class ChildSessionTests
{
    // The third of five calls call7: most fakes lie about that one.
    private static readonly Script[] Five = [Children.Calls(1, 2), Children.Calls(3), Children.Calls(4, 7, 5), Children.Calls(6), Children.Calls(2, 2, 2)];

    [Theory]
    [InlineData("tells_the_truth")]
    [InlineData("splits_a_line_over_many_writes")]
    [InlineData("is_slow_but_gets_on")]
    public void An_honest_child_however_slow_has_every_script_completed(string child)
    {
        using ChildSession session = Children.Start(child);
        IReadOnlyList<ScriptResult> results = session.Run(Five[..3]);
        Assert.All(results, r => Assert.Equal(Ending.Completed, r.Ending));
        AssertNothingLost(results, Five[..3]);
        Assert.Equal(1, session.Starts);
    }

    [Theory]
    [InlineData("crashes_on_call_7", Ending.Crashed, "died of SIGSEGV: about to fault")]
    [InlineData("removes_its_progress_file", Ending.Crashed, "died of SIGSEGV")]
    [InlineData("hangs_on_call_7", Ending.Hung, "did not answer for 8 s")]
    [InlineData("babbles_on_call_7", Ending.Garbled, "wrote something that is not JSON: 'Hello, I am fine.'")]
    [InlineData("answers_with_the_wrong_id", Ending.Garbled, "answered another message than number")]
    [InlineData("gives_too_few_observations", Ending.Garbled, "gave 3 observations for 3 commands and the teardown")]
    [InlineData("gives_too_many_observations", Ending.Garbled, "gave more than 4 observations for 3 commands and the teardown")]
    [InlineData("gives_too_few_results", Ending.Garbled, "answered 0 scripts of 1")]
    [InlineData("invents_a_status", Ending.Garbled, "an unknown status 'splendid' after command 1 (call 7)")]
    [InlineData("invents_a_label", Ending.Garbled, "an unknown frame label 'main' after command 1 (call 7)")]
    [InlineData("never_ends_its_line", Ending.Garbled, "wrote a line of more than the allowed length, beginning 'yyyy")]
    [InlineData("closes_its_output", Ending.Garbled, "closed its standard output in the middle of '{\"op\":\"ran\"' and went on")]
    [InlineData("reports_an_error", Ending.Garbled, "reported an error: no such gadget")]
    public void A_child_that_lies_about_one_script_costs_that_script_its_result_and_no_other(string child, Ending ending, string words)
    {
        using ChildSession session = Children.Start(child);
        IReadOnlyList<ScriptResult> results = session.Run(Five);
        Assert.Equal($"Completed Completed {ending} Completed Completed", Children.Endings(results));
        Assert.Contains(words, results[2].Detail, StringComparison.Ordinal);
        AssertNothingLost(results, Five);
    }

    [Fact]
    public void A_child_that_keeps_progress_names_the_command_and_what_was_seen_before_it()
    {
        using ChildSession session = Children.Start("crashes_and_keeps_progress");
        IReadOnlyList<ScriptResult> results = session.Run(Five);
        Assert.Equal("Completed Completed Crashed Completed Completed", Children.Endings(results));
        Assert.Equal("died of SIGABRT", results[2].Detail);
        Assert.Equal(1, results[2].LastCommand);
        Assert.Equal([4], results[2].Observations.Select(o => o.Probe));
        AssertNothingLost(results, Five);
    }

    [Fact]
    public void A_child_whose_fork_died_names_the_command_and_what_was_seen_before_it()
    {
        using ChildSession session = Children.Start("dies_after_a_fork");
        IReadOnlyList<ScriptResult> results = session.Run(Five);
        Assert.Equal("Completed Completed Crashed Completed Completed", Children.Endings(results));
        Assert.Equal(1, results[2].LastCommand);
        Assert.Equal([4], results[2].Observations.Select(o => o.Probe));
        AssertNothingLost(results, Five);
    }

    [Fact]
    public void A_child_that_dies_between_batches_is_blamed_on_the_script_it_never_began()
    {
        using ChildSession session = Children.Start("dies_between_batches");
        Assert.Equal(Ending.Completed, Assert.Single(session.Run([Five[0]])).Ending);
        ScriptResult next = Assert.Single(session.Run([Five[1]]));
        Assert.Equal(Ending.Crashed, next.Ending);
        Assert.Contains("exit code 3", next.Detail, StringComparison.Ordinal);
        Assert.Equal(Ending.Completed, Assert.Single(session.Run([Five[2]])).Ending);
    }

    [Fact]
    public void A_child_that_says_more_than_it_was_asked_is_garbled_every_time()
    {
        using ChildSession session = Children.Start("says_more_than_asked");
        Assert.All(session.Run(Five), r => Assert.Equal(Ending.Garbled, r.Ending));
    }

    [Fact]
    public void A_declared_channel_without_a_value_is_garbled_and_never_passed()
    {
        using ChildSession session = Children.Start("says_nothing_in_a_declared_channel");
        Assert.All(session.Run(Five), r => Assert.Contains("nothing in channel frames, which is declared", r.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public void A_child_that_declares_something_else_when_it_is_started_again_is_not_trusted()
    {
        using ChildSession session = Children.Start("changes_its_mind");
        IReadOnlyList<ScriptResult> results = session.Run([Children.Calls(7), Children.Calls(1)]);
        Assert.All(results, r => Assert.NotEqual(Ending.Completed, r.Ending));
        Assert.Contains("declared something else in a fresh process", results[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_scripts_come_back_in_order_in_growing_batches_and_a_crash_among_them_moves_none()
    {
        using ChildSession session = Children.Start("crashes_on_call_7");
        Script[] scripts = [.. Enumerable.Range(0, 300).Select(i => Children.Calls(i % 7, i / 7 % 7, i / 49 % 7))];
        scripts[123] = Children.Calls(1, 7);
        IReadOnlyList<ScriptResult> results = session.Run(scripts);
        Assert.Equal([123], Enumerable.Range(0, 300).Where(i => results[i].Ending != Ending.Completed));
        AssertNothingLost(results, scripts);
    }

    [Fact]
    public void What_a_hanging_child_has_started_is_ended_with_it()
    {
        string file = Path.GetTempFileName();
        using (ChildSession session = Children.Start("hangs_with_a_grandchild", new Dictionary<string, string> { ["PYSTATE_GRANDCHILD"] = file }))
        {
            Assert.Equal(Ending.Hung, Assert.Single(session.Run([Children.Calls(7)])).Ending);
        }

        int grandchild = int.Parse(File.ReadAllText(file));
        File.Delete(file);
        Assert.True(SpinWait.SpinUntil(() => !IsRunning(grandchild), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void What_it_declares_is_read_from_the_handshake()
    {
        using ChildSession session = Children.Start("tells_the_truth");
        Capabilities declared = session.Capabilities;
        Assert.Equal("fake 1 on simulation 0", declared.Title);
        Assert.Equal(Channels.Status | Channels.Running | Channels.Frames | Channels.Probe, declared.Channels);
        Assert.Equal([Op.Call, Op.Leave, Op.Headroom], declared.Commands.Order());
        Assert.Equal([3, 3, 3], declared.Semantics.Levels.Base);
        Assert.Equal([1000, 600, 400], declared.Semantics.Limits);
    }

    [Theory]
    [InlineData("greets_in_prose", "the first line of an implementation must be its handshake (docs/protocol.md), not 'Good morning!'")]
    [InlineData("dies_at_start", "ended with exit code 1: ModuleNotFoundError: No module named gadget before its handshake: run it by hand to see why")]
    [InlineData("declares_a_mistyped_command", "the handshake declares an unknown command 'cal'; did you mean 'call'?: see docs/protocol.md")]
    [InlineData("speaks_protocol_2", "the handshake is not a \"hello\" of protocol 1: see docs/protocol.md")]
    public void A_child_that_does_not_shake_hands_is_a_failed_set_up_in_one_line(string child, string words)
    {
        SetupException e = Assert.Throws<SetupException>(() => Children.Start(child).Dispose());
        Assert.EndsWith(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static void AssertNothingLost(IReadOnlyList<ScriptResult> results, Script[] scripts)
    {
        Assert.Equal(scripts.Length, results.Count);
        for (int i = 0; i < scripts.Length; i++)
        {
            if (results[i].Ending == Ending.Completed)
            {
                Assert.Equal(Children.Probes(scripts[i]), results[i].Observations.Select(o => o.Probe));
                Assert.All(results[i].Observations, o => Assert.Equal(new ByteStack(default).Push(0x20).Push(0x11), o.Frames));
            }
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
