// The composite action, carried out: its steps are taken out of action.yml, and what is shell is run with the files a runner would give it.

using System.Text.RegularExpressions;
using PyState.PropertyTests.Plugins;
using YamlDotNet.RepresentationModel;

namespace PyState.PropertyTests.Gate;

/// <summary>One use of the action by a job.</summary>
internal sealed partial class CompositeAction
{
    private static readonly string Folder = Path.Combine(Repository.Root, "conformance", "action");
    private readonly string temporary;
    private readonly Dictionary<string, string> inputs;
    private readonly Dictionary<string, Dictionary<string, string>> outputs = new(StringComparer.Ordinal);

    /// <param name="temporary">The runner's folder for temporary files.</param>
    /// <param name="with">The inputs that the job gives; the others have their defaults.</param>
    internal CompositeAction(string temporary, params (string Name, string Value)[] with)
    {
        this.temporary = temporary;
        inputs = Inputs.ToDictionary(n => n, n => Text(Map(Map(Document, "inputs"), n), "default")!, StringComparer.Ordinal);
        foreach ((string name, string value) in with)
        {
            inputs[name] = inputs.ContainsKey(name) ? value : throw new ArgumentException($"the action has no input '{name}'");
        }
    }

    /// <summary>The file.</summary>
    internal static YamlMappingNode Document { get; } = Load(Path.Combine(Folder, "action.yml"));

    /// <summary>The names of its inputs.</summary>
    internal static string[] Inputs { get; } = [.. Map(Document, "inputs").Children.Keys.Select(k => k.ToString())];

    /// <summary>Its steps.</summary>
    internal static YamlMappingNode[] Steps { get; } = [.. ((YamlSequenceNode)Map(Document, "runs")["steps"]).Cast<YamlMappingNode>()];

    /// <summary>The actions of others that were due, with what they were given.</summary>
    internal List<string> Used { get; } = [];

    /// <summary>What the steps printed.</summary>
    internal string Log { get; private set; } = string.Empty;

    /// <summary>The job's summary.</summary>
    internal string Summary { get; private set; } = string.Empty;

    /// <summary>An output of the action.</summary>
    /// <param name="name">Its name.</param>
    internal string Output(string name) => Filled(Text(Map(Map(Document, "outputs"), name), "value")!);

    /// <summary>Carries the action out.</summary>
    /// <param name="workspace">The job's folder.</param>
    /// <param name="path">A folder in front of PATH; null for none.</param>
    /// <returns>The exit code of the step that failed; 0 when none did.</returns>
    internal int Run(string workspace, string? path = null)
    {
        int failed = 0;
        string summary = Path.Combine(temporary, "summary.md");
        for (int i = 0; i < Steps.Length; i++)
        {
            YamlMappingNode step = Steps[i];
            if (!IsDue(Text(step, "if") ?? "success()", failed))
            {
                continue;
            }

            if (Text(step, "uses") is { } uses)
            {
                Used.Add($"{uses} {string.Join(' ', Map(step, "with").Children.Select(p => $"{p.Key}={Filled(p.Value.ToString())}"))}");
                continue;
            }

            string output = Path.Combine(temporary, $"output-{i}");
            var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["GITHUB_OUTPUT"] = output, ["GITHUB_STEP_SUMMARY"] = summary, ["RUNNER_TEMP"] = temporary };
            foreach ((YamlNode name, YamlNode value) in Map(step, "env").Children)
            {
                variables[name.ToString()] = Filled(value.ToString());
            }

            if (path is not null)
            {
                variables["PATH"] = $"{path}:{Environment.GetEnvironmentVariable("PATH")}";
            }

            string folder = Path.GetFullPath(Filled(Text(step, "working-directory") ?? "."), workspace);
            (int code, string printed, string error) = Shell.Bash(Text(step, "run")!, folder, variables);
            Log += printed + error;
            failed = failed == 0 ? code : failed;
            if (Text(step, "id") is { } id && File.Exists(output))
            {
                outputs[id] = File.ReadLines(output).Select(l => l.Split('=', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
            }
        }

        Summary = File.Exists(summary) ? File.ReadAllText(summary) : string.Empty;
        return failed;
    }

    /// <summary>Reads a YAML file.</summary>
    /// <param name="path">The file.</param>
    internal static YamlMappingNode Load(string path)
    {
        using var reader = new StreamReader(path);
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    /// <summary>A value of a mapping; null where it has none.</summary>
    /// <param name="node">The mapping.</param>
    /// <param name="key">The key.</param>
    internal static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out YamlNode? value) ? ((YamlScalarNode)value).Value : null;

    /// <summary>A mapping in a mapping; an empty one where there is none.</summary>
    /// <param name="node">The mapping.</param>
    /// <param name="key">The key.</param>
    internal static YamlMappingNode Map(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out YamlNode? value) ? (YamlMappingNode)value : [];

    /// <summary>The expressions in a text.</summary>
    /// <param name="text">The text.</param>
    internal static string[] Expressions(string text) => [.. Expression().Matches(text).Select(m => m.Groups[1].Value)];

    // As much of the language of expressions as the action uses; anything else is an error here and not an empty string.
    private bool IsDue(string condition, int failed) => condition.Split(" && ").All(part => part switch
    {
        "always()" => true,
        "success()" => failed == 0,
        _ when Comparison().Match(part) is { Success: true } m => Value(m.Groups[1].Value) == m.Groups[3].Value == (m.Groups[2].Value == "=="),
        _ => throw new NotSupportedException($"the condition {part}"),
    }) && (failed == 0 || condition.Contains("always()", StringComparison.Ordinal));

    private string Filled(string text) => Expression().Replace(text, m => Value(m.Groups[1].Value));

    private string Value(string expression) => expression.Split('.') switch
    {
        ["github", "action_path"] => Folder,
        ["inputs", var name] => inputs[name],
        ["steps", var id, "outputs", var name] when Steps.Any(s => Text(s, "id") == id) => outputs.GetValueOrDefault(id)?.GetValueOrDefault(name) ?? string.Empty,
        _ => throw new NotSupportedException($"the expression {expression}"),
    };

    [GeneratedRegex(@"\$\{\{ *([^}]*?) *\}\}")]
    private static partial Regex Expression();

    [GeneratedRegex("^([a-z.-]+) (==|!=) '([^']*)'$")]
    private static partial Regex Comparison();
}
