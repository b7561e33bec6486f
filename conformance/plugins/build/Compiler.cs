using System.Text.RegularExpressions;
using PyState.Conformance.Plugins.Process;

namespace PyState.Conformance.Plugins.Build;

/// <summary>The C compiler of this machine.</summary>
/// <param name="Words">The program, by its full path, and the arguments that <c>CC</c> gives it.</param>
internal sealed partial record Compiler(IReadOnlyList<string> Words)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Finds it: what <c>CC</c> names, otherwise <c>cc</c>, <c>gcc</c> or <c>clang</c>.</summary>
    /// <param name="fault">Why there is none; null when there is one.</param>
    internal static Compiler? Find(out Fault? fault)
    {
        string[] asked = (Environment.GetEnvironmentVariable("CC") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? program = asked.Length > 0 ? Programs.Resolve(asked[0]) : ((string[])["cc", "gcc", "clang"]).Select(Programs.Find).FirstOrDefault(p => p is not null);
        fault = program is not null ? null
            : asked.Length > 0 ? new Fault($"the environment variable CC names the C compiler {asked[0]}, which is not there", "set CC to one that is, or leave it unset")
            : new Fault("it is compiled when it is run, and there is no C compiler (cc, gcc or clang) on PATH", "apt-get install gcc libc6-dev, or set CC");
        return program is null ? null : new Compiler([program, .. asked.Skip(1)]);
    }

    /// <summary>Runs it.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What went wrong first; null when nothing did.</returns>
    internal Mistake? Run(IEnumerable<string> arguments)
    {
        var start = new ChildStart
        {
            Program = Words[0],
            Arguments = [.. Words.Skip(1), .. arguments],
            Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" }, // "error" in the language that it is looked for in
            ErrorLimit = 1 << 20,
        };
        OneShot.Result result = OneShot.Run(start, Patience);
        if (result.IsWell)
        {
            return null;
        }

        string[] lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Match? error = lines.Select(l => ErrorLine().Match(l)).FirstOrDefault(m => m.Success);
        if (error is not null)
        {
            string words = error.Groups["words"].Value;
            bool isRefusal = words.StartsWith("#error", StringComparison.Ordinal) || words.StartsWith('"'); // gcc, clang
            return new Mistake(
                isRefusal ? words.Replace("#error", string.Empty, StringComparison.Ordinal).Trim().Trim('"') : words,
                $"{Path.GetFileName(error.Groups["file"].Value)}:{error.Groups["line"].Value}",
                isRefusal);
        }

        // The linker has no such lines.
        string? library = lines.Select(l => LackingLibrary().Match(l)).FirstOrDefault(m => m.Success)?.Value;
        if (lines.Select(l => EscapingLink().Match(l)).FirstOrDefault(m => m.Success) is { } link)
        {
            return new Mistake($"{link.Groups["words"].Value}, where it is an absolute link (symlinks -cr makes them relative)", null, false);
        }

        string? linker = lines.FirstOrDefault(l => l.Contains("undefined reference", StringComparison.Ordinal) || l.Contains("error", StringComparison.Ordinal));
        return new Mistake(library ?? linker ?? lines.FirstOrDefault() ?? $"the compiler {result.Ending}", null, false, library is not null);
    }

    [GeneratedRegex(@"^(?<file>[^:]+):(?<line>\d+)(:\d+)?: (fatal )?error: (?<words>.*)$")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"(?<words>cannot find \S+ inside \S+)")]
    private static partial Regex EscapingLink();

    [GeneratedRegex("(cannot|unable to) find (library )?-l[^ ]+?(?=:? |:?$)")]
    private static partial Regex LackingLibrary();

    /// <summary>The first thing that the compiler complained of.</summary>
    /// <param name="Words">In its words, or in those of an <c>#error</c>.</param>
    /// <param name="Place">File and line, where it says them.</param>
    /// <param name="IsRefusal">Whether the sources refuse this interpreter with an <c>#error</c>.</param>
    /// <param name="LacksLibrary">Whether a library is not there.</param>
    internal sealed record Mistake(string Words, string? Place, bool IsRefusal, bool LacksLibrary = false);
}
