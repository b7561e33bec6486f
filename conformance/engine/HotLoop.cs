using PyState.Conformance.Plugins;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Checks scripts against an implementation inside this process, command by command, without allocating. A difference only ends the script: the
/// evidence is gathered by running the script again.</summary>
/// <param name="capabilities">What the implementation declares.</param>
/// <param name="implementation">The implementation.</param>
public sealed class HotLoop(Capabilities capabilities, ISteppable implementation)
{
    private readonly Semantics semantics = capabilities.Semantics;
    private readonly bool rawShown = capabilities.Channels.HasFlag(Channels.Raw);
    private Observation expected;
    private Observation actual;

    /// <summary>Runs one script and its teardown.</summary>
    /// <param name="alphabet">Its alphabet.</param>
    /// <param name="commands">Its commands.</param>
    /// <returns>Whether everything was as the model expects.</returns>
    public bool Conforms(Alphabet alphabet, ReadOnlySpan<Command> commands)
    {
        State state = State.Initial(semantics, alphabet);
        implementation.Begin(alphabet);
        foreach (Command command in commands)
        {
            if (!Step(ref state, command))
            {
                return false;
            }
        }

        return Step(ref state, new Command(Op.End));
    }

    /// <summary>Runs one script as the other overload does and collects what it puts to the test.</summary>
    /// <param name="alphabet">Its alphabet.</param>
    /// <param name="commands">Its commands.</param>
    /// <param name="exercised">The clauses exercised.</param>
    public bool Conforms(Alphabet alphabet, ReadOnlySpan<Command> commands, out ClauseSet exercised)
    {
        State state = State.Initial(semantics, alphabet);
        implementation.Begin(alphabet);
        exercised = default;
        for (int i = 0; i <= commands.Length; i++)
        {
            Command command = i < commands.Length ? commands[i] : new Command(Op.End);
            State before = state;
            Outcome outcome = Machine.Step(semantics, ref state, command);
            exercised = exercised.Union(Exercise.Of(semantics, in before, command, in state, in outcome, rawShown));
            if (!Matches(in state, in outcome, command))
            {
                return false;
            }
        }

        return true;
    }

    private bool Step(ref State state, Command command)
    {
        Outcome outcome = Machine.Step(semantics, ref state, command);
        return Matches(in state, in outcome, command);
    }

    private bool Matches(in State state, in Outcome outcome, Command command)
    {
        Machine.Observe(semantics, in state, in outcome, out expected);
        implementation.Step(command, ref actual);
        return expected.Differs(in actual) == Channels.None || Judge.Differing(capabilities, command.Op, in expected, in actual) == Channels.None;
    }
}
