// What only a switcher can count, as Pyodide's chunks of data stack: what it has grown by over a script is left over at its end.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class HeldTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    [RequiresTheory("threads")]
    [InlineData("7", 0)]
    [InlineData("2 * len(spawned)", 2)]
    public void What_it_has_grown_by_is_left_over_at_the_end(string held, int left)
    {
        string file = Path.Combine(folder, "held.py");
        string threads = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "implementations", "threads", "switcher.py"));
        File.WriteAllText(file, $"{threads}\n\nspawned = []\nspawn_thread = spawn\n\ndef spawn(run):\n    spawned.append(run)\n    return spawn_thread(run)\n\ndef held():\n    return {held}\n");
        using ISession session = new Registry().FromSwitcher(file).Start(Interpreters.PythonOf("threads"));
        var script = new Script(Alphabet.Switcher, [new(Op.Spawn, 1), new(Op.Switch, 1)]);
        ScriptResult result = session.Run([script])[0];
        Assert.Equal(left, result.Observations[^1].Probe);
        Divergence? found = Judge.Check(session.Capabilities, script, result.Observations, out _);
        Assert.Equal(left == 0 ? null : ClauseId.Leak01, found?.Clause);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
