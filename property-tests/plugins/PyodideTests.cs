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
