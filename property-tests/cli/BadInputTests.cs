// Bad input: one line on standard error that says what to do, exit 2, nothing on standard output, no file left.

using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>What people mistype.</summary>
public sealed class BadInputTests
{
    /// <summary>Arguments, and what the line must say.</summary>
    public static TheoryData<string, string> Mistakes { get; } = new()
    {
        { "", "no verb was given" },
        { "rnu", "did you mean 'run'?" },
        { "frobnicate", "there is no verb 'frobnicate' (see pystate --help)" },
        { "--bogus", "there is no option '--bogus'" },
        { "run grenlet", "did you mean 'greenlet'?" },
        { "run nothing-like-it", "there are reference, greenlet, pypy" },
        { "run READY-01", "write --clause READY-01" },
        { "run --comands 3", "did you mean '--commands'?" },
        { "run --commands=3 --sed=4", "did you mean '--seed'?" },
        { "run pypy", "apt-get install pypy3" },
        { "run --require pipy", "did you mean 'pypy'?" },
        { "run --commands 0", "--commands cannot be '0'" },
        { "run --commands -3", "--commands cannot be '-3'" },
        { "run --commands many", "a whole number of 1 or more" },
        { "run --commands 99999999999999999999", "a whole number of 1 or more" },
        { "run --commands", "--commands" },
        { "run --time 30", "--time needs a unit: 30ms, 30s, 30m or 30h" },
        { "run --time nan", "--time cannot be 'nan'" },
        { "run --time 0", "--time cannot be '0'" },
        { "run --time soon", "for example 500ms, 30s, 2m or 1h" },
        { "run --time 0s", "more than 0" },
        { "run --time -1s", "more than 0" },
        { "run --time 1e9h", "at most 30 days" },
        { "run --time 9999999h", "at most 30 days" },
        { "run --time ms", "write a number and a unit" },
        { "mutants lairs", "did you mean the set 'liars'?" },
        { "mutants nothing-like-it", "the sets are fields, wide, derived" },
        { "mutants --seeds 0", "--seeds cannot be '0'" },
        { "run --seed x", "decimal or 0x" },
        { "run --seed 1 --seed 2", "--seed" },
        { "run --seed 18446744073709551616", "18446744073709551615" },
        { "run --clause REDY-01", "did you mean READY-01" },
        { "run --clause READY-01,", "no clause has the id ''" },
        { "run --clause READY-99", "no clause has the id 'READY-99'" },
        { "run --clause NOPE", "no clause has the id 'NOPE'; the families are READY, " },
        { "run --clause REDY", "no clause has the id 'REDY'; did you mean READY?" },
        { "run greenlet --python python3,FOO", "--python cannot be 'python3,FOO': behind the comma write FOO=VALUE" },
        { "run --python python3", "pystate run greenlet --python python3" },
        { "run --switcher nowhere.py", "there is no file 'nowhere.py'" },
        { "run --report pdf=x.pdf", "the kinds are badge, html, json, junit, markdown or sarif" },
        { "run --report json", "--report json=FILE" },
        { "run --report json=", "--report json=FILE" },
        { "run --report x.json", "--report junit=FILE" },
        { "run --report json=.", "it is a folder" },
        { "run --report json=/dev/stdout", "that is a device" },
        { "run --report json=a.x --report junit=a.x", "two reports would go to" },
        { "run --format xml", "write text or json" },
        { "list something", "'something' is one argument too many for list" },
        { "list --format yaml", "write text or json" },
        { "explain", "CLAUSE" },
        { "explain NOPE-01", "no clause has the id 'NOPE-01'" },
        { "explain READY-01 READY-02", "one argument too many" },
        { "replay", "TRACE" },
        { "replay nowhere.json", "no trace in" },
        { "replay x.json --as ruby", "write python" },
        { "spec", "no SPEC.md beside a Spec.sln" },
        { "spec --check", "run it inside a checkout" },
        { "spec --chek", "--check" },
    };

    /// <summary>Each gives one line, and leaves nothing.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="says">What the line says.</param>
    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_one_line_and_exit_2(string arguments, string says)
    {
        using var call = new Call();
        Assert.Equal(2, call.Invoke(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(says, call.Error, StringComparison.Ordinal);
        AssertOneLine(call.Error);
        Assert.Empty(call.Out);
        Assert.Empty(call.Files);
    }

    /// <summary>Found out before the run, not when its verdicts are to be written.</summary>
    [Fact]
    public void A_report_with_a_name_too_long_for_a_file_is_refused_before_the_run()
    {
        using var call = new Call().WithReport(_ => throw new InvalidOperationException("it ran"));
        Assert.Equal(2, call.Invoke("run", "--report", $"json={new string('a', 300)}.json"));
        Assert.Contains("choose a shorter one", call.Error, StringComparison.Ordinal);
        AssertOneLine(call.Error);
        Assert.Empty(call.Files);
    }

    /// <summary>The longest name that a file can have leaves no room for a longer one beside it while it is written.</summary>
    [Fact]
    public void A_report_with_the_longest_name_a_file_can_have_is_written()
    {
        using var call = new Call();
        string name = new string('a', 250) + ".json";
        Assert.Equal(0, call.Invoke("run", "--report", $"json={name}"));
        Assert.Equal([name], call.Files);
    }

    /// <summary>What was typed is shown as text, whatever it holds.</summary>
    [Fact]
    public void A_hostile_argument_is_shown_as_text()
    {
        using var call = new Call();
        Assert.Equal(2, call.Invoke("run", "\x1b[31m[red]\r\n\u202ex"));
        Assert.Contains(@"\x1b[31m[red]\r\n\u202ex", call.Error, StringComparison.Ordinal);
        AssertOneLine(call.Error);
    }

    /// <summary>A report below a file cannot be written, and that is known before the run.</summary>
    [Fact]
    public void A_report_below_a_file_is_refused_before_the_run()
    {
        using var call = new Call();
        File.WriteAllText(Path.Combine(call.Folder, "file"), "mine");
        call.Host = call.Host with { Run = (_, _, _, _) => throw new InvalidOperationException("it ran") };
        Assert.Equal(2, call.Invoke("run", "--report", "json=file/r.json"));
        Assert.Contains("is a file, not a folder", call.Error, StringComparison.Ordinal);
        AssertOneLine(call.Error);
        Assert.Equal(["file"], call.Files);
    }

    /// <summary>Response files and directives, which the parsing library offers, are arguments like any other.</summary>
    /// <param name="argument">What the library would take for its own.</param>
    [Theory]
    [InlineData("@file")]
    [InlineData("[suggest]")]
    [InlineData("[diagram]")]
    public void The_parsing_librarys_extras_are_off(string argument)
    {
        using var call = new Call();
        File.WriteAllText(Path.Combine(call.Folder, "file"), "list");
        Assert.Equal(2, call.Invoke(argument));
        AssertOneLine(call.Error);
        Assert.Empty(call.Out);
    }

    /// <summary>What is missing is named, with what it is for.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="says">The beginning of the message.</param>
    [Theory]
    [InlineData("replay", "replay needs TRACE: a trace file")]
    [InlineData("merge", "merge needs REPORT: reports and")]
    [InlineData("run --time", "--time needs TIME: stop after so long")]
    [InlineData("run greenlet --clause", "--clause needs ID: judge only these")]
    public void What_is_missing_is_named_with_what_it_is_for(string arguments, string says)
    {
        using var call = new Call();
        Assert.Equal(2, call.Invoke(arguments.Split(' ')));
        Assert.StartsWith($"pystate: {says}", call.Error, StringComparison.Ordinal);
        AssertOneLine(call.Error);
    }

    private static void AssertOneLine(string error)
    {
        Assert.StartsWith("pystate: ", error, StringComparison.Ordinal);
        Assert.EndsWith("\n", error, StringComparison.Ordinal);
        Assert.DoesNotContain(error[..^1], char.IsControl);
    }
}
