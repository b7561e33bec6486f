using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Which commands it takes to put a clause to the test: those without which no script exercises it (<see cref="Exercise"/>).</summary>
internal static class NeededCommands
{
    // What runs on with a frame of its own.
    private static readonly Op[] Frames = [Op.Call, Op.Generator, Op.Finalizer, Op.Repr, Op.Trashcan, Op.Jit, Op.Callback];

    // The frame of a generator lies in the generator, the others on the data stack.
    private static readonly Op[] FramesOnDataStack = [.. Frames.Where(o => o != Op.Generator)];

    // What opens a handler, or asks for what is handled. Only a switcher has the last two.
    private static readonly Op[] Handling = [Op.Except, Op.Reraise, Op.Async, Op.Throw, Op.Fail];

    // A callback has frames where Python wrote it, and then it takes a function that is set.
    private static readonly Op[][] Callbacks = [[Op.Callback, Op.CTrace], [Op.CTrace, Op.Trace, Op.Profile]];

    private static readonly Op[][] Saved = [[Op.New], [Op.Save]];
    private static readonly Op[][] Restored = [.. Saved, [Op.Restore]];
    private static readonly Op[] Introspection = [Op.Top, Op.GetContext, Op.SetContext, Op.Traverse, Op.Clear];

    /// <summary>The commands that a clause takes in scripts of one alphabet.</summary>
    /// <param name="clause">The clause.</param>
    /// <param name="alphabet">The scripts' alphabet.</param>
    /// <param name="capabilities">What the implementation declares: where more is shown, or more happens by itself, fewer commands will do.</param>
    /// <returns>All of these are needed, and of each any one command of the alphabet will do.</returns>
    internal static Op[][] Of(ClauseId clause, Alphabet alphabet, Capabilities capabilities)
    {
        // To a flow in the ready state, and back to one that was there before.
        Op[][] away = alphabet == Alphabet.Api ? Saved : [[Op.Spawn], [Op.Switch]];
        Op[][] back = alphabet == Alphabet.Api ? Restored : away;
        Op[][] made = alphabet == Alphabet.Api ? away : [[Op.Spawn]]; // of a context it is enough that it is made
        Op[] levels = CanReachALimit(capabilities.Semantics) ? [Op.Headroom, Op.Limit] : [Op.Headroom]; // that one more block is refused shows where a depth is wrong, too
        Op[] depth = ShowsDepth(capabilities) ? [.. levels, Op.Native, .. Frames] : levels;
        Op[][] framed = capabilities.Semantics.AlwaysRunsPython ? [] : [Frames]; // a flow that always has frames needs no more to be abandoned
        return clause switch
        {
            ClauseId.Ready01 or ClauseId.Stack04 => [.. away, Frames],
            ClauseId.Ready02 => [.. away, Handling],
            ClauseId.Ready03 or ClauseId.Choice02 => [.. away, depth],
            ClauseId.Ready04 => [.. away, [Op.Var, Op.Context]],
            ClauseId.Ready05 or ClauseId.Ready09 => [.. away, .. Callbacks],
            ClauseId.Ready06 => [.. away, FramesOnDataStack],
            ClauseId.Ready07 => [.. away, [Op.Trashcan]],
            ClauseId.Ready08 => [.. away, [Op.Recovering]],
            ClauseId.Ready10 => [.. away, [Op.Jit]],

            ClauseId.Restore01 => [.. back, Frames],
            ClauseId.Restore02 => [.. back, Handling],
            ClauseId.Restore03 => [.. back, depth],
            ClauseId.Restore04 => [.. back, [Op.Var, Op.Context]],
            ClauseId.Restore05 or ClauseId.Restore09 => [.. back, .. Callbacks],
            ClauseId.Restore06 => [.. back, FramesOnDataStack],
            ClauseId.Restore07 => [.. back, [Op.Trashcan]],
            ClauseId.Restore08 => [.. back, [Op.Recovering]],
            ClauseId.Restore10 => [.. back, [Op.Jit]],

            // What is answered before the handle is looked at takes no handle.
            ClauseId.Save01 => [[Op.Save], [Op.Detach]],
            ClauseId.Save02 => [[Op.Save], [Op.Finalize]],
            ClauseId.Save03 => [.. Saved, [Op.Pending]],
            ClauseId.Save04 or ClauseId.Save05 or ClauseId.Save06 or ClauseId.Stack02 or ClauseId.Stack03 => Saved,
            ClauseId.Restore11 => [[Op.Restore], [Op.Detach]],
            ClauseId.Restore12 => [[Op.Restore], [Op.Finalize]],
            ClauseId.Restore13 => [[Op.New], [Op.Restore]],
            ClauseId.Restore14 or ClauseId.Restore25 or ClauseId.Handle02 => Restored,
            ClauseId.Restore15 => [.. Restored, [Op.Discard, Op.ExitThread, Op.Fork], [Op.Discard, Op.Thread]], // a thread that is gone leaves a state without frames discarded
            ClauseId.Restore16 => [.. Restored, [Op.ExitThread, Op.Fork], [Op.Thread], .. framed],
            ClauseId.Restore17 or ClauseId.Restore18 => [.. Restored, [Op.Thread]],
            ClauseId.Restore19 => [.. Restored, [Op.Pending]],
            ClauseId.Restore20 => [.. Restored, Frames],
            ClauseId.Restore21 => [.. Restored, capabilities.Semantics.AlwaysRunsPython ? [Op.Except, Op.Async] : [Op.Except]],
            ClauseId.Restore22 => [.. Restored, [Op.Native]],
            ClauseId.Restore23 => [.. Restored, [Op.CTrace]],
            ClauseId.Restore24 => [.. Restored, [Op.Var, Op.Context, Op.SetContext]],

            ClauseId.Stack01 => [.. away, [Op.Repr, Op.Native]],
            ClauseId.Stack05 => [.. Saved, levels],
            ClauseId.Choice01 or ClauseId.Derived02 => [.. away, [Op.Var]],
            ClauseId.Wide01 => [.. away, [Op.Trace]],
            ClauseId.Wide02 => [.. away, [Op.Profile]],
            ClauseId.Wide03 => [.. away, [Op.Local]],
            ClauseId.Wide04 => [.. away, [Op.Async]],
            ClauseId.Wide05 => [.. back, [Op.Limit]],
            ClauseId.Wide06 => away,
            ClauseId.Derived01 => [.. away, [Op.Trace, Op.Profile], [Op.Switch, Op.Restore, Op.Callback, Op.CTrace]],
            ClauseId.Derived03 => [.. back, levels],
            ClauseId.Derived04 => [.. back, [Op.Profile], [Op.Call], [Op.Leave]],

            ClauseId.Discard01 => [.. Saved, [Op.Discard]],
            ClauseId.Discard02 => [.. Saved, [Op.Discard], Frames],
            ClauseId.Discard03 => [[Op.Discard], [Op.New, Op.Detach, Op.Finalize]],
            ClauseId.Discard04 => [.. Saved, [Op.Discard], [Op.Thread]],
            ClauseId.Handle01 => [[Op.Save, Op.Restore, Op.Discard, Op.Drop, .. Introspection]],
            ClauseId.Handle03 => [[Op.Drop, Op.Abandoned], [Op.New, Op.Detach, Op.Abandoned]],
            ClauseId.Handle04 => [[Op.New]],
            ClauseId.Intro01 => [.. Saved, [Op.Top]],
            ClauseId.Intro02 => [.. Saved, [Op.GetContext]],
            ClauseId.Intro03 => [.. Saved, [Op.SetContext]],
            ClauseId.Intro04 => [.. Saved, [Op.SetContext], [Op.Context]],
            ClauseId.Intro05 => [.. Saved, [Op.Traverse]],
            ClauseId.Intro06 => [.. Saved, [Op.Clear]],
            ClauseId.Intro07 => [Introspection, [Op.New, Op.Detach, Op.Finalize]],
            ClauseId.Atom01 => [[Op.New, Op.Save, Op.Restore, Op.Discard, Op.Drop, .. Introspection, Op.Switch, Op.Throw, Op.Kill]],
            ClauseId.Switch07 => [[Op.Switch, Op.Throw, Op.Kill]], // of a context of another thread

            ClauseId.Frame01 => [.. away, [Op.Walk]],
            ClauseId.Switch01 => [[Op.Spawn]],
            ClauseId.Switch02 => [[Op.Switch]],
            ClauseId.Switch03 => [.. away, [Op.Finish]],
            ClauseId.Switch04 => [.. away, [Op.Fail]],
            ClauseId.Switch05 => [.. away, [Op.Throw]],
            ClauseId.Switch06 => [[Op.Spawn], [Op.Kill]],

            ClauseId.Ambient02 => [.. made, .. Callbacks],
            ClauseId.Ambient03 => [.. made, [Op.Finalizer, Op.Trashcan]],
            ClauseId.Ambient04 => [.. made, [Op.Repr]],
            ClauseId.Ambient01 => [[Op.Collect]],
            ClauseId.Ambient05 => [[Op.Limit]],
            ClauseId.Ambient06 => [[Op.Async]],
            ClauseId.Ambient07 => [[Op.ExitThread], [Op.Thread]],
            ClauseId.Ambient08 => [[Op.Finalize]],
            ClauseId.Ambient09 => [[Op.Fork]],
            ClauseId.Ambient10 => [[Op.Generator]],
            _ => [],
        };
    }

    // Drivers choose limits that the deepest script does not reach (docs/protocol.md).
    private static bool CanReachALimit(Semantics semantics)
    {
        int contexts = semantics.FreshDepth == FreshDepth.Inherit ? 4 : 1; // one begins where another is
        int deepest = semantics.Levels.Base.Max() + (contexts * (Math.Max(0, semantics.Levels.Spawn) + (Machine.MaximumBlocks * Math.Max(semantics.Levels.GeneratorHandler, semantics.Levels.Of.Max()))));
        return semantics.Limits.Min() <= deepest;
    }

    private static bool ShowsDepth(Capabilities capabilities) => capabilities.Channels.HasFlag(Channels.Raw) && capabilities.RawValues.Contains(RawValue.Depth);
}
