using PyState.Conformance.Engine;

namespace PyState.Conformance.Plugins.Process;

/// <summary>How to start a child and how much patience to have with it.</summary>
public sealed record ChildStart
{
    /// <summary>The program: a path, no search, no shell.</summary>
    public required string Program { get; init; }

    /// <summary>The system that the program lives in, where it is not this one; it is started in there.</summary>
    internal OtherRoot? Root { get; init; }

    /// <summary>Its arguments, each passed as it is. <c>--progress FILE</c> is added to them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables on top of the clean environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What to do where its handshake cannot be used. Who writes a switcher knows nothing of the protocol.</summary>
    public string Advice { get; init; } = "see docs/protocol.md";

    /// <summary>What to call the child in an error before its handshake; null for the program and its arguments.</summary>
    internal string? Title { get; init; }

    /// <summary>What the messages look like; the protocol of docs/protocol.md unless the child is one of ours.</summary>
    internal IWire Wire { get; init; } = JsonWire.Instance;

    /// <summary>How long a child may take for its first answer. Calibration is part of it.</summary>
    public TimeSpan HandshakeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a child may take for one command: without an answer and without progress for that long it hangs.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same where a script that is known to hang is made smaller.</summary>
    public TimeSpan HastyTimeLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Once a child was lost, another one is kept started ahead where a start takes longer than this.</summary>
    internal TimeSpan SpareFrom { get; init; } = Patience.Slow;

    /// <summary>Whether a start takes long, where the manifest says; null where that is measured.</summary>
    public bool? StartsSlowly { get; init; }

    /// <summary>The longest line that is read, in bytes. A batch of 512 scripts of 40 commands takes about 2 MiB.</summary>
    public int LineLimit { get; init; } = 32 << 20;

    /// <summary>How much of the end of its standard error is kept, in characters.</summary>
    public int ErrorLimit { get; init; } = 2000;

    /// <summary>What it may use, with all that it starts.</summary>
    public ChildLimits Limits { get; init; } = new();

    /// <summary>How long a batch should take. Larger batches cost less per script; a batch is lost when its child dies.</summary>
    public TimeSpan BatchTarget { get; init; } = TimeSpan.FromMilliseconds(80);

    /// <summary>The most scripts in a batch.</summary>
    public int LargestBatch { get; init; } = 512;
}
