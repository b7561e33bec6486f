// The gate of a Python project, as its author meets it: red with a defect in the project's code, green without, in the action, in plain shell and as a hook.

using System.Text.Json;
using PyState.PropertyTests.Plugins;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace PyState.PropertyTests.Gate;

/// <summary>The composite action and the worked example beside it.</summary>
public sealed class GateTests : IDisposable
{
    // Enough for every clause that the example shows to be exercised. A time would be too short on a busy machine: what is said in its place is a number of commands.
    private const string Enough = "60000";

    // Enough for the two clauses that the defect violates.
    private const string EnoughForRed = "10000";

    // A library that forgets to hand on the trace and profile functions.
    private const string Right = "other.hooks = sys.gettrace(), sys.getprofile()";
    private const string Wrong = "other.hooks = None, None";

    private static readonly string Example = Path.Combine(Repository.Root, "conformance", "action", "example");
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-gate-").FullName;
    private readonly string project;
    private readonly string program;

    public GateTests()
    {
        program = Path.Combine(folder, "pystate");
        File.WriteAllText(program, $"""
            #!/usr/bin/env bash
            [[ " $* " =~ " --time "[0-9]+" " ]] && bound=--commands || bound=--time
            for argument; do [[ $argument != --time ]] || argument=$bound; set -- "$@" "$argument"; shift; done
            exec '{Shell.Program}' "$@"
            """);
        Shell.Bash("chmod +x pystate", folder, new Dictionary<string, string>());
        project = Path.Combine(folder, "a project");
        Directory.CreateDirectory(Path.Combine(folder, "runner"));
        foreach (string file in Directory.EnumerateFiles(Example, "*", SearchOption.AllDirectories).Where(f => !f.Contains("pystate-", StringComparison.Ordinal) && !f.EndsWith(".pyc", StringComparison.Ordinal)))
        {
            string copy = Path.Combine(project, Path.GetRelativePath(Example, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [RequiresFact("threads")]
    public void The_action_is_red_while_the_project_forgets_trace_functions_and_green_when_it_does_not()
    {
        Break();
        CompositeAction red = Action(("python", Python), ("switcher", "tests/baton_switcher.py"), ("time", EnoughForRed), ("upload-sarif", "true"), ("category", "red"));
        Assert.Equal(1, red.Run(project));
        Assert.Equal("1", red.Output("exit-code"));
        Assert.Contains("WIDE-01", red.Summary, StringComparison.Ordinal);
        Assert.Equal($"github/codeql-action/upload-sarif@v3 sarif_file={red.Output("sarif")} category=red", Assert.Single(red.Used));
        using (JsonDocument sarif = JsonDocument.Parse(File.ReadAllText(red.Output("sarif"))))
        {
            Assert.Contains(sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray(), r => r.GetProperty("ruleId").GetString() == "WIDE-01");
        }

        Repair();
        CompositeAction green = Action(("python", Python), ("switcher", "tests/baton_switcher.py"), ("time", Enough));
        Assert.Equal((0, "0"), (green.Run(project), green.Output("exit-code")));
        Assert.Empty(green.Used);
        Assert.True(File.Exists(green.Output("html")));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(green.Output("report")));
        Assert.Equal(0, report.RootElement.GetProperty("exitCode").GetInt32());
    }

    [RequiresFact("threads")]
    public void The_recipe_in_plain_shell_is_green_and_as_a_hook_before_a_push_red_with_the_defect()
    {
        var variables = new Dictionary<string, string> { ["PYSTATE"] = program, ["PYSTATE_TIME"] = Enough, ["PATH"] = $"{PythonFolder()}:{Environment.GetEnvironmentVariable("PATH")}" };
        (int green, string printed, _) = Shell.Bash($"tests/gate.sh {Python}", project, variables);
        Assert.Equal(0, green);
        Assert.Contains("✓ baton_switcher", printed, StringComparison.Ordinal);

        Break();
        variables["PYSTATE_TIME"] = EnoughForRed;
        YamlMappingNode configuration = CompositeAction.Load(Path.Combine(project, ".pre-commit-config.yaml"));
        var repository = (YamlMappingNode)Assert.Single((YamlSequenceNode)configuration["repos"]);
        var hook = (YamlMappingNode)Assert.Single((YamlSequenceNode)repository["hooks"]);
        Assert.Equal(("local", "system", "false"), (repository["repo"].ToString(), hook["language"].ToString(), hook["pass_filenames"].ToString()));
        (int red, printed, _) = Shell.Bash(hook["entry"].ToString(), project, variables);
        Assert.Equal(1, red);
        Assert.Contains("WIDE-01", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_switcher_that_is_not_there_fails_the_action_with_2_and_leaves_no_report_of_an_earlier_run()
    {
        Directory.CreateDirectory(Path.Combine(project, "pystate-reports"));
        File.WriteAllText(Path.Combine(project, "pystate-reports", "pystate.json"), "{}");
        CompositeAction action = Action(("switcher", "tests/none.py"));
        Assert.Equal(2, action.Run(project));
        Assert.Equal(("2", string.Empty), (action.Output("exit-code"), action.Output("report")));
        Assert.Contains("tests/none.py", action.Log, StringComparison.Ordinal);
        Assert.Contains("judged nothing", action.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_in_the_place_of_a_name_is_refused()
    {
        CompositeAction action = Action(("implementation", "--resume"));
        Assert.Equal(2, action.Run(project));
        Assert.Contains("the input implementation has --resume", action.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_program_the_action_builds_the_one_of_its_own_revision()
    {
        // What publishing takes is minutes; that it is asked for this project, and that what it made is what runs, is seen with a stand-in.
        string stand = Path.Combine(folder, "stand-in");
        Directory.CreateDirectory(stand);
        File.WriteAllText(Path.Combine(stand, "dotnet"), """
            #!/usr/bin/env bash
            set -eu
            [ "$1" = publish ] && [ -f "$2" ]
            while [ "$1" != --output ]; do shift; done
            mkdir -p "$2"
            printf '#!/bin/sh\necho published\nexit 3\n' > "$2/pystate"
            chmod +x "$2/pystate"
            """);
        Shell.Bash("chmod +x dotnet", stand, new Dictionary<string, string>());
        var action = new CompositeAction(Path.Combine(folder, "runner"), ("switcher", "tests/baton_switcher.py"));
        Assert.Equal(3, action.Run(project, stand));
        Assert.StartsWith("actions/setup-dotnet@", Assert.Single(action.Used), StringComparison.Ordinal);
        Assert.Contains("published", action.Log, StringComparison.Ordinal);
        Assert.Equal("3", action.Output("exit-code"));
    }

    [Fact]
    public void Every_input_of_the_action_is_used_and_reaches_the_shell_only_through_a_variable()
    {
        string whole = File.ReadAllText(Path.Combine(Repository.Root, "conformance", "action", "action.yml"));
        Assert.All(CompositeAction.Inputs, name => Assert.Contains($"inputs.{name}", whole, StringComparison.Ordinal));
        Assert.All(CompositeAction.Expressions(whole).Where(e => e.StartsWith("inputs.", StringComparison.Ordinal)), e => Assert.Contains(e["inputs.".Length..], CompositeAction.Inputs));
        Assert.All(CompositeAction.Steps, step => Assert.Empty(CompositeAction.Expressions(CompositeAction.Text(step, "run") ?? string.Empty)));
        Assert.All(CompositeAction.Steps.Where(s => CompositeAction.Text(s, "run") is not null), step => Assert.Equal("bash", CompositeAction.Text(step, "shell")));
    }

    [Fact]
    public void The_workflow_of_the_example_gives_the_action_inputs_that_it_has_and_reads_outputs_that_it_has()
    {
        YamlMappingNode workflow = CompositeAction.Load(Path.Combine(project, ".github", "workflows", "pystate.yml"));
        var gate = (YamlMappingNode)((YamlMappingNode)workflow["jobs"])["gate"];
        YamlMappingNode[] steps = [.. ((YamlSequenceNode)gate["steps"]).Cast<YamlMappingNode>()];
        YamlMappingNode use = Assert.Single(steps, s => CompositeAction.Text(s, "id") == "pystate");
        Assert.Contains("/conformance/action@", CompositeAction.Text(use, "uses"), StringComparison.Ordinal);
        Assert.All(CompositeAction.Map(use, "with").Children.Keys, name => Assert.Contains(name.ToString(), CompositeAction.Inputs));
        Assert.True(File.Exists(Path.Combine(project, CompositeAction.Text(CompositeAction.Map(use, "with"), "switcher")!)));
        string[] outputs = [.. CompositeAction.Map(CompositeAction.Document, "outputs").Children.Keys.Select(k => k.ToString())];
        string[] read = [.. CompositeAction.Expressions(File.ReadAllText(Path.Combine(project, ".github", "workflows", "pystate.yml"))).Where(e => e.StartsWith("steps.pystate.outputs.", StringComparison.Ordinal))];
        Assert.NotEmpty(read);
        Assert.All(read, e => Assert.Contains(e["steps.pystate.outputs.".Length..], outputs));
        Assert.True(((YamlSequenceNode)((YamlMappingNode)((YamlMappingNode)gate["strategy"])["matrix"])["python"]).Children.Count > 1);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Python => Interpreters.PythonOf("threads");

    private static string PythonFolder() => Path.GetDirectoryName(Python) is { Length: > 0 } found ? found : "/usr/bin";

    private CompositeAction Action(params (string Name, string Value)[] with)
    {
        string runner = Directory.CreateDirectory(Path.Combine(folder, "runner", Guid.NewGuid().ToString("N"))).FullName;
        return new CompositeAction(runner, [("program", program), .. with]);
    }

    private void Break() => Replace(Right, Wrong);

    private void Repair() => Replace(Wrong, Right);

    private void Replace(string what, string by)
    {
        string path = Path.Combine(project, "src", "baton.py");
        string text = File.ReadAllText(path);
        Assert.Contains(what, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(what, by, StringComparison.Ordinal));
    }
}
