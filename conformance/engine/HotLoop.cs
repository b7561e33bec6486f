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

    // By alphabet: a state is most of a kilobyte, and is copied faster than made.
    private readonly State[] initial = [.. Enum.GetValues<Alphabet>().Select(a => State.Initial(capabilities.Semantics, a))];
    private State state;
    private Observation expected;
    private Observation actual;

    /// <summary>Runs one script and its teardown.</summary>
    /// <param name="alphabet">Its alphabet.</param>
    /// <param name="commands">Its commands.</param>
    /// <returns>Whether everything was as the model expects.</returns>
    public bool Conforms(Alphabet alphabet, ReadOnlySpan<Command> commands)
    {
        state = initial[(int)alphabet];
        implementation.Begin(alphabet);
        for (int i = 0; i <= commands.Length; i++)
        {
            if (!Step(ref state, i < commands.Length ? commands[i] : new Command(Op.End)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Generates one script and checks it on the way: the model is stepped once for both.</summary>
    /// <param name="walk">What generates it.</param>
    /// <param name="seed">Which one.</param>
    /// <param name="commands">The whole script, filled from the start, also where it does not conform.</param>
    /// <param name="length">How many commands it has.</param>
    /// <returns>Whether everything was as the model expects.</returns>
    public bool Conforms(ScriptWalk walk, ScriptSeed seed, Span<Command> commands, out int length)
    {
        length = walk.Begin(seed, commands.Length);
        implementation.Begin(walk.Alphabet);
        bool conforms = true;
        for (int i = 0; i < length; i++)
        {
            Command command = walk.Next(out Outcome outcome);
            commands[i] = command;
            conforms = conforms && Matches(in walk.State, outcome, command);
        }

        state = walk.State;
        return conforms && Step(ref state, new Command(Op.End));
    }

    /// <summary>Does the same, and collects what the script puts to the test until something is not as the model expects.</summary>
    /// <param name="walk">What generates it.</param>
    /// <param name="seed">Which one.</param>
    /// <param name="commands">The whole script, filled from the start, also where it does not conform.</param>
    /// <param name="length">How many commands it has.</param>
    /// <param name="exercised">The clauses exercised.</param>
    /// <returns>Whether everything was as the model expects.</returns>
    public bool Conforms(ScriptWalk walk, ScriptSeed seed, Span<Command> commands, out int length, out ClauseSet exercised)
    {
        length = walk.Begin(seed, commands.Length);
        implementation.Begin(walk.Alphabet);
        exercised = default;
        bool conforms = true;
        for (int i = 0; i <= length; i++)
        {
            State before = walk.State;
            Outcome outcome;
            Command command;
            if (i < length)
            {
                commands[i] = command = walk.Next(out outcome);
                state = walk.State;
            }
            else
            {
                command = new Command(Op.End);
                outcome = Machine.Step(semantics, ref state, command);
            }

            if (conforms)
            {
                exercised = exercised.Union(Exercise.Of(semantics, in before, command, in state, in outcome, rawShown));
                conforms = Matches(in state, outcome, command);
            }
        }

        return conforms;
    }

    private bool Step(ref State state, Command command)
    {
        Outcome outcome = Machine.Step(semantics, ref state, command);
        return Matches(in state, outcome, command);
    }

    private bool Matches(in State state, Outcome outcome, Command command)
    {
        Machine.Observe(semantics, in state, in outcome, out expected);
        implementation.Step(command, ref actual);
        return expected.Differs(in actual) == Channels.None || Judge.Differing(capabilities, command.Op, in expected, in actual) == Channels.None;
    }
}
