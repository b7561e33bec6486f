using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Sixteen bytes that outlive a child: which script of the batch and which command of it was the last that it began (docs/protocol.md).</summary>
internal sealed class ProgressFile : IDisposable
{
    private const uint None = uint.MaxValue;
    private static readonly byte[] Magic = "PYSTATE1"u8.ToArray();
    private readonly SafeFileHandle file; // open from the first: a child may remove the file, and what is in it can be read all the same
    private (int Script, int Command) furthest = (-1, -1);

    /// <summary>Makes one for a child that is to be started: empty, so that a child which keeps no progress is known by it.</summary>
    /// <exception cref="SetupException">There is no place for it.</exception>
    internal ProgressFile()
    {
        try
        {
            FilePath = Path.GetTempFileName();
            file = File.OpenHandle(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            Write(new byte[16]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"no file can be written in {Path.GetTempPath()}, the folder for temporary files ({e.Message.TrimEnd('.')}): set TMPDIR to a folder where one can", e);
        }
    }

    /// <summary>Where it is.</summary>
    internal string FilePath { get; }

    /// <summary>Before a batch: nothing of it has begun. The child's magic stays.</summary>
    internal void BeginBatch()
    {
        byte[] bytes = Bytes();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, None);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), None);
        Write(bytes);
        furthest = (-1, -1);
    }

    /// <summary>What was begun last.</summary>
    internal Progress Read()
    {
        byte[] bytes = Bytes();
        uint script = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint command = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4));
        bool kept = bytes.AsSpan(8).SequenceEqual(Magic);
        return new Progress(kept, kept && script != None && command <= int.MaxValue ? ((int)Math.Min(script, int.MaxValue), (int)command) : null);
    }

    /// <summary>Whether the child is further than when this was last asked. To go back and forth is not to get on: patience would have no end.</summary>
    internal bool HasMoved()
    {
        (int, int) reached = Read().At is { } at ? at : (-1, -1);
        bool moved = reached.CompareTo(furthest) > 0;
        furthest = moved ? reached : furthest;
        return moved;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        try
        {
            File.Delete(FilePath);
        }
        catch (IOException)
        {
            // Somebody still looks at it; it is in the folder for temporary files.
        }
    }

    private byte[] Bytes()
    {
        byte[] bytes = new byte[16];
        _ = RandomAccess.Read(file, bytes, 0); // less where the child has cut it off: that is no progress
        return bytes;
    }

    private void Write(byte[] bytes) => RandomAccess.Write(file, bytes, 0);
}

/// <summary>What a progress file says.</summary>
/// <param name="IsKept">Whether the child keeps one at all.</param>
/// <param name="At">The script, by its index in the batch, and the command that were begun last; null when none was.</param>
internal readonly record struct Progress(bool IsKept, (int Script, int Command)? At);
