// A child that takes long to start and dies often is started ahead. It shows in nothing but the time: not in a result, and not in what is left behind.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class SpareChildTests : IDisposable
{
    private readonly string starts = Path.GetTempFileName();

    // Every third script is the end of its process.
    private static Script[] Scripts { get; } = [.. Enumerable.Range(0, 12).Select(i => i % 3 == 2 ? Children.Calls(i % 7, 7, 1) : Children.Calls(i % 7, i / 7))];

    [Theory]
    [InlineData("dies_of_call_7_and_counts")]
    [InlineData("crashes_and_keeps_progress")]
    [InlineData("crashes_on_call_7")]
    [InlineData("babbles_on_call_7")]
    [InlineData("dies_between_batches")]
    [InlineData("remembers_an_earlier_script")]
    public void The_results_are_those_of_a_session_without_a_spare(string child)
    {
        (string With, string Without) results = (Shown(Session(child)), Shown(Session(child, never: true)));
        Assert.Equal(results.Without, results.With);
    }

    [Fact]
    public void There_is_one_at_most_it_is_there_after_the_first_loss_and_nothing_is_left_of_it()
    {
        using (ChildSession session = Session("dies_of_call_7_and_counts"))
        {
            _ = session.Run([Scripts[0]]);
            Assert.Single(Ids()); // who loses nothing has no spare
            for (int i = 0; i < 4; i++)
            {
                Assert.Equal("Crashed Completed", Children.Endings(One(session, [Scripts[2], Scripts[0]])));
                Assert.True(SpinWait.SpinUntil(() => Ids().Length == session.Starts, TimeSpan.FromSeconds(20)));
                Assert.Equal(2, Ids().Count(IsRunning)); // one that runs, one that waits
            }

            Assert.Equal(6, session.Starts);
        }

        Assert.DoesNotContain(Ids(), IsRunning);
    }

    [Fact]
    public void One_that_has_not_started_yet_is_ended_with_the_session()
    {
        using (ChildSession session = Session("sleeps_at_its_third_start"))
        {
            Assert.Equal("Crashed Completed", Children.Endings(One(session, [Scripts[2], Scripts[0]])));
            Assert.True(SpinWait.SpinUntil(() => Ids().Length == 3, TimeSpan.FromSeconds(20)));
        }

        Assert.DoesNotContain(Ids(), IsRunning);
    }

    [Fact]
    public void One_that_dies_before_it_is_needed_has_failed_to_start_as_any_other()
    {
        Script[] scripts = [Scripts[2], Scripts[0], Scripts[2], Scripts[0], Scripts[2], Scripts[0], Scripts[1]];
        using ChildSession session = Session("dies_at_its_fourth_start");
        IReadOnlyList<ScriptResult> results = One(session, scripts);
        Assert.Equal("Crashed Completed Crashed Completed Crashed Crashed Completed", Children.Endings(results));
        Assert.Equal("ended with exit code 5: no more of this when it was started again", results[5].Detail);
    }

    [Fact]
    public void What_both_use_counts_together_and_the_one_that_waits_is_ended_for_it()
    {
        using ChildSession session = new(Start("has_many_processes", never: false) with { Limits = new ChildLimits { Processes = 20 } });
        Assert.Equal("Crashed Completed", Children.Endings(One(session, [Scripts[2], Scripts[0]])));
        Assert.True(SpinWait.SpinUntil(() => Ids() is { Length: 3 } ids && !IsRunning(ids[2]), TimeSpan.FromSeconds(20)));
        Assert.Equal("Completed Crashed Completed Crashed Completed", Children.Endings(One(session, [Scripts[0], Scripts[2], Scripts[1], Scripts[2], Scripts[3]])));
        Assert.Equal(5, Ids().Length); // from then on one at a time
    }

    [Fact]
    public void Who_starts_fast_has_none()
    {
        using ChildSession session = new(Children.Of("dies_of_call_7_and_counts", new Dictionary<string, string> { ["PYSTATE_STARTS"] = starts }) with { SpareFrom = TimeSpan.FromHours(1) });
        Assert.Equal("Crashed Completed", Children.Endings(One(session, [Scripts[2], Scripts[0]])));
        Assert.Equal(2, session.Starts);
    }

    public void Dispose() => File.Delete(starts);

    private static IReadOnlyList<ScriptResult> One(ChildSession session, Script[] scripts) => [.. scripts.SelectMany(s => session.Run([s]))];

    private static string Shown(ChildSession session)
    {
        using (session)
        {
            return string.Join('\n', session.Run(Scripts).Select(r => $"{r.Ending} {r.Detail} {r.LastCommand} {r.Before} {string.Join(' ', r.Observations.Select(o => $"{o.Status}{o.Probe}"))}"));
        }
    }

    private ChildSession Session(string child, bool never = false) => new(Start(child, never));

    private ChildStart Start(string child, bool never)
    {
        File.WriteAllText(starts, string.Empty);
        return Children.Of(child, new Dictionary<string, string> { ["PYSTATE_STARTS"] = starts }) with { SpareFrom = never ? TimeSpan.MaxValue : TimeSpan.Zero };
    }

    private int[] Ids() => [.. File.ReadAllLines(starts).Select(int.Parse)];

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
