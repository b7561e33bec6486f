using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace PyState.Conformance.Journal;

/// <summary>A file that only grows, line by line, each with a checksum: <c>1f3a5c7e {…}</c>. Whatever ends the program, the whole lines before that moment are
/// read again, and the torn one is not.</summary>
internal sealed class JournalFile : IDisposable
{
    private const int ChecksumLength = 8;
    private readonly FileStream stream;

    private JournalFile(FileStream stream) => this.stream = stream;

    /// <summary>Opens a file to append to it. No other process can meanwhile.</summary>
    /// <param name="path">The file; the folders that lead to it are made.</param>
    /// <param name="keep">Whether what it holds stays.</param>
    /// <param name="lines">The whole lines it holds, without their checksums.</param>
    /// <exception cref="IOException">It cannot be opened, or another run has it.</exception>
    internal static JournalFile Open(string path, bool keep, out IReadOnlyList<byte[]> lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        lines = [];
        if (!keep)
        {
            stream.SetLength(0);
            return new JournalFile(stream);
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        lines = Whole(bytes, out int length);
        stream.SetLength(length); // what was torn would tear the next line too
        stream.Position = length;
        return new JournalFile(stream);
    }

    /// <summary>The whole lines at the start of a journal.</summary>
    /// <param name="bytes">What the file holds.</param>
    /// <param name="length">How many bytes they take.</param>
    internal static IReadOnlyList<byte[]> Whole(ReadOnlySpan<byte> bytes, out int length)
    {
        var lines = new List<byte[]>();
        length = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = bytes[length..];
            int end = rest.IndexOf((byte)'\n');
            if (end <= ChecksumLength || rest[ChecksumLength] != ' ' || !rest[..ChecksumLength].SequenceEqual(Checksum(rest[(ChecksumLength + 1)..end])))
            {
                return lines;
            }

            lines.Add(rest[(ChecksumLength + 1)..end].ToArray());
            length += end + 1;
        }
    }

    /// <summary>Appends a line. It outlives this process when this returns.</summary>
    /// <param name="line">The line, without an end.</param>
    /// <param name="durable">Whether it must outlive the machine too.</param>
    internal void Append(ReadOnlySpan<byte> line, bool durable)
    {
        var bytes = new ArrayBufferWriter<byte>(line.Length + ChecksumLength + 2);
        bytes.Write(Checksum(line));
        bytes.Write(" "u8);
        bytes.Write(line);
        bytes.Write("\n"u8);
        stream.Write(bytes.WrittenSpan); // one write: a line is torn by a full disk or a failing machine only
        if (durable)
        {
            stream.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static byte[] Checksum(ReadOnlySpan<byte> line)
    {
        uint checksum = uint.MaxValue;
        foreach (byte b in line)
        {
            checksum = BitOperations.Crc32C(checksum, b);
        }

        return Encoding.ASCII.GetBytes((~checksum).ToString("x8", CultureInfo.InvariantCulture));
    }
}
