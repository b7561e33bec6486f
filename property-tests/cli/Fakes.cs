// Implementations that exist only in memory, with verdicts written by hand: the command line without the engine.

using PyState.Conformance.Cli;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Traces;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.PropertyTests.Cli;

/// <summary>An implementation that starts a session which answers nothing.</summary>
internal sealed class FakeImplementation(string name, Missing? missing = null, string? dies = null, string version = "3.11.2", string build = "release") : IImplementation
{
    public string Name => name;

    public string Summary => $"what {name} is, in a line";

    public string Needs => name == "reference" ? "nothing but .NET" : $"a Python with {name}";

    public Missing? WhatIsMissing(string? interpreter) => missing;

    public ISession Start(string? interpreter) => dies is null ? new FakeSession(name, version, build) : throw new SetupException(dies);
}

/// <summary>A session with a handshake and nothing else.</summary>
internal sealed class FakeSession(string name, string version = "3.11.2", string build = "release") : ISession
{
    public Capabilities Capabilities { get; } = Canned.Capabilities(name) with { InterpreterVersion = version, Build = build };

    public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => [.. scripts.Select(_ => new ScriptResult(Ending.Completed, []))];

    public void Restart()
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>One call of the command line: its arguments and what came of it.</summary>
internal sealed class Call : IDisposable
{
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter error = new() { NewLine = "\n" };

    public Call()
    {
        Host = new Host
        {
            Out = output,
            Error = error,
            Folder = Folder,
            Implementations = [new FakeImplementation("reference"), new FakeImplementation("greenlet"), new FakeImplementation("pypy", new Missing("no pypy3 on the path", "apt-get install pypy3"))],
            FromSwitcher = path => new FakeImplementation(Path.GetFileNameWithoutExtension(path)),
            ExpectationsOf = _ => [],
            Run = (session, _, _, _) => Canned.Green(session.Capabilities),
            Replay = (_, _, _) => null,
            WriteTrace = (path, _, _) => AtomicFile.Write(path, s => s.Write("{}"u8)),
            ReadTrace = path => throw new SetupException($"no trace in {path}"),
            ToPython = trace => $"# of {trace.Name}\n",
        };
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("pystate-cli-").FullName;

    public Host Host { get; set; }

    public string Out => output.ToString();

    public string Error => error.ToString();

    /// <summary>The files the calls left, relative to their folder.</summary>
    public string[] Files => [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal)];

    public int Invoke(params string[] arguments) => CommandLine.Invoke(arguments, Host);

    public Call WithReport(Func<Capabilities, ImplementationReport> report)
    {
        Host = Host with { Run = (session, _, _, _) => report(session.Capabilities) };
        return this;
    }

    public Call WithWidth(int width)
    {
        Host = Host with { Terminal = new Terminal(Colour: false, Progress: false, width) };
        return this;
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        output.Dispose();
        error.Dispose();
    }
}

/// <summary>Reports written by hand.</summary>
internal static class Canned
{
    public static readonly Script Script = new(Alphabet.Switcher, [new Command(Op.Trace, 1), new Command(Op.Callback, 0), new Command(Op.Spawn, 1), new Command(Op.Switch, 1)]);

    public static Capabilities Capabilities(string name) => new()
    {
        Implementation = name,
        ImplementationVersion = "2.0.2",
        Interpreter = "CPython",
        InterpreterVersion = "3.11.2",
        Alphabets = [Alphabet.Switcher],
        Commands = new HashSet<Op> { Op.Call },
        Channels = Channels.All,
        Semantics = new Semantics(),
    };

    public static TraceFile Trace(string name) => new()
    {
        Name = name,
        Implementation = name,
        ImplementationVersion = "2.0.2",
        Interpreter = "CPython",
        InterpreterVersion = "3.11.2",
        Limits = [1000, 40, 12],
        Found = Violation(ClauseId.Ready05),
    };

    public static ImplementationReport Green(Capabilities capabilities) => Of(capabilities, c => new ClauseVerdict(c, VerdictKind.Conforms, 1234));

    /// <summary>One verdict of every kind, expected and not.</summary>
    public static ImplementationReport Mixed(Capabilities capabilities) => Of(capabilities, c => c switch
    {
        ClauseId.Ready05 => new ClauseVerdict(c, VerdictKind.Violates, 34, Violation(c)),
        ClauseId.Ready06 => new ClauseVerdict(c, VerdictKind.NotExercised, 0, Reason: "no script of this run would have shown a violation"),
        ClauseId.Restore02 => new ClauseVerdict(c, VerdictKind.Violates, 77, Violation(c), Expectation(c, VerdictKind.Violates)),
        ClauseId.Restore03 => new ClauseVerdict(c, VerdictKind.Conforms, 5, Expectation: Expectation(c, VerdictKind.Violates)),
        ClauseId.Switch05 => new ClauseVerdict(c, VerdictKind.Crashed, 5, Crash(c, "killed by signal 11 (SIGSEGV)")),
        ClauseId.Save01 or ClauseId.Save02 or ClauseId.Handle01 => new ClauseVerdict(c, VerdictKind.NotObservable, 0, Reason: "it offers no saved states by handle"),
        ClauseId.Stack01 => new ClauseVerdict(c, VerdictKind.NotApplicable, 0, Reason: "only CPython 3.12 to 3.13"),
        _ => new ClauseVerdict(c, VerdictKind.Conforms, 1234),
    });

    public static ImplementationReport Expected(Capabilities capabilities) => Of(capabilities, c => c == ClauseId.Restore02
        ? new ClauseVerdict(c, VerdictKind.Violates, 77, Violation(c), Expectation(c, VerdictKind.Violates))
        : new ClauseVerdict(c, VerdictKind.Conforms, 9));

    public static ImplementationReport Of(Capabilities capabilities, Func<ClauseId, ClauseVerdict> verdict) =>
        new(capabilities, [.. Catalogue.All.Select(c => verdict(c.Id))], 2_000_000, 61_234, 1, TimeSpan.FromSeconds(3.2));

    public static Counterexample Violation(ClauseId clause, string words = "contamination: trace events are lost", string? detail = null)
    {
        Observation expected = default;
        expected.Trace = 0x11;
        expected.Frames = new ByteStack(0).Push(new Block(BlockKind.Call, 1).Packed);
        expected.Raw[(int)RawValue.TracingNesting] = 0;
        Observation seen = expected;
        seen.Trace = 0x10;
        seen.Handled = 0x31;
        seen.Frames = seen.Frames.Push(new Block(BlockKind.Generator, 0).Packed);
        seen.Raw[(int)RawValue.TracingNesting] = 1;
        var divergence = new Divergence(3, expected.Differs(seen), clause, expected, seen);
        return new Counterexample(clause, VerdictKind.Violates, Script, 31, new ScriptSeed(1, 4711), divergence, words, detail);
    }

    public static Counterexample Crash(ClauseId clause, string detail) =>
        new(clause, VerdictKind.Crashed, Script, 12, new ScriptSeed(1, 99), null, "the process died", detail);

    public static Expectation Expectation(ClauseId clause, VerdictKind verdict, string reason = "greenlet keeps the handled exceptions of a greenlet that was thrown into.") =>
        new() { Clause = clause, Verdict = verdict, Reason = reason, Link = "https://github.com/python-greenlet/greenlet/issues/1" };
}
