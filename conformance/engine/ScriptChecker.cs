using PyState.Conformance.Plugins;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>What a generated script came to.</summary>
/// <param name="Exercised">The clauses it put to the test, where that was counted: on a sample.</param>
/// <param name="Length">How many commands it has.</param>
/// <param name="Conforms">Whether everything was as the model expects.</param>
internal readonly record struct CheckedScript(ClauseSet Exercised, int Length, bool Conforms);

/// <summary>Generates scripts and checks each on the way. One for each thread.</summary>
/// <param name="capabilities">What is judged.</param>
/// <param name="generators">What generates the scripts, in turn.</param>
/// <param name="implementation">The implementation: nobody else steps it meanwhile.</param>
/// <param name="maximumLength">The longest script.</param>
internal sealed class ScriptChecker(Capabilities capabilities, IReadOnlyList<ScriptGenerator> generators, ISteppable implementation, int maximumLength)
{
    // An in-process implementation runs millions of scripts: what each exercises is counted on a sample.
    internal const int SampleEvery = 8;

    private readonly ScriptWalk[] walks = [.. generators.Select(g => new ScriptWalk(g))];
    private readonly HotLoop loop = new(capabilities, implementation);
    private readonly Command[] buffer = new Command[maximumLength];

    /// <summary>Checks one script.</summary>
    /// <param name="seed">Which one.</param>
    internal CheckedScript Check(ScriptSeed seed)
    {
        ScriptWalk walk = walks[seed.Number % walks.Length];
        ClauseSet exercised = default;
        bool conforms = (seed.Number / walks.Length) % SampleEvery != 0
            ? loop.Conforms(walk, seed, buffer, out int length)
            : loop.Conforms(walk, seed, buffer, out length, out exercised);
        return new CheckedScript(exercised, length, conforms);
    }
}
