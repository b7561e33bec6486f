using PyState.Reference;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Liars;

/// <summary>Liars about errors: for every error of every operation, one that answers it with another code.</summary>
public static class ErrorLiars
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Liar> All { get; } =
    [
        .. new (ClauseId, SimStatus)[]
        {
            (ClauseId.Save01, SimStatus.Detached), (ClauseId.Save02, SimStatus.Finalizing), (ClauseId.Save03, SimStatus.Pending), (ClauseId.Save04, SimStatus.NotEmpty),
        }.Select(p => Of("Save", p.Item1, p.Item2, () => new WrongCode(p.Item2, restores: false, discards: false, introspects: false, allocates: false))),
        .. new (ClauseId, SimStatus)[]
        {
            (ClauseId.Restore11, SimStatus.Detached), (ClauseId.Restore12, SimStatus.Finalizing), (ClauseId.Restore13, SimStatus.NotSaved),
            (ClauseId.Restore14, SimStatus.Consumed), (ClauseId.Restore15, SimStatus.Discarded), (ClauseId.Restore16, SimStatus.Abandoned),
            (ClauseId.Restore17, SimStatus.WrongInterpreter), (ClauseId.Restore18, SimStatus.WrongThread), (ClauseId.Restore19, SimStatus.Pending),
            (ClauseId.Restore20, SimStatus.HasFrames), (ClauseId.Restore21, SimStatus.Handling), (ClauseId.Restore22, SimStatus.InRecursion),
            (ClauseId.Restore23, SimStatus.Tracing),
        }.Select(p => Of("Restore", p.Item1, p.Item2, () => new WrongCode(p.Item2, saves: false, discards: false, introspects: false, allocates: false))),
        .. new (ClauseId, SimStatus)[]
        {
            (ClauseId.Discard02, SimStatus.HasFrames), (ClauseId.Discard03, SimStatus.Consumed), (ClauseId.Discard04, SimStatus.WrongInterpreter),
        }.Select(p => Of("Discard", p.Item1, p.Item2, () => new WrongCode(p.Item2, saves: false, restores: false, introspects: false, allocates: false))),
        .. new (ClauseId, SimStatus)[]
        {
            (ClauseId.Intro03, SimStatus.NotAContext), (ClauseId.Intro04, SimStatus.Entered), (ClauseId.Intro07, SimStatus.Discarded),
        }.Select(p => Of("introspection", p.Item1, p.Item2, () => new WrongCode(p.Item2, saves: false, restores: false, discards: false, allocates: false))),
        Of("every operation", ClauseId.Handle01, SimStatus.InvalidHandle, () => new WrongCode(SimStatus.InvalidHandle)),
        Of("New", ClauseId.Handle04, SimStatus.NoMemory, () => new WrongCode(SimStatus.NoMemory)),
    ];

    private static Liar Of(string operation, ClauseId clause, SimStatus error, Func<StateLiar> make)
    {
        string name = $"wrong_code_for_{error}_from_{operation.Replace(' ', '_')}";
        return new Liar(name, $"{operation} answers '{error}' with another error", clause, p => ComponentLiars.Session(p, name, make), p => error != SimStatus.InRecursion || p.Minor <= 13);
    }
}
