// What random scripts come by too seldom for a real interpreter: every transition of the explored graph.

using PyState.Conformance.Engine;
using PyState.Spec.Exploration;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>Suites of transitions, what <c>explore --suite transitions</c> writes, of the commands that an implementation offers. Of the API with one handle: of one thread and every command;
/// and of two threads and what the end of one makes of a handle. Of a switcher: two contexts, two blocks deep, generators among these.</summary>
internal static class TransitionScripts
{
    private static readonly Op[] OfThreads =
    [
        Op.Call, Op.Leave, Op.Context, Op.New, Op.Save, Op.Restore, Op.Discard, Op.Drop, Op.Clear, Op.Thread, Op.ExitThread, Op.Fork, Op.Finalize,
    ];

    private static readonly Op[] OfContexts =
    [
        Op.Call, Op.Leave, Op.Except, Op.Generator, Op.Yield, Op.Spawn, Op.Switch, Op.Throw, Op.Finish, Op.Fail, Op.Kill,
    ];

    private static readonly Dictionary<string, IReadOnlyList<Script>> Made = [];

    /// <summary>The scripts for what is judged.</summary>
    /// <param name="version">The version.</param>
    /// <param name="capabilities">What it declares: the alphabet and the commands that it offers.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static IReadOnlyList<Script> For(VersionProfile version, Capabilities capabilities, CancellationToken cancellation)
    {
        Bound OfApi(IEnumerable<Op> operations, int threads) =>
            new() { Alphabet = Alphabet.Api, Version = version, Threads = threads, Operations = [.. operations.Where(capabilities.Commands.Contains)] };
        Bound[] bounds = capabilities.Alphabets.Contains(Alphabet.Api)
            ? [OfApi(Bound.Default(Alphabet.Api), 1), .. capabilities.Threads > 1 ? (Bound[])[OfApi(OfThreads, 2)] : []]
            : [new() { Alphabet = Alphabet.Switcher, Version = version, Depth = 2, Operations = [.. OfContexts.Where(capabilities.Commands.Contains)] }];
        return [.. bounds.SelectMany(b => Of(b, cancellation))];
    }

    private static IReadOnlyList<Script> Of(Bound bound, CancellationToken cancellation)
    {
        lock (Made)
        {
            if (!Made.TryGetValue(bound.ToString(), out IReadOnlyList<Script>? scripts))
            {
                var space = new PackedSpace(PackedModel.Of(bound), Symmetry.None);
                var search = new Search(space);
                search.Run(1, cancellation);
                cancellation.ThrowIfCancellationRequested();
                Made[bound.ToString()] = scripts = [.. TransitionSuite.Of(space, search, length: 1, cancellation).Scripts.Select(s => new Script(s.Alphabet, s.Commands))];
            }

            return scripts;
        }
    }
}
