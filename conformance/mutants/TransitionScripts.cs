// What random scripts come by too seldom for a real interpreter: every transition of the explored graph.

using PyState.Conformance.Engine;
using PyState.Spec.Exploration;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>The suite of transitions with one handle and one thread: what <c>explore --handles 1 --suite transitions</c> writes, of the commands that an implementation offers.</summary>
internal static class TransitionScripts
{
    private static readonly Dictionary<string, IReadOnlyList<Script>> Made = [];

    /// <summary>The scripts for what is judged.</summary>
    /// <param name="version">The version.</param>
    /// <param name="capabilities">What it declares: the commands that it offers.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static IReadOnlyList<Script> For(VersionProfile version, Capabilities capabilities, CancellationToken cancellation)
    {
        var bound = new Bound
        {
            Alphabet = Alphabet.Api,
            Version = version,
            Operations = [.. Bound.Default(Alphabet.Api).Where(capabilities.Commands.Contains)],
        };
        string key = $"{bound.Version} {string.Join(' ', bound.Operations)}";
        lock (Made)
        {
            if (!Made.TryGetValue(key, out IReadOnlyList<Script>? scripts))
            {
                var space = new PackedSpace(PackedModel.Of(bound), Symmetry.None);
                var search = new Search(space);
                search.Run(1, cancellation);
                cancellation.ThrowIfCancellationRequested();
                Made[key] = scripts = [.. TransitionSuite.Of(space, search, length: 1, cancellation).Scripts.Select(s => new Script(s.Alphabet, s.Commands))];
            }

            return scripts;
        }
    }
}
