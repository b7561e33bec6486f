// A trace says the same after it was written and read, and a damaged or foreign one is refused in one line.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Traces;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Traces;

public sealed class TraceFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_written_is_read_again_to_the_last_channel()
    {
        string path = Path.Combine(folder, "trace.json");
        TraceFile trace = Sample();
        trace.Write(path);
        var read = TraceFile.Read(path);
        Divergence expected = trace.Found.Divergence!;
        Divergence actual = read.Found.Divergence!;
        Assert.Equal(trace.Found.Script.Commands, read.Found.Script.Commands);
        Assert.Equal(Channels.None, expected.Expected.Differs(actual.Expected));
        Assert.Equal(Channels.None, expected.Actual.Differs(actual.Actual));
        Assert.Equal(expected.Channels, actual.Channels);
        Assert.Equal(trace.Found with { Script = read.Found.Script, Divergence = actual }, read.Found);
        Assert.Equal(trace with { Found = read.Found, Limits = read.Limits }, read);
        Assert.Equal(trace.Limits, read.Limits);
    }

    [Fact]
    public void A_crash_has_a_trace_without_a_divergence()
    {
        string path = Path.Combine(folder, "trace.json");
        TraceFile trace = Sample();
        (trace with { Found = trace.Found with { Kind = VerdictKind.Crashed, Divergence = null, Detail = "died of SIGSEGV" } }).Write(path);
        Counterexample found = TraceFile.Read(path).Found;
        Assert.Null(found.Divergence);
        Assert.Equal((VerdictKind.Crashed, "died of SIGSEGV"), (found.Kind, found.Detail));
    }

    [Fact]
    public void Writing_leaves_no_other_file_behind_and_replaces_an_older_one()
    {
        string path = Path.Combine(folder, "new", "trace.json");
        Sample().Write(path);
        Sample().Write(path);
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task The_scripts_that_have_to_run_before_come_back_and_fit_the_schema()
    {
        TraceFile sample = Sample();
        Script[] before = [new(Alphabet.Switcher, []), new(Alphabet.Api, [new(Op.Call, 3)])];
        TraceFile written = sample with { Found = sample.Found with { Before = before, Tail = "about to fault\nnow" } };
        string path = Path.Combine(folder, "before.json");
        written.Write(path);
        Counterexample found = TraceFile.Read(path).Found;
        Assert.Equal(before.Select(b => (b.Alphabet, b.ToString())), found.Before.Select(b => (b.Alphabet, b.ToString())));
        Assert.Equal("about to fault\nnow", found.Tail);
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "schema", "trace.schema.json"));
        NJsonSchema.JsonSchema schema = await NJsonSchema.JsonSchema.FromJsonAsync(text);
        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(path)));
    }

    [Fact]
    public void A_trace_that_needs_others_cannot_be_a_program_and_says_so()
    {
        TraceFile sample = Sample();
        SetupException e = Assert.Throws<SetupException>(() => PythonProgram.Of(sample with { Found = sample.Found with { Before = [sample.Found.Script] } }));
        Assert.Contains("only after another script in the same process", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_of_the_first_format_is_read_too()
    {
        string path = Path.Combine(folder, "old.json");
        Sample().Write(path);
        string old = string.Join('\n', File.ReadAllLines(path).Where(l => !l.Contains("\"tail\"", StringComparison.Ordinal))).Replace("\"trace\": 2", "\"trace\": 1", StringComparison.Ordinal);
        File.WriteAllText(path, old);
        Assert.Empty(TraceFile.Read(path).Found.Before);
    }

    [Fact]
    public async Task A_trace_is_what_its_schema_says()
    {
        string path = Path.Combine(folder, "trace.json");
        Sample().Write(path);
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "schema", "trace.schema.json"));
        NJsonSchema.JsonSchema schema = await NJsonSchema.JsonSchema.FromJsonAsync(text);
        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(path)));
        Assert.NotEmpty(schema.Validate((await File.ReadAllTextAsync(path)).Replace("\"switcher\"", "\"klingon\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"trace\": 2", "\"trace\": 3", "of the specification (format 3), and this is ")]
    [InlineData("\"spec\": \"", "\"spec\": \"9.0.0-", "the trace was written for version 9.0.0-")]
    [InlineData("[\"spawn\", 1]", "[\"spwan\", 1]", "command 1 is unknown: 'spwan'; did you mean 'spawn'?")]
    [InlineData("[\"spawn\", 1]", "[\"spawn\", 4]", "command 1, spawn, takes context 1 to 3")]
    [InlineData("[\"spawn\", 1]", "[\"spawn\"]", "command 1, spawn, takes context 1 to 3")]
    [InlineData("[\"spawn\", 1]", "[\"spawn\", 1e99]", "command 1, spawn, takes context 1 to 3")]
    [InlineData("[\"spawn\", 1]", "\"spawn\"", "command 1 is not [name, arguments]")]
    [InlineData("[\"spawn\", 1]", "[\"end\"]", "command 1 is unknown: 'end'")]
    [InlineData("\"SWITCH-01\"", "\"SWITCH-99\"", "no clause has the id 'SWITCH-99'")]
    [InlineData("\"step\": 2", "\"step\": 20", "step 20 is not one of its 3 commands, nor the teardown")]
    [InlineData("\"step\": 2", "\"step\": \"two\"", "is no trace")]
    [InlineData("\"call1\"", "\"call9\"", "an unknown frame label 'call9'")]
    [InlineData("\"frames\"", "\"gems\"", "there is no channel 'gems'")]
    [InlineData("\"switcher\"", "\"klingon\"", "\"alphabet\" is none of structural, switcher, api")]
    [InlineData("\"choices\"", "\"chances\"", "it lacks \"choices\"")]
    public void A_trace_with_a_mistake_is_refused_in_one_line(string right, string wrong, string words)
    {
        string path = Path.Combine(folder, "trace.json");
        Sample().Write(path);
        string text = File.ReadAllText(path);
        Assert.Contains(right, text, StringComparison.Ordinal);
        Refused(text.Replace(right, wrong, StringComparison.Ordinal), words);
    }

    [Theory]
    [InlineData("", "it is not JSON from line 1 on")]
    [InlineData("hello", "it is not JSON from line 1 on")]
    [InlineData("[]", "it has no \"trace\"")]
    [InlineData("{}", "it has no \"trace\"")]
    [InlineData("{\"trace\":1}", "it lacks \"spec\"")]
    public void What_is_no_trace_is_refused_in_one_line(string text, string words) => Refused(text, words);

    [Fact]
    public void Every_truncation_of_a_trace_is_refused_in_one_line()
    {
        string path = Path.Combine(folder, "trace.json");
        Sample().Write(path);
        string text = File.ReadAllText(path).TrimEnd();
        for (int length = 0; length < text.Length; length += 7)
        {
            Refused(text[..length], string.Empty);
        }
    }

    [Fact]
    public void A_file_of_a_gigabyte_is_refused_before_it_is_read()
    {
        string path = Path.Combine(folder, "huge.json");
        using (FileStream file = File.Create(path))
        {
            file.SetLength(1L << 30);
        }

        long before = GC.GetTotalAllocatedBytes();
        Assert.Contains("is larger than 16 MiB", Assert.Throws<SetupException>(() => TraceFile.Read(path)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    [Theory]
    [InlineData("", "is a folder: name a file that a run left in pystate-results")]
    [InlineData("nowhere.json", "there is no trace '")]
    public void What_is_no_file_is_answered_with_where_traces_are(string name, string words)
    {
        string message = Assert.Throws<SetupException>(() => TraceFile.Read(Path.Combine(folder, name))).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.EndsWith("name a file that a run left in pystate-results", message, StringComparison.Ordinal);
    }

    internal static TraceFile Sample()
    {
        var expected = new Observation { Frames = new ByteStack(default).Push(new Block(BlockKind.Call, 1).Packed), Handled = 0x12, Probe = -3, Trace = 0x11 };
        var actual = new Observation { Frames = new ByteStack(default).Push(Observation.Truncated).Push(0x20), Handled = 0xF0, Probe = 7, Status = Status.RecursionError };
        Script script = new(Alphabet.Switcher, [new(Op.Call, 1), new(Op.Spawn, 1), new(Op.Switch, 1)]);
        return new TraceFile
        {
            Name = "greenlet",
            Implementation = "greenlet",
            ImplementationVersion = "2.0.2",
            Interpreter = "CPython",
            InterpreterVersion = "3.11.2",
            FreshDepth = FreshDepth.Inherit,
            Limits = [1000, 600, 400],
            Found = new Counterexample(
                ClauseId.Switch01, VerdictKind.Violates, script, 30, new ScriptSeed(ulong.MaxValue, 12),
                new Divergence(2, expected.Differs(actual), ClauseId.Switch01, expected, actual), "control is \"somewhere\" else ‑ \\ \"\"\"", null),
        };
    }

    private void Refused(string text, string words)
    {
        string path = Path.Combine(folder, "wrong.json");
        File.WriteAllText(path, text);
        SetupException e = Assert.Throws<SetupException>(() => TraceFile.Read(path));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
