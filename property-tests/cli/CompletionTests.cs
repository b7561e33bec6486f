// Completion, as a shell's user meets it: real shells, the scripts that `completion` prints, and the program that they ask.

using PyState.PropertyTests.Gate;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>Laws of the verb <c>completion</c>.</summary>
public sealed class CompletionTests : IDisposable
{
    // What was typed, and what is offered.
    private static readonly (string Typed, string[] Offered)[] Cases =
    [
        ("expl", ["explain", "explore"]),
        ("run thr", ["threads"]),
        ("run --require cpython-", ["cpython-api", "cpython-evict"]),
        ("run --res", ["--resume"]),
        ("run --clause INTRO,DISCARD", ["INTRO,DISCARD", .. Ids("DISCARD").Select(i => $"INTRO,{i}")]),
        ("run --report s", ["sarif="]),
        ("run --format ", ["json", "text"]),
        ("replay report.json --as ", ["python"]),
        ("explain HANDLE-", [.. Ids("HANDLE")]),
        ("explore --suite ", ["checking", "pairs", "transitions"]),
        ("new s", ["switcher"]),
        ("completion ", ["bash", "fish", "zsh"]),
        ("merge re", ["report.json"]),
        ("run --switcher mi", ["mine.py"]),
        ("run --python ./", ["./mine.py", "./report.json"]),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("pystate-completion-").FullName;

    public CompletionTests()
    {
        File.WriteAllText(Path.Combine(folder, "report.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "mine.py"), string.Empty);
    }

    /// <summary>Bash is offered what can follow.</summary>
    [Fact]
    public void Bash_completes_verbs_options_names_clauses_and_files()
    {
        // What readline does on TAB, done by hand: the function first, and files where it has no answer.
        string[] typed = [.. Cases.Select(c => c.Typed)];
        string script = "source <(pystate completion bash)\n" + string.Concat(typed.Select(t => $$"""
            COMP_LINE='pystate {{t}}' COMP_POINT={{"pystate ".Length + t.Length}} COMP_WORDS=(pystate {{t}}) COMPREPLY=()
            _pystate pystate '{{t.Split(' ')[^1]}}' x 2>/dev/null || true
            [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- '{{t.Split(' ')[^1]}}'))
            printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '; echo

            """));
        (int code, string output, string error) = In(script);

        Assert.Equal((0, string.Empty), (code, error));
        Assert.Equal(Cases.Select(c => $"pystate {c.Typed} -> {string.Join(' ', Sorted(c.Offered))}"), typed.Zip(output.TrimEnd('\n').Split('\n'), (t, o) => $"pystate {t} -> {o.TrimEnd()}"));
    }

    /// <summary>In bash the value of an option that is joined with = is completed too, and readline replaces only what follows it.</summary>
    [Fact]
    public void Bash_completes_behind_an_equals_sign()
    {
        (int code, string output, string error) = In("source <(pystate completion bash)\nCOMP_LINE='pystate run --clause=BAS' COMP_POINT=23 COMP_WORDS=(pystate run --clause = BAS)\n_pystate pystate BAS = || true\nprintf '%s\\n' \"${COMPREPLY[@]}\"");

        Assert.Equal((0, $"BASE\n{string.Join('\n', Ids("BASE"))}\n", string.Empty), (code, output, error));
    }

    /// <summary>A key is pressed in bash, and the line that results is what runs.</summary>
    [RequiresProgramFact("script")]
    public void The_tab_key_in_bash_completes_a_command_that_then_runs() => Assert.Contains(Asked.Title, Typed("bash --norc --noprofile -i", "bash"), StringComparison.Ordinal);

    /// <summary>The same in zsh.</summary>
    [RequiresProgramFact("zsh")]
    public void The_tab_key_in_zsh_completes_a_command_that_then_runs() => Assert.Contains(Asked.Title, Typed("zsh -f -i", "zsh"), StringComparison.Ordinal);

    /// <summary>Fish is offered the same.</summary>
    [RequiresProgramFact("fish")]
    public void Fish_completes_verbs_options_names_clauses_and_files()
    {
        string[] typed = [.. Cases.Select(c => c.Typed)];
        string script = "pystate completion fish | source\n" + string.Concat(typed.Select(t => $"string join -- ' ' (complete -C 'pystate {t}' | string split -f1 \\t | sort)\n"));
        (int code, string output, string error) = In($"fish --no-config /dev/stdin <<'end of questions'\n{script}end of questions\n");

        Assert.Equal((0, string.Empty), (code, error));
        Assert.Equal(Cases.Select(c => $"{c.Typed} -> {string.Join(' ', Sorted(c.Offered))}"), typed.Zip(output.TrimEnd('\n').Split('\n'), (t, o) => $"{t} -> {o}"));
    }

    /// <summary>A shell that has none is refused with those that have.</summary>
    [Fact]
    public void Another_shell_is_refused()
    {
        using var call = new Call();
        Assert.Equal(2, call.Invoke("completion", "tcsh"));
        Assert.Equal("pystate: there is no completion for 'tcsh': write bash, zsh or fish\n", call.Error);
    }

    /// <summary>Deletes the folder.</summary>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Ids are taken from the catalogue, not written here: a clause that is only completed is not tested.
    private static Clause Asked => Catalogue.InGroup("HANDLE").First();

    private static IEnumerable<string> Ids(string group) => Catalogue.InGroup(group).Select(c => c.Id.Text());

    private static IEnumerable<string> Sorted(string[] words) => words.Order(StringComparer.Ordinal);

    private (int Code, string Output, string Error) In(string script) =>
        Shell.Bash(script, folder, new Dictionary<string, string> { ["PATH"] = $"{Path.GetDirectoryName(Shell.Program)}:{Environment.GetEnvironmentVariable("PATH")}", ["LC_ALL"] = "C.UTF-8" });

    // `explai` and the name of a clause without its end, a tab after each, in a terminal of its own.
    private string Typed(string shell, string name)
    {
        (_, string output, _) = In($$"""
            {
                sleep 1; printf 'source <(pystate completion {{name}})\r'
                sleep 3; printf 'pystate explai\t'
                sleep 2; printf '{{Asked.Id.Text()}}\r'
                sleep 2; printf 'exit\r'
                sleep 1
            } | TERM=dumb timeout 60 script -qc '{{shell}}' /dev/null
            """);
        return output;
    }
}
