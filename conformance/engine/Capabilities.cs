using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>What an implementation declares in its handshake. Scripts are generated from it, and what it leaves out is not observable: never passed.</summary>
public sealed record Capabilities
{
    /// <summary>The implementation's name and version, as it gives them.</summary>
    public required string Implementation { get; init; }

    /// <summary>The implementation's version.</summary>
    public required string ImplementationVersion { get; init; }

    /// <summary>The interpreter it runs on, for example <c>CPython</c>; <c>simulation</c> for the simulated thread state.</summary>
    public required string Interpreter { get; init; }

    /// <summary>The interpreter's version, for example <c>3.11.2</c>.</summary>
    public required string InterpreterVersion { get; init; }

    /// <summary>What sets it apart from others of its version: <c>release</c>, <c>debug</c>, <c>jit</c> or <c>debug-jit</c>.</summary>
    public string Build { get; init; } = "release";

    /// <summary>Whether the JIT of CPython is on. PyPy's is off while scripts run, and says nothing here.</summary>
    public bool HasJit => Build is "jit" or "debug-jit";

    /// <summary>Whether a collection that an allocation begins marks from the frames of every thread state: the incremental collector does (<c>mark_stacks</c> in CPython's gc.c), which 3.14.0 to
    /// 3.14.4 have, and nothing before or after (<see href="https://docs.python.org/3/whatsnew/3.15.html#gc"/>). Not what <c>gc.collect()</c> begins.</summary>
    public bool CollectorWalksFrames => Interpreter == "CPython" && Version.TryParse(InterpreterVersion, out Version? version) && version >= new Version(3, 14, 0) && version < new Version(3, 14, 5);

    /// <summary>Interpreter, version and build, for people: <c>CPython 3.15.0 (debug, JIT)</c>.</summary>
    public string InterpreterTitle => $"{Interpreter} {InterpreterVersion}{Build switch
    {
        "debug" => " (debug)",
        "jit" => " (JIT)",
        "debug-jit" => " (debug, JIT)",
        _ => string.Empty,
    }}";

    /// <summary>The alphabets offered.</summary>
    public required IReadOnlyList<Alphabet> Alphabets { get; init; }

    /// <summary>The operations offered, <see cref="Op.End"/> not among them.</summary>
    public required IReadOnlySet<Op> Commands { get; init; }

    /// <summary>The channels that mean something on this implementation.</summary>
    public required Channels Channels { get; init; }

    /// <summary>The values of the raw channel that are shown, when <see cref="Channels"/> has it.</summary>
    public IReadOnlySet<RawValue> RawValues { get; init; } = Enum.GetValues<RawValue>().ToHashSet();

    /// <summary>How many threads scripts may use: 1 to 3.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What the model must know: traits of the CPython version, declared choices, calibrated levels and limits.</summary>
    public required Semantics Semantics { get; init; }

    /// <summary>Name, version and interpreter in a line, for people.</summary>
    public string Title => $"{Implementation} {ImplementationVersion} on {InterpreterTitle}";
}
