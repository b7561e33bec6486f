// What a flow can be inside of, and what each kind costs and shows.
namespace PyState.Reference;

/// <summary>The kinds of blocks. The value is what the C stack holds.</summary>
public enum BlockKind : byte
{
    /// <summary>A call of a Python function, frame <c>call</c>.</summary>
    Call = 1,

    /// <summary>A running generator, frame <c>gen</c>.</summary>
    Generator,

    /// <summary>An exception handler.</summary>
    Handler,

    /// <summary><c>Context.run</c>.</summary>
    Context,

    /// <summary>A trace or profile function that runs, frame <c>trace</c> or <c>profile</c>.</summary>
    Callback,

    /// <summary>A <c>__del__</c> method, frame <c>del</c>.</summary>
    Finalizer,

    /// <summary>A <c>__repr__</c> method, frame <c>repr</c>.</summary>
    Repr,

    /// <summary>A <c>__del__</c> method inside a nested deallocation, frame <c>trash</c>.</summary>
    Trashcan,

    /// <summary>C recursion without a Python frame.</summary>
    Native,

    /// <summary>The making of a RecursionError.</summary>
    Recovering,

    /// <summary>JIT-compiled code, frame <c>jit</c>.</summary>
    Jit,
}

/// <summary>Facts about the kinds of blocks.</summary>
public static class Blocks
{
    /// <summary>The argument of a callback that is a trace function written in C: it has no frame.</summary>
    public const int CTraceFunction = 2;

    /// <summary>The recursion levels that entering a block adds to the depth.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="argument">The argument of the command.</param>
    /// <param name="version">The version: C recursion counts as depth up to 3.11.</param>
    /// <returns>0 or 1.</returns>
    public static int Levels(BlockKind kind, int argument, CPythonVersion version) => kind switch
    {
        BlockKind.Callback when argument == CTraceFunction => 0,
        BlockKind.Handler or BlockKind.Context or BlockKind.Recovering => 0,
        BlockKind.Native => version <= CPythonVersion.V3_11 ? 1 : 0,
        _ => 1,
    };

    /// <summary>The label of a block's frame.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="argument">The argument of the command.</param>
    /// <returns>Label kind in the high four bits, argument in the low four; 0 if the block has no frame.</returns>
    public static byte Label(BlockKind kind, int argument) => kind switch
    {
        BlockKind.Call => (byte)(0x10 | argument),
        BlockKind.Generator => (byte)(0x20 | argument),
        BlockKind.Callback => (byte)(argument == CTraceFunction ? 0 : 0x30 | argument),
        BlockKind.Finalizer => 0x40,
        BlockKind.Repr => 0x50,
        BlockKind.Trashcan => 0x60,
        BlockKind.Jit => (byte)(0x70 | argument),
        _ => 0,
    };
}
