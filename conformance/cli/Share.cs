// The bounds of a run, shared out among the interpreters that an implementation runs on.

using PyState.Conformance.Engine;

namespace PyState.Conformance.Cli;

/// <summary>Shares out commands and time, so that a bound holds for the whole run.</summary>
public static class Share
{
    /// <summary>The share of one part.</summary>
    /// <param name="whole">The bounds of the whole.</param>
    /// <param name="index">Which part, from 0.</param>
    /// <param name="count">How many parts, at least 1.</param>
    /// <returns>The options of the part, or null where no command is left for it.</returns>
    public static RunOptions? Of(RunOptions whole, int index, int count)
    {
        long commands = whole.Commands == long.MaxValue ? long.MaxValue : (whole.Commands / count) + (index < whole.Commands % count ? 1 : 0);
        return commands == 0 ? null : whole with
        {
            Commands = commands,
            Time = whole.Time == TimeSpan.MaxValue ? TimeSpan.MaxValue : whole.Time / count,
            Further = whole.Further / count,
        };
    }
}
