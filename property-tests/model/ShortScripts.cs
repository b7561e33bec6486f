using PyState.Spec.Model;

namespace PyState.PropertyTests.Model;

/// <summary>Scripts by hand, and all there are of a length.</summary>
internal static class ShortScripts
{
    /// <summary>The commands of a script, separated by semicolons.</summary>
    /// <param name="text">The script; may be empty.</param>
    internal static IEnumerable<Command> Parsed(string text) => text.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(c =>
    {
        string[] words = c.Split(' ');
        return CommandTable.TryMake(words[0], [.. words.Skip(1).Select(int.Parse)], out Command command) ? command : throw new FormatException(c);
    });

    /// <summary>Every sequence of some commands, of one length: the shorter ones are how these begin.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="length">How many.</param>
    internal static IEnumerable<Command[]> Of(Command[] commands, int length) =>
        length == 0 ? [[]] : from start in Of(commands, length - 1) from command in commands select (Command[])[.. start, command];
}
