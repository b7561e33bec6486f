using CsCheck;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Model;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.Benchmarks;

/// <summary>CsCheck's model-based sampling of the same model and the same reference, on one thread. What it does in common with the engine is the same code: one
/// step of the reference and of the model, the comparison of every channel after every command, and the teardown with its leak check after every
/// script. Three choices favour it: but for <see cref="MadeAnew"/> the reference is reset and not made anew for a sample, its scripts are in one alphabet, so that no command is
/// wasted on the other, and no statistics or names of operations are asked for.</summary>
internal static class CsCheckSampling
{
    // Of 64 operations on average.
    private const int Samples = 1000;

    /// <summary>As its documentation shows it: an array with one operation per command, each with a generator of its arguments; CsCheck draws one of them at a
    /// time, all alike. It has no way to look at the state when it draws, so that many of these commands do not apply.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<Tally> OneGeneratorPerOperation(bool structuralOnly) =>
        Sampling(structuralOnly, OperationsOf);

    /// <summary>The same with a reference made anew for every sample, as the initial generator in its documentation makes what is tested.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<Tally> MadeAnew(bool structuralOnly) => Sampling(structuralOnly, OperationsOf, isMadeAnew: true);

    /// <summary>An upper bound, beyond what CsCheck does itself: whole commands, drawn from a long list that the engine's generator made beforehand. The frequencies and
    /// arguments are then those that the engine works out from the state, for nothing.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<Tally> CommandsOfTheEngine(bool structuralOnly) =>
        Sampling(structuralOnly, (capabilities, alphabet) =>
        {
            var generator = new ScriptGenerator(capabilities, alphabet);
            Command[] list = [.. Enumerable.Range(0, 1000).SelectMany(i => generator.Generate(new ScriptSeed(1, i), InProcess.ScriptLength).Commands)];
            return [Gen.Int[0, list.Length - 1].Operation<Actual, Expected>((actual, i) => actual.Step(list[i]), (model, i) => model.StepAndCompare(list[i]))];
        });

    private static GenOperation<Actual, Expected>[] OperationsOf(Capabilities capabilities, Alphabet alphabet) =>
        [.. capabilities.Commands.Order().Where(o => CommandTable.AlphabetOf(o) is var a && (a == Alphabet.Structural || a == alphabet)).Select(OperationOf)];

    private static Func<Tally> Sampling(bool structuralOnly, Func<Capabilities, Alphabet, GenOperation<Actual, Expected>[]> operations, bool isMadeAnew = false)
    {
        var session = new SimulatedSession(InProcess.Version, new ReferenceState());
        Capabilities capabilities = InProcess.Restricted(session.Capabilities, structuralOnly);
        (Alphabet Alphabet, GenOperation<Actual, Expected>[] Operations)[] tests =
            [.. InProcess.AlphabetsOf(structuralOnly).Select(alphabet => (alphabet, operations(capabilities, alphabet)))];
        return () =>
        {
            var tally = new Tally();
            foreach ((Alphabet alphabet, GenOperation<Actual, Expected>[] ofAlphabet) in tests)
            {
                Gen.Const(0).Select(_ => Initial(isMadeAnew ? new SimulatedSession(InProcess.Version, new ReferenceState()) : session, capabilities, alphabet, tally)).SampleModelBased(
                    ofAlphabet,
                    equal: (actual, model) => model.AgreesToTheEnd(),
                    iter: Samples / tests.Length,
                    threads: 1);
            }

            return tally;
        };
    }

    private static GenOperation<Actual, Expected> OperationOf(Op op)
    {
        Gen<byte>[] arguments = [.. CommandTable.Of(op).Parameters.Select(p => Gen.Byte[(byte)p.Low, (byte)p.High])];
        return arguments switch
        {
            [] => Gen.Operation<Actual, Expected>(actual => actual.Step(new Command(op)), model => model.StepAndCompare(new Command(op))),
            [var a] => a.Operation<Actual, Expected>((actual, x) => actual.Step(new Command(op, x)), (model, x) => model.StepAndCompare(new Command(op, x))),
            [var a, var b] => Gen.Select(a, b).Operation<Actual, Expected>(
                (actual, x) => actual.Step(new Command(op, x.Item1, x.Item2)),
                (model, x) => model.StepAndCompare(new Command(op, x.Item1, x.Item2))),
            _ => throw new ArgumentOutOfRangeException(nameof(op), op, "more arguments than a command has"),
        };
    }

    private static (Actual, Expected) Initial(SimulatedSession session, Capabilities capabilities, Alphabet alphabet, Tally tally)
    {
        var actual = new Actual(session, alphabet);
        return (actual, new Expected(actual, capabilities, alphabet, tally));
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
        private readonly Semantics semantics = capabilities.Semantics;
        private State state = State.Initial(capabilities.Semantics, alphabet);
        private bool agreed = true;

        internal void StepAndCompare(Command command)
        {
            Outcome outcome = Machine.Step(semantics, ref state, command);
            Machine.Observe(semantics, in state, in outcome, out Observation expected);
            agreed &= expected.Differs(in actual.Seen) == Channels.None || Judge.Differing(capabilities, command.Op, in expected, in actual.Seen) == Channels.None;
            tally.Count(outcome.Status);
        }

        // CsCheck asks once a sample, after the last operation.
        internal bool AgreesToTheEnd()
        {
            actual.Step(new Command(Op.End));
            StepAndCompare(new Command(Op.End));
            return agreed;
        }
    }
}
