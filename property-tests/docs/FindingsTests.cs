// The programs of docs/findings show what docs/findings.md says, and their controls show that it is not the interpreter's.

using PyState.Conformance.Plugins;
using PyState.PropertyTests.Plugins;
using Xunit;

namespace PyState.PropertyTests.Docs;

public sealed class FindingsTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "findings");

    [RequiresTheory("threads")]
    [InlineData("fork_deletes.py", null, "before 2, in the child 1")]
    [InlineData("async_elsewhere.py", null, "not raised")]
    [InlineData("async_elsewhere.py", "control", "raised")]
    [InlineData("endless_resume.py", "control", "went on")]
    public void A_second_thread_state_of_one_thread_shows_what_the_page_says(string program, string? how, string expected) =>
        Assert.Equal((0, expected), Run(Interpreters.PythonOf("threads"), program, how));

    [RequiresFact("threads")]
    public void A_traced_function_is_left_again_everywhere_but_on_3_11()
    {
        string python = Interpreters.PythonOf("threads");
        Assert.Equal(MinorOf(python) == 11 ? (1, string.Empty) : (0, "went on"), Run(python, "endless_resume.py", null));
    }

    [RequiresTheory("greenlet")]
    [InlineData("nesting_shared.py", null, "in force: True, traced: False")]
    [InlineData("nesting_shared.py", "control", "in force: True, traced: True")]
    [InlineData("lost_events.py", "control", "True")]
    public void Greenlet_and_its_control_show_what_the_page_says(string program, string? how, string expected) =>
        Assert.Equal((0, expected), Run(Interpreters.PythonOf("greenlet"), program, how));

    [RequiresFact("greenlet")]
    public void Greenlet_loses_events_from_3_12_on()
    {
        string python = Interpreters.PythonOf("greenlet");
        Assert.Equal((0, MinorOf(python) >= 12 ? "False" : "True"), Run(python, "lost_events.py", null));
    }

    [RequiresRootTheory]
    [InlineData("python3.14", "lost_events.py", null, "False")]
    [InlineData("python3.14", "lost_events.py", "control", "True")]
    [InlineData("python3.15", "lost_events.py", null, "False")]
    [InlineData("python3.15", "nesting_shared.py", null, "in force: True, traced: False")]
    [InlineData("python3.15", "fork_deletes.py", null, "before 2, in the child 1")]
    [InlineData("python3.15", "async_elsewhere.py", null, "not raised")]
    public void The_newest_releases_show_what_the_page_says(string python, string program, string? how, string expected)
    {
        // The program goes along as text: a root has no files of ours.
        string[] arguments = [RequiresRootTheoryAttribute.Root, $"/usr/bin/{python}", "-c", File.ReadAllText(Path.Combine(Folder, program)), .. how is null ? [] : new[] { how }];
        (int code, string output, string error) = Tool.Run("chroot", arguments);
        Assert.Equal((0, expected, string.Empty), (code, output.Trim(), error));
    }

    [RequiresTheory("pyodide")]
    [InlineData("walk", "shallow", true)]
    [InlineData("walk", "deep", false)]
    [InlineData("profile", "shallow", true)]
    [InlineData("profile", "deep", false)]
    [InlineData("collect", "shallow", true)]
    [InlineData("collect", "deep", false)]
    [InlineData("full", "deep", true)]
    public void Pyodide_loses_a_suspended_tasks_frames_where_another_goes_deeper(string what, string how, bool isWell)
    {
        (int code, string output, _) = Tool.Run(Pyodide.Node, Path.Combine(Folder, "evicted_frames.mjs"), Pyodide.Folder, what, how);
        string frames = what == "walk" ? "inner second" : string.Empty;
        Assert.Equal(isWell, (code, output) == (0, $"{frames}\nended well\n"));
    }

    [RequiresTheory("pyodide")]
    [InlineData("same")]
    [InlineData("apart")]
    public void Pyodide_copies_away_the_stack_of_a_task_that_began_where_another_did(string how)
    {
        (int code, string output, _) = Tool.Run(Pyodide.Node, Path.Combine(Folder, "unsaved_stack.mjs"), Pyodide.Folder, how);
        Assert.Equal((0, "a b first\n"), (code, output));
    }

    [RequiresTheory("pyodide", "314.0.4")]
    [InlineData("same", false)]
    [InlineData("apart", true)]
    public void Pyodide_314_0_4_loses_the_stack_of_a_task_that_began_where_another_did(string how, bool isWell)
    {
        // On a stack that is not its own it dies, or never ends.
        (int code, string output, _) = Tool.Run("timeout", "20", Pyodide.Node, Path.Combine(Folder, "unsaved_stack.mjs"), Cache.Folder("pyodide/314.0.4"), how);
        Assert.Equal(isWell, (code, output) == (0, "a b first\n"));
    }

    private static (int Code, string Output) Run(string python, string program, string? how)
    {
        (int code, string output, _) = Tool.Run(python, [Path.Combine(Folder, program), .. how is null ? [] : new[] { how }]);
        return (code, output.Trim());
    }

    private static int MinorOf(string python) => int.Parse(Tool.Run(python, "-c", "import sys; print(sys.version_info[1])").Output, System.Globalization.CultureInfo.InvariantCulture);

    // The newest release that the manifest names, and the newest Node.
    private static class Pyodide
    {
        public static string Folder { get; } = Cache.Folder("pyodide/" + new Registry().Find("pyodide").Versions[0]);

        public static string Node { get; } = Directory.EnumerateDirectories(Cache.Folder("node")).Max(StringComparer.Ordinal) + "/bin/node";
    }
}
