using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PyState.Spec.Model;

/// <summary>The values of the raw channel, indexed by <see cref="RawValue"/>.</summary>
[InlineArray(Length)]
public struct RawValues
{
    /// <summary>How many there are.</summary>
    public const int Length = (int)RawValue.References + 1;

    private short first;
}

/// <summary>What one command lets us see, one field per channel. Small values are packed, so that two observations are compared in a few words. Laid out as it is
/// written here: the simulation writes the fields up to <see cref="Local"/> in place.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Observation
{
    /// <summary>The number of the fault that says something leaked; every other one is a release or a read of what is gone.</summary>
    public const byte LeakFault = 1;

    /// <summary>The byte that ends a chain which is longer than the field holds.</summary>
    public const byte Truncated = 0xFF;

    /// <summary>Channel frames, innermost in the lowest byte.</summary>
    public ByteStack Frames;

    /// <summary>Channel running: a context in the switcher alphabet, a thread in the API alphabet.</summary>
    public byte Running;

    /// <summary>Channel handled: the exception's label in the high four bits, its <c>__context__</c> in the low four; 0 for none.</summary>
    public byte Handled;

    /// <summary>Channel vars: variable 0 in the low four bits, variable 1 in the high four.</summary>
    public byte Vars;

    /// <summary>Channel trace: the function set in the high four bits, the one that a leaf's call reached in the low four.</summary>
    public byte Trace;

    /// <summary>Channel profile, as <see cref="Trace"/>.</summary>
    public byte Profile;

    /// <summary>Channel local.</summary>
    public byte Local;

    /// <summary>Channel probe.</summary>
    public int Probe;

    /// <summary>Channel status.</summary>
    public Status Status;

    /// <summary>Channel event.</summary>
    public byte Event;

    /// <summary>Channel fault: 0 for none, otherwise the number of the fault that the implementation reported.</summary>
    public byte Fault;

    /// <summary>Channel raw.</summary>
    public RawValues Raw;

    /// <summary>The channels in which two observations differ.</summary>
    /// <param name="other">The other one.</param>
    public readonly Channels Differs(in Observation other)
    {
        // Nearly always nothing differs, and then not a byte does.
        ref byte own = ref Unsafe.As<Observation, byte>(ref Unsafe.AsRef(in this));
        ref byte others = ref Unsafe.As<Observation, byte>(ref Unsafe.AsRef(in other));
        nuint rest = (nuint)(Unsafe.SizeOf<Observation>() - Vector512<byte>.Count);
        Vector512<byte> first = Vector512.LoadUnsafe(ref own) ^ Vector512.LoadUnsafe(ref others);
        Vector512<byte> last = Vector512.LoadUnsafe(ref own, rest) ^ Vector512.LoadUnsafe(ref others, rest);
        if ((first | last) == Vector512<byte>.Zero)
        {
            return Channels.None;
        }

        Channels c = Channels.None;
        c |= Frames.Packed != other.Frames.Packed ? Channels.Frames : 0;
        c |= Probe != other.Probe ? Channels.Probe : 0;
        c |= Status != other.Status ? Channels.Status : 0;
        c |= Running != other.Running ? Channels.Running : 0;
        c |= Handled != other.Handled ? Channels.Handled : 0;
        c |= Vars != other.Vars ? Channels.Vars : 0;
        c |= Trace != other.Trace ? Channels.Trace : 0;
        c |= Profile != other.Profile ? Channels.Profile : 0;
        c |= Event != other.Event ? Channels.Event : 0;
        c |= Local != other.Local ? Channels.Local : 0;
        c |= Fault != other.Fault ? Channels.Fault : 0;
        c |= !((ReadOnlySpan<short>)Raw).SequenceEqual(other.Raw) ? Channels.Raw : 0;
        return c;
    }
}
