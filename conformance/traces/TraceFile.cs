using PyState.Conformance.Engine;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Traces;

/// <summary>A deviation with all that is needed to see it again anywhere. Schema: docs/schema/trace.schema.json.</summary>
public sealed record TraceFile
{
    /// <summary>The version of the format. 2 adds the scripts that have to run before, and the tail of standard error; 1 is read too.</summary>
    public const int Format = 2;

    /// <summary>The oldest version of the format that is read.</summary>
    public const int OldestFormat = 1;

    /// <summary>The largest file that is read, in bytes. A script of forty commands takes about 4 KiB.</summary>
    public const long SizeLimit = 16 << 20;

    /// <summary>The version of the specification that the trace speaks of.</summary>
    public static string CurrentSpec { get; } = SpecVersion.Current;

    /// <summary>The version of the specification it was judged by.</summary>
    public string Spec { get; init; } = CurrentSpec;

    /// <summary>The hash of what that version demanded (<see cref="SpecVersion.Content"/>); null in a trace that does not say.</summary>
    public string? Content { get; init; } = SpecVersion.Content;

    /// <summary>The implementation's name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What to give with <c>--python</c> to replay it there; null where the implementation finds it itself.</summary>
    public string? Python { get; init; }

    /// <summary>What the implementation called itself.</summary>
    public required string Implementation { get; init; }

    /// <summary>Its version.</summary>
    public required string ImplementationVersion { get; init; }

    /// <summary>The interpreter.</summary>
    public required string Interpreter { get; init; }

    /// <summary>Its version.</summary>
    public required string InterpreterVersion { get; init; }

    /// <summary><c>release</c>, <c>debug</c>, <c>jit</c> or <c>debug-jit</c>.</summary>
    public string Build { get; init; } = "release";

    /// <summary>The declared choice.</summary>
    public FreshContext FreshContext { get; init; }

    /// <summary>The declared choice.</summary>
    public FinishTo FinishTo { get; init; }

    /// <summary>The declared choice.</summary>
    public FreshDepth FreshDepth { get; init; }

    /// <summary>The three recursion limits of the command <c>limit</c>.</summary>
    public required IReadOnlyList<int> Limits { get; init; }

    /// <summary>The deviation: clause, script, seed, where and what.</summary>
    public required Counterexample Found { get; init; }

    /// <summary>Describes a deviation.</summary>
    /// <param name="name">The implementation's name on the command line.</param>
    /// <param name="python">What was given with <c>--python</c>, or null.</param>
    /// <param name="declared">What the implementation declared.</param>
    /// <param name="found">The deviation.</param>
    public static TraceFile Of(string name, string? python, Capabilities declared, Counterexample found) => new()
    {
        Name = name,
        Python = python,
        Implementation = declared.Implementation,
        ImplementationVersion = declared.ImplementationVersion,
        Interpreter = declared.Interpreter,
        InterpreterVersion = declared.InterpreterVersion,
        Build = declared.Build,
        FreshContext = declared.Semantics.FreshContext,
        FinishTo = declared.Semantics.FinishTo,
        FreshDepth = declared.Semantics.FreshDepth,
        Limits = declared.Semantics.Limits,
        Found = found,
    };

    /// <summary>Writes the trace; a file of that name is replaced at once or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Plugins.SetupException">It cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => TraceWriter.Write(stream, this));

    /// <summary>Reads a trace.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Plugins.SetupException">It is not there, or is no trace: one line that says what is wrong with it.</exception>
    public static TraceFile Read(string path) => TraceReader.Read(path);
}
