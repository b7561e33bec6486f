using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.Benchmarks;

/// <summary>Checking the reference against the model inside one process, on one core, by the engine.</summary>
internal static class InProcess
{
    internal const int ScriptLength = 127; // 64 on average, as CsCheck draws them
    internal static readonly VersionProfile Version = Profiles.Of(12);

    /// <summary>The engine's loop on scripts made beforehand: all of them, once.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<Tally> Loop(bool structuralOnly)
    {
        var session = new SimulatedSession(Version, new ReferenceState());
        Capabilities capabilities = Restricted(session.Capabilities, structuralOnly);
        Script[] corpus = [.. Scripts(capabilities, structuralOnly).Take(3000)];
        Command[][] commands = [.. corpus.Select(s => s.Commands.ToArray())];
        Tally tally = TallyOf(capabilities.Semantics, corpus);
        var loop = new HotLoop(capabilities, session);
        return () =>
        {
            for (int i = 0; i < corpus.Length; i++)
            {
                if (!loop.Conforms(corpus[i].Alphabet, commands[i]))
                {
                    throw new InvalidOperationException($"the reference does not conform: {corpus[i]}");
                }
            }

            return tally;
        };
    }

    /// <summary>Generation and the loop, the next thousand scripts: what a run does, less the counting of coverage on a sample.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<Tally> Generated(bool structuralOnly)
    {
        var session = new SimulatedSession(Version, new ReferenceState());
        Capabilities capabilities = Restricted(session.Capabilities, structuralOnly);
        ScriptWalk[] walks = [.. GeneratorsOf(capabilities, structuralOnly).Select(g => new ScriptWalk(g))];
        double applied = TallyOf(capabilities.Semantics, [.. Scripts(capabilities, structuralOnly).Take(3000)]).Share;
        var loop = new HotLoop(capabilities, session);
        var buffer = new Command[ScriptLength];
        long number = 0;
        return () =>
        {
            long commands = 0;
            for (int i = 0; i < 1000; i++)
            {
                var seed = new ScriptSeed(1, number);
                if (!loop.Conforms(walks[number++ % walks.Length], seed, buffer, out int length))
                {
                    throw new InvalidOperationException("the reference does not conform");
                }

                commands += length + 1;
            }

            return new Tally { Commands = commands, Applied = (long)(commands * applied) };
        };
    }

    /// <summary>What is drawn: with all commands, those that stop a script for good, or nearly so, among them.</summary>
    internal static Capabilities Restricted(Capabilities capabilities, bool structuralOnly) => structuralOnly
        ? capabilities with { Commands = capabilities.Commands.Where(o => CommandTable.AlphabetOf(o) == Alphabet.Structural && o is not (Op.Finalize or Op.Detach)).ToHashSet() }
        : capabilities;

    /// <summary>The alphabets of the scripts, in turn.</summary>
    internal static Alphabet[] AlphabetsOf(bool structuralOnly) => structuralOnly ? [Alphabet.Api] : [Alphabet.Api, Alphabet.Switcher];

    private static ScriptGenerator[] GeneratorsOf(Capabilities capabilities, bool structuralOnly) =>
        [.. AlphabetsOf(structuralOnly).Select(alphabet => new ScriptGenerator(capabilities, alphabet))];

    private static Tally TallyOf(Semantics semantics, Script[] corpus)
    {
        var tally = new Tally();
        foreach (Script script in corpus)
        {
            State state = State.Initial(semantics, script.Alphabet);
            foreach (Command command in script.Commands)
            {
                tally.Count(Machine.Step(semantics, ref state, command).Status);
            }

            tally.Count(Status.Ok); // the teardown
        }

        return tally;
    }

    private static IEnumerable<Script> Scripts(Capabilities capabilities, bool structuralOnly)
    {
        ScriptGenerator[] generators = GeneratorsOf(capabilities, structuralOnly);
        for (int i = 0; ; i++)
        {
            yield return generators[i % generators.Length].Generate(new ScriptSeed(1, i), ScriptLength);
        }
    }
}
