using PyState.Conformance.Cli;
using PyState.Conformance.Plugins;
using PyState.Conformance.Specification;

namespace PyState.Benchmarks.Figures;

/// <summary>Measures what docs/explore.md and docs/campaigns.md say, in one run, and writes it between their markers:
/// <c>dotnet run -c Release --project conformance/benchmarks -- --figures [--write] [--rounds N]</c>, in the root of a checkout.</summary>
internal static class FiguresPage
{
    /// <summary>The argument that asks for these.</summary>
    internal const string Argument = "--figures";

    /// <summary>How to repeat them.</summary>
    internal const string Command = "dotnet run -c Release --project conformance/benchmarks -- --figures --write";

    /// <summary>Measures and prints; writes where that is asked for.</summary>
    /// <param name="args">The arguments.</param>
    internal static int Run(string[] args)
    {
        int rounds = Computer.Rounds(args, 3);
        string folder = Directory.CreateTempSubdirectory("pystate-figures-").FullName;
        try
        {
            string machine = $"{Computer.Description}. {Computer.OtherWork}".TrimEnd();
            (string[] Run, int Commands)[] implementations =
            [
                (["reference"], 6_000_000),
                .. new Registry().All.Where(i => i.Name is "cpython" or "greenlet" && i.WhatIsMissing("/usr/bin/python3") is null).Select(i => ((string[])[i.Name, "--python", "/usr/bin/python3"], 100_000)),
            ];
            ExploreFigures explored = ExploreFigures.Of(rounds, folder);
            string rates = explored.Page(machine);
            string suites = explored.SuitePage(folder, implementations[^1].Run);
            string campaigns = CampaignFigures.Page(explored, implementations, rounds, machine, folder);
            Console.WriteLine(rates + suites + campaigns);
            if (args.Contains("--write"))
            {
                Write("docs/explore.md", new GeneratedBlock("figures", () => rates), new GeneratedBlock("suites", () => suites));
                Write("docs/campaigns.md", new GeneratedBlock("figures", () => campaigns));
            }

            return ExitCode.Ok;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string path, params GeneratedBlock[] blocks) => File.WriteAllText(path, Markers.Replace(File.ReadAllText(path), blocks));
}
