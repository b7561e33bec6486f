using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.PropertyTests.Model;

/// <summary>Random walks through the model: the steps of generated scripts, for the laws to look at.</summary>
internal static class Walk
{
    /// <summary>One step with the states around it.</summary>
    internal sealed record Step(Semantics Semantics, State Before, Command Command, Outcome Outcome, State After);

    /// <summary>Every step of one script for every version and alphabet.</summary>
    /// <param name="seed">Which script.</param>
    /// <param name="choices">Changes the semantics, for the choices.</param>
    internal static IEnumerable<Step> Steps(ulong seed, Func<Semantics, Semantics>? choices = null) => Scripts(seed, choices).SelectMany(s => s);

    /// <summary>The same, a script at a time, for laws about what happened before.</summary>
    /// <param name="seed">Which script.</param>
    /// <param name="choices">Changes the semantics, for the choices.</param>
    internal static IEnumerable<IEnumerable<Step>> Scripts(ulong seed, Func<Semantics, Semantics>? choices = null) =>
        from profile in Profiles.All
        from alphabet in new[] { Alphabet.Api, Alphabet.Switcher }
        select Steps(seed, profile, alphabet, choices ?? (s => s));

    private static IEnumerable<Step> Steps(ulong seed, VersionProfile profile, Alphabet alphabet, Func<Semantics, Semantics> choices)
    {
        Capabilities capabilities = SimulatedCapabilities.For(profile);
        capabilities = capabilities with { Semantics = choices(capabilities.Semantics) };
        Script script = new ScriptGenerator(capabilities, alphabet).Generate(new ScriptSeed(seed, 0), 60);
        State state = State.Initial(capabilities.Semantics, alphabet);
        foreach (Command command in script.Commands)
        {
            State before = state;
            Outcome outcome = Machine.Step(capabilities.Semantics, ref state, command);
            yield return new Step(capabilities.Semantics, before, command, outcome, state);
        }
    }

    /// <summary>The state as bytes: nothing was written where two are equal.</summary>
    internal static bool Same(State one, State other) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<State>(in one))
            .SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<State>(in other)));
}
