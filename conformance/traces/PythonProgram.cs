using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Traces;

/// <summary>Prints a script as a Python program that shows a deviation of greenlet without this project. Of program.py it takes the
/// definitions that the script's commands need, and no others.</summary>
public static partial class PythonProgram
{
    private static readonly string[] Modules = ["contextvars", "ctypes", "functools", "gc", "json", "os", "re", "sys", "threading", "types", "greenlet"];
    private static readonly Lazy<string> Template = new(() =>
    {
        using Stream stream = typeof(PythonProgram).Assembly.GetManifestResourceStream("program.py")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    /// <summary>Prints the script of a trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <exception cref="SetupException">It is not in the switcher's alphabet.</exception>
    public static string Of(TraceFile trace)
    {
        if (trace.Found.Before.Count > 0)
        {
            // The program carries out one script and ends; what a switcher keeps from one to the next is a matter of its process.
            int count = trace.Found.Before.Count;
            throw new SetupException($"this deviation shows only after {(count == 1 ? "another script" : $"{count} other scripts")} in the same process, and a standalone program carries out one script: replay the trace without --as");
        }

        string title = $"Shows a deviation of {trace.Implementation} {trace.ImplementationVersion} on {trace.Interpreter} {trace.InterpreterVersion}.";
        string clause = Catalogue.Find(trace.Found.Clause.Text()) is { } found ? $"{trace.Found.Clause.Text()}: {found.Statement}" : trace.Found.Clause.Text();
        return Of(trace.Found.Script, trace.Found.Divergence, trace.Limits, [title, clause, trace.Found.Words, .. trace.Found.Detail is { } detail ? (string[])[detail] : []]);
    }

    /// <summary>Prints a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="divergence">Where it deviates; null where nothing is to be compared, as in a crash.</param>
    /// <param name="limits">The three recursion limits of the command <c>limit</c>.</param>
    /// <param name="lines">What is said of it, a line each.</param>
    /// <exception cref="SetupException">It is not in the switcher's alphabet.</exception>
    public static string Of(Script script, Divergence? divergence, IReadOnlyList<int> limits, IEnumerable<string> lines) =>
        Of(script, divergence, limits, lines, everything: false);

    /// <summary>Prints a script as a program that prints every channel after every step, one JSON object each, and compares nothing.</summary>
    /// <param name="script">The script.</param>
    /// <param name="limits">The three recursion limits of the command <c>limit</c>.</param>
    /// <exception cref="SetupException">It is not in the switcher's alphabet.</exception>
    public static string Observing(Script script, IReadOnlyList<int> limits) => Of(script, null, limits, ["Every channel after every step."], everything: true);

    private static string Of(Script script, Divergence? divergence, IReadOnlyList<int> limits, IEnumerable<string> lines, bool everything)
    {
        if (script.Alphabet != Alphabet.Switcher || script.Commands.Any(c => c.Info.Alphabet == Alphabet.Api || !Template.Value.Contains($"\ndef {Function(c)}(", StringComparison.Ordinal)))
        {
            throw new SetupException("only scripts in the switcher's alphabet can be printed as a Python program, and this one has commands that no Python program can carry out");
        }

        string runtime = Runtime(script, TagsOf(script, divergence, everything));
        var program = new StringBuilder();
        _ = program.Append("\"\"\"").AppendJoin('\n', lines.Select(Harmless)).Append("\n\nRun it with a Python that has greenlet: exit code 1 when the deviation shows, 0 when it does not.\"\"\"\n\n");
        _ = program.Append("import ").AppendJoin(", ", Modules.Where(m => Regex.IsMatch(runtime, $@"\b{m}\."))).Append("\n\n");
        _ = program.Append(Steps(script, divergence, limits)).Append('\n').Append(runtime);
        return program.ToString();
    }

    private static string Steps(Script script, Divergence? divergence, IReadOnlyList<int> limits)
    {
        var steps = new StringBuilder("STEPS = [\n");
        for (int i = 0; i < script.Commands.Count; i++)
        {
            Command c = script.Commands[i];
            string tuple = c.Info.Parameters.Length switch { 0 => $"(\"{c.Info.Name}\",),", 1 => $"(\"{c.Info.Name}\", {c.A}),", _ => $"(\"{c.Info.Name}\", {c.A}, {c.B})," };
            string mark = divergence?.Step == i ? "   <- here it deviates" : string.Empty;
            _ = steps.Append(CultureInfo.InvariantCulture, $"    {tuple,-24}# {i + 1}: {c.Info.Summary}{mark}\n");
        }

        _ = steps.Append("]\nLIMITS = (").AppendJoin(", ", limits).Append(")\n");
        if (divergence is null)
        {
            return steps.ToString();
        }

        string what = divergence.Step < script.Commands.Count ? script.Commands[divergence.Step].ToString() : "the end";
        Channels channels = divergence.Channels & ~(Channels.Raw | Channels.Fault);
        _ = steps.Append(CultureInfo.InvariantCulture, $"STEP, WHAT = {divergence.Step}, \"{what}\"\n");
        _ = steps.Append("EXPECTED = {");
        _ = steps.AppendJoin(", ", Vocabulary.EachChannel.Where(c => (channels & c) != 0)
            .Select(c => $"\"{Vocabulary.Of(c)}\": {ObservationText.Of(c, divergence.Expected).Replace("null", "None", StringComparison.Ordinal)}"));
        return steps.Append("}\n").ToString();
    }

    // The lines of the template whose tags apply, and of its definitions those that are reached from the steps and from the main part.
    private static string Runtime(Script script, HashSet<string> tags)
    {
        (string Name, string Text)[] blocks = [.. Blocks(Template.Value.Split('\n').Where(l => Applies(l, tags)).Select(l => Tag().Replace(l, string.Empty)))];
        HashSet<string> wanted = [.. script.Commands.Select(Function)];
        var taken = new HashSet<int>();
        for (bool grew = true; grew;)
        {
            grew = false;
            for (int i = 0; i < blocks.Length; i++)
            {
                if (!taken.Contains(i) && (blocks[i].Name.Length == 0 || wanted.Contains(blocks[i].Name)))
                {
                    grew = taken.Add(i);
                    wanted.UnionWith(Identifier().Matches(WithoutComments(blocks[i].Text)).Select(m => m.Value));
                }
            }
        }

        string text = string.Join('\n', taken.Order().Select(i => blocks[i].Text));
        text = EmptySection().Replace(BeforeDefinition().Replace(text, "\n\n"), string.Empty);
        return Blanks().Replace(text, "\n\n").TrimEnd('\n') + "\n";
    }

    private static string Function(Command command) => $"do_{command.Info.Name.Replace('-', '_')}";

    // What a line of the template can depend on: commands of the script, channels that are compared (.frames), and what follows from them.
    private static HashSet<string> TagsOf(Script script, Divergence? divergence, bool everything)
    {
        HashSet<Op> ops = [.. script.Commands.Select(c => c.Op)];
        HashSet<string> tags = [.. ops.Select(o => CommandTable.Of(o).Name)];
        tags.UnionWith(Vocabulary.Each(everything ? Channels.All : divergence?.Channels ?? Channels.None).Select(c => $".{c}"));
        Add("thread", ops.Contains(Op.ExitThread) || script.Commands.Any(c => c is { Op: Op.Switch or Op.Throw or Op.Kill, A: 4 }));
        Add("contexts", tags.Contains("thread") || ops.Any(o => CommandTable.AlphabetOf(o) == Alphabet.Switcher)); // the second thread's root is a context
        Add("arrive", ops.Contains(Op.Throw) || ops.Contains(Op.Fail));
        Add("leaf", tags.Contains(".trace") || tags.Contains(".profile"));
        Add("end", everything || divergence?.Step == script.Commands.Count);
        Add("alive", tags.Contains("end") || tags.Contains("census"));
        Add("observe", everything);
        Add("compare", divergence is not null);
        Add("nothing", !everything && divergence is null);
        return tags;

        void Add(string tag, bool applies) => tags.UnionWith(applies ? (string[])[tag] : []);
    }

    private static bool Applies(string line, HashSet<string> tags)
    {
        Match tag = Tag().Match(line);
        return !tag.Success || tag.Groups["tags"].Value.Split(' ').All(t => t.StartsWith('!') ? !tags.Contains(t[1..]) : tags.Contains(t));
    }

    // A definition, or a run of other lines, with what is indented below it and the blank lines after it.
    private static IEnumerable<(string Name, string Text)> Blocks(IEnumerable<string> lines)
    {
        string name = string.Empty;
        var text = new List<string>();
        foreach (string line in lines)
        {
            if (line.Length > 0 && !char.IsWhiteSpace(line[0]) && line[0] is not (']' or ')'))
            {
                string defined = Definition().Match(line).Groups["name"].Value;
                if (text.Count > 0)
                {
                    yield return (name, string.Join('\n', text));
                }

                name = defined;
                text.Clear();
            }

            text.Add(line);
        }

        yield return (name, string.Join('\n', text));
    }

    private static string WithoutComments(string text) => Comment().Replace(text, string.Empty);

    // Nothing that came from an implementation may end the docstring.
    private static string Harmless(string line) => Reports.SafeText.OneLine(line).Replace("\\", "/", StringComparison.Ordinal).Replace("\"\"\"", "'''", StringComparison.Ordinal);

    [GeneratedRegex(@"\s*#: (?<tags>[!.a-z -]+)$")]
    private static partial Regex Tag();

    [GeneratedRegex(@"^(def|class) (?<name>\w+)|^(?<name>TRACE|PROFILE|VARS|LOCAL|GENERATORS|USER|LABELS|E) *=")]
    private static partial Regex Definition();

    [GeneratedRegex(@"\b[A-Za-z_]\w*\b")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"#.*$|^\s*"".*""$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<!\n)\n(?=def |class |# ---- )")]
    private static partial Regex BeforeDefinition();

    [GeneratedRegex(@"# ---- .*\n\s*(?=# ---- )")]
    private static partial Regex EmptySection();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex Blanks();
}
