// The simulated memory: words, and the patterns that give away a read of what is no longer there.
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PyState.Reference;

/// <summary>
/// One array of 64-bit words; an address is an index. Every checked access compares the word with four patterns, so that a dangling
/// or wild pointer is a fault at its first use and never a silent wrong value.
/// </summary>
internal sealed class Memory
{
    /// <summary>Fills the vacated part of a C stack.</summary>
    internal const ulong Vacated = 0xDDDD_DDDD_DDDD_DDDD;

    /// <summary>Fills freed memory.</summary>
    internal const ulong Freed = Vacated + 1;

    /// <summary>Fills the null page.</summary>
    internal const ulong Null = Vacated + 2;

    /// <summary>Fills what nothing was allocated in.</summary>
    internal const ulong Unallocated = Vacated + 3;

    /// <summary>Words at address 0 that nothing owns: a null pointer plus any field offset lands here.</summary>
    internal const int NullPageWords = 64;

    // The upper half of all four patterns.
    private const uint Gone = (uint)(Vacated >> 32);

    private const int Zeros = 16;

    // Pinned: an implementation that is not written in .NET can be given its address, and every access goes by the address of word 0.
    private ulong[] _words = [];
    private nint _first;
    private ulong _length;
    private ulong[] _kept = [];

    internal Memory()
    {
        Take(16384);
        Span(0, NullPageWords).Fill(Null);
    }

    /// <summary>Memory has grown, and is somewhere else.</summary>
    internal event Action? Moved;

    /// <summary>Where word 0 is, until memory grows.</summary>
    internal nint Address => _first;

    /// <summary>How many words there are.</summary>
    internal int Length => (int)_length;

    /// <summary>Half of it, a power of two: of numbers below it the or is below it as well, and no field of what they are the addresses of lies outside.</summary>
    internal ulong Half => _length / 2;

    /// <summary>The first fault since <see cref="Reset()"/>.</summary>
    internal Fault Fault { get; private set; }

    /// <summary>The address that <see cref="Fault"/> is about, 0 if none.</summary>
    internal ulong FaultAddress { get; private set; }

    internal void Reset()
    {
        Fault = Fault.None;
        FaultAddress = 0;
    }

    /// <summary>Keeps a copy of the words up to <paramref name="end"/>, for <see cref="Rewind"/>.</summary>
    internal void Keep(ulong end) => _kept = Span(0, (int)end).ToArray();

    /// <summary>Puts back what was kept, and has nothing allocated behind it.</summary>
    /// <param name="end">How far anything can have been written.</param>
    internal void Rewind(ulong end)
    {
        _kept.CopyTo(Span(0, _kept.Length));
        FillBlock((ulong)_kept.Length, (int)Math.Min(end, _length) - _kept.Length, Unallocated);
    }

    internal void Report(Fault fault, ulong address)
    {
        if (Fault == Fault.None)
        {
            Fault = fault;
            FaultAddress = address;
        }
    }

    /// <summary>Reads a word as the interpreter would; a pattern in it is a fault and reads as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Load(ulong address) => address < _length && IsSound(ref At(address)) ? At(address) : BadAccess(address);

    /// <summary>Writes a word as the interpreter would; what is overwritten must not be a pattern.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Store(ulong address, ulong value)
    {
        if (address < _length && IsSound(ref At(address)))
        {
            At(address) = value;
        }
        else
        {
            _ = BadAccess(address);
        }
    }

    /// <summary>Reads two words in a row, as two calls of <see cref="Load(ulong)"/> do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (ulong First, ulong Second) LoadPair(ulong address)
    {
        if (address < _length - 1)
        {
            ref ulong at = ref At(address);
            if (IsSound(ref at) && IsSound(ref Unsafe.Add(ref at, 1)))
            {
                return (at, Unsafe.Add(ref at, 1));
            }
        }

        return (Load(address), Load(address + 1));
    }

    /// <summary>Overwrites a few words, as many as are known when the code is compiled; a fault if they do not lie in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Fill(ulong address, [ConstantExpected(Min = 4)] int words, ulong value)
    {
        if (address <= _length - (ulong)words)
        {
            FillAt(address, words, value);
        }
        else
        {
            Report(Fault.WildPointer, address);
        }
    }

    /// <summary>Overwrites a few words of which the caller knows that they lie in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void FillAt(ulong address, [ConstantExpected(Min = 4)] int words, ulong value)
    {
        ref ulong first = ref At(address);
        var four = Vector256.Create(value);
        for (int i = 0; i < words - 4; i += 4)
        {
            four.StoreUnsafe(ref first, (nuint)i);
        }

        four.StoreUnsafe(ref first, (nuint)(words - 4));
    }

    /// <summary>Overwrites a block, eight words at a time where it has as many.</summary>
    internal void FillBlock(ulong address, int words, ulong value)
    {
        Span<ulong> block = Span(address, words);
        int eights = Vector512<ulong>.Count;
        if (block.Length < eights)
        {
            foreach (ref ulong word in block)
            {
                word = value;
            }

            return;
        }

        ref ulong first = ref MemoryMarshal.GetReference(block);
        var eight = Vector512.Create(value);
        nuint last = (nuint)(block.Length - eights);
        for (nuint i = 0; i < last; i += (nuint)eights)
        {
            eight.StoreUnsafe(ref first, i);
        }

        eight.StoreUnsafe(ref first, last);
    }

    /// <summary>Reads without a check: for whoever manages the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Peek(ulong address) => address < _length ? At(address) : Null;

    /// <summary>Writes without a check: a C stack grows over what was vacated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Put(ulong address, ulong value)
    {
        if (address < _length)
        {
            At(address) = value;
        }
        else
        {
            Report(Fault.WildPointer, address);
        }
    }

    /// <summary>Whether a word is none of the four patterns: its upper half, which they have in common and nothing else has, is compared where it lies in
    /// memory, with a number that fits into the instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsSound(ref ulong word) => Unsafe.Add(ref Unsafe.As<ulong, uint>(ref word), BitConverter.IsLittleEndian ? 1 : 0) != Gone;

    /// <summary>Whether none of <see cref="Layout.SentinelOffset"/> words is one of the four patterns; without a branch for each, because it is asked of a whole
    /// thread state after every command.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreSound(ref ulong first)
    {
        Vector512<ulong> least = Vector512.Min(
            Vector512.Min(Vector512.Min(Distance(ref first, 0), Distance(ref first, 8)), Vector512.Min(Distance(ref first, 16), Distance(ref first, 24))),
            Vector512.Min(Distance(ref first, 32), Distance(ref first, 40)));
        return Vector512.GreaterThanAll(least, Vector512.Create((ulong)uint.MaxValue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Distance(ref ulong first, [ConstantExpected] int index) =>
        Vector512.LoadUnsafe(ref first, (nuint)index) - Vector512.Create((ulong)Gone << 32);

    /// <summary>The word at an address of which the caller knows that it lies in memory: the address was compared just now, and is not compared again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ulong At(ulong address)
    {
        Debug.Assert(address < _length, "it lies in memory");
        return ref Unsafe.AddByteOffset(ref Unsafe.NullRef<ulong>(), _first + ((nint)address * sizeof(ulong)));
    }

    /// <summary>Reads a word as <see cref="Load(ulong)"/> does, at such an address: one that the machine has from itself and not from memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong LoadAt(ulong address) => IsSound(ref At(address)) ? At(address) : BadAccess(address);

    /// <summary>Reads or writes that were refused: reports why.</summary>
    /// <returns>What the interpreter goes on with.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ulong BadAccess(ulong address)
    {
        Report(
            Peek(address) switch
            {
                Vacated => Fault.VacatedStack,
                Freed => Fault.UseAfterFree,
                Null when address < NullPageWords => Fault.NullPointer,
                _ => Fault.WildPointer,
            },
            address);
        return 0;
    }

    /// <summary>A block of words; empty, and a fault, if it does not lie in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<ulong> Span(ulong address, int words)
    {
        if (words >= 0 && address <= _length && (ulong)words <= _length - address)
        {
            return MemoryMarshal.CreateSpan(ref At(address), words);
        }

        Report(Fault.WildPointer, address);
        return default;
    }

    /// <summary>Makes room up to <paramref name="end"/>. Managed memory grows here and nowhere else.</summary>
    internal void Require(ulong end)
    {
        if (end > _length)
        {
            Take((int)BitOperations.RoundUpToPowerOf2(end));
            Moved?.Invoke();
        }
    }

    // Behind the last word that has an address are some that stay 0.
    private void Take(int length)
    {
        ulong[] words = GC.AllocateArray<ulong>(length + Zeros, pinned: true);
        _words.AsSpan(0, Length).CopyTo(words);
        words.AsSpan(Length, length - Length).Fill(Unallocated);
        _words = words;
        _first = Marshal.UnsafeAddrOfPinnedArrayElement(words, 0);
        _length = (ulong)length;
    }
}
