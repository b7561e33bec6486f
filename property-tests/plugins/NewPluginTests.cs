// From `new` to the first verdict, for every kind, with nothing edited; and every way in which `new` refuses.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class NewPluginTests : IDisposable
{
    private readonly RealCall call = new();

    public void Dispose() => call.Dispose();

    [Fact]
    public void A_dotnet_plug_in_runs_at_once_and_is_red_where_it_is_left_to_its_author()
    {
        Assert.Equal(0, call.Invoke("new", "dotnet", "mine"));
        Assert.Contains("pystate run ./mine", call.Out, StringComparison.Ordinal);
        Assert.Equal(1, call.Invoke("run", "./mine", "--python", "3.14", "--commands", "60000"));
        Assert.Contains("mine 1.0.0 on simulation 3.14", call.Out, StringComparison.Ordinal);
        AssertFirstVerdicts(red: ["READY-05", "READY-10"], green: ["READY-01", "READY-02", "SAVE-01", "RESTORE-01"], notObservable: "INTRO-02 INTRO-03 INTRO-04 INTRO-05 INTRO-06");
    }

    [RequiresProgramFact("cc")]
    public void A_native_plug_in_runs_at_once_and_is_red_where_it_is_left_to_its_author()
    {
        Assert.Equal(0, call.Invoke("new", "native", "mine", "--into", "somewhere/else"));
        Assert.Equal(1, call.Invoke("run", "somewhere/else", "--python", "3.14", "--commands", "60000"));
        Assert.Contains("mine 1.0 on simulation 3.14", call.Out, StringComparison.Ordinal);
        AssertFirstVerdicts(red: ["READY-05", "READY-10"], green: ["READY-01", "READY-02", "SAVE-01", "RESTORE-01"], notObservable: "INTRO-02 INTRO-03 INTRO-04 INTRO-05 INTRO-06");
    }

    [RequiresProgramFact("perl")]
    public void A_process_plug_in_runs_at_once_and_is_red_where_it_is_left_to_its_author()
    {
        Assert.Equal(0, call.Invoke("new", "process", "mine"));
        Assert.Equal(1, call.Invoke("run", "./mine", "--commands", "20000"));
        Assert.Contains("mine 1.0 on very small 1.0", call.Out, StringComparison.Ordinal);
        AssertFirstVerdicts(red: ["READY-02"], green: ["READY-01", "SWITCH-01", "SWITCH-03"], notObservable: "FRAME-01 SWITCH-04 SWITCH-05 SWITCH-06");
    }

    [RequiresFact("threads")]
    public void A_switcher_runs_at_once_and_is_red_where_it_is_left_to_its_author()
    {
        Assert.Equal(0, call.Invoke("new", "switcher", "mine"));
        Assert.Equal(1, call.Invoke("run", "./mine", "--python", Interpreters.PythonOf("threads"), "--commands", "20000"));
        Assert.Contains("mine 1.0 on ", call.Out, StringComparison.Ordinal);
        AssertFirstVerdicts(red: ["WIDE-01"], green: ["READY-01", "SWITCH-01"], notObservable: "SWITCH-05");
    }

    [Fact]
    public void New_says_what_it_wrote_to_programs()
    {
        Assert.Equal(0, call.Invoke("new", "process", "mine", "--format", "json"));
        using var written = System.Text.Json.JsonDocument.Parse(call.Out);
        Assert.Equal(["implementation.json", "mine.pl"], written.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetString()));
        Assert.All(Directory.EnumerateFiles(Path.Combine(call.Folder, "mine")), f => Assert.DoesNotContain("[", File.ReadAllLines(f)[0], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("say what kind of plug-in: dotnet, native, process, switcher; for example pystate new dotnet mine", "new")]
    [InlineData("give the plug-in a name, for example pystate new native mine", "new", "native")]
    [InlineData("there is no kind of plug-in 'natve'; did you mean 'native'?", "new", "natve", "mine")]
    [InlineData("there is no kind of plug-in 'java'; there are dotnet, native, process, switcher", "new", "java", "mine")]
    [InlineData("a plug-in cannot be called 'My Plug': use lower case letters, digits and hyphens, beginning with a letter or digit, at most 40", "new", "native", "My Plug")]
    [InlineData("a plug-in cannot be called '../mine': use lower case letters, digits and hyphens, beginning with a letter or digit, at most 40", "new", "native", "../mine")]
    [InlineData("'greenlet' is an implementation that comes with the suite: choose another name", "new", "native", "greenlet")]
    public void New_refuses_in_one_line(string words, params string[] arguments)
    {
        Assert.Equal(2, call.Invoke(arguments));
        Assert.Equal($"pystate: {words}\n", call.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(call.Folder));
    }

    [Fact]
    public void New_overwrites_nothing()
    {
        Assert.Equal(0, call.Invoke("new", "process", "mine"));
        string file = Path.Combine(call.Folder, "mine", "mine.pl");
        File.WriteAllText(file, "an afternoon's work");
        Assert.Equal(2, call.Invoke("new", "native", "mine"));
        Assert.Equal("pystate: mine is there already and nothing in it is overwritten: choose another name, or another folder with --into\n", call.Error);
        Assert.Equal("an afternoon's work", File.ReadAllText(file));
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(call.Folder, "mine")).Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_plug_in_that_cannot_be_written_whole_leaves_nothing_in_the_way(bool isThere)
    {
        // A path of this length has room for the first file of the skeleton and none for the second, whose name is longer: as on a disk that fills up in between.
        string name = new('n', Templates.LongestName);
        string folder = call.Folder;
        int length = 4095 - "/implementation.json".Length;
        while (length - folder.Length > 202)
        {
            folder += $"/{new string('d', 200)}";
        }

        folder += $"/{new string('d', length - folder.Length - 1)}";
        if (isThere)
        {
            Directory.CreateDirectory(folder);
        }

        Assert.Equal(2, call.Invoke("new", "process", name, "--into", folder));
        Assert.StartsWith($"pystate: {call.Folder}/ddd", call.Error, StringComparison.Ordinal);
        Assert.Equal(isThere, Directory.Exists(folder));
        Assert.Empty(Directory.EnumerateFiles(call.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Every_skeleton_says_what_it_leaves_and_no_marker_is_left()
    {
        foreach (PluginKind kind in Templates.Kinds)
        {
            string folder = Path.Combine(call.Folder, kind.Name);
            string[] texts = [.. Templates.Write(kind.Name, "mine", folder).Select(f => File.ReadAllText(Path.Combine(folder, f)))];
            Assert.Contains(texts, t => t.Contains("TODO: ", StringComparison.Ordinal));
            Assert.All(texts, t => Assert.DoesNotMatch(@"\[(left to you|until here|instead)\]?|worked-example", t));
        }
    }

    private void AssertFirstVerdicts(string[] red, string[] green, string notObservable)
    {
        string reds = call.Clauses(VerdictKind.Violates);
        string greens = call.Clauses(VerdictKind.Conforms);
        Assert.All(red, c => Assert.Contains(c, reds, StringComparison.Ordinal));
        Assert.All(green, c => Assert.Contains(c, greens, StringComparison.Ordinal));
        Assert.All(notObservable.Split(' '), c => Assert.Contains(c, call.Clauses(VerdictKind.NotObservable), StringComparison.Ordinal));
        Assert.DoesNotContain(call.Verdicts, v => v.Kind is VerdictKind.Crashed or VerdictKind.Hung or VerdictKind.Garbled or VerdictKind.Unstable);
    }
}
