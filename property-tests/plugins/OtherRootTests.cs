// An interpreter that lives in another root is started in there, sees the files it needs where they are, and leaves nothing behind.

using System.Diagnostics;
using PyState.Conformance.Plugins;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class OtherRootTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-").FullName;
    private readonly string python;
    private readonly IImplementation mine;

    public OtherRootTests()
    {
        python = MiniRoot.Make(Path.Combine(folder, "root"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "implementations", "threads", "switcher.py"), Path.Combine(folder, "threads.py"));
        File.WriteAllText(Path.Combine(folder, "mine.py"), """
            import os, subprocess
            with open(os.path.join(os.path.dirname(__file__), "threads.py")) as file:
                exec(file.read())
            if "LOITER" in os.environ:
                subprocess.Popen(["/mnt/usr/bin/env", "-u", "LOITER", "sleep", os.environ["LOITER"]])
            with open("/etc/debian_version") as file:
                version = "%s %s" % (file.read().strip(), os.environ.get("ANSWER"))
            """);

        // Absolute, as a temporary folder often is: from inside the root it would lead nowhere.
        File.CreateSymbolicLink(Path.Combine(folder, "link"), folder);
        mine = new Registry().FromSwitcher(Path.Combine(folder, "link", "mine.py"));
    }

    public void Dispose()
    {
        File.Delete(Path.Combine(folder, "link"));
        Directory.Delete(folder, recursive: true);
    }

    [OtherRootFact]
    public void An_interpreter_below_another_system_is_started_in_it()
    {
        using ISession session = mine.Start(python);
        Assert.Equal("mini None", session.Capabilities.ImplementationVersion);
    }

    [OtherRootFact]
    public void Variables_that_are_named_with_an_interpreter_reach_it()
    {
        using ISession session = mine.Start($"{python},ANSWER=42,OTHER=");
        Assert.Equal("mini 42", session.Capabilities.ImplementationVersion);
    }

    [OtherRootFact]
    public void Crashes_are_told_and_scripts_run_as_they_do_outside()
    {
        using ISession session = mine.Start(python);
        Assert.Equal("Completed Completed", Children.Endings(session.Run([Children.Calls(1, 2), Children.Calls(3)])));
    }

    [OtherRootFact]
    public void It_ends_with_all_it_has_started_and_leaves_nothing_behind()
    {
        string seconds = $"{7000 + Environment.ProcessId % 1000}.25";
        using (mine.Start($"{python},LOITER={seconds}"))
        {
            Assert.True(IsRunning(seconds));
        }

        Assert.True(SpinWait.SpinUntil(() => !IsRunning(seconds), TimeSpan.FromSeconds(10)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "root", "mnt")));
        Assert.DoesNotContain(folder, File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_comma_that_no_variable_follows_belongs_to_the_path() =>
        Assert.Equal("there is no interpreter /no/such,python,A: name one with --python, by its path or by its name on PATH", Assert.Throws<SetupException>(() => mine.Start("/no/such,python,A,B=1")).Message);

    [RequiresFact("threads")]
    public void A_JIT_that_is_not_there_is_not_pretended()
    {
        string outside = Interpreters.PythonOf("threads");
        try
        {
            using ISession session = Interpreters.Get("threads").Start($"{outside},PYTHON_JIT=1");
            Assert.Contains("JIT)", session.Capabilities.Title, StringComparison.Ordinal);
        }
        catch (SetupException e)
        {
            Assert.Matches(@"^\S+ \(CPython [0-9.]+.*\) has no JIT that PYTHON_JIT turns on: leave it out, or name another interpreter with --python$", e.Message);
        }
    }

    private static bool IsRunning(string seconds) => Process.GetProcesses().Any(p =>
    {
        using (p)
        {
            try
            {
                return File.ReadAllText($"/proc/{p.Id}/cmdline").Split('\0') is ["sleep", var s, ..] && s == seconds;
            }
            catch (IOException)
            {
                return false; // it has just ended
            }
        }
    });
}

/// <summary>A fact that needs another root to be entered. It is skipped where this machine allows that to nobody, unless PYSTATE_REQUIRE lists <c>roots</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OtherRootFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("pystate-").FullName;
        try
        {
            return Interpreters.IsDemanded("roots") ? null : Interpreters.Get("threads").WhatIsMissing(MiniRoot.Make(folder))?.What;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    public OtherRootFactAttribute() => Skip = Reason.Value;
}

/// <summary>The smallest root with a Python: a name of its own, and everything else as links into this system, which is at /mnt in there.</summary>
internal static class MiniRoot
{
    /// <summary>Makes one.</summary>
    /// <param name="folder">Where.</param>
    /// <returns>Its interpreter.</returns>
    public static string Make(string folder)
    {
        foreach (string name in (string[])["etc", "usr/bin", "proc", "dev", "mnt"])
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        foreach (string name in (string[])["bin", "lib", "lib64"])
        {
            File.CreateSymbolicLink(Path.Combine(folder, name), "mnt/" + name);
        }

        File.WriteAllText(Path.Combine(folder, "etc", "debian_version"), "mini\n");
        string python = Path.Combine(folder, "usr", "bin", "python3");
        File.WriteAllText(python, "#!/mnt/bin/sh\nexec /mnt/usr/bin/python3 \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return python;
    }
}
