// Every line that the suite writes, and every line that an honest child writes, is what the schema of the protocol says.

using NJsonSchema;
using NJsonSchema.Validation;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Hosted;
using PyState.Conformance.Plugins.Process;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class ProtocolSchemaTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-schema-").FullName;

    private string Sent => Path.Combine(folder, "sent");

    private string Answered => Path.Combine(folder, "answered");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [RequiresProgramFact("tee")]
    public async Task A_conversation_with_the_reference_is_what_the_schema_says_in_both_directions()
    {
        ChildStart child = Hosting.StartOf(Profiles.Of(12), "reference", [], null, json: true);
        await Converse(child, 40_000);
        string everything = await File.ReadAllTextAsync(Sent);
        string[] unheard = [.. CommandTable.All.Where(i => i.Alphabet != Alphabet.Api && i.Op is not (Op.End or Op.Async or Op.Jit)).Select(i => i.Name).Where(n => !everything.Contains($"[\"{n}\"", StringComparison.Ordinal))];
        Assert.Empty(unheard);
    }

    [RequiresProgramFact("perl")]
    public async Task A_conversation_with_the_worked_example_in_Perl_is_what_the_schema_says_in_both_directions() =>
        await Converse(new ChildStart { Program = Programs.Find("perl")!, Arguments = [Path.Combine(Repository.Example("process"), "worked-example.pl")] }, 2_000);

    [RequiresProgramTheory("perl")]
    [InlineData("{\"op\":\"dance\"}")]
    [InlineData("nonsense")]
    [InlineData("{\"op\":\"run\",\"id\":1,\"scripts\":[[[\"dance\"]]]}")]
    public async Task What_a_child_cannot_read_it_answers_with_an_error_that_the_schema_knows(string line)
    {
        JsonSchema schema = await Schema();
        using var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("perl", [Path.Combine(Repository.Example("process"), "worked-example.pl")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await child.StandardInput.WriteLineAsync(line);
        await child.StandardInput.WriteLineAsync("{\"op\":\"bye\"}");
        string answer = (await child.StandardOutput.ReadLineAsync())!;
        Assert.Contains("\"op\":\"error\"", answer, StringComparison.Ordinal);
        Assert.Empty(schema.Validate(answer));
        await child.WaitForExitAsync();
        Assert.Equal(0, child.ExitCode);
    }

    [Theory]
    [InlineData("{\"op\":\"hello\",\"protocol\":2}")]
    [InlineData("{\"op\":\"run\",\"scripts\":[]}")]
    [InlineData("{\"op\":\"run\",\"id\":1,\"scripts\":[[[\"call\",9]]]}")]
    [InlineData("{\"op\":\"ran\",\"id\":1,\"results\":[[[\"splendid\",0,[],[],[0,0],[0,0],[0,0],0,0,0]]]}")]
    [InlineData("{\"op\":\"ran\",\"id\":1,\"results\":[[[\"ok\",9,[],[],[0,0],[0,0],[0,0],0,0,0]]]}")]
    [InlineData("{\"op\":\"ran\",\"id\":1,\"results\":[[[\"ok\",0,[\"main\"],[],[0,0],[0,0],[0,0],0,0,0]]]}")]
    [InlineData("{\"op\":\"error\",\"message\":\"two\\nlines\"}")]
    [InlineData("{\"op\":\"sing\"}")]
    public async Task What_is_no_message_is_none_to_the_schema_either(string line) => Assert.NotEmpty((await Schema()).Validate(line));

    // The child between two pipes that keep what goes through them.
    private async Task Converse(ChildStart child, long commands)
    {
        string script = Path.Combine(folder, "recorded.sh");
        await File.WriteAllTextAsync(script, "tee \"$PYSTATE_SENT\" | \"$@\" | tee \"$PYSTATE_ANSWERED\"\n");
        var recorded = child with
        {
            Program = Programs.Find("sh")!,
            Arguments = [script, child.Program, .. child.Arguments],
            Environment = new Dictionary<string, string>(child.Environment) { ["PYSTATE_SENT"] = Sent, ["PYSTATE_ANSWERED"] = Answered },
        };
        using (var session = new ChildSession(recorded))
        {
            _ = Runner.Run(session, new RunOptions { Commands = commands }, null, CancellationToken.None);
        }

        JsonSchema schema = await Schema();
        await AssertValid(schema, Sent, "hello run bye");
        await AssertValid(schema, Answered, "hello ran");
    }

    private static async Task AssertValid(JsonSchema schema, string file, string operations)
    {
        var seen = new List<string>();
        foreach (string line in await File.ReadAllLinesAsync(file))
        {
            ICollection<ValidationError> errors = schema.Validate(line);
            Assert.True(errors.Count == 0, $"{string.Join("; ", errors.Select(e => e.ToString()).Take(3))} in {line[..Math.Min(line.Length, 400)]}");
            seen.Add(System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("op").GetString()!);
        }

        Assert.Equal(operations, string.Join(' ', seen.Distinct()));
    }

    private static async Task<JsonSchema> Schema() =>
        await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "schema", "protocol.schema.json")));
}
