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
    private const int ScriptLength = 127; // 64 on average, as CsCheck draws them
    private static readonly VersionProfile Version = Profiles.Of(12);

    /// <summary>The engine's loop on scripts made beforehand.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<TimeSpan, Rates> Loop(bool structuralOnly)
    {
        var session = new SimulatedSession(Version, new ReferenceState());
        Capabilities capabilities = Restricted(session.Capabilities, structuralOnly);
        Script[] corpus = [.. Scripts(capabilities, structuralOnly).Take(3000)];
        Command[][] commands = [.. corpus.Select(s => s.Commands.ToArray())];
        Tally perRound = TallyOf(capabilities.Semantics, corpus);
        var loop = new HotLoop(capabilities, session);
        return time => Rates.Of(() =>
        {
            var tally = new Tally();
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < time)
            {
                for (int i = 0; i < corpus.Length; i++)
                {
                    if (!loop.Conforms(corpus[i].Alphabet, commands[i]))
                    {
                        throw new InvalidOperationException($"the reference does not conform: {corpus[i]}");
                    }
                }

                tally.Add(perRound);
            }

            return tally;
        });
    }

    /// <summary>Generation and the loop: what a run does, less the counting of coverage on a sample.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<TimeSpan, Rates> Generated(bool structuralOnly)
    {
        var session = new SimulatedSession(Version, new ReferenceState());
        Capabilities capabilities = Restricted(session.Capabilities, structuralOnly);
        ScriptGenerator[] generators = GeneratorsOf(capabilities, structuralOnly);
        double applied = TallyOf(capabilities.Semantics, [.. Scripts(capabilities, structuralOnly).Take(3000)]).Share;
        var loop = new HotLoop(capabilities, session);
        var buffer = new Command[ScriptLength];
        long number = 0;
        return time => Rates.Of(() =>
        {
            long commands = 0;
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < time)
            {
                for (int i = 0; i < 1000; i++)
                {
                    ScriptGenerator generator = generators[number % generators.Length];
                    Rng rng = Rng.For(new ScriptSeed(1, number++));
                    int length = generator.Fill(ref rng, buffer);
                    if (!loop.Conforms(generator.Alphabet, buffer.AsSpan(0, length)))
                    {
                        throw new InvalidOperationException("the reference does not conform");
                    }

                    commands += length + 1;
                }
            }

            return new Tally { Commands = commands, Applied = (long)(commands * applied) };
        });
    }

    /// <summary>CsCheck's model-based sampling of the same model and the same reference, one thread. It draws operations without looking at the
    /// state, so many do not apply and cost little; and it compares once a sample, so the comparison after every command is in the operation.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<TimeSpan, Rates> CsCheckModelBased(bool structuralOnly)
    {
        using var declared = new SimulatedSession(Version, new ReferenceState());
        Capabilities capabilities = Restricted(declared.Capabilities, structuralOnly);
        Command[] vocabulary = [.. Scripts(capabilities, structuralOnly).Take(2000).SelectMany(s => s.Commands)];
        Gen<Command> command = Gen.Int[0, vocabulary.Length - 1].Select(i => vocabulary[i]);
        return time =>
        {
            var tally = new Tally();
            using var session = new SimulatedSession(Version, new ReferenceState());
            int samples = 0;
            Gen<(Actual, Expected)> initial = Gen.Const(0).Select(_ =>
            {
                Alphabet alphabet = structuralOnly || samples++ % 2 == 0 ? Alphabet.Api : Alphabet.Switcher;
                var actual = new Actual(session, alphabet);
                return (actual, new Expected(actual, session.Capabilities, alphabet, tally));
            });
            return Rates.Of(() =>
            {
                initial.SampleModelBased(
                    command.Operation<Actual, Expected>((actual, c) => actual.Step(c), (model, c) => model.StepAndCompare(c)),
                    equal: (_, model) => model.Agreed,
                    time: Math.Max(1, (int)time.TotalSeconds),
                    threads: 1);
                return tally;
            });
        };
    }

    private static Capabilities Restricted(Capabilities capabilities, bool structuralOnly) => structuralOnly
        ? capabilities with { Commands = capabilities.Commands.Where(o => CommandTable.AlphabetOf(o) == Alphabet.Structural && o is not (Op.Finalize or Op.Detach)).ToHashSet() }
        : capabilities;

    private static ScriptGenerator[] GeneratorsOf(Capabilities capabilities, bool structuralOnly) => structuralOnly
        ? [new(capabilities, Alphabet.Api)]
        : [new(capabilities, Alphabet.Api), new(capabilities, Alphabet.Switcher)];

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

    private sealed class Expected(Actual actual, Capabilities capabilities, Alphabet alphabet, Tally tally)
    {
        private State state = State.Initial(capabilities.Semantics, alphabet);

        internal bool Agreed { get; private set; } = true;

        internal void StepAndCompare(Command command)
        {
            Outcome outcome = Machine.Step(capabilities.Semantics, ref state, command);
            Machine.Observe(capabilities.Semantics, in state, in outcome, out Observation expected);
            Agreed &= expected.Differs(in actual.Seen) == Channels.None;
            tally.Count(outcome.Status);
        }
    }
}
