// The simulated memory: words, and the patterns that give away a read of what is no longer there.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PyState.Reference;

/// <summary>
/// One array of 64-bit words; an address is an index. Every checked access compares the word with three patterns, so that a dangling
/// pointer is a fault at its first use and never a silent wrong value.
/// </summary>
internal sealed class Memory
{
    /// <summary>Fills the vacated part of a C stack.</summary>
    internal const ulong Vacated = 0xDDDD_DDDD_DDDD_DDDD;

    /// <summary>Fills freed memory.</summary>
    internal const ulong Freed = Vacated + 1;

    /// <summary>Fills the null page.</summary>
    internal const ulong Null = Vacated + 2;

    /// <summary>Words at address 0 that nothing owns: a null pointer plus any field offset lands here.</summary>
    internal const int NullPageWords = 64;

    // Pinned, so that an implementation that is not written in .NET can be given its address.
    private ulong[] _words = GC.AllocateArray<ulong>(16384, pinned: true);

    internal Memory() => _words.AsSpan(0, NullPageWords).Fill(Null);

    /// <summary>Where word 0 is, until memory grows.</summary>
    internal nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(_words, 0);

    /// <summary>How many words there are.</summary>
    internal int Length => _words.Length;

    /// <summary>The first fault since <see cref="Reset()"/>.</summary>
    internal Fault Fault { get; private set; }

    /// <summary>The address that <see cref="Fault"/> is about, 0 if none.</summary>
    internal ulong FaultAddress { get; private set; }

    internal void Reset()
    {
        Fault = Fault.None;
        FaultAddress = 0;
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
    internal ulong Load(ulong address)
    {
        ulong[] words = _words;
        if (address < (ulong)words.Length)
        {
            ulong word = words[address];
            if (word - Vacated > 2)
            {
                return word;
            }
        }

        return BadAccess(address);
    }

    /// <summary>Writes a word as the interpreter would; what is overwritten must not be a pattern.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Store(ulong address, ulong value)
    {
        ulong[] words = _words;
        if (address < (ulong)words.Length && words[address] - Vacated > 2)
        {
            words[address] = value;
        }
        else
        {
            _ = BadAccess(address);
        }
    }

    /// <summary>Reads without a check: for whoever manages the block.</summary>
    internal ulong Peek(ulong address) => address < (ulong)_words.Length ? _words[address] : Null;

    /// <summary>Writes without a check: a C stack grows over what was vacated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Put(ulong address, ulong value)
    {
        ulong[] words = _words;
        if (address < (ulong)words.Length)
        {
            words[address] = value;
        }
        else
        {
            Report(Fault.WildPointer, address);
        }
    }

    /// <summary>A block of words; empty, and a fault, if it does not lie in memory.</summary>
    internal Span<ulong> Span(ulong address, int words)
    {
        if (words >= 0 && address <= (ulong)_words.Length && (ulong)words <= (ulong)_words.Length - address)
        {
            return _words.AsSpan((int)address, words);
        }

        Report(Fault.WildPointer, address);
        return default;
    }

    /// <summary>Makes room up to <paramref name="end"/>. Managed memory grows here and nowhere else.</summary>
    internal void Require(ulong end)
    {
        if (end > (ulong)_words.Length)
        {
            ulong[] larger = GC.AllocateArray<ulong>(Math.Max(_words.Length * 2, (int)end), pinned: true);
            _words.CopyTo(larger, 0);
            _words = larger;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong BadAccess(ulong address)
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
}
