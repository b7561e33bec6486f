using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Model;

namespace PyState.Conformance.Liars;

/// <summary>A session over the simulated interpreter that tells something else than it saw, or does something else than it was asked to.
/// What a wrong switcher does shows here; a wrong Save or Restore is an implementation of its own, see <see cref="StateLiar"/>.</summary>
/// <param name="session">The session it sits on.</param>
/// <param name="distort">What it does to a command before it runs, given the blocks it believes to be inside of; null for nothing.</param>
/// <param name="tell">What it does to an observation, given the command; null for nothing.</param>
/// <param name="declare">What it declares instead; null for the truth.</param>
public sealed class SimulatedLiar(
    SimulatedSession session,
    Func<Command, Observation, Command>? distort = null,
    SimulatedLiar.Teller? tell = null,
    Func<Capabilities, Capabilities>? declare = null) : ISession, ISteppable
{
    private Observation last;

    /// <summary>Changes an observation.</summary>
    /// <param name="command">The command as it was given.</param>
    /// <param name="before">What was told after the command before.</param>
    /// <param name="observation">What was seen; changed in place.</param>
    public delegate void Teller(Command command, in Observation before, ref Observation observation);

    /// <inheritdoc/>
    public Capabilities Capabilities { get; } = declare?.Invoke(session.Capabilities) ?? session.Capabilities;

    /// <inheritdoc/>
    public void Begin(Alphabet alphabet)
    {
        last = default;
        session.Begin(alphabet);
    }

    /// <inheritdoc/>
    public void Step(Command command, ref Observation observation)
    {
        session.Step(distort?.Invoke(command, last) ?? command, ref observation);
        tell?.Invoke(command, in last, ref observation);
        last = observation;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => [.. scripts.Select(Run)];

    /// <inheritdoc/>
    public void Restart() => session.Restart();

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private ScriptResult Run(Script script)
    {
        var observations = new Observation[script.Commands.Count + 1];
        Begin(script.Alphabet);
        for (int i = 0; i < observations.Length; i++)
        {
            Step(i < script.Commands.Count ? script.Commands[i] : new Command(Op.End), ref observations[i]);
        }

        return new ScriptResult(Ending.Completed, observations);
    }
}
