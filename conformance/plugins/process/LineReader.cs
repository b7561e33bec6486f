using System.Diagnostics;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Reads lines from a child on a thread of its own, so that whoever waits for one can stop waiting. Holds two limits' worth of bytes at most: a line, and the lines ahead of it.</summary>
internal sealed class LineReader
{
    private const int MostLinesAhead = 4;
    private readonly Stream stream;
    private readonly int limit;
    private readonly object gate = new(); // a Monitor: it is waited on and pulsed
    private readonly Queue<byte[]> lines = new();
    private byte[] buffer = new byte[1 << 16];
    private int filled;
    private int ahead;
    private bool ended;
    private bool closed;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">The child's standard output.</param>
    /// <param name="limit">The longest line, in bytes.</param>
    internal LineReader(Stream stream, int limit)
    {
        this.stream = stream;
        this.limit = limit;
        new Thread(ReadAll) { IsBackground = true, Name = "child output" }.Start();
    }

    /// <summary>Whether a line was longer than the limit. Nothing is read after it.</summary>
    internal bool TooLong { get; private set; }

    /// <summary>Whether something has arrived that nobody has taken: a line, or a part of one.</summary>
    internal bool HasMore
    {
        get
        {
            lock (gate)
            {
                return lines.Count > 0 || filled > 0;
            }
        }
    }

    /// <summary>The first bytes of a line that never ended, for messages.</summary>
    internal byte[] Unfinished
    {
        get
        {
            lock (gate)
            {
                return buffer.AsSpan(0, Math.Min(filled, 200)).ToArray();
            }
        }
    }

    /// <summary>Waits for a line.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="line">The line without its end; null when there is none.</param>
    /// <returns>False when the time was up; true with a null line when the stream has ended or the line was too long.</returns>
    internal bool TryTake(TimeSpan patience, out byte[]? line)
    {
        long start = Stopwatch.GetTimestamp();
        lock (gate)
        {
            while (!lines.TryDequeue(out line))
            {
                TimeSpan left = patience - Stopwatch.GetElapsedTime(start);
                if (ended)
                {
                    return true;
                }

                if (left <= TimeSpan.Zero || !Monitor.Wait(gate, left))
                {
                    if (lines.TryDequeue(out line))
                    {
                        break;
                    }

                    return ended;
                }
            }

            ahead -= line.Length;
            Monitor.PulseAll(gate);
            return true;
        }
    }

    /// <summary>Lets the reading thread go, even where nobody takes what it has read.</summary>
    internal void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }

    private void ReadAll()
    {
        byte[] chunk = new byte[1 << 16];
        try
        {
            for (int read; !TooLong && !closed && (read = stream.Read(chunk)) > 0;)
            {
                Split(chunk.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // A pipe that breaks has ended.
        }

        lock (gate)
        {
            ended = true;
            Monitor.PulseAll(gate);
        }
    }

    private void Split(ReadOnlySpan<byte> chunk)
    {
        lock (gate)
        {
            while (!chunk.IsEmpty && !TooLong && !closed)
            {
                int end = chunk.IndexOf((byte)'\n');
                Append(end < 0 ? chunk : chunk[..end]);
                if (end < 0 || TooLong)
                {
                    return;
                }

                while ((lines.Count >= MostLinesAhead || ahead + (long)filled > limit) && lines.Count > 0 && !closed)
                {
                    _ = Monitor.Wait(gate); // a child that babbles waits in its pipe
                }

                lines.Enqueue(buffer.AsSpan(0, filled).ToArray());
                ahead += filled;
                filled = 0;
                Monitor.PulseAll(gate);
                chunk = chunk[(end + 1)..];
            }
        }
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (filled + part.Length > limit)
        {
            TooLong = true;
            return;
        }

        if (filled + part.Length > buffer.Length)
        {
            Array.Resize(ref buffer, (int)Math.Min(limit, Math.Max(filled + part.Length, 2L * buffer.Length)));
        }

        part.CopyTo(buffer.AsSpan(filled));
        filled += part.Length;
    }
}
