namespace PyState.Conformance.Plugins.Hosted;

/// <summary>The lines of a stream, however long, one after another.</summary>
/// <param name="stream">The stream.</param>
internal sealed class InputLines(Stream stream)
{
    private byte[] buffer = new byte[1 << 16];
    private int begin;
    private int end;

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end; valid until the next call.</param>
    /// <returns>False at the end of the stream.</returns>
    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        for (int looked = 0; ;)
        {
            int found = buffer.AsSpan(begin + looked, end - begin - looked).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = buffer.AsSpan(begin, looked + found);
                begin += looked + found + 1;
                return true;
            }

            looked = end - begin;
            if (begin > 0)
            {
                buffer.AsSpan(begin, looked).CopyTo(buffer);
                (begin, end) = (0, looked);
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }

            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                line = default;
                return false;
            }

            end += read;
        }
    }
}
