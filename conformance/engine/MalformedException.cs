namespace PyState.Conformance.Engine;

/// <summary>JSON that is not what the protocol says. Caught where it is known whose it is.</summary>
/// <param name="message">What is wrong with it.</param>
internal sealed class MalformedException(string message) : Exception(message);

/// <summary>After <c>fork</c> a script goes on in a child of the child, and that one died: the protocol's status <c>crashed</c>.</summary>
internal sealed class ForkCrashedException() : Exception(Words)
{
    /// <summary>How a report says it.</summary>
    internal const string Words = "the process in which the script went on after a fork died";
}
