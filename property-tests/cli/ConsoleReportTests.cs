// The report for people: fits its page at every width, shows hostile text as text, and is the same each time.

using System.Text.RegularExpressions;
using PyState.Conformance.Cli;
using PyState.Conformance.Engine;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Gate;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>What the console shows.</summary>
public sealed partial class ConsoleReportTests
{
    /// <summary>Each interpreter has a section, an exit code and traces of its own; a build other than the release is named.</summary>
    [Fact]
    public void Each_interpreter_is_a_subject_of_its_own()
    {
        using Call call = new Call().WithReport(Canned.Mixed);
        call.Host = call.Host with { Implementations = [new FakeImplementation("reference"), new FakeImplementation("greenlet", version: "3.15.0", build: "debug-jit")] };
        Assert.Equal(1, call.Invoke("run", "greenlet", "--python", "a", "--python", "b,PYTHON_JIT=1", "--python", "a"));
        Assert.Equal(2, call.Out.Split("greenlet: greenlet 2.0.2 on CPython 3.15.0 (debug, JIT)\n").Length - 1);
        Assert.Contains("✗ greenlet (a)  ", call.Out, StringComparison.Ordinal);
        Assert.Contains("✗ greenlet (b,PYTHON_JIT=1)  ", call.Out, StringComparison.Ordinal);
        Assert.Contains("pystate-results/greenlet-CPython-3.15.0-debug-jit-READY-05.json", call.Files);
        Assert.Contains("pystate-results/greenlet-CPython-3.15.0-debug-jit-2-READY-05.json", call.Files);
    }

    private const string Hostile = "[red]bold[/] \x1b[2J\x1b]0;title\a first\nsecond\r\tthird \u202ereversed \u2028 \0 \ud800 漢字 😀";

    /// <summary>Nothing is wider than the page: no table, counterexample, help page or explanation.</summary>
    /// <param name="width">The width.</param>
    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(160)]
    public void No_line_is_wider_than_the_page(int width)
    {
        using Call call = new Call().WithReport(Everything).WithWidth(width);
        call.Invoke("run", "greenlet");
        call.Invoke("run", "--help");
        call.Invoke("--help");
        call.Invoke("list");
        foreach (Clause clause in Catalogue.All)
        {
            call.Invoke("explain", clause.Id.Text());
        }

        Assert.Empty(call.Error);
        Assert.All(call.Out.Split('\n'), line => Assert.True(Page.Cells(line) <= width, $"{Page.Cells(line)} cells: {line}"));
    }

    /// <summary>A command that is wrapped is, for a shell, the command: pasted from a page of any width, it has the words that it has on a wide one.</summary>
    /// <param name="width">The width.</param>
    [Theory]
    [InlineData(24)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    public void A_wrapped_command_can_be_pasted(int width)
    {
        const string command = "printf '%s,' --trace pystate-results/an-implementation-with-a-long-name-CPython-3.11.7.json --python python3 x";
        var page = new Page(width);
        page.Command(4, 12, new Span(command, Tone.Accent));
        (int code, string output, string error) = Shell.Bash(page.ToString(), "/", new Dictionary<string, string>());
        Assert.Equal((0, Shell.Bash(command, "/", new Dictionary<string, string>()).Output, string.Empty), (code, output, error));
    }

    /// <summary>An option stays on the line of its value, where both fit.</summary>
    [Fact]
    public void An_option_stays_with_its_value()
    {
        var page = new Page(40);
        page.Command(0, 4, new Span("pystate replay something.json --as python", Tone.Accent));
        Assert.Equal("pystate replay something.json \\\n    --as python\n", page.ToString());
    }

    /// <summary>What is red is named once more where the report ends.</summary>
    [Fact]
    public void The_end_of_a_report_names_what_is_red()
    {
        using Call call = new Call().WithReport(Canned.Mixed);
        Assert.Equal(1, call.Invoke("run", "greenlet"));
        string end = call.Out[call.Out.IndexOf("\n✗ greenlet", StringComparison.Ordinal)..];
        Assert.Contains("\n    READY-05    contamination: trace events are lost\n", end, StringComparison.Ordinal);
        Assert.DoesNotContain("RESTORE-02", end, StringComparison.Ordinal); // deviates as expected
    }

    /// <summary>Text of an implementation cannot do anything but be read.</summary>
    /// <param name="colour">With and without colours.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hostile_text_is_shown_as_text(bool colour)
    {
        using Call call = new Call().WithReport(Everything);
        call.Host = call.Host with { Terminal = new Terminal(colour, Progress: false, 120) };
        Assert.Equal(1, call.Invoke("run", "greenlet"));
        string text = Colours().Replace(call.Out, string.Empty);
        Assert.Equal(colour, text != call.Out);
        Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || c is '\u202e' or '\u2028');
        Assert.Contains(@"[red]bold[/] \x1b[2J\x1b]0;title\x07 first\nsecond\r\tthird", text, StringComparison.Ordinal);
        Assert.Contains("漢字 😀", text, StringComparison.Ordinal);
    }

    /// <summary>Two logs of the same run are the same bytes, without a blank at the end of a line.</summary>
    [Fact]
    public void A_log_is_plain_and_stable()
    {
        using Call one = new Call().WithReport(Canned.Mixed);
        using Call two = new Call().WithReport(Canned.Mixed);
        one.Invoke("run", "greenlet");
        two.Invoke("run", "greenlet");
        Assert.Equal(one.Out, two.Out);
        Assert.DoesNotContain(" \n", one.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(one.Out, c => char.IsControl(c) && c != '\n');
    }

    /// <summary>A red row is followed by the rule, the steps, what differs there, and what to type next.</summary>
    [Fact]
    public void A_red_row_is_followed_by_its_counterexample()
    {
        using Call call = new Call().WithReport(Canned.Mixed).WithWidth(100);
        Assert.Equal(1, call.Invoke("run", "greenlet"));
        Assert.Contains(
            """
              READY-05    ✗ violates                  34  TracingNesting
                After Save, the nesting of trace callbacks MUST be 0.
                contamination: trace events are lost
                tracing is off in the fresh context because a trace callback of the suspended one is still
                counted

                  1  trace 1     set the trace function; 0 clears it
                  2  callback 0  go on inside the trace (0) or profile (1) function
                  3  spawn 1     make a context
                ▸ 4  switch 1    switch to a context
                     frames              expected call1               seen gen0 < call1
                     handled             expected none                seen e3 (context e1)
                     trace               expected function 1, active  seen function 1, no call event
                     raw TracingNesting  expected 0                   seen 1

                look at tstate->tracing
                on      CPython 3.11.2
                seed    1, script 4711, shrunk from 31 steps
                trace   pystate-results/greenlet-CPython-3.11.2-READY-05.json
                replay  pystate replay pystate-results/greenlet-CPython-3.11.2-READY-05.json greenlet
                python  pystate replay pystate-results/greenlet-CPython-3.11.2-READY-05.json --as python
                rule    pystate explain READY-05

            """.ReplaceLineEndings("\n"),
            call.Out,
            StringComparison.Ordinal);
        Assert.Equal(["READY-05", "RESTORE-02", "SWITCH-05"], call.Files.Select(f => f[^(f.Contains("RESTORE", StringComparison.Ordinal) ? 15 : f.Contains("SWITCH", StringComparison.Ordinal) ? 14 : 13)..^5]));
    }

    /// <summary>What was not judged is counted with its reason, not listed clause by clause.</summary>
    [Fact]
    public void What_was_not_judged_is_counted_with_its_reason()
    {
        using Call call = new Call().WithReport(Canned.Mixed);
        call.Invoke("run", "greenlet");
        Assert.Contains("not observable: 3\n     3  it offers no saved states by handle  SAVE-01–02, HANDLE-01\n", call.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("  SAVE-01 ", call.Out, StringComparison.Ordinal);
    }

    /// <summary>Several implementations: a table each, then a line each.</summary>
    [Fact]
    public void Several_implementations_end_in_a_line_each()
    {
        using Call call = new Call().WithReport(c => c.Implementation == "greenlet" ? Canned.Expected(c) : Canned.Green(c));
        Assert.Equal(0, call.Invoke("run", "reference", "greenlet"));
        Assert.EndsWith("\n\n✓ reference  conforms\n✓ greenlet   as expected, with 1 known deviation\n", call.Out, StringComparison.Ordinal);
    }

    /// <summary>The live line is one line that fits, and is taken away.</summary>
    [Fact]
    public void Progress_is_one_line_that_fits_and_goes_away()
    {
        using var call = new Call();
        call.Host = call.Host with
        {
            Terminal = new Terminal(Colour: false, Progress: true, 40),
            Run = (session, _, progress, _) =>
            {
                for (int i = 0; i < 50; i++)
                {
                    progress!(new RunProgress(i * 100_000L, i * 3000, i, 95, i / 10, TimeSpan.FromMilliseconds(i * 20)));
                }

                return Canned.Green(session.Capabilities);
            },
        };
        Assert.Equal(0, call.Invoke("run"));
        string[] shown = call.Error.Split("\r\x1b[2K");
        Assert.InRange(shown.Length, 3, 15);
        Assert.Empty(shown[^1]);
        Assert.All(shown, line => Assert.InRange(line.Length, 0, 39));
        Assert.DoesNotContain("\n", call.Error, StringComparison.Ordinal);
        Assert.StartsWith("reference: ", call.Out, StringComparison.Ordinal);
    }

    /// <summary>The live line says what is left of the bound that comes first.</summary>
    [Fact]
    public void Progress_says_what_is_left()
    {
        var progress = new RunProgress(500_000, 9000, 41, 56, 2, TimeSpan.FromSeconds(5));
        var options = new RunOptions { Commands = 1_000_000, Time = TimeSpan.FromSeconds(60) };
        Assert.Equal("greenlet · 500k commands · 5 s left · 41/56 clauses · 2 red · 100k/s", ProgressLine.Line(progress, options, "greenlet", 100));
        Assert.Equal("greenlet · 500k commands · 15 s left · 41/56 clauses · 2 red · 100k/s", ProgressLine.Line(progress, new RunOptions { Time = TimeSpan.FromSeconds(20) }, "greenlet", 100));
        var patient = new RunOptions { Time = TimeSpan.FromSeconds(4), Further = TimeSpan.FromSeconds(80) };
        Assert.Equal("greenlet · 500k commands · 0 s left · 41/56 clauses · 2 red · 100k/s", ProgressLine.Line(progress, patient with { Time = TimeSpan.MaxValue, Commands = 400_000 }, "greenlet", 100));
        Assert.Equal("greenlet · 500k commands · at most 79 s left · 41/56 clauses · 2 red · 100k/s", ProgressLine.Line(progress, patient, "greenlet", 100));
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial Regex Colours();

    private static ImplementationReport Everything(Capabilities capabilities)
    {
        ImplementationReport mixed = Canned.Mixed(capabilities with { ImplementationVersion = Hostile });
        string endless = new('x', 5000);
        return mixed with
        {
            Verdicts =
            [
                .. mixed.Verdicts.Select(v => v.Clause switch
                {
                    ClauseId.Switch01 => new ClauseVerdict(v.Clause, VerdictKind.Crashed, 1, Canned.Crash(v.Clause, Hostile)),
                    ClauseId.Switch02 => new ClauseVerdict(v.Clause, VerdictKind.Violates, 1, Canned.Violation(v.Clause, Hostile, endless)),
                    ClauseId.Switch03 => new ClauseVerdict(v.Clause, VerdictKind.NotObservable, 0, Reason: Hostile),
                    ClauseId.Switch04 => new ClauseVerdict(v.Clause, VerdictKind.Violates, 1, Canned.Violation(v.Clause), Canned.Expectation(v.Clause, VerdictKind.Violates, Hostile)),
                    ClauseId.Switch06 => new ClauseVerdict(v.Clause, VerdictKind.NotApplicable, 0, Reason: endless),
                    _ => v,
                }),
            ],
        };
    }
}
