// An extension module is compiled for the interpreter that imports it, once, and whatever keeps it from being compiled is one line that says what to do.

using System.Text.RegularExpressions;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class ExtensionBuildTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-").FullName;
    private readonly Dictionary<string, string?> before = [];

    public ExtensionBuildTests()
    {
        Set("XDG_CACHE_HOME", Path.Combine(folder, "cache"));
        Set("CC", null);
        Directory.CreateDirectory(Path.Combine(folder, "mine"));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "plugins", "children", "extension")))
        {
            File.Copy(file, Mine(Path.GetFileName(file)));
        }
    }

    private string[] Built => [.. Directory.EnumerateFiles(Path.Combine(folder, "cache"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        foreach ((string name, string? value) in before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        Directory.Delete(folder, recursive: true);
    }

    [RequiresFact("extension")]
    public void What_a_manifest_has_compiled_is_there_when_the_switcher_imports_it()
    {
        using ISession session = Load().Start(null);
        Assert.Equal($"{session.Capabilities.InterpreterVersion}, 42", session.Capabilities.ImplementationVersion);
        string module = Assert.Single(Built);
        Assert.StartsWith(Path.Combine(folder, "cache", "pystate", "build", "_answer", "CPython-"), module, StringComparison.Ordinal);
    }

    [RequiresFact("extension")]
    public void It_is_compiled_once_and_again_when_a_header_beside_it_changes()
    {
        Assert.Null(Load().WhatIsMissing(null));
        DateTime first = File.GetLastWriteTimeUtc(Assert.Single(Built));
        Assert.Null(Load().WhatIsMissing(null));
        Assert.Equal(first, File.GetLastWriteTimeUtc(Assert.Single(Built)));
        File.WriteAllText(Mine("answer.h"), "#define ANSWER 40\n");
        using ISession session = Load().Start(null);
        Assert.EndsWith(", 43", session.Capabilities.ImplementationVersion, StringComparison.Ordinal);
        Assert.Equal(2, Built.Length);
    }

    [RequiresFact("extension")]
    public void What_was_of_no_use_for_a_month_goes_when_something_is_compiled()
    {
        Assert.Null(Load().WhatIsMissing(null));
        string old = Path.GetDirectoryName(Assert.Single(Built))!;
        Directory.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-29));
        File.WriteAllText(Mine("answer.h"), "#define ANSWER 40\n");
        Assert.Null(Load().WhatIsMissing(null));
        Assert.Equal(2, Built.Length);

        Directory.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-31));
        Assert.Null(Load().WhatIsMissing(null));
        Assert.Equal(2, Built.Length);
        File.WriteAllText(Mine("answer.h"), "#define ANSWER 39\n");
        Assert.Null(Load().WhatIsMissing(null));
        Assert.Equal(2, Built.Length);
        Assert.False(Directory.Exists(old));
    }

    [RequiresFact("extension")]
    public void Of_runs_that_compile_at_once_each_finds_a_whole_module()
    {
        Missing?[] missing = [.. Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => Load().WhatIsMissing(null))];
        Assert.All(missing, Assert.Null);
        Assert.Single(Built);
    }

    [RequiresFact("extension")]
    public void Sources_are_looked_for_in_the_folders_above_too()
    {
        Directory.CreateDirectory(Path.Combine(folder, "native", "deeper"));
        File.Move(Mine("answer.c"), Path.Combine(folder, "native", "answer.c"));
        File.Move(Mine("answer.h"), Path.Combine(folder, "native", "deeper", "answer.h"));
        Recipe("\"module\": \"_answer\", \"sources\": [\"native/a*.c\"], \"include\": [\"native/deeper\"], \"flags\": [\"-DPy_BUILD_CORE_MODULE\"], \"libraries\": [\"m\"]");
        Assert.Null(Load().WhatIsMissing(null));
    }

    [RequiresTheory("extension")]
    [InlineData("int answer(void) { return 1 }\nint late = x;\n", "CPython-module cannot be compiled for PYTHON: expected ';' before '}' token (extra.c:1): mend it, or name another interpreter with --python")]
    [InlineData("#error \"answer: CPython 3.16 has no layout yet\"\n", "PYTHON is refused by the sources: answer: CPython 3.16 has no layout yet (extra.c:1): name another interpreter with --python")]
    [InlineData("#include \"no_such.h\"\n", "CPython-module cannot be compiled for PYTHON: no_such.h: No such file or directory (extra.c:1): mend it, or name another interpreter with --python")]
    public void The_first_error_of_the_compiler_is_the_line_that_is_shown(string source, string words)
    {
        File.WriteAllText(Mine("extra.c"), source);
        File.WriteAllText(Mine("warns.c"), "#warning \"error: this is none\"\n");
        Fails(null, words);
        Assert.Empty(Built);
    }

    [RequiresFact("extension")]
    public void A_library_that_is_not_there_is_answered_with_the_command_that_provides_it()
    {
        Recipe("\"module\": \"_answer\", \"sources\": [\"*.c\"], \"flags\": [\"-DPy_BUILD_CORE_MODULE\"], \"libraries\": [\"m\", \":libnowhere.a\"]");
        Fails(null, "CPython-module cannot be compiled for PYTHON: cannot find -l:libnowhere.a: apt-get install python3, or name another interpreter with --python");
    }

    [RequiresFact("extension")]
    public void A_module_that_cannot_be_loaded_is_the_sources_fault()
    {
        File.WriteAllText(Mine("answer.c"), File.ReadAllText(Mine("answer.c")).Replace("PyInit__answer", "PyInit_question", StringComparison.Ordinal));
        Fails(null, "PYTHON cannot import switcher.py of extension: ImportError: dynamic module does not define module export function (PyInit__answer): mend SWITCHER or the sources of _answer");
    }

    [Fact]
    public void A_compiler_that_is_not_there_is_asked_for()
    {
        string python = Write("mypython", Says("mypython"));
        Set("CC", "no-such-compiler -m64");
        Fails(python, "the environment variable CC names the C compiler no-such-compiler, which is not there: set CC to one that is, or leave it unset");
        Set("CC", null);
        Set("PATH", folder);
        Fails(python, "it is compiled when it is run, and there is no C compiler (cc, gcc or clang) on PATH: apt-get install gcc libc6-dev, or set CC");
    }

    [RequiresFact("extension")]
    public void What_CC_names_is_what_compiles()
    {
        string compiler = Write("mycc", $"echo called >> '{folder}/calls'; exec cc \"$@\"");
        Set("CC", $"{compiler} -O0");
        Assert.Null(Load().WhatIsMissing(null));
        Assert.Equal("called\n", File.ReadAllText(Path.Combine(folder, "calls")));
    }

    [Fact]
    public void Headers_that_are_not_there_are_asked_for()
    {
        string python = Write("mypython", Says($"{folder}/include/python3.11"));
        Set("CC", "/bin/sh"); // a compiler is there
        Fails(python, $"{python} (CPython 3.11.2) has no headers to compile against: there is no {folder}/include/python3.11/Python.h: install it with its headers, or name another interpreter with --python");
    }

    [Fact]
    public void Sources_that_are_not_there_are_named()
    {
        Recipe("\"module\": \"_answer\", \"sources\": [\"nowhere/*.c\"]");
        string python = Write("mypython", Says("include"));
        Fails(python, $"there is no nowhere/*.c in {Path.Combine(folder, "mine")} or above it, which implementation.json has compiled: name sources that are there");
    }

    [Theory]
    [InlineData("\"module\": \"_answer\"")]
    [InlineData("\"module\": \"no name\", \"sources\": [\"a.c\"]")]
    [InlineData("\"module\": \"_answer\", \"sources\": []")]
    [InlineData("\"module\": \"_answer\", \"sources\": [\"a.c\"], \"flag\": []")]
    public void A_recipe_with_a_mistake_is_refused_in_one_line(string recipe)
    {
        Recipe(recipe);
        SetupException e = Assert.Throws<SetupException>(Load);
        Assert.Contains("is no manifest of an implementation", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private PythonImplementation Load() => (PythonImplementation)new Registry(Path.Combine(folder, "none")).Find(Path.Combine(folder, "mine"));

    // A program that answers as an interpreter does.
    private static string Says(string include) => $$"""
        echo 'pystate CPython 3.11.2'
        echo '{"full":"3.11.2 (main)","include":["{{include}}"],"suffix":".so"}'
        """;

    private string Mine(string name) => Path.Combine(folder, "mine", name);

    private void Recipe(string members) => File.WriteAllText(
        Mine("implementation.json"),
        $$"""{"name":"extension","title":"x","summary":"x","kind":"python","interpreters":["python3","/usr/bin/python3"],"build":{ {{members}} },"needs":[{"what":"python3","command":"apt-get install python3"}]}""");

    private void Fails(string? interpreter, string words)
    {
        PythonImplementation implementation = Load();
        string message = Assert.Throws<SetupException>(() => implementation.Start(interpreter)).Message;
        if (words.Contains("PYTHON", StringComparison.Ordinal) || words.Contains("SWITCHER", StringComparison.Ordinal))
        {
            // Which Python it is, and what its modules' names end with, differs from machine to machine.
            string python = Interpreters.Get("threads").Choose(null);
            message = Regex.Replace(message.Replace(Mine("switcher.py"), "SWITCHER", StringComparison.Ordinal), $@"{Regex.Escape(python)} \(CPython [0-9.a-z]+\)", "PYTHON");
            message = Regex.Replace(message, @"^_answer\S+ cannot be compiled", "CPython-module cannot be compiled");
        }

        Assert.Equal(words, message);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    private void Set(string variable, string? value)
    {
        before.TryAdd(variable, Environment.GetEnvironmentVariable(variable));
        Environment.SetEnvironmentVariable(variable, value);
    }
}
