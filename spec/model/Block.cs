using System.Numerics;

namespace PyState.Spec.Model;

/// <summary>What a flow of Python code can be inside of. Kinds up to <see cref="Jit"/> own a labelled frame.</summary>
public enum BlockKind : byte
{
    /// <summary>No block.</summary>
    None = 0,

    /// <summary>A function call.</summary>
    Call = 1,

    /// <summary>A generator's body.</summary>
    Generator = 2,

    /// <summary>A trace or profile function; argument 2 is one written in C, without a frame.</summary>
    Callback = 3,

    /// <summary><c>__del__</c>.</summary>
    Finalizer = 4,

    /// <summary><c>__repr__</c> below a C recursion.</summary>
    Repr = 5,

    /// <summary><c>__del__</c> called under the trashcan.</summary>
    Trashcan = 6,

    /// <summary>A function compiled by the JIT.</summary>
    Jit = 7,

    /// <summary>An exception handler.</summary>
    Handler = 8,

    /// <summary><c>Context.run</c>.</summary>
    Context = 9,

    /// <summary>A C recursion without a frame.</summary>
    Native = 10,

    /// <summary>Recovery from a recursion overflow.</summary>
    Recovering = 11,
}

/// <summary>One block, packed in a byte: kind in the high four bits, argument in the low four. The byte of a block with a frame is that frame's label.</summary>
/// <param name="Packed">The byte.</param>
public readonly record struct Block(byte Packed)
{
    /// <summary>Packs a block.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="argument">Its argument, 0 to 15.</param>
    public Block(BlockKind kind, int argument)
        : this((byte)(((int)kind << 4) | argument))
    {
    }

    /// <summary>The argument of a callback block that is a trace function written in C: it has no frame.</summary>
    public const int CTraceFunction = 2;

    /// <summary>The kind.</summary>
    public BlockKind Kind => (BlockKind)(Packed >> 4);

    /// <summary>The argument.</summary>
    public int Argument => Packed & 15;

    /// <summary>Whether the block owns a labelled Python frame.</summary>
    public bool HasFrame => Kind <= BlockKind.Jit && !IsCTrace;

    /// <summary>Whether it is a trace function written in C.</summary>
    public bool IsCTrace => Packed == (((int)BlockKind.Callback << 4) | CTraceFunction);

    /// <summary>The label as the protocol writes it.</summary>
    public string Text => Kind switch
    {
        BlockKind.Call => $"call{Argument}",
        BlockKind.Generator => $"gen{Argument}",
        BlockKind.Callback => Argument switch { 0 => "trace", 1 => "profile", _ => "ctrace" },
        BlockKind.Finalizer => "del",
        BlockKind.Repr => "repr",
        BlockKind.Trashcan => "trash",
        BlockKind.Jit => $"jit{Argument}",
        BlockKind.Handler => $"e{Argument}",
        BlockKind.Context => $"context{Argument}",
        BlockKind.Native => "native",
        BlockKind.Recovering => "recovering",
        _ => "none",
    };

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>Up to sixteen bytes as a stack in one 128-bit word; the innermost is the lowest byte. Zero bytes mean nothing is there.</summary>
/// <param name="Packed">The word.</param>
public readonly record struct ByteStack(UInt128 Packed)
{
    /// <summary>How many bytes fit.</summary>
    public const int Capacity = 16;

    private const int Outermost = 8 * (Capacity - 1);

    /// <summary>Whether it holds nothing.</summary>
    public bool IsEmpty => ((ulong)Packed | (ulong)(Packed >> 64)) == 0;

    /// <summary>The innermost byte, 0 when empty.</summary>
    public byte Top => (byte)Packed;

    /// <summary>Whether it holds so many bytes or more.</summary>
    /// <param name="bytes">How many, at least one.</param>
    public bool HoldsAtLeast(int bytes) => this[bytes - 1] != 0;

    /// <summary>How many of the innermost blocks are of a kind, one after another.</summary>
    /// <param name="kind">The kind, not <see cref="BlockKind.None"/>.</param>
    public int CountInnermost(BlockKind kind)
    {
        const ulong Each = 0x0101_0101_0101_0101;
        ulong others = ((ulong)Packed ^ (Each * ((uint)kind << 4))) & (Each * 0xF0); // nothing where a block is of the kind
        return others != 0 ? BitOperations.TrailingZeroCount(others) >> 3 : 8 + new ByteStack(Packed >> 64).CountInnermost(kind);
    }

    /// <summary>How many bytes it holds.</summary>
    public int Count => Capacity - ((int)UInt128.LeadingZeroCount(Packed) >> 3);

    /// <summary>With one more byte on it.</summary>
    /// <param name="value">The byte; 0 as an outermost one is not counted. A seventeenth byte pushes the outermost out.</param>
    public ByteStack Push(byte value) => new((Packed << 8) | value);

    /// <summary>What stands for a longer chain that does not fit: the fifteen innermost bytes and a mark that equals no label.</summary>
    public ByteStack Truncated() => new((Packed & ~((UInt128)0xFF << Outermost)) | ((UInt128)Observation.Truncated << Outermost));

    /// <summary>Without the innermost byte.</summary>
    public ByteStack Pop() => new(Packed >> 8);

    /// <summary>The byte at a distance from the innermost.</summary>
    /// <param name="distance">0 is the innermost.</param>
    public byte this[int distance] => distance < 8 ? (byte)((ulong)Packed >> (8 * distance)) : (byte)((ulong)(Packed >> 64) >> (8 * (distance - 8)));
}
