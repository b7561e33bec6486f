namespace PyState.Conformance.Plugins.Process;

/// <summary>Why a child did not answer as it should. Caught where the batch is known; it never leaves this folder.</summary>
/// <param name="ending">Crashed, hung or garbled.</param>
/// <param name="message">What is known of it, in one line.</param>
/// <param name="script">The index in the batch of the script whose answer is wrong, where the answer itself says so.</param>
/// <param name="command">The index of its command, where the answer says that too.</param>
internal sealed class ChildFailure(Ending ending, string message, int? script = null, int? command = null) : Exception(message)
{
    /// <summary>The last lines of its standard error, where they are known.</summary>
    internal string? Tail { get; init; }

    /// <summary>How it ended.</summary>
    internal Ending Ending { get; } = ending;

    /// <summary>The script whose answer is wrong, or null when the answer does not say.</summary>
    internal int? Script { get; } = script;

    /// <summary>The command of that script, or null when the answer does not say.</summary>
    internal int? Command { get; } = command;
}
