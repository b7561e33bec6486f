// A script printed as a Python program shows on greenlet what the model expects and what the driver shows, and nothing of this project is in it.

using System.Diagnostics;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Traces;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Traces;

public sealed class PythonProgramTests
{
    private static readonly int[] Limits = [1000, 600, 400];

    [Fact]
    public void The_program_of_a_short_script_is_short_and_takes_only_what_its_steps_need()
    {
        string program = PythonProgram.Of(Of("spawn 1; switch 1; call 2; switch 0; walk 1"), null, Limits, ["Nothing."]);
        string runtime = program[program.IndexOf("# ----", StringComparison.Ordinal)..];
        Assert.InRange(runtime.Split('\n').Count(l => l.Length > 0), 60, 120);
        Assert.DoesNotContain("def do_fork", program, StringComparison.Ordinal);
        Assert.DoesNotContain("contextvars", program, StringComparison.Ordinal);
        Assert.DoesNotContain("#:", program, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_of_the_API_has_no_program()
    {
        Script script = new(Alphabet.Api, [new(Op.New), new(Op.Save)]);
        Assert.Contains("only scripts in the switcher's alphabet", Assert.Throws<SetupException>(() => PythonProgram.Of(script, null, Limits, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_implementation_says_cannot_end_the_docstring()
    {
        TraceFile trace = TraceFileTests.Sample();
        string program = PythonProgram.Of(trace with { Implementation = "\"\"\"\nimport os\n" });
        Assert.StartsWith("\"\"\"Shows a deviation of '''\\nimport os".Replace("\\n", "/n", StringComparison.Ordinal), program, StringComparison.Ordinal);
    }

    // One script per command at least, with the states in which it does something else.
    public static TheoryData<string> Scripts { get; } =
    [
        "call 1; call 2; leave; leave; leave",
        "except 1; except 2; reraise; leave; reraise; leave; reraise",
        "generator 0; call 3; generator 0; leave; except 1; except 2; yield; except 5; generator 0; reraise; leave; leave; leave; leave",
        "generator 1; except 1; except 2; except 3; except 4; yield; generator 1; yield; yield",
        "var 0 1; context 0; var 0 2; var 1 3; context 0; context 1; leave; leave; context 0; leave",
        "trace 1; call 1; callback 0; callback 0; call 2; leave; leave; trace 2; profile 1; callback 1; leave; leave; profile 0; trace 0; callback 1; ctrace",
        "ctrace; trace 1; call 1; callback 0; ctrace; leave; leave; leave; spawn 1; profile 2; ctrace; call 1; switch 1; call 1; leave; switch 0; leave; leave; callback 1",
        "profile 2; call 1; leave; call 2; callback 1; leave; leave",
        "finalizer; call 1; census; repr; trashcan; census; leave; leave; leave; leave; leave; census; collect",
        "limit 1; limit 2; local 3; limit 0; local 0",
        "spawn 1; switch 1; call 1; var 0 1; except 3; switch 0; walk 1; except 4; switch 1; reraise; leave; leave; finish; switch 1; reraise",
        "spawn 1; spawn 2; spawn 3; switch 2; call 1; spawn 1; switch 1; switch 3; fail 2; reraise; switch 3; kill 2; kill 0; kill 1; switch 1; finish; spawn 3; kill 3; switch 3",
        "spawn 1; switch 1; generator 0; except 1; call 1; throw 0 5; walk 1; throw 1 6; reraise; leave; throw 2 1; leave; yield; switch 0; generator 0; reraise; throw 1 7; fail 7",
        "spawn 1; switch 1; spawn 2; switch 2; spawn 3; switch 3; switch 0; kill 1; switch 2; finish; switch 3; fail 1; walk 3",
        "spawn 1; switch 1; switch 1; kill 1; finish; finish; fail 1; spawn 1; switch 1; fail 3; reraise",
        "async 1; call 1; except 2; async 3; spawn 1; async 4; switch 1; async 5; generator 0; async 6; yield; generator 0; reraise",
        "call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; async 2; generator 0; context 0; spawn 1; switch 1; reraise; switch 0; leave; reraise",
        "thread 1; call 1; local 2; trace 1; thread 0; local 1; switch 4; throw 4 1; kill 4; walk 4; spawn 1; thread 1; switch 1; kill 1; throw 1 1; thread 2; thread 1; leave",
        "thread 1; spawn 1; spawn 2; switch 1; call 3; except 2; switch 4; call 1; exit-thread; census; switch 1; kill 1; throw 1 2; switch 2; spawn 1; walk 1; thread 1; census; exit-thread; exit-thread",
        "spawn 1; spawn 2; throw 1 1; thread 1; throw 1 2; switch 1; kill 1; throw 2 3; spawn 3; exit-thread; throw 3 1; kill 3; switch 3",
        "generator 0; call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; call 1; generator 0; call 1; generator 0; leave; generator 1",
        "thread 1; spawn 1; switch 1; exit-thread; call 1; thread 0; call 2; leave",
        "call 1; spawn 1; switch 1; call 2; fork; census; switch 0; finish; leave; switch 1; finish; leave; fork; call 5",
        "thread 1; call 1; spawn 2; switch 2; call 1; thread 0; fork; census; switch 4; switch 2; thread 1; census; spawn 1; fork; leave",
        "trace 1; spawn 1; callback 0; switch 1; call 1; leave; switch 0; leave; switch 1; call 2; leave",
        "finalizer; spawn 1; switch 1; trashcan; switch 0; repr; switch 1; leave; switch 0; leave; leave; census",
        "context 0; var 0 1; spawn 1; switch 1; context 0; var 0 2; context 1; var 1 1; switch 0; leave; context 0; context 1; switch 1; leave; switch 0; context 1",
        "leave; yield; finish; fail 1; kill 1; switch 1; throw 1 1; walk 1; walk 0; exit-thread; thread 2; callback 0; callback 1; thread 0; switch 0; kill 0; throw 0 1",
    ];

    [RequiresTheory("greenlet")]
    [MemberData(nameof(Scripts))]
    public void The_program_shows_what_the_driver_shows(string text)
    {
        using ISession session = Interpreters.Get("greenlet").Start(null);
        Script script = Of(text);
        ScriptResult result = session.Run([script])[0];
        Assert.Equal((Ending.Completed, null), (result.Ending, result.Detail));
        string[] driver = [.. result.Observations.Select(o => Line(o, session.Capabilities.Channels))];
        Assert.Equal(driver, Lines(Run(PythonProgram.Observing(script, session.Capabilities.Semantics.Limits))));
    }

    [RequiresFact("greenlet")]
    public void The_program_ends_with_1_when_the_deviation_shows_and_with_0_when_it_does_not()
    {
        Script script = Of("spawn 1; switch 1; call 2");
        var wrong = new Observation { Running = 1, Frames = new ByteStack(default).Push(0x13) };
        var right = wrong with { Frames = new ByteStack(default).Push(0x12) };
        (int shown, string words) = Ran(PythonProgram.Of(script, new Divergence(2, Channels.Frames, ClauseId.Ready01, wrong, right), Limits, []));
        Assert.Equal((1, "after step 3 (call 2), frames: expected [\"call3\"], seen [\"call2\"]\nthe deviation shows\n"), (shown, words));
        (int notShown, _) = Ran(PythonProgram.Of(script, new Divergence(2, Channels.Frames, ClauseId.Ready01, right, wrong), Limits, []));
        Assert.Equal(0, notShown);
    }

    [RequiresFact("greenlet")]
    public void Headroom_is_compared_with_what_the_context_had_when_it_entered_its_innermost_block()
    {
        Script script = Of("call 1; spawn 1; switch 1; call 2; headroom; switch 0; switch 1; headroom");
        var seen = new Observation { Probe = 5 };
        (int code, string words) = Ran(PythonProgram.Of(script, new Divergence(7, Channels.Probe, ClauseId.Restore03, seen, seen), Limits, []));
        Assert.Contains("the deviation does not show", words, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    private static Script Of(string text) => new(Alphabet.Switcher, [.. text.Split("; ").Select(c =>
    {
        string[] words = c.Split(' ');
        return CommandTable.TryMake(words[0], [.. words.Skip(1).Select(int.Parse)], out Command command) ? command : throw new FormatException(c);
    })]);

    private static string Line(Observation observation, Channels declared) =>
        "[" + string.Join(",", Vocabulary.EachChannel.Where(c => c <= Channels.Probe && c != Channels.Raw).Select(c => (declared & c) == 0 ? "null" : ObservationText.Of(c, observation))) + "]";

    private static string[] Lines(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(o => $"[{string.Join(",", o.EnumerateObject().Select(c => c.Value.GetRawText().Replace(" ", string.Empty, StringComparison.Ordinal)))}]")];
    }

    private static string Run(string program)
    {
        (int code, string output) = Ran(program);
        Assert.Equal(0, code);
        return output;
    }

    private static (int Code, string Output) Ran(string program)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, program);
        using Process process = Process.Start(new ProcessStartInfo(Interpreters.PythonOf("greenlet"), ["-W", "ignore", path]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        File.Delete(path);
        return (process.ExitCode, output);
    }
}
