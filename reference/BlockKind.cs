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
    public static int Levels(BlockKind kind, int argument, CPythonVersion version) =>
        kind == BlockKind.Native ? (version <= CPythonVersion.V3_11 ? 1 : 0)
        : kind == BlockKind.Callback && argument == CTraceFunction ? 0
        : LevelOf[Row(kind)];

    /// <summary>The label of a block's frame.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="argument">The argument of the command.</param>
    /// <returns>Label kind in the high four bits, argument in the low four; 0 if the block has no frame.</returns>
    public static byte Label(BlockKind kind, int argument) =>
        kind == BlockKind.Callback && argument == CTraceFunction ? (byte)0 : (byte)(LabelOf[Row(kind)] | (argument & ArgumentsOf[Row(kind)]));

    // By kind, and looked up rather than decided: both are asked several times for every block, whose kind nobody can predict. Row 0 is for
    // what is no kind at all, which a corrupt C stack can hold.
    private static int Row(BlockKind kind) => kind <= BlockKind.Jit ? (int)kind : 0;

    private static ReadOnlySpan<byte> LevelOf => [1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1];

    private static ReadOnlySpan<byte> LabelOf => [0, 0x10, 0x20, 0, 0, 0x30, 0x40, 0x50, 0x60, 0, 0, 0x70];

    private static ReadOnlySpan<byte> ArgumentsOf => [0, 0xF, 0xF, 0, 0, 0xF, 0, 0, 0, 0, 0, 0xF];
}
