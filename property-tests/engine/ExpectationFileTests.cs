// A list of expectations with a typing mistake is refused: an expectation that never applies would be a silent one.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Engine;

/// <summary>Reading expectations.json.</summary>
public sealed class ExpectationFileTests : IDisposable
{
    private const string Whole = """{ "clause": "READY-05", "verdict": "violates", "channel": "trace", "versions": ">=2.0 <3.1 || 0.26.0a4", "interpreter": "CPython >=3.11", "build": "release", "pattern": ["spawn", "switch"], "reason": "so it is", "link": "https://example.org/" }""";

    private readonly string folder = Directory.CreateTempSubdirectory("pystate-").FullName;

    private string File => Path.Combine(folder, "expectations.json");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The one that the mistakes below are made in has none.</summary>
    [Fact]
    public void An_expectation_without_a_mistake_is_read() => Assert.Equal(ClauseId.Ready05, Assert.Single(Read($"[{Whole}]")).Clause);

    /// <summary>Each names the file, the clause and what was meant.</summary>
    /// <param name="right">What is right.</param>
    /// <param name="wrong">What was typed instead.</param>
    /// <param name="says">What is said of it.</param>
    [Theory]
    [InlineData("\"switch\"", "\"swich\"", "the expectation for READY-05 names the command 'swich', which there is not; did you mean 'switch'?")]
    [InlineData("\"switch\"", "null", "the expectation for READY-05 names the command 'null', which there is not")]
    [InlineData("\"trace\"", "\"trac\"", "the expectation for READY-05 names the channel 'trac', which there is not; did you mean 'trace'?")]
    [InlineData("\"release\"", "\"releas\"", "the expectation for READY-05 names the build 'releas', which there is not; did you mean 'release'?")]
    [InlineData("\"release\"", "\"nightly\"", "the expectation for READY-05 names the build 'nightly', which there is not: use one of release, debug, jit, debug-jit")]
    [InlineData("CPython >=", "Cpython >=", "the expectation for READY-05 is for the interpreter 'Cpython', which there is not; did you mean 'CPython'?")]
    [InlineData(">=3.11", ">= 3.11", "the expectation for READY-05 has '>=' where a version belongs: write >=3.11 or <3.12, without a space in it, or 3.11")]
    [InlineData("<3.1 ", "~3.1 ", "the expectation for READY-05 has '~3.1' where a version belongs")]
    [InlineData("\"violates\"", "\"conforms\"", "the expectation for READY-05 has the verdict 'conforms', which is no deviation: write violates, crashed, hung, garbled or unstable, or take it away")]
    [InlineData("https://example.org/", "not a url", "the expectation for READY-05 has the link 'not a url', which is no address: write https://… of where to read on")]
    [InlineData("\"so it is\"", "\"____\"", "the expectation for READY-05 has no reason; write why it deviates and where to read on")]
    [InlineData("\"so it is\"", "null", "\"reason\" is null (line 1)")]
    [InlineData("\"build\": \"release\"", "\"deviation\": \"TracingNestingShaerd\"", "the expectation for READY-05 names the deviation 'TracingNestingShaerd', which there is not; did you mean 'TracingNestingShared'?")]
    [InlineData("\"build\": \"release\"", "\"deviation\": \"1\"", "the expectation for READY-05 names the deviation '1', which there is not: use one of None, ")]
    [InlineData("READY-05", "REDY-05", "there is no clause 'REDY-05'; did you mean 'READY-05'?")]
    [InlineData("\"pattern\"", "\"pattren\"", "there is no member \"pattren\"; did you mean 'pattern'?")]
    [InlineData("\"verdict\": \"violates\", ", "", "\"[0]\" lacks \"verdict\"")]
    [InlineData("\"violates\"", "\"red\"", "\"[0].verdict\" must be one of conforms, violates, ")]
    public void A_typing_mistake_is_answered_with_what_was_meant(string right, string wrong, string says)
    {
        Assert.Contains(right, Whole, StringComparison.Ordinal);
        string message = Refused($"[{Whole.Replace(right, wrong, StringComparison.Ordinal)}]");
        Assert.StartsWith($"{File}: ", message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", message, StringComparison.Ordinal);
    }

    /// <summary>Two that cover the same leave open which of them is right.</summary>
    [Fact]
    public void Two_expectations_that_nothing_tells_apart_are_refused()
    {
        string other = Whole.Replace("so it is", "or so", StringComparison.Ordinal);
        Assert.Equal(
            $"{File}: the expectation for READY-05 is there twice, and both say the same of what they cover: take one away, or tell them apart by channel, pattern, versions, interpreter or build",
            Refused($"[{Whole}, {other}]"));
        Assert.Equal(2, Read($"[{Whole}, {other.Replace("release", "debug", StringComparison.Ordinal)}]").Count);
    }

    /// <summary>What is no list at all.</summary>
    /// <param name="text">The file.</param>
    /// <param name="says">What is said of it.</param>
    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("{}", "it must be a list")]
    [InlineData("null", "it is null")]
    [InlineData("[null]", "null is in it")]
    [InlineData("[\n{", "it is not JSON from line 2 on")]
    public void What_is_no_list_of_expectations_is_said_to_be_none(string text, string says) =>
        Assert.StartsWith($"{File}: not a list of expectations: {says}", Refused(text), StringComparison.Ordinal);

    /// <summary>Every shipped list is read, and fits the schema; so does the one above, and what is refused for its words does not.</summary>
    [Fact]
    public async Task Every_shipped_list_is_read_and_is_what_the_schema_says()
    {
        NJsonSchema.JsonSchema schema = await NJsonSchema.JsonSchema.FromJsonAsync(
            await System.IO.File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "schema", "expectations.schema.json")));
        string[] shipped = [.. new Registry().All.OfType<IFolder>().Select(f => Path.Combine(f.Folder, f.Manifest.Expectations)).Where(System.IO.File.Exists).Distinct()];
        Assert.True(shipped.Length >= 5);
        foreach (string path in shipped)
        {
            Assert.NotEmpty(ExpectationFile.Read(path));
            Assert.Empty(schema.Validate(await System.IO.File.ReadAllTextAsync(path)));
        }

        Assert.Empty(schema.Validate($"[{Whole}]"));
        Assert.NotEmpty(schema.Validate($"[{Whole.Replace("\"trace\"", "\"trac\"", StringComparison.Ordinal)}]"));
        Assert.NotEmpty(schema.Validate($"[{Whole.Replace("https://example.org/", "not a url", StringComparison.Ordinal)}]"));
    }

    private IReadOnlyList<Expectation> Read(string text)
    {
        System.IO.File.WriteAllText(File, text);
        return ExpectationFile.Read(File);
    }

    private string Refused(string text) => Assert.Throws<SetupException>(() => Read(text)).Message;
}
