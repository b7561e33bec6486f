using System.Diagnostics;
using System.Text;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Runs a short program to its end and says what came of it.</summary>
internal static class OneShot
{
    private const int MostLines = 8;

    /// <summary>What came of it.</summary>
    /// <param name="Ending">How it ended, in words: <c>ended (exit code 0)</c>, <c>died of SIGSEGV</c>, <c>did not end within 30 s</c>.</param>
    /// <param name="Lines">The first lines of its output.</param>
    /// <param name="Errors">The end of its errors.</param>
    internal readonly record struct Result(string Ending, IReadOnlyList<string> Lines, string Errors)
    {
        private const int MostLetters = 160;

        /// <summary>Whether it ended by itself and with exit code 0.</summary>
        internal bool IsWell => Ending == "ended (exit code 0)";

        /// <summary>The first line of its output; empty where there is none.</summary>
        internal string FirstLine => Lines.Count > 0 ? Lines[0] : string.Empty;

        /// <summary>The last line of its errors: of a Python that dies of an exception, the exception.</summary>
        internal string LastError => ChildProcess.LastLine(Errors);

        /// <summary>What it said of why it ended, in one line: the last of its errors, or the first where a shell, or pyenv's shim, has found no such command; else the first of its output.</summary>
        internal string Said
        {
            get
            {
                string said = Ending.Contains("127", StringComparison.Ordinal) ? ChildProcess.FirstLine(Errors) : LastError;
                said = said.Length > 0 ? said : FirstLine;
                return said.Length <= MostLetters ? said : said[..MostLetters] + "…";
            }
        }
    }

    /// <summary>Runs a program.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="patience">How long it may take.</param>
    /// <exception cref="SetupException">It cannot be started.</exception>
    internal static Result Run(ChildStart start, TimeSpan patience)
    {
        using ChildProcess child = ChildProcess.Start(start with { LineLimit = 1 << 16 });
        long begun = Stopwatch.GetTimestamp();
        var lines = new List<string>();
        while (child.TryReadLine(patience - Stopwatch.GetElapsedTime(begun), out byte[]? line) && line is not null)
        {
            if (lines.Count < MostLines)
            {
                lines.Add(Encoding.UTF8.GetString(line).Trim());
            }
        }

        TimeSpan left = patience - Stopwatch.GetElapsedTime(begun);
        string ending = child.WaitForEnd(left > TimeSpan.Zero ? left : TimeSpan.Zero) ?? $"did not end within {patience.TotalSeconds:0} s";
        return new Result(ending, lines, child.Errors);
    }
}
