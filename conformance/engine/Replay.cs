using PyState.Conformance.Plugins;

namespace PyState.Conformance.Engine;

/// <summary>Runs one script again, alone and in a fresh start.</summary>
public static class Replay
{
    /// <summary>What a script shows.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="script">The script.</param>
    /// <returns>The finding, or null when all is as the model expects.</returns>
    /// <exception cref="SetupException">The implementation does not offer the script's alphabet or one of its commands.</exception>
    public static Minimizer.Finding? Run(ISession session, Script script)
    {
        if (!session.Capabilities.Alphabets.Contains(script.Alphabet))
        {
            throw new SetupException($"{session.Capabilities.Implementation} does not offer the {script.Alphabet.ToString().ToLowerInvariant()} alphabet that the trace is written in");
        }

        if (script.Commands.FirstOrDefault(c => !session.Capabilities.Commands.Contains(c.Op)) is { Op: not 0 } missing)
        {
            throw new SetupException($"{session.Capabilities.Implementation} does not offer the command '{missing.Info.Name}' that the trace uses");
        }

        session.Restart();
        return Minimizer.Judged(session.Capabilities, script, session.Run([script])[0], out _);
    }
}
