// Reads an edge file line by line, whoever wrote it: docs/explore.md defines the form.

using System.Text;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Exploration;

namespace PyState.Conformance.Exploration;

/// <summary>The edges of a file, in the order in which they have to stand there.</summary>
public static class EdgeReader
{
    /// <summary>The longest line that is read, in characters; the states of the largest bound take a fraction of it.</summary>
    private const int LongestLine = 1 << 16;

    /// <summary>Reads the edges. Only one of them is in memory at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="bound">The bound that it has to be of.</param>
    /// <exception cref="SetupException">It cannot be read, is of another bound, or a line of it is no edge, stands out of order or repeats one.</exception>
    public static IEnumerable<Edge> Read(string path, string name, Bound bound)
    {
        using StreamReader file = Open(path, name);
        var line = new StringBuilder();
        string? heading = Next(file, line, name, 1);
        if (heading != EdgeFile.HeadingOf(bound))
        {
            throw new SetupException(heading?.StartsWith($"# {EdgeFile.Format} 1 ", StringComparison.Ordinal) == true
                ? $"'{name}' is of another bound, '{SafeText.OneLine(heading[$"# {EdgeFile.Format} 1 ".Length..], 300)}', and this is '{bound}': give the options it was made with"
                : $"'{name}' is no edge file of version 1: its first line has to be '{EdgeFile.HeadingOf(bound)}'");
        }

        string before = string.Empty;
        for (long number = 2; Next(file, line, name, number) is { } text; number++)
        {
            string[] fields = text.Split('\t');
            if (fields.Length != 4 || fields.Any(f => f.Length == 0))
            {
                throw new SetupException($"'{name}' line {number} is no edge: write state, command, outcome and next state, with a tab between them");
            }

            var edge = new Edge(fields[0], fields[1], fields[2], fields[3]);
            int order = string.CompareOrdinal(before, edge.Key);
            if (order >= 0)
            {
                throw new SetupException(order == 0
                    ? $"'{name}' line {number} has the state and the command of the line before: a command has one outcome in a state"
                    : $"'{name}' line {number} is out of order: sort the lines by their bytes, for example with LC_ALL=C sort");
            }

            before = edge.Key;
            yield return edge;
        }
    }

    private static StreamReader Open(string path, string name)
    {
        try
        {
            return new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, 1 << 20);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"cannot read '{name}': {SafeText.OneLine(e.Message).TrimEnd('.')}", e);
        }
    }

    private static string? Next(StreamReader file, StringBuilder line, string name, long number)
    {
        _ = line.Clear();
        try
        {
            for (int c; (c = file.Read()) >= 0;)
            {
                if (c == '\n')
                {
                    return line.ToString();
                }

                if (line.Append((char)c).Length > LongestLine)
                {
                    throw new SetupException($"'{name}' line {number} has more than {LongestLine} characters: that is no edge");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new SetupException($"cannot read '{name}' line {number}: {SafeText.OneLine(e.Message).TrimEnd('.')}", e);
        }

        return line.Length == 0 ? null : throw new SetupException($"'{name}' ends in the middle of line {number}: it was cut off");
    }
}
