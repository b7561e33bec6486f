// The implementations of a run, started and checked, each waiting for its turn.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;

namespace PyState.Conformance.Cli;

/// <summary>Sessions, one for each implementation on each of its interpreters.</summary>
internal sealed class Started : IDisposable
{
    private readonly List<One> all = [];

    /// <summary>One of them.</summary>
    /// <param name="Number">Its number in the run, from 0.</param>
    /// <param name="Subject">The implementation.</param>
    /// <param name="Interpreter">The interpreter asked for, or null.</param>
    /// <param name="Session">The session.</param>
    /// <param name="Share">Its share of the run.</param>
    public sealed record One(int Number, Subject Subject, string? Interpreter, ISession Session, RunOptions Share);

    /// <summary>Adds one; it is disposed of with the others.</summary>
    /// <param name="subject">The implementation.</param>
    /// <param name="interpreter">The interpreter asked for, or null.</param>
    /// <param name="session">The session.</param>
    /// <param name="share">Its share of the run.</param>
    public void Add(Subject subject, string? interpreter, ISession session, RunOptions share) => all.Add(new One(all.Count, subject, interpreter, session, share));

    /// <summary>Those of an implementation, in the order of its interpreters.</summary>
    /// <param name="subject">The implementation.</param>
    public IEnumerable<One> Of(Subject subject) => all.Where(o => ReferenceEquals(o.Subject, subject));

    /// <inheritdoc/>
    public void Dispose() => all.ForEach(o => o.Session.Dispose());
}
