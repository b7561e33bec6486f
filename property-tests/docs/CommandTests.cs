// Every command that a page shows is run, in the order of the page, and what it prints is compared with what the page shows.

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PyState.Conformance.Cli;
using PyState.PropertyTests.Cli;
using PyState.PropertyTests.Gate;
using PyState.PropertyTests.Plugins;
using Xunit;

namespace PyState.PropertyTests.Docs;

/// <summary>Laws of what pages say to type. A page is one session of a shell, in a copy of the repository; a run is given a number of commands instead of a time, so that it is the
/// same on a busy machine.</summary>
public sealed partial class CommandTests : IDisposable
{
    private const string Mark = "\u0001";
    private const string FileEnd = "end of a file that a page shows";

    // What is not run here, and why. Its verb and options have to be right all the same, and a file of ours that it names has to be there.
    private static readonly (string Page, string Command, string Why)[] NotRun =
    [
        ("", "dotnet test ", "it is what runs this"),
        ("", "dotnet pack |dotnet tool install |dotnet publish ", "minutes, and .ci/run packs, installs and publishes"),
        ("", "apt-get ", "changes the machine; .ci/run installs the same"),
        ("", "conformance/implementations/provision.sh|conformance/implementations/pyodide/provision.sh|conformance/radar/fetch-headers.sh", "fetches from Debian or npm; .ci/run runs it"),
        ("", "conformance -- mutants|pystate mutants", "minutes; .ci/run runs it, and KillMatrixTests a part"),
        ("", "roots/forky", "needs a root that provision.sh made; the tests of `roots` run in one"),
        ("", "run pyodide", "needs Pyodide and Node, which provision.sh fetches; the tests of Pyodide run it"),
        ("README.md", "run ./mine", "red in every version, each of which is shrunk: a minute; NewPluginTests runs it"),
        ("README.md", "run cpython cpython-evict cpython-api", "compiles three modules; the tests of `cpython` and matrix.py in .ci/run run them"),
        ("", "conformance -- radar", "reads every header of the machine; .ci/run runs it"),
        ("docs/getting-started.md", "pystate list", "asks every interpreter of every root, for half a minute; FactVerbTests runs it"),
        ("docs/explore.md", "--threads 3 --handles 3|--threads 3 --handles 4|--contexts 3", "minutes and gigabytes"),
        ("docs/explore.md", "--against edges.tsv", "compares with a graph that a reader brings; EdgeComparisonTests makes some"),
        ("spec/promela/README.md", "", "needs spin; SecondModelTests runs the same script"),
        ("docs/gate.md", "pre-commit install", "installs a hook into a clone; GateTests runs what the hook runs"),
        ("docs/plug-ins.md", "new dotnet mine|run ./mine --python 3.14", "builds, for half a minute; NewPluginTests runs each"),
        ("docs/campaigns.md", "", "hundreds of millions of commands, and clusters; the tests in campaigns/ and shards/ run each with fewer"),
        ("docs/stryker.md", "", "fetches a tool from NuGet, and takes a quarter of an hour or more for each file"),
        ("docs/command-line.md", "", "the files and interpreters are the reader's; HelpTests has the same examples"),
    ];

    // Pages of a few lines more than others: a folder that a page uses twice.
    private static readonly Dictionary<string, string> Before = new() { ["docs/plug-ins.md"] = "rm -rf mine" };

    private readonly string folder = Directory.CreateTempSubdirectory("pystate-docs-").FullName;

    /// <summary>The pages that show commands.</summary>
    public static TheoryData<string> Pages() => [.. Shown.Value.Select(p => p.Page)];

    private static readonly Lazy<(string Page, ShownStep[] Steps)[]> Shown = new(() =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Where(IsOurs)
            .Order(StringComparer.Ordinal)
            .Select(p => (p, ShownCommands.Of(File.ReadAllText(Path.Combine(Repository.Root, p))).ToArray()))
            .Where(p => p.Item2.Any(s => s.File is null)),
    ]);

    // Pages that judge several implementations from end to end: minutes together, which .ci/run has. A page that is not named here is run by every `dotnet test`.
    private static readonly string[] Long = ["README.md", "docs/checking-your-implementation.md", "docs/gate.md", "docs/getting-started.md", "docs/plug-ins.md", "docs/reports.md"];

    /// <summary>Those of them that take seconds.</summary>
    public static TheoryData<string> ShortPages() => [.. Shown.Value.Select(p => p.Page).Except(Long)];

    /// <summary>Those that take longer.</summary>
    public static TheoryData<string> LongPages() => [.. Long];

    /// <summary>What a page says to type does what the page says.</summary>
    /// <param name="page">The page.</param>
    [RequiresTheory("greenlet")]
    [MemberData(nameof(ShortPages))]
    public void Every_command_of_a_page_does_what_the_page_says(string page) => Run(page);

    /// <summary>The same for a page that judges several implementations.</summary>
    /// <param name="page">The page.</param>
    [RequiresPagesTheory]
    [MemberData(nameof(LongPages))]
    public void Every_command_of_a_long_page_does_what_the_page_says(string page) => Run(page);

    private void Run(string page)
    {
        ShownStep[] steps = [.. Shown.Value.Single(p => p.Page == page).Steps.Where(s => s.File is not null || Reason(page, s) is null)];
        if (steps.All(s => s.File is not null))
        {
            return; // all of it is in the list above, and looked at below
        }

        string checkout = Copy();
        (_, string output, _) = Shell.Bash(Session(page, steps), checkout, new Dictionary<string, string>
        {
            ["PATH"] = $"{Shims()}:{Environment.GetEnvironmentVariable("PATH")}",
            ["CI"] = "true",
        }, TimeSpan.FromMinutes(4));
        string[] parts = output.Split(Mark);
        var wrong = new List<string>();
        for (int i = 0; i < steps.Length; i++)
        {
            if (steps[i].File is not null)
            {
                continue;
            }

            string place = $"{page}:{steps[i].Line}: {steps[i].Text}";
            string? printed = parts.FirstOrDefault(p => p.StartsWith($"{i}\n", StringComparison.Ordinal))?[(i.ToString(CultureInfo.InvariantCulture).Length + 1)..];
            string? code = parts.FirstOrDefault(p => p.StartsWith($"={i} ", StringComparison.Ordinal))?.Split(' ')[1].Trim();
            if (code is not ("0" or "1"))
            {
                wrong.Add($"{place}\nended with {code ?? "nothing"}:\n{printed}");
            }
            else if (steps[i].Output is { } shown && !ShownCommands.Shows(shown, printed!))
            {
                wrong.Add($"{place}\nis shown with:\n{shown}\nand printed:\n{printed}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    /// <summary>What is not run is a command that there is.</summary>
    /// <param name="page">The page.</param>
    [Theory]
    [MemberData(nameof(Pages))]
    public void What_is_not_run_names_verbs_options_and_files_that_there_are(string page) =>
        Assert.All(Shown.Value.Single(p => p.Page == page).Steps.Where(s => s.File is null && Reason(page, s) is not null), step =>
        {
            string command = step.Text.Split(" > ")[0];
            if (Invocation().Match(command) is { Success: true } call)
            {
                using var fake = new Call();
                ParseResult parsed = CommandLine.Root(fake.Host).Parse(call.Groups[1].Value, CommandLine.Parser);
                Assert.Empty(parsed.Errors);
                Assert.DoesNotContain(parsed.CommandResult.Children.OfType<System.CommandLine.Parsing.ArgumentResult>().SelectMany(a => a.Tokens), t => t.Value.StartsWith('-'));
            }
            else if (command.Split(' ')[0] is { } program && program.Contains('/', StringComparison.Ordinal))
            {
                Assert.True(File.Exists(Path.Combine(Repository.Root, program)), $"{page}: there is no {program}");
            }
        });

    /// <summary>The list of what is not run names nothing that no page shows.</summary>
    [Fact]
    public void Nothing_is_excused_that_no_page_shows() =>
        Assert.All(NotRun, n => Assert.Contains(Shown.Value, p => p.Steps.Any(s => s.File is null && Fits(n, p.Page, s))));

    /// <summary>A page that says something else than the program is found out.</summary>
    [Fact]
    public void A_page_that_shows_what_is_not_printed_is_found_out()
    {
        ShownStep[] steps = [.. ShownCommands.Of("```sh\na b   # c\n\n# d\ne \\\n  f\n```\n```console\n$ x\n1\n[…]\n3\n$ y\n```\n```python file=z.py\nimport this\n```\n")];
        Assert.Equal([("a b", null), ("e f", null), ("x", "1\n[…]\n3"), ("y", ""), ("import this\n", null)], steps.Select(s => (s.Text, s.Output)));
        Assert.Equal("z.py", steps[^1].File);
        Assert.True(ShownCommands.Shows("1\n[…]\n3", "1\n2\n3\n"));
        Assert.False(ShownCommands.Shows("1\n[…]\n3", "1\n2\n3\n4\n"));
        Assert.False(ShownCommands.Shows("1\n3", "1\n2\n3\n"));
        Assert.True(ShownCommands.Shows("  A-01    ✓ conforms   7,609  Frames\n1,000 commands in 20 scripts, 2.0 s (500/s), seed 1", "  A-01    ✓ conforms  12  Frames\n2 commands in 1 scripts, 20.1 s (1/s), seed 1"));
        Assert.False(ShownCommands.Shows("  A-01    ✓ conforms   7,609  Frames", "  A-01    ✗ violates   7,609  Frames"));
    }

    /// <summary>Deletes the copy.</summary>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string? Reason(string page, ShownStep step) => NotRun.FirstOrDefault(n => Fits(n, page, step)).Why;

    private static bool Fits((string Page, string Command, string Why) excused, string page, ShownStep step) =>
        (excused.Page.Length == 0 || excused.Page == page) && excused.Command.Split('|').Any(c => step.Text.Contains(c, StringComparison.Ordinal));

    private static bool IsOurs(string path) => !path.Split('/').Any(p => p is "bin" or "obj" or "pystate-results" or "TestResults" or "node_modules" || p.StartsWith('.'));

    // Each command's output between marks, and its exit code behind it. A folder that a command enters is where the next one starts.
    private static string Session(string page, ShownStep[] steps)
    {
        var script = new StringBuilder("set +e +o pipefail\nexec 2>&1 </dev/null\n");
        for (int i = 0; i < steps.Length; i++)
        {
            if (steps[i].File is { } file)
            {
                script.Append(CultureInfo.InvariantCulture, $"mkdir -p \"$(dirname '{file}')\"\ncat {(steps[i].Adds ? ">>" : ">")} '{file}' <<'{FileEnd}'\n{steps[i].Text}{FileEnd}\n");
                continue;
            }

            if (Before.TryGetValue(page, out string? before) && steps[i].Text.Contains(" new ", StringComparison.Ordinal))
            {
                script.Append(before).Append('\n');
            }

            // The traces of a page are named for the release of Python that it was written with.
            string command = PatchRelease().Replace(steps[i].Text, "CPython-*");
            script.Append(CultureInfo.InvariantCulture, $"printf '{Mark}{i}\\n'\n{command}\nprintf '{Mark}={i} %s\\n' $?\n");
        }

        return script.ToString();
    }

    // The files of the repository, so that a command that writes into it does no harm.
    private string Copy()
    {
        string checkout = Path.Combine(folder, "checkout");
        (int code, _, string error) = Tool.Run("bash", "-c", $"mkdir '{checkout}' && cd '{Repository.Root}' && tar c --exclude=bin --exclude=obj --exclude=.git --exclude=pystate-results --exclude=TestResults --exclude=__pycache__ . | tar x -C '{checkout}'");
        Assert.True(code == 0, error);
        return checkout;
    }

    private string Shims()
    {
        string shims = Directory.CreateDirectory(Path.Combine(folder, "shims")).FullName;
        Write("pystate", $$"""
            arguments=() bound=1000000 last=
            if [[ $1 == run ]]; then
                for argument; do
                    case $argument in --switcher|--python|greenlet|threads|mine|./*) bound=50000 ;; esac
                    if [[ $last == --time ]]; then argument=$bound; elif [[ $argument == --time ]]; then argument=--commands last=--time; arguments+=(--commands); bounded=1; continue; fi
                    [[ $argument != --commands && $argument != --scripts ]] || bounded=1
                    arguments+=("$argument") last=
                done
                [[ ${bounded-} ]] || arguments+=(--commands "$bound")
                set -- "${arguments[@]}"
            fi
            exec '{{Shell.Program}}' "$@"
            """);
        Write("dotnet", $$"""
            if [[ "$1 $2 $3 $4" == "run --project conformance --" ]]; then
                shift 4
                exec pystate "$@"
            fi
            exec '{{Tool.Run("bash", "-c", "command -v dotnet").Output.Trim()}}' "$@"
            """);
        return shims;

        void Write(string name, string text)
        {
            string path = Path.Combine(shims, name);
            File.WriteAllText(path, $"#!/usr/bin/env bash\n{text}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    [GeneratedRegex("^(?:dotnet run --project conformance --|pystate) (.+)$")]
    private static partial Regex Invocation();

    [GeneratedRegex(@"CPython-\d+\.\d+\.\d+")]
    private static partial Regex PatchRelease();
}
