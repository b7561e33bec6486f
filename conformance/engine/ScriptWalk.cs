using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>One script in the making, command by command, with the model's state alongside. One after another, and not for two threads at a time.</summary>
/// <param name="generator">What draws the commands.</param>
public sealed class ScriptWalk(ScriptGenerator generator)
{
    private readonly Op[] table = new Op[generator.MixtureLength];
    private readonly Semantics semantics = generator.Semantics;
    private Rng rng;
    private int mixture;
    private State state;

    /// <summary>The alphabet of its scripts.</summary>
    public Alphabet Alphabet => generator.Alphabet;

    /// <summary>The model's state after the last command.</summary>
    internal ref readonly State State => ref state;

    /// <summary>Begins a script.</summary>
    /// <param name="seed">Which one.</param>
    /// <param name="maximumLength">At least 2.</param>
    /// <returns>How many commands it has: at least 2.</returns>
    public int Begin(ScriptSeed seed, int maximumLength)
    {
        rng = Rng.For(seed);
        mixture = generator.Mixture(ref rng, table);
        state = State.Initial(semantics, generator.Alphabet);
        return Length(ref rng, maximumLength);
    }

    /// <summary>Draws the length of a script.</summary>
    /// <param name="rng">Where it comes from.</param>
    /// <param name="maximumLength">At least 2.</param>
    internal static int Length(ref Rng rng, int maximumLength) => 2 + rng.Below(maximumLength - 1);

    /// <summary>The script's next command.</summary>
    /// <param name="outcome">What the model says of it; <see cref="State"/> is the state after it.</param>
    public Command Next(out Outcome outcome) => generator.Next(ref rng, ref state, table.AsSpan(0, mixture), out outcome);

    /// <summary>A whole script.</summary>
    /// <param name="seed">Which one.</param>
    /// <param name="commands">Filled from the start.</param>
    /// <returns>How many commands it has: at least 2, at most what fits.</returns>
    public int Fill(ScriptSeed seed, Span<Command> commands)
    {
        int length = Begin(seed, commands.Length);
        for (int i = 0; i < length; i++)
        {
            commands[i] = Next(out _);
        }

        return length;
    }
}
