// Runs clang, which reads the headers: its parser is the one that knows C.

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PyState.Conformance.Plugins;
using SystemProcess = System.Diagnostics.Process;

namespace PyState.Conformance.Radar;

/// <summary>One token of a file as clang's lexer sees it before preprocessing, comments and blanks included.</summary>
/// <param name="Kind">Clang's name of its kind, for example <c>hash</c> or <c>l_brace</c>.</param>
/// <param name="Text">Its spelling, lines that continue the one before joined to it.</param>
/// <param name="StartsLine">Whether it is the first one on its line that is no blank.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column in bytes, from 1.</param>
internal readonly record struct CToken(string Kind, string Text, bool StartsLine, int Line, int Column);

/// <summary>A clang, started once for each question.</summary>
/// <param name="program">Its path.</param>
internal sealed partial class Clang(string program)
{
    /// <summary>Environment variable that names the clang to use.</summary>
    public const string Variable = "PYSTATE_CLANG";

    /// <summary>The command that provides one.</summary>
    public const string Provide = "apt-get install clang";

    /// <summary>What to say where there is none.</summary>
    public static string Missing => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? $"{Variable} names {named}, and there is no such program: name a clang"
        : $"clang reads the headers, and there is none on PATH: {Provide}, or name one in {Variable}";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The clang of this machine: what <see cref="Variable"/> names, <c>clang</c> on the path, or the newest <c>clang-N</c>.</summary>
    /// <returns>Its path, or null.</returns>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return Programs.Resolve(named);
        }

        // Debian's versioned packages have no plain name.
        return Programs.Find("clang") ?? (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "clang-*"))
            .Select(path => (path, version: int.TryParse(Path.GetFileName(path)["clang-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0))
            .Where(c => c.version > 0 && Programs.Resolve(c.path) is not null)
            .OrderByDescending(c => c.version)
            .Select(c => c.path)
            .FirstOrDefault();
    }

    /// <summary>The tokens of a file.</summary>
    /// <param name="file">Its path.</param>
    /// <exception cref="SetupException">Clang cannot be started or cannot read it.</exception>
    public IReadOnlyList<CToken> Tokens(string file)
    {
        (byte[] _, string dump) = Run(["-fsyntax-only", "-Xclang", "-dump-raw-tokens", file]);
        CToken[] tokens = [.. TokenLine().Matches(dump).Select(m => new CToken(
            m.Groups["kind"].Value,
            m.Groups["text"].Value,
            m.Groups["flags"].Value.Contains("StartOfLine", StringComparison.Ordinal),
            int.Parse(m.Groups["line"].Value, CultureInfo.InvariantCulture),
            int.Parse(m.Groups["column"].Value, CultureInfo.InvariantCulture)))];
        return tokens.Length > 0 ? tokens : throw new SetupException($"{program} is no clang, or one that cannot show its tokens{(dump.Trim().Length > 0 ? $" ('{FirstLine(dump)}')" : string.Empty)}: {Provide}, or name one in {Variable}");
    }

    /// <summary>The syntax tree of a program, as JSON.</summary>
    /// <param name="arguments">The program, and how to compile it.</param>
    /// <param name="what">What is being read, for the message.</param>
    /// <exception cref="SetupException">Clang cannot be started, or did not understand the program.</exception>
    public byte[] SyntaxTree(IEnumerable<string> arguments, string what)
    {
        (byte[] tree, string errors) = Run(
            ["-fsyntax-only", "-w", "-ferror-limit=0", "-fno-color-diagnostics", "-fno-caret-diagnostics", "-Xclang", "-ast-dump=json", .. arguments]);
        string? fatal = errors.Split('\n').FirstOrDefault(l => l.Contains("error: ", StringComparison.Ordinal) && !IsHarmless(l));
        string advice = fatal?.Contains("file not found", StringComparison.Ordinal) == true ? "; install the whole -dev package they are from" : string.Empty;
        return fatal is null ? tree : throw new SetupException($"clang does not understand {what}: {FirstLine(fatal)}{advice}");
    }

    // All arms of a condition are read at once, so what only a free-threaded build or one with statistics declares may be missing. The
    // member itself is in the tree all the same; whatever else goes wrong could hide one.
    private static bool IsHarmless(string error) =>
        error.Contains("unknown type name '", StringComparison.Ordinal) || error.Contains("field has incomplete type '", StringComparison.Ordinal);

    private static string FirstLine(string text) => text.Trim().Split('\n')[0];

    private (byte[] Output, string Errors) Run(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // The bytes of a token are the bytes of the file, whatever they mean.
        start.StandardErrorEncoding = Encoding.Latin1;
        start.Environment["LC_ALL"] = "C";
        try
        {
            using SystemProcess process = SystemProcess.Start(start)!;
            using Timer limit = new(_ => process.Kill(entireProcessTree: true), null, Patience, Timeout.InfiniteTimeSpan);
            var errors = new StringBuilder();
            process.ErrorDataReceived += (_, line) => errors.Append(line.Data).Append('\n');
            process.BeginErrorReadLine();
            process.StandardInput.Close();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            return process.ExitCode is 0 or 1 ? (output.ToArray(), errors.ToString())
                : throw new SetupException($"{program} did not end within {Patience.TotalSeconds:0} s, or died (exit code {process.ExitCode}): name another clang in {Variable}");
        }
        catch (Win32Exception e)
        {
            throw new SetupException($"{program} cannot be started ({e.Message}): {Provide}, or name another clang in {Variable}", e);
        }
    }

    [GeneratedRegex(@"^(?<kind>\w+) '(?<text>.*?)'\t(?<flags>( \[\w+\])*)( \[UnClean='.*?'\])?\tLoc=<[^\n]*?:(?<line>\d+):(?<column>\d+)>$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex TokenLine();
}
