using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;

namespace PyState.PropertyTests.Engine;

/// <summary>A session that is not stepped: what a child process is to a campaign.</summary>
/// <param name="session">The session it sits on.</param>
internal sealed class Batched(ISession session) : ISession
{
    /// <inheritdoc/>
    public Capabilities Capabilities => session.Capabilities;

    /// <inheritdoc/>
    public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => session.Run(scripts);

    /// <inheritdoc/>
    public void Restart() => session.Restart();

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
