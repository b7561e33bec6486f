using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>The drivers of switchers send a collection into the switch after a <c>collect</c> (docs/protocol.md): what dies of it dies in that switch, and not in the command.</summary>
internal static class CollectionOnItsWay
{
    /// <summary>Whether one is after a command.</summary>
    /// <param name="before">Whether one was before it.</param>
    /// <param name="command">The command.</param>
    /// <param name="outcome">Its outcome.</param>
    internal static bool After(bool before, Command command, Outcome outcome) =>
        outcome.Status == Status.Inapplicable ? before
        : command.Op == Op.Collect || (before && command.Op is not (Op.Switch or Op.Throw or Op.Kill));
}
