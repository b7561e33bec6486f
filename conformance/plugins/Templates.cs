using System.Reflection;
using System.Text;

namespace PyState.Conformance.Plugins;

/// <summary>A kind of plug-in.</summary>
/// <param name="Name">What it is called on the command line, and the folder of its worked example.</param>
/// <param name="Summary">What it is, in a few words.</param>
public sealed record PluginKind(string Name, string Summary);

/// <summary>Makes skeletons of plug-ins. There are no templates besides the worked examples (conformance/examples): a skeleton is one without what its
/// markers enclose, so that whatever is tested of the example holds for what people begin with.</summary>
/// <remarks>
/// A line with <c>[left to you: WORDS]</c> becomes a comment that begins with TODO, and all up to the line with <c>[until here]</c> is left out; a line with
/// <c>[instead] TEXT</c> is in the skeleton that text, and in the example a comment.
/// </remarks>
public static class Templates
{
    /// <summary>The longest name.</summary>
    public const int LongestName = 40;

    private const string ExampleName = "worked-example";
    private const string LeftOpen = "[left to you: ";
    private const string LeftClose = "[until here]";
    private const string Instead = "[instead] ";

    /// <summary>The kinds, in the order of how much they need.</summary>
    public static IReadOnlyList<PluginKind> Kinds { get; } =
    [
        new("dotnet", "a .NET assembly"),
        new("native", "a shared library in C"),
        new("process", "any program that speaks the protocol"),
        new("switcher", "a Python file"),
    ];

    /// <summary>Whether a plug-in can have a name.</summary>
    /// <param name="name">The name.</param>
    public static bool IsName(string name) => name.Length <= LongestName && Manifest.IsName(name);

    /// <summary>Writes a skeleton.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The name of the plug-in.</param>
    /// <param name="folder">The folder; made if need be.</param>
    /// <returns>The files, relative to it.</returns>
    public static IReadOnlyList<string> Write(string kind, string name, string folder)
    {
        Directory.CreateDirectory(folder);
        var files = new List<string>();
        foreach ((string file, string text) in Of(kind))
        {
            string relative = file.Replace(ExampleName, name, StringComparison.Ordinal);
            string path = Path.Combine(folder, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Skeleton(text).Replace(ExampleName, name, StringComparison.Ordinal));
            if (!OperatingSystem.IsWindows() && text.StartsWith("#!", StringComparison.Ordinal))
            {
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            }

            files.Add(relative);
        }

        return files;
    }

    /// <summary>What a file of an example is as a skeleton.</summary>
    /// <param name="text">The file.</param>
    public static string Skeleton(string text)
    {
        var skeleton = new StringBuilder();
        bool leaves = false;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.Contains(LeftClose, StringComparison.Ordinal))
            {
                leaves = false;
            }
            else if (line.IndexOf(LeftOpen, StringComparison.Ordinal) is >= 0 and var open)
            {
                int close = line.LastIndexOf(']');
                _ = skeleton.Append(line[..open]).Append("TODO: ").Append(line[(open + LeftOpen.Length)..close]).Append(line[(close + 1)..]).Append('\n');
                leaves = true;
            }
            else if (line.IndexOf(Instead, StringComparison.Ordinal) is >= 0 and var instead)
            {
                string content = line[(instead + Instead.Length)..];
                string indent = line[..^line.TrimStart().Length];
                _ = skeleton.Append(indent).Append(content.EndsWith(" */", StringComparison.Ordinal) ? content[..^3] : content).Append('\n');
                leaves = false;
            }
            else if (!leaves)
            {
                _ = skeleton.Append(line).Append('\n');
            }
        }

        return skeleton.ToString();
    }

    private static IEnumerable<(string File, string Text)> Of(string kind)
    {
        string prefix = $"examples/{kind}/";
        Assembly assembly = typeof(Templates).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Select(r => r.Replace('\\', '/')).Where(r => r.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[prefix.Length..], reader.ReadToEnd());
        }
    }
}
