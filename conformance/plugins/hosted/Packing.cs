using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>How scripts and observations travel between two processes of this program: packed, in lines, so that whatever reads lines of JSON can
/// read these too. A line break inside is escaped.</summary>
internal static class Packing
{
    /// <summary>The first byte of a batch.</summary>
    internal const byte Run = (byte)'R';

    /// <summary>The first byte of its answer.</summary>
    internal const byte Ran = (byte)'A';

    private const byte LineEnd = (byte)'\n';
    private const byte Escape = 0x1B;
    private const byte EscapedLineEnd = (byte)'n';
    private const byte EscapedEscape = (byte)'e';

    private static readonly SearchValues<byte> Special = SearchValues.Create([LineEnd, Escape]);

    /// <summary>Eight-byte words in an observation.</summary>
    private static readonly int Words = Unsafe.SizeOf<Observation>() / sizeof(ulong);

    /// <summary>Writes what was seen as what changed since the observation before: most commands change two words of nine.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="before">The observation before; zeros before the first.</param>
    /// <param name="now">The observation.</param>
    internal static void WriteChanges(ArrayBufferWriter<byte> to, in Observation before, in Observation now)
    {
        ReadOnlySpan<ulong> old = Bits(in before);
        ReadOnlySpan<ulong> fresh = Bits(in now);
        Span<byte> room = to.GetSpan(sizeof(ushort) + (Words * sizeof(ulong)));
        int written = sizeof(ushort);
        int mask = 0;
        for (int i = 0; i < fresh.Length; i++)
        {
            if (old[i] != fresh[i])
            {
                mask |= 1 << i;
                BinaryPrimitives.WriteUInt64LittleEndian(room[written..], fresh[i]);
                written += sizeof(ulong);
            }
        }

        BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)mask);
        to.Advance(written);
    }

    /// <summary>Reads what <see cref="WriteChanges"/> wrote.</summary>
    /// <param name="from">The bytes; what was read is cut off.</param>
    /// <param name="before">The observation before.</param>
    /// <param name="now">The observation.</param>
    /// <returns>False where the bytes are no observation.</returns>
    internal static bool TryReadChanges(ref ReadOnlySpan<byte> from, in Observation before, ref Observation now)
    {
        if (!BinaryPrimitives.TryReadUInt16LittleEndian(from, out ushort mask) || mask >> Words != 0)
        {
            return false;
        }

        from = from[sizeof(ushort)..];
        now = before;
        Span<ulong> bits = MemoryMarshal.Cast<Observation, ulong>(new Span<Observation>(ref now));
        for (uint left = mask; left != 0; left &= left - 1)
        {
            if (!BinaryPrimitives.TryReadUInt64LittleEndian(from, out bits[System.Numerics.BitOperations.TrailingZeroCount(left)]))
            {
                return false;
            }

            from = from[sizeof(ulong)..];
        }

        // What has no name could not be reported.
        return now.Status <= Status.NotAContext && now.Running <= 4;
    }

    /// <summary>Writes a whole message as a line.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="message">The message.</param>
    internal static void WriteLine(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> message)
    {
        for (int special; (special = message.IndexOfAny(Special)) >= 0; message = message[(special + 1)..])
        {
            to.Write(message[..special]);
            Span<byte> pair = to.GetSpan(2);
            pair[0] = Escape;
            pair[1] = message[special] == LineEnd ? EscapedLineEnd : EscapedEscape;
            to.Advance(2);
        }

        to.Write(message);
        to.GetSpan(1)[0] = LineEnd;
        to.Advance(1);
    }

    /// <summary>Reads a line back into the message that it was.</summary>
    /// <param name="to">Where to; emptied first.</param>
    /// <param name="line">The line without its end.</param>
    internal static void ReadLine(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> line)
    {
        to.ResetWrittenCount();
        for (int escape; (escape = line.IndexOf(Escape)) >= 0 && escape + 1 < line.Length; line = line[(escape + 2)..])
        {
            to.Write(line[..escape]);
            to.GetSpan(1)[0] = line[escape + 1] == EscapedLineEnd ? LineEnd : Escape;
            to.Advance(1);
        }

        to.Write(line);
    }

    /// <summary>Writes a number of four bytes.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="number">The number.</param>
    internal static void WriteNumber(ArrayBufferWriter<byte> to, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to.GetSpan(sizeof(int)), number);
        to.Advance(sizeof(int));
    }

    /// <summary>Reads a number of four bytes.</summary>
    /// <param name="from">The bytes; what was read is cut off.</param>
    /// <param name="number">The number.</param>
    internal static bool TryReadNumber(ref ReadOnlySpan<byte> from, out int number)
    {
        bool read = BinaryPrimitives.TryReadInt32LittleEndian(from, out number);
        from = read ? from[sizeof(int)..] : default;
        return read;
    }

    private static ReadOnlySpan<ulong> Bits(in Observation observation) => MemoryMarshal.Cast<Observation, ulong>(new ReadOnlySpan<Observation>(in observation));
}
