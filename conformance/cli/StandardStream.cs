// Standard output and standard error, where writing can fail: on a full disk, a device, a descriptor that is closed.

using PyState.Conformance.Plugins;

namespace PyState.Conformance.Cli;

/// <summary>Writes to one of the two. Results that cannot be written are a mistake in the set-up; messages that cannot be written are lost, for there is nowhere to say so.
/// A reader that is gone, as behind <c>| head</c>, is no failure of either: the console's own stream takes no notice of it.</summary>
/// <param name="inner">The console's own stream.</param>
/// <param name="isError">Whether it is standard error.</param>
internal sealed class StandardStream(Stream inner, bool isError) : Stream
{
    /// <summary>Standard output.</summary>
    internal static Stream Output() => new StandardStream(Console.OpenStandardOutput(), isError: false);

    /// <summary>Standard error.</summary>
    internal static Stream Error() => new StandardStream(Console.OpenStandardError(), isError: true);

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!isError)
            {
                throw CannotWrite(e);
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is held back here.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    // The runtime calls a closed descriptor "access denied", and has the system's own words inside.
    private static SetupException CannotWrite(Exception e) =>
        new($"standard output cannot be written: {((e as UnauthorizedAccessException)?.InnerException ?? e).Message.TrimEnd('.')}", e);
}
