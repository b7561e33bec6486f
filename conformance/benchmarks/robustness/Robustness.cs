// docs/robustness.md: what was tried to hurt the runner, and what came of it.

using System.Globalization;
using System.Text;

namespace PyState.Benchmarks.Robustness;

/// <summary>Runs the trials that are named, or all of them, and writes each result into its section of the page.</summary>
internal static class Robustness
{
    private static readonly (string Name, Func<string, string> Run)[] Trials =
        [("liars", LiarFigures.Run), ("kills", KillFigures.Run), ("fuzz", FuzzFigures.Run), ("soak", SoakFigures.Run)];

    /// <summary>Runs trials.</summary>
    /// <param name="arguments">Their names; none for all.</param>
    /// <returns>The exit code: 1 where something did not hold.</returns>
    internal static int Run(string[] arguments)
    {
        string root = Root();
        string page = Path.Combine(root, "docs", "robustness.md");
        int code = 0;
        foreach ((string name, Func<string, string> run) in Trials.Where(t => arguments.Length == 0 || arguments.Contains(t.Name)))
        {
            Console.Error.WriteLine($"{name} …");
            try
            {
                string text = run(root);
                Console.Out.WriteLine(text);
                Write(page, name, text);
            }
            catch (InvalidOperationException e)
            {
                Console.Error.WriteLine($"{name}: {e.Message}");
                code = 1;
            }
        }

        return code;
    }

    /// <summary>What must hold, or the figures are not written.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="otherwise">What is wrong.</param>
    internal static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    /// <summary>A number with its thousands apart.</summary>
    /// <param name="number">The number.</param>
    internal static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static void Write(string page, string name, string text)
    {
        string whole = File.ReadAllText(page);
        (string begin, string end) = ($"<!-- {name} begin -->\n", $"<!-- {name} end -->");
        int from = whole.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        int to = whole.IndexOf(end, StringComparison.Ordinal);
        File.WriteAllText(page, new StringBuilder(whole[..from]).Append(text.TrimEnd()).Append('\n').Append(whole[to..]).ToString());
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Spec.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("run it inside a checkout");
    }
}
