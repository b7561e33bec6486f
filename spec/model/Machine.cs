using System.Runtime.CompilerServices;

namespace PyState.Spec.Model;

/// <summary>The formal model: one total function from a state and a command to the next state and an outcome. No I/O, no clock, no randomness;
/// the state is a value and the only thing written. Everything that SPEC.md says of behaviour is decided here.</summary>
public static partial class Machine
{
    /// <summary>How many blocks a flow holds at most; a command that would push one more is inapplicable.</summary>
    public const int MaximumBlocks = 12;

    /// <summary>How many handlers the body of a generator holds at most.</summary>
    public const int MaximumGeneratorHandlers = 3;

    /// <summary>One step. Total: every command has exactly one outcome in every state.</summary>
    /// <param name="semantics">What is judged: traits, choices, levels.</param>
    /// <param name="state">The state; replaced by the next one.</param>
    /// <param name="command">The command.</param>
    /// <returns>The outcome.</returns>
    public static Outcome Step(Semantics semantics, ref State state, Command command)
    {
        if (!Applies(in state, command.Op))
        {
            return Ended(Status.Inapplicable);
        }

        Outcome outcome = Apply(semantics, ref state, command);
        DeliverAsync(semantics, ref state);
        return outcome;
    }

    // What applies at all: the thread must be able to run Python code, except for the calls of the API, which answer with an error.
    private static bool Applies(in State state, Op op)
    {
        Alphabet alphabet = CommandTable.AlphabetOf(op);
        if (alphabet != Alphabet.Structural && alphabet != state.Alphabet)
        {
            return false;
        }

        int hindrances = Flag(state.Finalizing) | Flag(state.Detached) | state.Threads[state.Active].Pending;
        return hindrances == 0 ? op != Op.Attach : AppliesAllTheSame(in state, op, alphabet);
    }

    // What applies while the thread cannot run Python code.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AppliesAllTheSame(in State state, Op op, Alphabet alphabet)
    {
        if (op == Op.End)
        {
            return true;
        }

        bool apiCall = alphabet == Alphabet.Api && op is not (Op.Pending or Op.Native);
        if (state.Finalizing)
        {
            return apiCall || op == Op.Census;
        }

        if (state.Detached)
        {
            return apiCall || op == Op.Attach;
        }

        return apiCall || op is Op.Pending or Op.Census or Op.Detach;
    }

    private static Outcome Apply(Semantics semantics, ref State state, Command command) => command.Op switch
    {
        Op.End => Finished(semantics, ref state),
        Op.Call => Push(semantics, ref state, new(BlockKind.Call, command.A)),
        Op.Finalizer => Push(semantics, ref state, new(BlockKind.Finalizer, 0)),
        Op.Repr => Push(semantics, ref state, new(BlockKind.Repr, 0)),
        Op.Trashcan => Push(semantics, ref state, new(BlockKind.Trashcan, 0)),
        Op.Native => Push(semantics, ref state, new(BlockKind.Native, 0)),
        Op.Recovering => Push(semantics, ref state, new(BlockKind.Recovering, 0)),
        Op.Jit => semantics.HasJit ? Push(semantics, ref state, new(BlockKind.Jit, command.A)) : Ended(Status.Inapplicable),
        Op.Leave => Leave(semantics, ref state),
        Op.Except => Except(semantics, ref state, command.A),
        Op.Reraise => Probed(state.Threads[state.Active].Flow.Handled.Top >> 4),
        Op.Generator => EnterGenerator(semantics, ref state, command.A),
        Op.Yield => Yield(semantics, ref state),
        Op.Var => SetVariable(ref state, command.A, command.B),
        Op.Context => EnterContext(semantics, ref state, command.A),
        Op.Trace => SetTrace(semantics, ref state, command.A),
        Op.Profile => SetProfile(semantics, ref state, command.A),
        Op.Callback => EnterCallback(semantics, ref state, command.A),
        Op.CTrace => EnterCallback(semantics, ref state, Block.CTraceFunction),
        Op.Limit => SetLimit(semantics, ref state, command.A),
        Op.Local => SetLocal(ref state, command.A),
        Op.Headroom => Probed(LimitInForce(semantics, in state) - state.Threads[state.Active].Flow.Depth),
        Op.Census => Probed(FramesAlive(in state)),
        Op.Collect => Ended(Status.Ok),
        Op.Async => SetAsync(ref state, command.A),
        Op.ExitThread => ExitThread(semantics, ref state),
        Op.Fork => Fork(semantics, ref state),
        Op.Finalize => BeginFinalizing(semantics, ref state),
        Op.Thread => PassBaton(ref state, command.A),
        Op.Detach => SetDetached(ref state, true),
        Op.Attach => SetDetached(ref state, false),
        Op.Spawn => Spawn(ref state, command.A),
        Op.Switch => Switch(semantics, ref state, command.A),
        Op.Throw => Throw(semantics, ref state, command.A, command.B),
        Op.Walk => Walk(in state, command.A),
        Op.Finish => Finish(semantics, ref state, 0),
        Op.Fail => Finish(semantics, ref state, command.A),
        Op.Kill => Kill(semantics, ref state, command.A),
        Op.Pending => SetPending(ref state, command.A),
        _ => CallApi(semantics, ref state, command),
    };

    private static Outcome Ended(Status status) => new(status);

    private static Outcome Probed(int value) => new(Status.Ok, probe: value);

    private static Outcome Finished(Semantics semantics, ref State state)
    {
        state = State.Initial(semantics, state.Alphabet);
        return Ended(Status.Ok);
    }

    /// <summary>The recursion limit in force for the active thread.</summary>
    /// <param name="semantics">What is judged.</param>
    /// <param name="state">The state.</param>
    internal static int LimitInForce(Semantics semantics, in State state) => semantics.Limits[state.Limit[State.InterpreterOf(state.Active)]];
}
