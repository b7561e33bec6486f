// Files that somebody named and that may be anything, a pipe among them.

namespace PyState.Conformance.Plugins;

/// <summary>Reads what was named on the command line. A pipe into which nobody writes keeps a program waiting for ever, and no token reaches it there: a signal has to end it, and
/// may, because nothing has begun yet.</summary>
internal static class InputFile
{
    private static int reading;

    /// <summary>Whether one is being read.</summary>
    internal static bool IsBeingRead => Volatile.Read(ref reading) > 0;

    /// <summary>Reads one.</summary>
    /// <param name="read">Opens and reads it.</param>
    /// <typeparam name="T">What it gives.</typeparam>
    internal static T Read<T>(Func<T> read)
    {
        Interlocked.Increment(ref reading);
        try
        {
            return read();
        }
        finally
        {
            Interlocked.Decrement(ref reading);
        }
    }
}
