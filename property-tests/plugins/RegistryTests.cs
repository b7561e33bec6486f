// Every way in which an implementation cannot be started is one line that says what to do.

using System.Text.RegularExpressions;
using PyState.Conformance.Plugins;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class RegistryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-").FullName;

    public RegistryTests()
    {
        Write("python/driver.py", "");
        Write("gadget/switcher.py", "import gadget");
        Write("gadget/implementation.json", """
            {"name":"gadget","title":"Gadget","summary":"a gadget","kind":"python","interpreters":["no-such-python"],
             "needs":[{"what":"no-such-python","command":"install python"},{"what":"gadget","command":"install gadget"}]}
            """);
        Write("fake/implementation.json", """{"name":"fake","title":"Fake","summary":"a fake","kind":"process","command":["sh","child.sh"]}""");
        Write("fake/child.sh", $". '{Path.Combine(AppContext.BaseDirectory, "plugins", "children", "honest.sh")}'\nloop");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_implementations_of_a_folder_are_those_with_a_manifest() =>
        Assert.Equal(["fake", "gadget"], new Registry(folder).All.Select(i => i.Name));

    [Fact]
    public void A_process_that_speaks_the_protocol_needs_a_manifest_and_nothing_else()
    {
        IImplementation fake = new Registry(folder).Find("fake");
        Assert.Null(fake.WhatIsMissing(null));
        using ISession session = fake.Start(null);
        Assert.Equal("fake", session.Capabilities.Implementation);
    }

    [Fact]
    public void An_implementation_is_found_by_the_path_of_its_folder_too() =>
        Assert.Equal("fake", new Registry(Path.Combine(folder, "gadget")).Find(Path.Combine(folder, "fake")).Name);

    [Theory]
    [InlineData("gadgte", "there is no implementation 'gadgte'; did you mean 'gadget'?")]
    [InlineData("something-else", "there is no implementation 'something-else'; there are fake, gadget, and any folder with implementation.json")]
    public void An_unknown_implementation_is_answered_with_the_nearest_name(string name, string words) =>
        Assert.Equal(words, Assert.Throws<SetupException>(() => new Registry(folder).Find(name)).Message);

    [Fact]
    public void Without_an_interpreter_the_command_that_provides_one_is_named() =>
        Fails("gadget", null, "gadget needs an interpreter and none of no-such-python is on PATH: install python, or --python PATH");

    [Fact]
    public void An_interpreter_that_is_not_there_is_said_to_be_missing() =>
        Fails("gadget", "/no/such/python", "there is no interpreter /no/such/python: name one with --python, by its path or by its name on PATH");

    [Fact]
    public void An_interpreter_that_cannot_be_executed_is_told_from_one_that_is_missing()
    {
        string file = Write("plain", "not a program");
        Fails("gadget", file, $"{file} is not executable: chmod +x {file}, or name another interpreter with --python");
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_no_interpreter()
    {
        string link = Path.Combine(folder, "python3");
        File.CreateSymbolicLink(link, "/no/such/python");
        Fails("gadget", link, $"{link} is not executable: chmod +x {link}, or name another interpreter with --python");
    }

    [Fact]
    public void A_program_that_is_no_Python_is_told_apart()
    {
        string program = WriteProgram("shell", "echo hello");
        Fails("gadget", program, $"{program} is no Python interpreter and said 'hello': name another one with --python");
        File.WriteAllText(program, "#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2\necho 'Note: see pyenv help global' >&2\nexit 127\n");
        Fails("gadget", program, $"{program} is no Python interpreter, or a broken one: it ended with exit code 127 and said 'pyenv: python3.12: command not found': name another one with --python");
    }

    [Fact]
    public void An_interpreter_that_dies_at_start_is_told_apart()
    {
        string program = WriteProgram("broken", "echo 'Fatal Python error: no codecs' >&2; kill -ABRT $$");
        Fails("gadget", program, $"{program} is no Python interpreter, or a broken one: it died of SIGABRT and said 'Fatal Python error: no codecs': name another one with --python");
    }

    [Fact]
    public void A_Python_without_the_module_is_answered_with_the_command_that_provides_it()
    {
        string program = WriteProgram("mypython", "echo pystate CPython 3.11.2; echo \"ModuleNotFoundError: No module named 'gadget'\" >&2; exit 1");
        Fails("gadget", program,
            $"{program} (CPython 3.11.2) cannot import switcher.py of gadget: ModuleNotFoundError: No module named 'gadget': install gadget, or name another interpreter with --python");
    }

    [Fact]
    public void A_Python_that_is_not_the_systems_is_answered_with_its_own_pip()
    {
        Write("gizmo/switcher.py", "import gizmo");
        Write("gizmo/implementation.json", """
            {"name":"gizmo","title":"Gizmo","summary":"a gizmo","kind":"python","needs":[{"what":"gizmo","command":"apt-get install python3-gizmo","package":"gizmo"}]}
            """);
        string program = WriteProgram("mypython", "echo pystate CPython 3.11.2; echo \"ModuleNotFoundError: No module named 'gizmo'\" >&2; exit 1");
        Fails("gizmo", program,
            $"{program} (CPython 3.11.2) cannot import switcher.py of gizmo: ModuleNotFoundError: No module named 'gizmo': {program} -m pip install gizmo, or name another interpreter with --python");
    }

    [Fact]
    public void A_Python_that_is_too_old_is_said_to_be_too_old()
    {
        string program = WriteProgram("mypython", "echo pystate CPython 3.7.16rc1");
        Fails("gadget", program, $"{program} is CPython 3.7.16rc1, and the driver needs 3.8 or later: name another interpreter with --python");
    }

    [Fact]
    public void A_switcher_of_ones_own_that_is_not_there_is_said_to_be_missing() =>
        Assert.Equal(
            "there is no switcher 'nowhere.py': name a Python file; docs/checking-your-implementation.md shows one",
            Assert.Throws<SetupException>(() => new Registry(folder).FromSwitcher("nowhere.py")).Message);

    [Fact]
    public void A_switcher_of_ones_own_that_fails_at_import_shows_the_last_line_of_its_exception()
    {
        string switcher = Write("mine.py", "raise ValueError('boom')");
        string program = WriteProgram("mypython", "echo pystate CPython 3.11.2; echo 'ValueError: boom' >&2; exit 1");
        IImplementation mine = new Registry(folder).FromSwitcher(switcher);
        Assert.Equal("mine", mine.Name);
        SetupException e = Assert.Throws<SetupException>(() => mine.Start(program));
        Assert.Equal($"{program} (CPython 3.11.2) cannot import mine.py of mine: ValueError: boom: mend {switcher}", e.Message);
    }

    [Theory]
    [InlineData("""{"name":"x"}""", "it lacks \"title\", \"summary\", \"kind\" (line 1)")]
    [InlineData("", "it is empty")]
    [InlineData("""{"name":"x","title":"X","summary":"x","kind":"python","interpreters":"python3"}""", "\"interpreters\" must be a list of strings (line 1)")]
    [InlineData("""{"name":"x","title":"X","summary":"x","kind":"python","swicher":"s.py"}""", "there is no member \"swicher\"; did you mean 'switcher'? (line 1)")]
    [InlineData("""{"name":"x","title":"X","summary":"x","kind":"python","limits":{"memory":"1"}}""", "\"limits.memory\" must be a whole number (line 1)")]
    [InlineData("""{"name":"x","title":"X","summary":"x","kind":"python","startsSlowly":1}""", "\"startsSlowly\" must be true or false (line 1)")]
    public void A_manifest_with_a_mistake_is_told_which(string text, string says)
    {
        string path = Write("wrong/implementation.json", text);
        Assert.Equal(
            $"{path} is no manifest of an implementation: {says}; see docs/schema/implementation.schema.json",
            Assert.Throws<SetupException>(() => new Registry(folder)).Message);
    }

    [Theory]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":"x","title":"X","summary":"x","kind":"magic"}""")]
    [InlineData("""{"name":"x","title":"X","summary":"x","kind":"process"}""")]
    [InlineData("""{"name":"x","title":"X","summary":"x","kind":"python","swicher":"s.py"}""")]
    [InlineData("""{"name":"x",""")]
    [InlineData("""{"name":"","title":"X","summary":"x","kind":"python"}""")]
    [InlineData("""{"name":"../../x","title":"X","summary":"x","kind":"python"}""")]
    [InlineData("""{"name":"two\nlines","title":"X","summary":"x","kind":"python"}""")]
    public void A_manifest_with_a_mistake_is_refused_in_one_line(string text)
    {
        Write("wrong/implementation.json", text);
        SetupException e = Assert.Throws<SetupException>(() => new Registry(folder));
        Assert.Contains("is no manifest of an implementation", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("\"kind\":\"process\",\"command\":null", "\"command\" is null or has a null in it: leave that out, or write a value")]
    [InlineData("\"kind\":\"process\",\"command\":[\"sh\",null]", "\"command\" is null or has a null in it: leave that out, or write a value")]
    [InlineData("\"kind\":\"python\",\"environment\":{\"LANG\":null}", "\"LANG\" is null or has a null in it: leave that out, or write a value")]
    [InlineData("\"kind\":\"python\",\"needs\":[null]", "\"needs\" is null or has a null in it: leave that out, or write a value")]
    [InlineData("\"kind\":\"python\",\"interpreters\":[]", "\"interpreters\" must name at least one, for example \"python3\", or be left out")]
    public void What_must_have_a_value_in_a_manifest_is_named(string members, string words)
    {
        string path = Write("wrong/implementation.json", $"{{\"name\":\"x\",\"title\":\"X\",\"summary\":\"x\",{members}}}");
        Assert.Equal($"{path} is no manifest of an implementation: {words}; see docs/schema/implementation.schema.json", Assert.Throws<SetupException>(() => new Registry(folder)).Message);
    }

    [Fact]
    public void Where_no_temporary_file_can_be_made_TMPDIR_is_named()
    {
        string nowhere = Path.Combine(folder, "nowhere");
        (int code, string output, string error) = Tool.Run("env", $"TMPDIR={nowhere}", "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "pystate.dll"), "run", Path.Combine(folder, "fake"), "--commands", "10");
        Assert.Equal((2, string.Empty), (code, output));
        Assert.Matches($@"^pystate: no file can be written in {Regex.Escape(nowhere)}/, the folder for temporary files \(.+\): set TMPDIR to a folder where one can\n$", error);
    }

    [Fact]
    public async Task Every_shipped_manifest_is_what_the_schema_says()
    {
        NJsonSchema.JsonSchema schema = await NJsonSchema.JsonSchema.FromJsonAsync(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "schema", "implementation.schema.json")));
        IReadOnlyList<IImplementation> shipped = new Registry().All;
        Assert.Contains("greenlet", shipped.Select(i => i.Name));
        foreach (IFolder implementation in shipped.Cast<IFolder>())
        {
            Assert.Empty(schema.Validate(await File.ReadAllTextAsync(Path.Combine(implementation.Folder, Manifest.FileName))));
        }
    }

    [RequiresTheory("threads")]
    [InlineData("raise ValueError('one\\n\\ntwo\\nthree')", "cannot import mine.py of mine: ValueError: one two three: mend ")]
    [InlineData("def spawn(:", "cannot import mine.py of mine: SyntaxError: ")]
    [InlineData("import sys\nsys.exit(0)", "cannot import mine.py of mine: SystemExit: 0: mend ")]
    [InlineData("name = 'mine'", "mend mine.py as conformance/implementations/python/switcher_contract.md says")]
    public void A_real_Python_says_in_one_line_what_is_wrong_with_a_switcher(string text, string words)
    {
        IImplementation mine = new Registry().FromSwitcher(Write("mine.py", text));
        string message = Assert.Throws<SetupException>(() => mine.Start(Interpreters.PythonOf("threads"))).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [RequiresFact("greenlet")]
    public void The_shipped_greenlet_starts_and_declares_the_switcher_alphabet()
    {
        using ISession session = Interpreters.Get("greenlet").Start(null);
        Assert.Equal("greenlet", session.Capabilities.Implementation);
    }

    private void Fails(string implementation, string? interpreter, string words)
    {
        IImplementation found = new Registry(folder).Find(implementation);
        Assert.Equal(words, Assert.Throws<SetupException>(() => found.Start(interpreter)).Message);
        Missing missing = Assert.IsType<Missing>(found.WhatIsMissing(interpreter));
        Assert.Equal(words, $"{missing.What}: {missing.Command}");
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private string WriteProgram(string name, string text)
    {
        string path = Write(name, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
