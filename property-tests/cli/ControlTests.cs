// Which control is asked, and what it is made to say.

using PyState.Conformance.Cli;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Cli;

public sealed class ControlTests
{
    private static readonly IReadOnlyList<IImplementation> All = new Registry().All;

    [Theory]
    [InlineData("greenlet", "threads, generators")]
    [InlineData("a plug-in of somebody's", "threads, generators")]
    [InlineData("pyodide", "pyodide-generators")] // where there are no threads
    [InlineData("threads", "")] // what is judged says nothing about itself
    [InlineData("generators", "")]
    public void The_control_is_what_the_manifest_names_or_else_threads_and_then_generators(string implementation, string controls) =>
        Assert.Equal(controls, string.Join(", ", Control.Of(implementation, All).Select(c => c.Name)));

    [RequiresTheory("generators")]
    [InlineData("plain threads conform on the same steps: it is the implementation's", Op.Spawn, Op.Switch)]
    [InlineData("generators conform on the same steps: it is the implementation's", Op.Spawn, Op.Local)] // a thread has a threading.local of its own
    [InlineData("plain threads conform on the same steps: it is the implementation's", Op.Spawn, Op.Finalizer)]
    [InlineData("plain threads and generators cannot carry out these steps", Op.Local, Op.Finalizer)]
    public void The_first_that_can_carry_out_the_steps_is_asked(string words, params Op[] steps)
    {
        Capabilities declared;
        using (ISession session = Interpreters.Find("generators").Start(null))
        {
            declared = session.Capabilities;
        }

        var script = new Script(Alphabet.Switcher, [.. steps.Select(s => new Command(s, 1))]);
        var found = new Counterexample(ClauseId.Wide03, VerdictKind.Violates, script, 2, new ScriptSeed(1, 0), null, "made up", null);
        CampaignShare asked = Assert.Single(Control.Ask([new CampaignShare(Tally.None, [], [found], [], 1)], declared, null, Control.Of("greenlet", All)));
        Assert.Equal(words, Assert.Single(asked.Examined).Control);
    }

    [Fact]
    public void A_control_with_fewer_threads_than_the_steps_use_cannot_carry_them_out()
    {
        var script = new Script(Alphabet.Switcher, [new(Op.Thread, 1), new(Op.Call, 1)]);
        var found = new Counterexample(ClauseId.Base01, VerdictKind.Violates, script, 1, new ScriptSeed(1, 0), null, "made up", null);
        Capabilities judged = Canned.Capabilities("greenlet");
        CampaignShare asked = Assert.Single(Control.Ask([new CampaignShare(Tally.None, [], [found], [], 1)], judged, null, [new OneThread()]));
        Assert.Equal("one thread cannot carry out these steps", Assert.Single(asked.Examined).Control);
    }

    // Plain threads of which there is one: it answers what it should not have been asked.
    private sealed class OneThread : IFolder, ISession
    {
        public string Name => "one-thread";

        public string Summary => Manifest.Summary;

        public string Folder => ".";

        public Manifest Manifest { get; } = new() { Name = "one-thread", Title = "one thread", Summary = "a control", Kind = "python" };

        public Capabilities Capabilities { get; } = Canned.Capabilities("one-thread") with { Alphabets = [Alphabet.Switcher], Commands = new HashSet<Op> { Op.Thread, Op.Call }, Threads = 1 };

        public Missing? WhatIsMissing(string? interpreter) => null;

        public ISession Start(string? interpreter) => this;

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => [.. scripts.Select(s => new ScriptResult(Ending.Completed, new Observation[s.Commands.Count + 1]))];

        public void Restart()
        {
        }

        public void Dispose()
        {
        }
    }
}
