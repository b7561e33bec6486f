using System.Collections.Frozen;
using System.Collections.Immutable;

namespace PyState.Spec.Model;

/// <summary>The script language: every operation with its name, arguments and alphabet.</summary>
public static class CommandTable
{
    private static readonly Parameter Label = new("label", 0, 7);
    private static readonly Parameter Exception = new("exception", 1, 7);
    private static readonly Parameter Function = new("function", 0, 2);
    private static readonly Parameter Handle = new("handle", 0, 3);
    private static readonly Parameter ContextObject = new("context", 0, 1);
    private static readonly Parameter Other = new("context", 0, 4);

    /// <summary>Every operation, in the order of its number.</summary>
    public static ImmutableArray<CommandInfo> All { get; } =
    [
        new(Op.End, "end", Alphabet.Structural, "the fixed teardown after a script"),
        new(Op.Call, "call", Alphabet.Structural, "call a function", Label),
        new(Op.Leave, "leave", Alphabet.Structural, "end the innermost block"),
        new(Op.Except, "except", Alphabet.Structural, "raise an exception and go on inside its handler", Exception),
        new(Op.Reraise, "reraise", Alphabet.Structural, "a bare raise in a new function, caught there"),
        new(Op.Generator, "generator", Alphabet.Structural, "enter or resume a generator", new Parameter("generator", 0, 1)),
        new(Op.Yield, "yield", Alphabet.Structural, "suspend the innermost generator"),
        new(Op.Var, "var", Alphabet.Structural, "set a ContextVar", new Parameter("variable", 0, 1), new Parameter("value", 1, 3)),
        new(Op.Context, "context", Alphabet.Structural, "enter a Context object with Context.run", ContextObject),
        new(Op.Trace, "trace", Alphabet.Structural, "set the trace function; 0 clears it", Function),
        new(Op.Profile, "profile", Alphabet.Structural, "set the profile function; 0 clears it", Function),
        new(Op.Callback, "callback", Alphabet.Structural, "go on inside the trace (0) or profile (1) function", new Parameter("which", 0, 1)),
        new(Op.Finalizer, "finalizer", Alphabet.Structural, "go on inside __del__"),
        new(Op.Repr, "repr", Alphabet.Structural, "go on inside __repr__"),
        new(Op.Trashcan, "trashcan", Alphabet.Structural, "go on inside a __del__ that a nested deallocation calls"),
        new(Op.Native, "native", Alphabet.Api, "go on inside a C recursion without a Python frame"),
        new(Op.Recovering, "recovering", Alphabet.Structural, "go on while the interpreter recovers from a recursion overflow"),
        new(Op.Jit, "jit", Alphabet.Structural, "call a function that the JIT has compiled", Label),
        new(Op.Limit, "limit", Alphabet.Structural, "set the recursion limit to one of three values", new Parameter("which", 0, 2)),
        new(Op.Local, "local", Alphabet.Structural, "set a threading.local attribute", new Parameter("value", 0, 3)),
        new(Op.Headroom, "headroom", Alphabet.Structural, "recurse to the limit and count the levels"),
        new(Op.Census, "census", Alphabet.Structural, "count the frames alive"),
        new(Op.Walk, "walk", Alphabet.Switcher, "walk the frames of a suspended context", Other),
        new(Op.Collect, "collect", Alphabet.Structural, "run the garbage collector"),
        new(Op.Async, "async", Alphabet.Structural, "send this thread an asynchronous exception", Exception),
        new(Op.ExitThread, "exit-thread", Alphabet.Structural, "end this thread"),
        new(Op.Fork, "fork", Alphabet.Structural, "fork; the script goes on in the child"),
        new(Op.Finalize, "finalize", Alphabet.Structural, "the interpreter begins to finalize"),
        new(Op.Thread, "thread", Alphabet.Structural, "pass the baton to another thread", new Parameter("thread", 0, 2)),
        new(Op.Detach, "detach", Alphabet.Structural, "detach the thread state"),
        new(Op.Attach, "attach", Alphabet.Structural, "attach the thread state"),
        new(Op.Spawn, "spawn", Alphabet.Switcher, "make a context", new Parameter("context", 1, 3)),
        new(Op.Switch, "switch", Alphabet.Switcher, "switch to a context", Other),
        new(Op.Throw, "throw", Alphabet.Switcher, "switch to a context and raise an exception there", Other, Exception),
        new(Op.Finish, "finish", Alphabet.Switcher, "end the current context"),
        new(Op.Fail, "fail", Alphabet.Switcher, "end the current context with an exception", Exception),
        new(Op.Kill, "kill", Alphabet.Switcher, "unwind and end a suspended context", Other),
        new(Op.New, "new", Alphabet.Api, "allocate a saved state; 1 makes the allocator fail", Handle, new Parameter("fail", 0, 1)),
        new(Op.Save, "save", Alphabet.Api, "PyState_Save; what runs next uses the same C stack (0), a new one (1), one with invalid bounds (2)", Handle, new Parameter("stack", 0, 2)),
        new(Op.Restore, "restore", Alphabet.Api, "PyState_Restore", Handle),
        new(Op.Discard, "discard", Alphabet.Api, "PyState_Discard", Handle),
        new(Op.Drop, "drop", Alphabet.Api, "the handle dies", Handle),
        new(Op.Top, "top", Alphabet.Api, "read the frames of a saved state", Handle),
        new(Op.GetContext, "get-context", Alphabet.Api, "read the Context object of a saved state", Handle, ContextObject),
        new(Op.SetContext, "set-context", Alphabet.Api, "set the Context object of a saved state; 2 is none, 3 something else", Handle, new Parameter("context", 0, 3)),
        new(Op.Traverse, "traverse", Alphabet.Api, "count the references a collection visits", Handle),
        new(Op.Clear, "clear", Alphabet.Api, "what a collection clears", Handle),
        new(Op.Abandoned, "abandoned", Alphabet.Api, "count the abandoned states"),
        new(Op.Pending, "pending", Alphabet.Api, "set a pending exception; 0 clears it", new Parameter("exception", 0, 7)),
        new(Op.CTrace, "ctrace", Alphabet.Structural, "go on inside a trace function written in C"),
    ];

    private static readonly FrozenDictionary<string, CommandInfo> ByName = All.ToFrozenDictionary(i => i.Name);

    /// <summary>What is known of an operation.</summary>
    /// <param name="op">The operation.</param>
    public static CommandInfo Of(Op op) => All[(int)op];

    private static readonly Alphabet[] Alphabets = [.. All.Select(i => i.Alphabet)];

    /// <summary>The alphabet of an operation; in the hot loop.</summary>
    /// <param name="op">The operation.</param>
    public static Alphabet AlphabetOf(Op op) => Alphabets[(int)op];

    /// <summary>Finds an operation by its name in scripts.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The operation, or null when there is none of that name.</returns>
    public static CommandInfo? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Makes a command, if the operation takes these arguments.</summary>
    /// <param name="name">The operation's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="command">The command.</param>
    /// <returns>Whether the name and the arguments are those of a command.</returns>
    public static bool TryMake(string name, ReadOnlySpan<int> arguments, out Command command)
    {
        command = default;
        if (Find(name) is not { } info || arguments.Length != info.Parameters.Length)
        {
            return false;
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] < info.Parameters[i].Low || arguments[i] > info.Parameters[i].High)
            {
                return false;
            }
        }

        command = new Command(info.Op, (byte)(arguments.Length > 0 ? arguments[0] : 0), (byte)(arguments.Length > 1 ? arguments[1] : 0));
        return true;
    }
}
