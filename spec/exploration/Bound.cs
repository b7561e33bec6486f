// What is explored: how many threads, handles or contexts, how deep a flow nests, and which commands.

using System.Collections.Immutable;
using System.Globalization;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Spec.Exploration;

/// <summary>A bound that makes the model finite. A command that would lead out of it is cut: it is no edge of the graph, and it is counted.</summary>
public sealed record Bound
{
    /// <summary>The most blocks that one flow may be asked to nest.</summary>
    public const int DeepestFlow = 6;

    private static readonly ImmutableHashSet<Op> Shared =
    [
        Op.Call, Op.Leave, Op.Except, Op.Reraise, Op.Context, Op.Trace, Op.Profile, Op.Callback, Op.CTrace, Op.Finalizer, Op.Repr, Op.Trashcan, Op.Recovering, Op.Jit,
        Op.Generator, Op.Yield, Op.Limit, Op.Local, Op.Headroom, Op.Collect, Op.ExitThread, Op.Fork, Op.Finalize, Op.Thread, Op.Detach, Op.Attach,
    ];

    private static readonly ImmutableHashSet<Op> Api =
    [
        .. Shared, Op.Native, Op.Async, Op.Pending, Op.New, Op.Save, Op.Restore, Op.Discard, Op.Drop, Op.Top, Op.GetContext, Op.SetContext, Op.Traverse, Op.Clear,
    ];

    private static readonly ImmutableHashSet<Op> Switcher = [.. Shared, Op.Spawn, Op.Switch, Op.Throw, Op.Walk, Op.Finish, Op.Fail, Op.Kill];

    /// <summary>Whose lifecycle: handles of the API, or contexts of a switcher.</summary>
    public required Alphabet Alphabet { get; init; }

    /// <summary>The CPython version.</summary>
    public required VersionProfile Version { get; init; }

    /// <summary>How many threads: 1 to 3. The third is one of another interpreter; a switcher has at most 2.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>How many handles (1 to 4), or contexts besides the roots (1 to 3).</summary>
    public int Slots { get; init; } = 1;

    /// <summary>How many blocks a flow nests at most: 0 to <see cref="DeepestFlow"/>.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>How deep in recursion a flow begins at most (3.13 and before, where a Save on the same C stack keeps a depth).</summary>
    public int Base { get; init; } = 1;

    /// <summary>How many different labels, exceptions, functions and values commands use.</summary>
    public int Values { get; init; } = 1;

    /// <summary>The operations.</summary>
    public required ImmutableArray<Op> Operations { get; init; }

    /// <summary>The semantics that is explored. Where a fresh context begins in depth and with which Context object are the choices zero and empty, so that a switch is a matter of the contexts alone.</summary>
    public Semantics Semantics => Semantics.For(Version) with { SeparateStacks = true };

    /// <summary>The operations that are explored when none are named: both lifecycles whole.</summary>
    /// <param name="alphabet">The alphabet.</param>
    public static ImmutableArray<Op> Default(Alphabet alphabet) => alphabet == Alphabet.Api
        ?
        [
            Op.Call, Op.Leave, Op.Except, Op.CTrace, Op.Native, Op.Context, Op.Pending, Op.Detach, Op.Attach, Op.Thread, Op.ExitThread, Op.Fork, Op.Finalize,
            Op.New, Op.Save, Op.Restore, Op.Discard, Op.Drop, Op.Top, Op.GetContext, Op.SetContext, Op.Traverse, Op.Clear,
        ]
        : [Op.Call, Op.Leave, Op.Except, Op.CTrace, Op.Spawn, Op.Switch, Op.Throw, Op.Walk, Op.Finish, Op.Fail, Op.Kill, Op.Thread, Op.ExitThread];

    /// <summary>Whether an operation can be explored: what it does must be a matter of the running thread and of the handle or contexts it names.</summary>
    /// <param name="alphabet">The alphabet.</param>
    /// <param name="op">The operation.</param>
    public static bool CanExplore(Alphabet alphabet, Op op) => (alphabet == Alphabet.Api ? Api : Switcher).Contains(op);

    /// <summary>Every command, in a fixed order.</summary>
    public ImmutableArray<Command> Commands()
    {
        var commands = ImmutableArray.CreateBuilder<Command>();
        foreach (Op op in Operations.Distinct().Order())
        {
            Parameter[] parameters = CommandTable.Of(op).Parameters;
            foreach (int a in parameters.Length > 0 ? Arguments(op, parameters, 0) : [0])
            {
                foreach (int b in parameters.Length > 1 ? Arguments(op, parameters, 1) : [0])
                {
                    commands.Add(new Command(op, (byte)a, (byte)b));
                }
            }
        }

        return commands.ToImmutable();
    }

    /// <summary>What a dump, a suite or a checkpoint belongs to, in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Alphabet == Alphabet.Api ? "api" : "switcher")} {Version.Version} threads={Threads} {(Alphabet == Alphabet.Api ? "handles" : "contexts")}={Slots} depth={Depth} base={Base} values={Values} commands={string.Join(',', Operations.Distinct().Order().Select(o => CommandTable.Of(o).Name))}");

    /// <summary>Whether a command names a handle by its first argument.</summary>
    /// <param name="op">The operation.</param>
    internal static bool NamesHandle(Op op) => CommandTable.Of(op).Parameters is [{ Name: "handle" }, ..];

    private IEnumerable<int> Arguments(Op op, Parameter[] parameters, int which)
    {
        Parameter parameter = parameters[which];
        return (op, which) switch
        {
            (Op.Thread, _) => Enumerable.Range(0, Threads),
            (Op.Spawn, _) => Enumerable.Range(1, Slots),
            (Op.Switch or Op.Throw or Op.Walk or Op.Kill, 0) => [.. Enumerable.Range(0, Slots + 1), .. Threads > 1 ? new[] { 4 } : []],
            (Op.Context, _) or (Op.GetContext, 1) => [0],
            (Op.SetContext, 1) => [0, 2, 3],
            (Op.Callback, _) or (Op.New or Op.Save, 1) or (Op.Limit, _) => Enumerable.Range(parameter.Low, parameter.High - parameter.Low + 1),
            _ when NamesHandle(op) && which == 0 => Enumerable.Range(0, Slots),
            (Op.Pending or Op.Trace or Op.Profile or Op.Local, _) => Enumerable.Range(0, Math.Min(Values, parameter.High) + 1),
            _ => Enumerable.Range(parameter.Low, Math.Min(Values, parameter.High - parameter.Low + 1)),
        };
    }
}
