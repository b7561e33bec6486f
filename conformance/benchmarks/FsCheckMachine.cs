using FsCheck;
using FsCheck.Experimental;
using FsCheck.Fluent;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Model;
using Alphabet = PyState.Spec.Model.Alphabet;
using Outcome = PyState.Spec.Model.Outcome;

namespace PyState.Benchmarks;

/// <summary>FsCheck's own model-based testing, <see cref="Machine{TActual, TModel}"/>, of the same model and the same reference, on one thread. One operation per command, as
/// its documentation shows it, drawn alike; a model is a value of its own, because FsCheck keeps those it has gone through. Step, comparison and teardown are the code
/// that the engine uses. In its favour the reference is reset and not made anew for a run.</summary>
internal static class FsCheckMachine
{
    /// <summary>Twenty runs in each alphabet.</summary>
    /// <param name="structuralOnly">Structural commands only, or all of them.</param>
    internal static Func<Tally> Sampling(bool structuralOnly)
    {
        var session = new SimulatedSession(InProcess.Version, new ReferenceState());
        Capabilities capabilities = InProcess.Restricted(session.Capabilities, structuralOnly);
        Alphabet[] alphabets = InProcess.AlphabetsOf(structuralOnly);
        Config config = Config.QuickThrowOnFailure.WithMaxTest(20).WithStartSize(InProcess.ScriptLength).WithEndSize(InProcess.ScriptLength).WithQuietOnSuccess(true);
        return () =>
        {
            var tally = new Tally();
            foreach (Alphabet alphabet in alphabets)
            {
                Check.One(config, new Interpreter(session, capabilities, alphabet, tally).ToProperty());
            }

            return tally;
        };
    }

    private sealed class Interpreter(SimulatedSession session, Capabilities capabilities, Alphabet alphabet, Tally tally) : Machine<Actual, Model>(InProcess.ScriptLength)
    {
        private readonly Gen<Operation<Actual, Model>> operations = Gen.OneOf(
        [
            .. capabilities.Commands.Order().Where(o => CommandTable.AlphabetOf(o) is var a && (a == Alphabet.Structural || a == alphabet)).Select(o => OperationOf(o, capabilities, tally)),
        ]);

        public override Arbitrary<Setup<Actual, Model>> Setup => Gen.Constant<Setup<Actual, Model>>(new Begin(session, capabilities, alphabet)).ToArbitrary();

        public override TearDown<Actual> TearDown { get; } = new End(capabilities, tally);

        public override Gen<Operation<Actual, Model>> Next(Model model) => operations;
    }

    private static Gen<Operation<Actual, Model>> OperationOf(Op op, Capabilities capabilities, Tally tally)
    {
        Gen<int>[] arguments = [.. CommandTable.Of(op).Parameters.Select(p => Gen.Choose(p.Low, p.High))];
        return (arguments switch
        {
            [] => Gen.Constant(new Command(op)),
            [var a] => a.Select(x => new Command(op, (byte)x)),
            [var a, var b] => a.Zip(b, (x, y) => new Command(op, (byte)x, (byte)y)),
            _ => throw new ArgumentOutOfRangeException(nameof(op), op, "more arguments than a command has"),
        }).Select(Operation<Actual, Model> (c) => new Do(c, capabilities, tally));
    }

    /// <summary>The model after a command.</summary>
    /// <param name="State">Its state.</param>
    /// <param name="Outcome">What it says of the command.</param>
    private sealed record Model(State State, Outcome Outcome)
    {
        internal Model Step(Semantics semantics, Command command)
        {
            State next = State;
            Outcome outcome = Machine.Step(semantics, ref next, command);
            return new Model(next, outcome);
        }
    }

    private sealed class Actual(SimulatedSession session)
    {
        private Observation seen;

        internal Model? Last { get; set; }

        internal bool Agrees(Command command, Model model, Capabilities capabilities)
        {
            session.Step(command, ref seen);
            State state = model.State;
            Outcome outcome = model.Outcome;
            Machine.Observe(capabilities.Semantics, in state, in outcome, out Observation expected);
            Last = model;
            return expected.Differs(in seen) == Channels.None || Judge.Differing(capabilities, command.Op, in expected, in seen) == Channels.None;
        }
    }

    private sealed class Begin(SimulatedSession session, Capabilities capabilities, Alphabet alphabet) : Setup<Actual, Model>
    {
        public override Actual Actual()
        {
            session.Begin(alphabet);
            return new Actual(session);
        }

        public override Model Model() => new(State.Initial(capabilities.Semantics, alphabet), default);
    }

    private sealed class Do(Command command, Capabilities capabilities, Tally tally) : Operation<Actual, Model>
    {
        public override Model Run(Model model) => model.Step(capabilities.Semantics, command);

        public override Property Check(Actual actual, Model model)
        {
            tally.Count(model.Outcome.Status);
            return actual.Agrees(command, model, capabilities).ToProperty();
        }
    }

    private sealed class End(Capabilities capabilities, Tally tally) : TearDown<Actual>
    {
        public override void Actual(Actual actual)
        {
            if (actual.Last is { } last)
            {
                var end = new Command(Op.End);
                tally.Count(Status.Ok);
                if (!actual.Agrees(end, last.Step(capabilities.Semantics, end), capabilities))
                {
                    throw new InvalidOperationException("the reference does not conform");
                }
            }
        }
    }
}
