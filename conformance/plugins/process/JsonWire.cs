using System.Buffers;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Process;

/// <summary>The protocol of docs/protocol.md, which any program can speak.</summary>
internal sealed class JsonWire : IWire
{
    /// <summary>The only one: it keeps nothing.</summary>
    internal static readonly JsonWire Instance = new();

    private JsonWire()
    {
    }

    /// <inheritdoc/>
    public Capabilities Declared(ReadOnlyMemory<byte> hello, string advice) => Handshake.Read(hello, advice);

    /// <inheritdoc/>
    public void WriteRun(ArrayBufferWriter<byte> to, int id, ReadOnlySpan<Script> scripts) => Protocol.WriteRun(to, id, scripts);

    /// <inheritdoc/>
    public ScriptResult[] ReadRan(ReadOnlySpan<byte> line, int id, ReadOnlySpan<Script> scripts, Channels declared) =>
        Array.ConvertAll(Protocol.ReadRan(line, id, scripts, declared), o => new ScriptResult(Ending.Completed, o));
}
