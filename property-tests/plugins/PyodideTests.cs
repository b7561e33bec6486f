// Pyodide in Node and in a page of Chromium: one driver, one switcher, one build of the interpreter, two engines under it.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class PyodideTests
{
    private const int Scripts = 400;

    [RequiresFact("pyodide-chromium")]
    public void Node_and_Chromium_show_the_same_of_the_same_scripts()
    {
        IImplementation pyodide = Interpreters.Find("pyodide");
        using ISession node = pyodide.Start(null);
        using ISession chromium = Interpreters.Find("pyodide-chromium").Start(null);
        Assert.Equivalent(node.Capabilities, chromium.Capabilities);

        Script[] scripts = [.. Drawn(node.Capabilities, ((IFolder)pyodide).Folder).Take(Scripts)];
        IReadOnlyList<ScriptResult> inNode = node.Run(scripts), inChromium = chromium.Run(scripts);
        for (int i = 0; i < scripts.Length; i++)
        {
            Assert.True(AreTheSame(inNode[i], inChromium[i]), $"{scripts[i]}: {inNode[i].Ending} {inNode[i].Detail}, {inChromium[i].Ending} {inChromium[i].Detail}");
        }
    }

    [RequiresFact("pyodide")]
    public void An_asynchronous_exception_that_did_not_arrive_does_not_arrive_later_in_a_profile_function()
    {
        // It goes to the newest task, whose profile function CPython would clear for it.
        var script = new Script(Alphabet.Switcher, [new(Op.Spawn, 1), new(Op.Switch, 1), new(Op.Profile, 1), new(Op.Switch, 0), new(Op.Async, 1), new(Op.Switch, 1)]);
        using ISession node = Interpreters.Find("pyodide").Start(null);
        ScriptResult result = node.Run([script])[0];
        Assert.Equal(Ending.Completed, result.Ending);
        Observation sent = result.Observations[4], back = result.Observations[5];
        Assert.Equal((0, 0x11, 0), (sent.Handled, back.Profile, back.Handled));
    }

    // As a run draws them, but for those that may end in the crash that is known: what is in a memory that was written over is nobody's.
    private static IEnumerable<Script> Drawn(Capabilities capabilities, string folder)
    {
        Expectation[] crashes = [.. ExpectationFile.Read(Path.Combine(folder, "expectations.json")).Where(e => e.Verdict == VerdictKind.Crashed && ExpectationMatch.AppliesTo(e, capabilities))];
        Assert.NotEmpty(crashes);
        var generator = new ScriptGenerator(capabilities, Alphabet.Switcher);
        return Enumerable.Range(0, int.MaxValue).Select(n => generator.Generate(new ScriptSeed(1, n), 40)).Where(s => !crashes.Any(e => KnownCrash.MayShow(e, capabilities.Semantics, s)));
    }

    private static bool AreTheSame(ScriptResult one, ScriptResult other) =>
        one.Ending == other.Ending && one.Observations.Count == other.Observations.Count
        && one.Observations.Zip(other.Observations).All(o => o.First.Differs(o.Second) == Channels.None);
}
