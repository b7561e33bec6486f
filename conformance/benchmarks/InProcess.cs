using System.Diagnostics;
using CsCheck;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.Benchmarks;

/// <summary>Checking the reference against the model inside one process, on one core: the engine's loop, and CsCheck's model-based sampling of the same two.</summary>
internal static class InProcess
{
    private const int ScriptLength = 40;
    private static readonly VersionProfile Version = Profiles.Of(12);

    /// <summary>The engine's loop on scripts made beforehand.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<TimeSpan, double> Loop(bool structuralOnly)
    {
        using var session = new SimulatedSession(Version, new ReferenceState());
        Capabilities capabilities = Restricted(session.Capabilities, structuralOnly);
        Script[] corpus = [.. Scripts(capabilities, structuralOnly).Take(3000)];
        Command[][] commands = [.. corpus.Select(s => s.Commands.ToArray())];
        var loop = new HotLoop(capabilities, session);
        return time => Rate(time, () =>
        {
            long checkedCommands = 0;
            for (int i = 0; i < corpus.Length; i++)
            {
                if (!loop.Conforms(corpus[i].Alphabet, commands[i]))
                {
                    throw new InvalidOperationException($"the reference does not conform: {corpus[i]}");
                }

                checkedCommands += commands[i].Length + 1;
            }

            return checkedCommands;
        });
    }

    /// <summary>The whole campaign: generation, loop, counting what was exercised.</summary>
    internal static Func<TimeSpan, double> Campaign() => time =>
    {
        using var session = new SimulatedSession(Version, new ReferenceState());
        var clock = Stopwatch.StartNew();
        ImplementationReport report = Runner.Run(session, new RunOptions { Time = time, MaximumLength = ScriptLength }, null, CancellationToken.None);
        return report.Commands / clock.Elapsed.TotalSeconds;
    };

    /// <summary>CsCheck's model-based sampling of the same model and the same reference, one thread.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<TimeSpan, double> CsCheckModelBased(bool structuralOnly)
    {
        using var declared = new SimulatedSession(Version, new ReferenceState());
        Capabilities capabilities = Restricted(declared.Capabilities, structuralOnly);
        Command[] vocabulary = [.. Scripts(capabilities, structuralOnly).Take(2000).SelectMany(s => s.Commands)];
        Gen<Command> command = Gen.Int[0, vocabulary.Length - 1].Select(i => vocabulary[i]);
        return time =>
        {
            long operations = 0;
            var session = new SimulatedSession(Version, new ReferenceState());
            Gen<(Actual, Expected)> initial = Gen.Const(0).Select(_ =>
                (new Actual(session, Alphabet.Api), new Expected(session.Capabilities, Alphabet.Api)));
            var clock = Stopwatch.StartNew();
            initial.SampleModelBased(
                command.Operation<Actual, Expected>(
                    (actual, c) =>
                    {
                        operations++;
                        actual.Step(c);
                    },
                    (model, c) => model.Step(c)),
                equal: (actual, model) => model.Matches(actual),
                time: Math.Max(1, (int)time.TotalSeconds),
                threads: 1);
            return operations / clock.Elapsed.TotalSeconds;
        };
    }

    private static Capabilities Restricted(Capabilities capabilities, bool structuralOnly) => structuralOnly
        ? capabilities with { Commands = capabilities.Commands.Where(o => CommandTable.AlphabetOf(o) == Alphabet.Structural && o is not (Op.Finalize or Op.Detach)).ToHashSet() }
        : capabilities;

    private static IEnumerable<Script> Scripts(Capabilities capabilities, bool structuralOnly)
    {
        ScriptGenerator[] generators = structuralOnly
            ? [new(capabilities, Alphabet.Api)]
            : [new(capabilities, Alphabet.Api), new(capabilities, Alphabet.Switcher)];
        for (int i = 0; ; i++)
        {
            yield return generators[i % generators.Length].Generate(new ScriptSeed(1, i), ScriptLength);
        }
    }

    private static double Rate(TimeSpan time, Func<long> work)
    {
        long done = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            done += work();
        }

        return done / clock.Elapsed.TotalSeconds;
    }

    private sealed class Actual
    {
        private readonly SimulatedSession session;
        private Observation observation;

        internal Actual(SimulatedSession session, Alphabet alphabet)
        {
            this.session = session;
            session.Begin(alphabet);
        }

        internal ref readonly Observation Seen => ref observation;

        internal void Step(Command command) => session.Step(command, ref observation);
    }

    private sealed class Expected(Capabilities capabilities, Alphabet alphabet)
    {
        private State state = State.Initial(capabilities.Semantics, alphabet);
        private Observation observation;
        private bool stepped;

        internal void Step(Command command)
        {
            Outcome outcome = Machine.Step(capabilities.Semantics, ref state, command);
            Machine.Observe(capabilities.Semantics, in state, in outcome, out observation);
            stepped = true;
        }

        internal bool Matches(Actual actual) => !stepped || observation.Differs(in actual.Seen) == Channels.None;
    }
}
