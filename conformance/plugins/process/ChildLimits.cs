namespace PyState.Conformance.Plugins.Process;

/// <summary>What a child and all that it has started may use. A guard against accidents: who runs with your rights can take it off.</summary>
public sealed record ChildLimits
{
    /// <summary>No limits but those of patience and of the longest line.</summary>
    public static ChildLimits None { get; } = new() { Memory = 0, Processes = 0, File = 0 };

    /// <summary>Memory in bytes: what one process may allocate, and what all of them together may occupy; 0 for no limit.</summary>
    public long Memory { get; init; } = 4L << 30;

    /// <summary>Processes at a time, the child among them; 0 for no limit.</summary>
    public int Processes { get; init; } = 64;

    /// <summary>The largest file that may be written, in bytes; 0 for no limit.</summary>
    public long File { get; init; } = 1L << 30;
}
