using System.Buffers;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Process;

/// <summary>What the messages between the suite and a child look like. Each is one line; the first and the last are JSON on every wire.</summary>
internal interface IWire
{
    /// <summary>Reads the child's first message.</summary>
    /// <param name="hello">The line.</param>
    /// <param name="advice">What to do where it cannot be used.</param>
    /// <exception cref="SetupException">It cannot be used: one line that says why.</exception>
    Capabilities Declared(ReadOnlyMemory<byte> hello, string advice);

    /// <summary>Writes a batch as one line.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="id">The number of the message, repeated in its answer.</param>
    /// <param name="scripts">The scripts.</param>
    void WriteRun(ArrayBufferWriter<byte> to, int id, ReadOnlySpan<Script> scripts);

    /// <summary>Reads the answer to a batch.</summary>
    /// <param name="line">The line.</param>
    /// <param name="id">The number of the message.</param>
    /// <param name="scripts">The scripts that were sent.</param>
    /// <param name="declared">The channels that must be there.</param>
    /// <returns>One result per script.</returns>
    /// <exception cref="ChildFailure">It is not the answer to that message.</exception>
    ScriptResult[] ReadRan(ReadOnlySpan<byte> line, int id, ReadOnlySpan<Script> scripts, Channels declared);
}
