using System.Buffers.Binary;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Sixteen bytes that outlive a child: which script of the batch and which command of it was the last that it began (docs/protocol.md).</summary>
internal sealed class ProgressFile : IDisposable
{
    private const uint None = uint.MaxValue;
    private static readonly byte[] Magic = "PYSTATE1"u8.ToArray();
    private (int Script, int Command) furthest = (-1, -1);

    /// <summary>Where it is.</summary>
    internal string FilePath { get; } = Path.GetTempFileName();

    /// <summary>Before a child starts: empty, so that a child which keeps no progress is known by it.</summary>
    internal void Clear() => Write(new byte[16]);

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
        using FileStream file = Open(FileAccess.Read);
        _ = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes;
    }

    private void Write(byte[] bytes)
    {
        using FileStream file = Open(FileAccess.Write);
        file.Write(bytes);
    }

    private FileStream Open(FileAccess access) => new(FilePath, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}

/// <summary>What a progress file says.</summary>
/// <param name="IsKept">Whether the child keeps one at all.</param>
/// <param name="At">The script, by its index in the batch, and the command that were begun last; null when none was.</param>
internal readonly record struct Progress(bool IsKept, (int Script, int Command)? At);
