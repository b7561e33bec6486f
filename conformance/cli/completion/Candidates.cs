// What can come next on a command line: the parsing library knows the verbs and options, and this the values of ours.

using System.CommandLine;
using System.CommandLine.Completions;
using PyState.Conformance.Engine;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Cli.Completion;

/// <summary>Values that an option or an argument is completed with. What takes a file has none: there the shell offers its files.</summary>
internal static class Candidates
{
    /// <summary>The first argument by which a shell's script asks; the second is what is typed behind the name of the program, up to the cursor. It is the parsing library's own.</summary>
    internal const string Question = "[suggest]";

    /// <summary>The ids and the families of clauses, with their titles.</summary>
    internal static CompletionItem[] Clauses { get; } =
    [
        .. Catalogue.Groups.Select(g => new CompletionItem(g.Group, detail: g.About)),
        .. Catalogue.All.Select(c => new CompletionItem(c.Id.Text(), detail: c.Title)),
    ];

    /// <summary>The implementations there are.</summary>
    /// <param name="host">What there is.</param>
    internal static IEnumerable<CompletionItem> Implementations(Host host) => host.Implementations.Select(i => new CompletionItem(i.Name, detail: i.Summary));

    /// <summary>The commands of both alphabets.</summary>
    /// <param name="selected">Which of them.</param>
    internal static IEnumerable<CompletionItem> Commands(Func<CommandInfo, bool> selected) => CommandTable.All.Where(selected).Select(i => new CompletionItem(i.Name));

    /// <summary>The same for a list with commas: what stands before the last comma stays.</summary>
    /// <param name="context">What was typed.</param>
    /// <param name="items">The values.</param>
    internal static IEnumerable<CompletionItem> Listed(CompletionContext context, IEnumerable<CompletionItem> items)
    {
        string before = context.WordToComplete[..(context.WordToComplete.LastIndexOf(',') + 1)];
        return items.Select(i => new CompletionItem(before + i.Label, detail: i.Detail));
    }

    /// <summary>What can stand where the cursor is, one a line, with a tab and what it means behind it. Options come only after a hyphen, so that
    /// a shell offers files where nothing else fits.</summary>
    /// <param name="root">The program.</param>
    /// <param name="parser">How its arguments are read.</param>
    /// <param name="typed">What was typed behind the name of the program, up to the cursor.</param>
    internal static string Of(RootCommand root, ParserConfiguration parser, string typed)
    {
        string line = typed.TrimStart();
        string word = line[(line.LastIndexOfAny([' ', '\t']) + 1)..];
        string option = word.StartsWith("--", StringComparison.Ordinal) && word.Contains('=', StringComparison.Ordinal) ? word[..(word.IndexOf('=', StringComparison.Ordinal) + 1)] : string.Empty;
        if (option.Length > 0)
        {
            // To the library one word; to who types it an option and the beginning of a value.
            line = $"{line[..^word.Length]}{option[..^1]} {word[option.Length..]}";
            word = word[option.Length..];
        }

        IEnumerable<CompletionItem> items = root.Parse(line, parser).GetCompletions(line.Length);
        return string.Concat(items
            .Where(i => i.Label.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (i.Label.StartsWith('-') ? word.StartsWith('-') : true) && i.Label is not ("-?" or "/?" or "/h"))
            .Select(i => $"{option}{i.Label}\t{Page.Fit(i.Detail ?? string.Empty, 60)}\n"));
    }
}
