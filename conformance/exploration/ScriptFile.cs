// Scripts in a file: one a line, its alphabet and its commands.

using System.Text;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Exploration;
using PyState.Spec.Model;

namespace PyState.Conformance.Exploration;

/// <summary>Reads and writes files of scripts: <c>api: new 0; save 0 1; restore 0</c>. Lines that begin with <c>#</c> are comments.</summary>
public static class ScriptFile
{
    /// <summary>Writes scripts.</summary>
    /// <param name="path">The file; there whole, or as it was.</param>
    /// <param name="scripts">The scripts.</param>
    /// <param name="what">What they are, for the first line.</param>
    public static void Write(string path, IReadOnlyList<TransitionSuite.Path> scripts, string what) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        writer.Write($"# {what}\n");
        foreach (TransitionSuite.Path script in scripts)
        {
            writer.Write($"{Vocabulary.Of(script.Alphabet)}: {string.Join("; ", script.Commands)}\n");
        }
    });

    /// <summary>Reads scripts.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SetupException">It cannot be read, has none, or a line of it is no script.</exception>
    public static IReadOnlyList<Script> Read(string path)
    {
        string[] lines;
        try
        {
            lines = InputFile.Read(() => File.ReadAllLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"cannot read '{path}': {SafeText.OneLine(e.Message).TrimEnd('.')}", e);
        }

        var scripts = new List<Script>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() is { Length: > 0 } line && line[0] != '#')
            {
                scripts.Add(Parse(line) ?? throw new SetupException($"'{path}' line {i + 1} is no script: write for example 'api: new 0; save 0 1; restore 0'"));
            }
        }

        return scripts.Count > 0 ? scripts : throw new SetupException($"'{path}' has no script: 'explore --suite transitions -o FILE' writes some");
    }

    private static Script? Parse(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Vocabulary.TryParse(line[..colon].Trim(), out Alphabet alphabet) || alphabet == Alphabet.Structural)
        {
            return null;
        }

        var commands = new List<Command>();
        foreach (string text in line[(colon + 1)..].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int[] numbers = new int[words.Length - 1];
            for (int i = 0; i < numbers.Length; i++)
            {
                if (!int.TryParse(words[i + 1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out numbers[i]))
                {
                    return null;
                }
            }

            if (!CommandTable.TryMake(words[0], numbers, out Command command))
            {
                return null;
            }

            commands.Add(command);
        }

        return new Script(alphabet, commands);
    }
}
