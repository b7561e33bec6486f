using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>A list of commands in one alphabet. The same script runs on every implementation that offers the alphabet.</summary>
/// <param name="Alphabet">The alphabet: switcher or API.</param>
/// <param name="Commands">The commands; the teardown <see cref="Op.End"/> is not among them, it follows every script.</param>
public sealed record Script(Alphabet Alphabet, IReadOnlyList<Command> Commands)
{
    /// <summary>The commands, one a line.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Commands);
}
