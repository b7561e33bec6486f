// The verb radar: clean, with findings, and with nothing to read.

using System.Text.Json;
using PyState.PropertyTests.Versions;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>What radar says and how it ends.</summary>
public sealed class RadarVerbTests
{
    /// <summary>Every profile.</summary>
    public static TheoryData<int> Minors { get; } = [.. Profiles.All.Where(p => !p.HasCframe).Select(p => p.Minor)]; // the arrow is no C that could be written anew

    /// <summary>One line each.</summary>
    /// <param name="minor">The minor version.</param>
    [ClangTheory]
    [MemberData(nameof(Minors))]
    public void Headers_as_classified_are_one_line_and_exit_0(int minor)
    {
        using SyntheticHeaders headers = SyntheticHeaders.Of(minor, $"3.{minor}.99");
        using Call call = new Call().WithWidth(200);
        Assert.Equal(0, call.Invoke("radar", headers.Directory));
        Assert.Matches($@"^  CPython .*\n✓ 3\.{minor}\.99 +{Profiles.Of(minor).Fields.Count(f => f.Holder != Holder.Interpreter)} .*{headers.Directory}\n$", call.Out);
        Assert.Empty(call.Error);
    }

    /// <summary>Each change of the headers, and the words for it.</summary>
    /// <param name="from">What the headers had.</param>
    /// <param name="to">What they have instead.</param>
    /// <param name="says">The words.</param>
    [ClangTheory]
    [InlineData("    int prev;\n", "    int prev;\n    PyObject **shiny;\n", "not classified  shiny of struct _ts, PyObject **")]
    [InlineData("    int prev;\n", "    int prev;\n#ifdef NEVER_HEARD_OF\n    int shiny;\n#endif\n", "not classified  shiny of struct _ts, int, only under NEVER_HEARD_OF")]
    [InlineData("    int refcount;\n", "    int refcount; int shiny;\n", "not classified  shiny of _PyThreadStateImpl, int")]
    [InlineData("    int exc_value;\n", "    int exc_value; int exc_shiny;\n", "not classified  exc_state.exc_shiny of struct _ts, int")]
    [InlineData("    int debugger_script_path;\n", "", "gone            remote_debugger_support.debugger_script_path of struct _ts, classified as thread-wide (Runtime)")]
    [InlineData("    int jit_exit;\n", "", "gone            jit_exit of struct _ts, classified as thread-wide (Runtime)")]
    [InlineData("    int jit_exit;\n", "#ifdef Py_DEBUG\n    int jit_exit;\n#endif\n", "moved           jit_exit of struct _ts exists only under Py_DEBUG, and is classified as one that exists always")]
    [InlineData("#if Py_STATS\n    int pystats;\n#endif\n", "    int pystats;\n", "moved           pystats of struct _ts exists always, and is classified as one that exists only under Py_STATS")]
    public void A_change_is_named_and_exit_1(string from, string to, string says)
    {
        int changed = 0;
        using SyntheticHeaders headers = SyntheticHeaders.Of(Profiles.Newest, "3.15.1", text =>
        {
            changed += text.Contains(from, StringComparison.Ordinal) ? 1 : 0;
            return text.Replace(from, to, StringComparison.Ordinal);
        });
        Assert.Equal(1, changed);
        using Call call = new Call().WithWidth(200);
        Assert.Equal(1, call.Invoke("radar", headers.Directory));
        Assert.Contains("✗ 3.15.1", call.Out, StringComparison.Ordinal);
        Assert.Equal($"    {says}", Assert.Single(call.Out.Split('\n'), l => l.StartsWith("    ", StringComparison.Ordinal)));
        Assert.Contains("Give each of these its row in spec/versions/", call.Out, StringComparison.Ordinal);
        Assert.Empty(call.Error);
    }

    /// <summary>A field that goes and one that comes, in a version nobody has classified.</summary>
    [ClangFact]
    public void A_version_that_is_not_known_is_compared_with_the_newest()
    {
        using SyntheticHeaders same = SyntheticHeaders.Of(Profiles.Newest, "3.16.0a1");
        using SyntheticHeaders other = SyntheticHeaders.Of(Profiles.Newest, "3.16.0a1", text => text.Replace("int jit_exit;", "int shiny;", StringComparison.Ordinal));
        using Call call = new Call().WithWidth(200);
        Assert.Equal(0, call.Invoke("radar", same.Directory));
        Assert.EndsWith($"{same.Directory}, compared with 3.{Profiles.Newest}\n", call.Out, StringComparison.Ordinal);
        Assert.Equal(1, call.Invoke("radar", same.Directory, other.Directory));
        Assert.Contains("not classified  shiny", call.Out, StringComparison.Ordinal);
        Assert.Contains("gone            jit_exit", call.Out, StringComparison.Ordinal);
    }

    /// <summary>Every field with its class, and the findings apart.</summary>
    [ClangFact]
    public void Programs_get_every_field()
    {
        using SyntheticHeaders headers = SyntheticHeaders.Of(Profiles.Newest, "3.15.1", text => text.Replace("int jit_exit;", "int shiny;", StringComparison.Ordinal));
        using var call = new Call();
        Assert.Equal(1, call.Invoke("radar", headers.Directory, "--format", "json"));
        using JsonDocument document = JsonDocument.Parse(call.Out);
        JsonElement one = document.RootElement.GetProperty("interpreters")[0];
        Assert.Equal(("3.15.1", "3.15", false), (one.GetProperty("version").GetString(), one.GetProperty("comparedWith").GetString(), one.GetProperty("complete").GetBoolean()));
        Assert.Equal(Profiles.Of(Profiles.Newest).Fields.Count(f => f.Holder != Holder.Interpreter), one.GetProperty("fields").GetArrayLength());
        Assert.Contains(one.GetProperty("fields").EnumerateArray(), f => f.GetProperty("name").GetString() == "context" && f.GetProperty("class").GetString() == "context-local");
        Assert.Equal("shiny", one.GetProperty("notClassified")[0].GetProperty("name").GetString());
        Assert.Equal("jit_exit", one.GetProperty("gone")[0].GetProperty("name").GetString());
    }

    /// <summary>Headers that cannot be read are no finding.</summary>
    [ClangFact]
    public void Headers_that_are_not_understood_are_one_line_and_exit_2()
    {
        using var broken = new SyntheticHeaders("3.15.1", "int (a;");
        using SyntheticHeaders fine = SyntheticHeaders.Of(Profiles.Newest, "3.15.1");
        using var call = new Call();
        Assert.Equal(2, call.Invoke("radar", fine.Directory, broken.Directory));
        AssertOneLine(call, "clang does not understand the headers in");
    }

    /// <summary>The package is named.</summary>
    [Fact]
    public void A_missing_clang_is_one_line_and_exit_2()
    {
        using SyntheticHeaders headers = SyntheticHeaders.Of(Profiles.Newest, "3.15.1");
        using var call = new Call();
        call.Host = call.Host with { Clang = () => null };
        Assert.Equal(2, call.Invoke("radar", headers.Directory));
        AssertOneLine(call, "apt-get install clang");
        using var other = new Call();
        other.Host = other.Host with { Clang = () => "/bin/true" };
        Assert.Equal(2, other.Invoke("radar", headers.Directory));
        AssertOneLine(other, "/bin/true is no clang");
    }

    /// <summary>Nothing to read is not nothing to find.</summary>
    [Fact]
    public void A_machine_without_headers_is_one_line_and_exit_2()
    {
        using var call = new Call();
        call.Host = call.Host with { Headers = () => [] };
        Assert.Equal(2, call.Invoke("radar"));
        AssertOneLine(call, "apt-get install libpython3-dev");
    }

    /// <summary>Interpreters that are none, or have nothing to read: each is a script that answers as one would.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="script">What it does.</param>
    /// <param name="says">The words.</param>
    [Theory]
    [InlineData("tool", "echo hello", "is no Python interpreter, or a broken one")]
    [InlineData("tool", "echo broken >&2; exit 3", "ended with exit code 3")]
    [InlineData("python3.15", "exit 127", "and does not run here to say where else they are: install its -dev package")]
    [InlineData("python3", @"printf 'pystate CPython 3.12.1\t/nowhere\n'", "(CPython 3.12.1) has no headers in /nowhere: install them with the interpreter")]
    [InlineData("python3", @"printf 'pystate CPython 3.7.16\t/nowhere\n'", "is CPython 3.7.16: the specification begins with CPython 3.8")]
    [InlineData("python2", @"printf 'pystate CPython 2.7.18\t/nowhere\n'", "is CPython 2.7.18")]
    [InlineData("pypy3", @"printf 'pystate PyPy 3.9.16\t/nowhere\n'", "name a CPython")]
    public void What_cannot_be_read_is_one_line_and_exit_2(string name, string script, string says)
    {
        using var call = new Call();
        Program(call, name, script);
        Assert.Equal(2, call.Invoke("radar", $"./{name}"));
        AssertOneLine(call, says);
    }

    /// <summary>Names that lead nowhere.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="says">The words.</param>
    [Theory]
    [InlineData("python3.99", "there is no interpreter python3.99")]
    [InlineData("", "there is no interpreter without a name")]
    [InlineData("./nowhere", "there is no interpreter ./nowhere")]
    [InlineData("./.", "has no headers of CPython 3.8 or later")]
    public void A_name_that_leads_nowhere_is_one_line_and_exit_2(string name, string says)
    {
        using var call = new Call();
        Assert.Equal(2, call.Invoke("radar", name));
        AssertOneLine(call, says);
    }

    /// <summary>Another machine's file system in a folder: its interpreter cannot run here, and its links are meant from its root.</summary>
    [ClangFact]
    public void An_interpreter_in_another_root_is_read_without_being_run()
    {
        using SyntheticHeaders headers = SyntheticHeaders.Of(Profiles.Newest, "3.15.1");
        using var call = new Call();
        Program(call, "root/usr/bin/python3.15d", "touch ran; exit 1");
        File.CreateSymbolicLink(Path.Combine(call.Folder, "root/usr/bin/python3"), "/etc/alternatives/python3");
        Directory.CreateDirectory(Path.Combine(call.Folder, "root/etc/alternatives"));
        File.CreateSymbolicLink(Path.Combine(call.Folder, "root/etc/alternatives/python3"), "/usr/bin/python3.15-dbg");
        File.CreateSymbolicLink(Path.Combine(call.Folder, "root/usr/bin/python3.15-dbg"), "python3.15d");
        Directory.CreateDirectory(Path.Combine(call.Folder, "root/usr/include"));
        Directory.Move(headers.Directory, Path.Combine(call.Folder, "root/usr/include/python3.15d"));
        Directory.CreateDirectory(headers.Directory);
        Assert.Equal(0, call.Invoke("radar", "root/usr/bin/python3"));
        Assert.Contains("✓ 3.15.1", call.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(call.Folder, "ran")));
    }

    private static void Program(Call call, string name, string script)
    {
        string path = Path.Combine(call.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void AssertOneLine(Call call, string says)
    {
        Assert.Contains(says, call.Error, StringComparison.Ordinal);
        Assert.StartsWith("pystate: ", call.Error, StringComparison.Ordinal);
        Assert.Equal(1, call.Error.Count(c => c == '\n'));
        Assert.Empty(call.Out);
    }
}
