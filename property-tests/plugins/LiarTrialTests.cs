// Every child that lies gets the verdict that it must get, whatever it does, and takes no verdict away from another.

using PyState.Conformance.Cli;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.PropertyTests.Cli;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class LiarTrialTests : LiarTrials
{
    public static TheoryData<string> Quick => Named(l => !IsSlow(l) && l.Verdict != "crashed");

    [Theory]
    [MemberData(nameof(Quick))]
    public void A_liar_gets_its_verdict(string name) => Try(name);

    [Fact]
    public void There_are_more_than_thirty_and_each_has_a_file_of_its_own()
    {
        string[] names = [.. LiarTrial.All(Folder).Select(l => l.Name)];
        Assert.True(names.Length >= 30);
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, n => Assert.True(File.Exists(Path.Combine(Folder, n + ".sh"))));
    }

    [Fact]
    public void What_is_left_behind_is_ended_with_its_child_though_it_has_a_session_of_its_own()
    {
        LiarTrial.Result result = Try("leaves_children_behind");
        Assert.Equal("conforms", result.Verdict);
        string[] left = File.ReadAllLines(Left);
        Assert.NotEmpty(left);
        Assert.All(left, id => Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{id}"), TimeSpan.FromSeconds(20)), id));
    }

    [Fact]
    public void Liars_cost_the_others_of_their_run_nothing()
    {
        using var call = new Call();
        string[] names = ["dies_in_the_first_command_of_SIGSEGV", "answers_in_prose", "conforms"];
        call.Host = call.Host with
        {
            Implementations = [.. names.Select(n => Describe(call.Folder, n))],
            Check = PluginCheck.Verify,
            Run = (session, options, progress, cancellation) => Runner.Run(session, options with { MaximumLength = 6 }, progress, cancellation),
        };
        Assert.Equal(1, call.Invoke(["run", .. names.Select(NameOf), "--commands", "300", "--format", "json"]));
        using var report = System.Text.Json.JsonDocument.Parse(call.Out);
        var runs = report.RootElement.GetProperty("implementations").EnumerateArray().ToArray();
        Assert.Equal(names.Select(NameOf), runs.Select(r => r.GetProperty("name").GetString()));
        Assert.All(runs, r => Assert.Equal(Catalogue.All.Count, r.GetProperty("verdicts").GetArrayLength()));
        Assert.Equal([1, 1, 0], runs.Select(r => r.GetProperty("exitCode").GetInt32())); // for the honest one, what takes other commands than its few is not observable
        Assert.Contains("\"tail\": [\n", call.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(call.Files, f => f.EndsWith(".journal", StringComparison.Ordinal));
    }

    [Fact]
    public void A_plugin_with_a_mistake_in_it_is_named_before_anything_runs()
    {
        using var call = new Call();
        string[] names = ["conforms", "never_counts_its_messages"];
        call.Host = call.Host with
        {
            Implementations = [.. names.Select(n => Describe(call.Folder, n))],
            Check = PluginCheck.Verify,
            Run = (_, _, _, _) => throw new InvalidOperationException("it ran"),
        };
        Assert.Equal(2, call.Invoke(["run", .. names.Select(NameOf)]));
        Assert.Equal("pystate: the plug-in of fake answers message 2 with the id 1: repeat the id of the message (docs/protocol.md)\n", call.Error);
        Assert.Empty(call.Out);
    }

    private static string NameOf(string liar) => liar.Replace('_', '-').ToLowerInvariant();

    private static IImplementation Describe(string folder, string name)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        File.WriteAllText(Path.Combine(own, Manifest.FileName), $$"""{"name":"{{NameOf(name)}}","title":"Liar","summary":"a liar","kind":"process","command":["sh","{{Path.Combine(Folder, name + ".sh")}}"]}""");
        return new Registry(folder).Find(own);
    }
}

/// <summary>Those that die; a class of its own, because classes run side by side.</summary>
public sealed class DyingLiarTrialTests : LiarTrials
{
    public static TheoryData<string> Dying => Named(l => !IsSlow(l) && l.Verdict == "crashed");

    [Theory]
    [MemberData(nameof(Dying))]
    public void A_liar_that_dies_gets_its_verdict_and_the_command_is_named(string name) => Try(name);
}

/// <summary>Those that take their time.</summary>
public sealed class SlowLiarTrialTests : LiarTrials
{
    public static TheoryData<string> Slow => Named(IsSlow);

    [Theory]
    [MemberData(nameof(Slow))]
    public void A_liar_that_takes_its_time_gets_its_verdict(string name) => Try(name);
}

/// <summary>What the classes above share.</summary>
public abstract class LiarTrials : IDisposable
{
    private readonly string scratch = Directory.CreateTempSubdirectory("pystate-liars-").FullName;

    protected static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "plugins", "children");

    protected string Left => Path.Combine(scratch, "left");

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(scratch, recursive: true);

    protected static bool IsSlow(LiarTrial liar) => liar.Seconds < 30 || liar.Processes < 64 || liar.Memory < 1024 || liar.Name.Contains("gigabyte", StringComparison.Ordinal);

    protected static TheoryData<string> Named(Func<LiarTrial, bool> which) => new(LiarTrial.All(Folder).Where(which).Select(l => l.Name));

    protected LiarTrial.Result Try(string name)
    {
        LiarTrial liar = LiarTrial.All(Folder).Single(l => l.Name == name);
        LiarTrial.Result result = liar.Run(Folder, Left);
        Assert.Null(liar.Wrong(result));
        if (result.Report is { } report)
        {
            Assert.Equal(Catalogue.All.Count, report.Verdicts.Count);
            Assert.True(report.Commands > 0);
        }

        return result;
    }
}
