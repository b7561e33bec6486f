// The fake implementations of children/, each named for how it lies.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;
using PyState.Spec.Model;

namespace PyState.PropertyTests.Plugins;

/// <summary>Starts fakes and makes scripts for them.</summary>
internal static class Children
{
    /// <summary>A session with a fake; impatient where waiting is the point.</summary>
    /// <param name="name">Its name without the folder and the ending.</param>
    /// <param name="environment">More variables.</param>
    public static ChildSession Start(string name, IReadOnlyDictionary<string, string>? environment = null) => new(Of(name, environment));

    /// <summary>How such a session is started.</summary>
    /// <param name="name">Its name without the folder and the ending.</param>
    /// <param name="environment">More variables.</param>
    public static ChildStart Of(string name, IReadOnlyDictionary<string, string>? environment = null) => new()
    {
        Program = Programs.Find("sh") ?? throw new SetupException("these tests need sh"),
        Arguments = [Path.Combine(AppContext.BaseDirectory, "plugins", "children", name + ".sh")],
        TimeLimit = TimeSpan.FromSeconds(name.Contains("hang", StringComparison.Ordinal) ? 8 : name.Contains("slow", StringComparison.Ordinal) ? 4 : 30), // a busy machine is no liar
        LineLimit = 1 << 20,
        Environment = environment ?? new Dictionary<string, string>(),
    };

    /// <summary>A script of calls.</summary>
    /// <param name="labels">The labels, 0 to 7.</param>
    public static Script Calls(params int[] labels) => new(Alphabet.Switcher, [.. labels.Select(l => new Command(Op.Call, (byte)l))]);

    /// <summary>What the truthful fake shows for a script of calls: the labels as probes, then the teardown.</summary>
    /// <param name="script">The script.</param>
    public static IEnumerable<int> Probes(Script script) => script.Commands.Select(c => (int)c.A).Append(0);

    /// <summary>The endings of results in a line.</summary>
    /// <param name="results">The results.</param>
    public static string Endings(IEnumerable<ScriptResult> results) => string.Join(' ', results.Select(r => r.Ending));
}
