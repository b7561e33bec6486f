// What the place where the output goes can show.

namespace PyState.Conformance.Cli;

/// <summary>What standard output and standard error are connected to.</summary>
/// <param name="Colour">Whether standard output may hold escape sequences.</param>
/// <param name="Progress">Whether a live line may be drawn on standard error.</param>
/// <param name="Width">The width of the page, in cells.</param>
public sealed record Terminal(bool Colour, bool Progress, int Width)
{
    /// <summary>The width of what is written into a file or a pipe: the same everywhere, so that two logs can be compared.</summary>
    public const int PlainWidth = 100;

    /// <summary>A file or a pipe.</summary>
    public static Terminal Plain { get; } = new(false, false, PlainWidth);

    /// <summary>Looks at this process: colour and progress only on a terminal, and neither with <c>CI</c>, a dumb terminal, or (for colour) <c>NO_COLOR</c>.</summary>
    public static Terminal Detect()
    {
        bool quiet = IsSet("CI") || Environment.GetEnvironmentVariable("TERM") == "dumb";
        bool output = !Console.IsOutputRedirected;
        return new Terminal(
            Colour: output && !quiet && !IsSet("NO_COLOR"),
            Progress: !Console.IsErrorRedirected && !quiet,
            Width: output ? WindowWidth() : PlainWidth);
    }

    // no-color.org: set and not empty. CI servers that set CI to false mean that they are none.
    private static bool IsSet(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value && value is not ("0" or "false");

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? Math.Clamp(width, 40, 160) : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
