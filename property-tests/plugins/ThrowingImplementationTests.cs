// An implementation inside this process that throws: a verdict, not an exception of the runner.

using System.Reflection;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.PropertyTests.Plugins;

public class ThrowingImplementationTests
{
    private static readonly Script SaveAndRestore = new(Alphabet.Api, [new(Op.New, 0), new(Op.Save, 0), new(Op.Restore, 0), new(Op.Restore, 0)]);

    [Fact]
    public void Throwing_is_a_crash_during_that_command()
    {
        using SimulatedSession session = Start(nameof(IPyState.Restore));
        ScriptResult result = session.Run([SaveAndRestore])[0];
        Assert.Equal(
            (Ending.Crashed, "threw InvalidOperationException: boom in two lines", 2, 2),
            (result.Ending, result.Detail, result.LastCommand, result.Observations.Count));
    }

    [Fact]
    public void The_next_script_runs_on_a_fresh_machine()
    {
        using SimulatedSession session = Start(nameof(IPyState.Restore));
        var harmless = new Script(Alphabet.Api, [new(Op.New, 0), new(Op.Discard, 0)]);
        Assert.Equal([Ending.Crashed, Ending.Completed], session.Run([SaveAndRestore, harmless]).Select(r => r.Ending));
    }

    [Fact]
    public void A_campaign_says_crashed_and_shrinks_it()
    {
        using SimulatedSession session = Start(nameof(IPyState.Restore));
        var campaign = new Campaign(session, session.Capabilities with { Alphabets = [Alphabet.Api] }, new RunOptions { Seed = 7 });
        campaign.Run(20_000, TimeSpan.MaxValue, () => false, () => { }, CancellationToken.None);
        Counterexample smallest = campaign.Reds.Values.MinBy(r => r.Script.Commands.Count)!;
        Assert.All(campaign.Reds.Values, r => Assert.Equal(VerdictKind.Crashed, r.Kind));
        Assert.Equal("restore", Assert.Single(smallest.Script.Commands).Info.Name);
    }

    [Fact]
    public void Throwing_when_a_script_begins_is_a_crash_of_its_first_command()
    {
        int resets = 0;
        using SimulatedSession session = Start(nameof(IPyState.Reset), () => ++resets > 1); // the first is that of the machine's start
        ScriptResult result = session.Run([SaveAndRestore])[0];
        Assert.Equal((Ending.Crashed, 0, 0), (result.Ending, result.LastCommand, result.Observations.Count));
    }

    private static SimulatedSession Start(string method, Func<bool>? when = null)
    {
        IPyState implementation = DispatchProxy.Create<IPyState, Throwing>();
        var throwing = (Throwing)(object)implementation;
        throwing.Method = method;
        throwing.When = when ?? (() => true);
        return new SimulatedSession(Profiles.All[^1], implementation);
    }

    /// <summary>The reference, but one operation throws.</summary>
    public class Throwing : DispatchProxy
    {
        private readonly ReferenceState reference = new();

        public string Method { get; set; } = string.Empty;

        public Func<bool> When { get; set; } = () => true;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == Method && When()
            ? throw new InvalidOperationException("boom\nin two lines")
            : targetMethod.Invoke(reference, args);
    }
}
