using System.Text.RegularExpressions;

namespace PyState.Conformance.Plugins.Process;

/// <summary>A Python interpreter as <c>--python</c> names it, <c>PATH[,NAME=VALUE]…</c>: a program, and the variables that make a build of its own of it
/// (<c>python3.15,PYTHON_JIT=1</c>). One word, so that a trace and a report can name it as it was given.</summary>
/// <param name="Program">Its full path, as this process sees it.</param>
/// <param name="Root">The folder that is its root directory, where it is not this process's own.</param>
/// <param name="Variables">Variables for it alone.</param>
internal sealed partial record Interpreter(string Program, OtherRoot? Root, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>What turns the JIT of CPython 3.13 and later on, where one was built in.</summary>
    internal const string JitVariable = "PYTHON_JIT";

    /// <summary>Whether it was asked for with its JIT on: a build of its own.</summary>
    internal bool WantsJit => Variables.TryGetValue(JitVariable, out string? value) && value is not ("0" or "");

    /// <summary>Its full path.</summary>
    public override string ToString() => Program;

    /// <summary>Finds it.</summary>
    /// <param name="text">What was given: a path or a name on PATH, perhaps with variables.</param>
    /// <param name="fault">Why there is none; null when there is one.</param>
    internal static Interpreter? Find(string text, out Fault? fault)
    {
        (string name, Dictionary<string, string> variables) = Split(text);
        fault = null;
        if (Programs.Resolve(name) is not { } program)
        {
            fault = File.Exists(name) ? new Fault($"{name} is not executable", $"chmod +x {name}, or name another interpreter with --python")
                : Directory.Exists(name) ? new Fault($"{name} is a folder", "name the interpreter in it with --python")
                : new Fault($"there is no interpreter {(name.Length == 0 ? "without a name" : name)}", "name one with --python, by its path or by its name on PATH");
            return null;
        }

        OtherRoot? root = OtherRoot.Above(program);
        fault = root?.WhyNot();
        return new Interpreter(program, root, variables);
    }

    /// <summary>A file or folder of this machine, as the interpreter sees it.</summary>
    /// <param name="path">Its path.</param>
    internal string Sees(string path) => Root?.Inside(path) ?? path;

    /// <summary>How to start it.</summary>
    /// <param name="arguments">Its arguments, paths as it sees them.</param>
    /// <param name="environment">Variables from the manifest; what was given with the interpreter outranks them.</param>
    internal ChildStart Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var all = new Dictionary<string, string>(environment);
        foreach ((string name, string value) in Variables)
        {
            all[name] = value;
        }

        return new ChildStart { Program = Program, Root = Root, Arguments = arguments, Environment = all };
    }

    // A comma that no variable follows belongs to the path.
    private static (string Name, Dictionary<string, string> Variables) Split(string text)
    {
        Match match = WithVariables().Match(text);
        var variables = new Dictionary<string, string>();
        foreach (Capture variable in match.Groups["variable"].Captures)
        {
            string[] parts = variable.Value.Split('=', 2);
            variables[parts[0]] = parts[1];
        }

        return (match.Groups["name"].Value, variables);
    }

    [GeneratedRegex("^(?<name>.*?)(,(?<variable>[A-Za-z_][A-Za-z0-9_]*=[^,]*))*$", RegexOptions.Singleline)]
    private static partial Regex WithVariables();
}
