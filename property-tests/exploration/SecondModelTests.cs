using System.Diagnostics;
using PyState.Conformance.Cli;
using PyState.PropertyTests.Plugins;
using Xunit;

namespace PyState.PropertyTests.Exploration;

/// <summary>The model in Promela, written from SPEC.md's text alone and searched by SPIN, has the same graph as this one, edge by edge (docs/decisions/0012).</summary>
public sealed class SecondModelTests : IDisposable
{
    private static readonly string Promela = Path.Combine(Repository.Root, "spec", "promela");
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-promela-").FullName;

    /// <summary>The bounds of bounds.txt, each as its options.</summary>
    public static TheoryData<string> Bounds => [.. Lines("bounds.txt")];

    /// <summary>The errors of seeds.txt: the name, and the options of the least bound that shows it.</summary>
    public static TheoryData<string, string> Seeds
    {
        get
        {
            var seeds = new TheoryData<string, string>();
            foreach (string[] fields in Lines("seeds.txt").Select(l => l.Split('|')))
            {
                // The edit between the first and the last two can have bars of its own.
                seeds.Add(fields[0], fields[^2]);
            }

            return seeds;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    [RequiresProgramTheory("spin")]
    [MemberData(nameof(Bounds))]
    public void Both_models_have_the_same_edges(string bound)
    {
        string edges = Searched(bound.Split(' '));
        (int code, string output) = Against(bound, edges);
        Assert.True(code == ExitCode.Ok, output);
        Assert.Contains("edges equal", output, StringComparison.Ordinal);
    }

    [RequiresProgramTheory("spin")]
    [MemberData(nameof(Seeds))]
    public void An_error_in_the_second_model_is_found(string seed, string bound)
    {
        string edges = Searched([.. bound.Split(' '), "--seed", seed]);
        (int code, string output) = Against(bound, edges);
        Assert.True(code == ExitCode.Deviation, output);
    }

    [RequiresProgramFact("spin")]
    public void An_error_in_this_model_is_found_by_the_second()
    {
        string[] bound = ["--handles", "1", "--commands", "call,leave,new,save,restore,discard,drop"];
        string edges = Searched(bound);
        foreach (string error in (string[])["restore-twice", "discard-with-frames"])
        {
            (int code, string output) = Against(string.Join(' ', bound), edges, "--seeded", error);
            Assert.True(code == ExitCode.Deviation, $"{error}: {output}");
        }
    }

    private static IEnumerable<string> Lines(string file) =>
        File.ReadLines(Path.Combine(Promela, file)).Where(l => l.Length > 0 && !l.StartsWith('#'));

    private static (int Code, string Output) Against(string bound, string edges, params string[] more)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Invoke(["explore", .. bound.Split(' '), "--against", edges, .. more], output, error);
        return (code, output.ToString() + error);
    }

    private string Searched(string[] options)
    {
        string edges = Path.Combine(folder, "spin.edges");
        using var spin = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(Promela, "edges.sh"), options) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _ = spin.Start();
        Task<string> said = spin.StandardError.ReadToEndAsync();
        using (FileStream file = File.Create(edges))
        {
            spin.StandardOutput.BaseStream.CopyTo(file);
        }

        spin.WaitForExit();
        Assert.True(spin.ExitCode == 0, said.GetAwaiter().GetResult());
        return edges;
    }
}
