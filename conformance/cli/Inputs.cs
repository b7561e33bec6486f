// What is typed on the command line, read and checked before anything starts.

using System.Globalization;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Reads the values of options. Every failure is a <see cref="SetupException"/> that says what to write instead.</summary>
public static class Inputs
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(30);
    private const int MostCores = 256;

    /// <summary>Reads a length of time: a number and a unit, <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>; more than 0, at most 30 days.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="text">What was typed.</param>
    public static TimeSpan Time(string option, string text)
    {
        (string unit, double seconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => ("ms", 0.001),
            _ when text.EndsWith('s') => ("s", 1),
            _ when text.EndsWith('m') => ("m", 60),
            _ when text.EndsWith('h') => ("h", 3600),
            _ => (string.Empty, 0),
        };
        double number = 0;
        bool isNumber = text.Length > unit.Length && char.IsAsciiDigit(text[0]) // "nan" is a number to the library
            && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
        if (unit.Length == 0)
        {
            throw new SetupException(isNumber && number > 0
                ? $"{option} needs a unit: {text}ms, {text}s, {text}m or {text}h"
                : $"{option} cannot be '{text}': write a number and a unit, for example 500ms, 30s, 2m or 1h");
        }

        double total = number * seconds;
        return isNumber && total > 0 && total <= LongestTime.TotalSeconds
            ? TimeSpan.FromSeconds(total)
            : throw new SetupException($"{option} cannot be '{text}': write a number and a unit, more than 0 and at most 30 days, for example 500ms, 30s, 2m or 1h");
    }

    /// <summary>Reads a count: 1 or more, underscores allowed between digits.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="text">What was typed.</param>
    public static long Count(string option, string text) =>
        text.Length > 0 && char.IsAsciiDigit(text[0])
        && long.TryParse(text.Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0
            ? count
            : throw new SetupException($"{option} cannot be '{text}': write a whole number of 1 or more, for example 2_000_000");

    /// <summary>Reads a whole number between two bounds.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="text">What was typed.</param>
    /// <param name="low">The smallest.</param>
    /// <param name="high">The largest; <see cref="long.MaxValue"/> for any.</param>
    public static long Number(string option, string text, long low, long high) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= low && number <= high
            ? number
            : throw new SetupException($"{option} cannot be '{text}': write a whole number from {low}{(high == long.MaxValue ? " on" : $" to {high}")}");

    /// <summary>Reads how many threads may be used.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="text">What was typed; null for as many as there are cores.</param>
    public static int Cores(string option, string? text) => text is null ? Environment.ProcessorCount : (int)Number(option, text, 1, MostCores);

    /// <summary>Reads a seed: 64 bits, decimal or with <c>0x</c>.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="text">What was typed.</param>
    public static ulong Seed(string option, string text)
    {
        bool isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return ulong.TryParse(
            isHexadecimal ? text[2..] : text,
            isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture,
            out ulong seed)
            ? seed
            : throw new SetupException($"{option} cannot be '{text}': write a whole number from 0 to {ulong.MaxValue}, decimal or 0x…");
    }

    /// <summary>Reads clause ids, separated by commas; a family stands for all its clauses.</summary>
    /// <param name="texts">What was typed.</param>
    public static IReadOnlySet<ClauseId> Clauses(IEnumerable<string> texts)
    {
        var clauses = new HashSet<ClauseId>();
        foreach (string text in texts.SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries)))
        {
            clauses.UnionWith(Clause(text).Select(c => c.Id));
        }

        return clauses;
    }

    /// <summary>Reads one clause id, or a family.</summary>
    /// <param name="text">What was typed.</param>
    public static IReadOnlyList<Clause> Clause(string text) =>
        Catalogue.Find(text) is { } clause ? [clause]
        : Catalogue.InGroup(text).ToArray() is { Length: > 0 } family ? family
        : throw new SetupException($"no clause has the id '{text}'{MeantInstead(text)}");

    // What is far away was not meant: then the families, which are few.
    private static string MeantInstead(string text)
    {
        string[] families = [.. Catalogue.All.Select(c => c.Id.Group()).Distinct()];
        string[] near = [.. families.Concat(Catalogue.Nearest(text)).Where(n => Nearest.Of(text, [n]) is not null)];
        return near.Length > 0 ? $"; did you mean {string.Join(", ", near)}?" : $"; the families are {string.Join(", ", families)}";
    }

    /// <summary>Reads an interpreter as <c>--python</c> takes it.</summary>
    /// <param name="text">What was typed.</param>
    public static string Interpreter(string text) =>
        text.Split(',').Skip(1).FirstOrDefault(IsName) is { } name && Programs.Resolve(text) is null
            ? throw new SetupException($"--python cannot be '{text}': behind the comma write {name}=VALUE, which sets a variable for the interpreter")
            : text;

    private static bool IsName(string text) => text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Finds an implementation by its name, or by the path of its folder or file.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="host">What there is.</param>
    public static IImplementation Implementation(string name, Host host)
    {
        if (host.Implementations.FirstOrDefault(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)) is { } named)
        {
            return named;
        }

        if (name.Length > 0 && host.FromPath(Path.GetFullPath(name, host.Folder)) is { } described)
        {
            return described;
        }

        string[] names = [.. host.Implementations.Select(i => i.Name)];
        throw new SetupException(
            Catalogue.Find(name) is { } clause ? $"'{name}' is a clause, not an implementation: write --clause {clause.Id.Text()}, and for several --clause A,B"
            : Nearest.Of(name, names) is { } near ? $"there is no implementation '{name}'; did you mean '{near}'?"
            : $"there is no implementation '{name}'; there are {string.Join(", ", names)}, and any folder with {Manifest.FileName} (see {host.Program} new --help)");
    }
}
