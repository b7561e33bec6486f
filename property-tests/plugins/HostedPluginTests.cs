// What a native or .NET plug-in does to its process is a verdict, and what keeps it from being loaded is one line.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Hosted;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class HostedPluginTests : IDisposable
{
    private static readonly Script[] Three =
    [
        new(Alphabet.Api, [new Command(Op.Call, 1), new Command(Op.Leave)]),
        new(Alphabet.Api, [new Command(Op.New, 0), new Command(Op.Call, 2), new Command(Op.Save, 0, 0), new Command(Op.Restore, 0)]),
        new(Alphabet.Switcher, [new Command(Op.Call, 3), new Command(Op.Leave)]),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("pystate-hosted-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [RequiresProgramFact("cc")]
    public void The_worked_example_in_C_conforms_on_every_layout()
    {
        IImplementation example = Native();
        Assert.Null(example.WhatIsMissing(null));
        foreach (string? version in example.Interpreters)
        {
            using ISession session = example.Start(version);
            Conforms(session, 40_000);
        }
    }

    [Fact]
    public void The_worked_example_in_CSharp_conforms_on_every_layout()
    {
        Repository.CopyExample("dotnet", folder);
        IImplementation example = new Registry().FromPath(folder)!;
        foreach (string? version in example.Interpreters)
        {
            using ISession session = example.Start(version);
            Conforms(session, 40_000);
        }

        // The same by the path of the assembly, without the manifest.
        using ISession byPath = new Registry().FromPath(Path.Combine(folder, "bin", "worked-example.dll"))!.Start("3.11");
        Assert.Equal("worked-example 1.0.0 on simulation 3.11", byPath.Capabilities.Title);
        Assert.Equal(Channels.All, byPath.Capabilities.Channels);
    }

    [RequiresProgramTheory("cc")]
    [InlineData("dereferences_null", "*(volatile int *)0 = 1;", Ending.Crashed, "died of SIGSEGV")]
    [InlineData("aborts", "abort();", Ending.Crashed, "died of SIGABRT")]
    [InlineData("ends_the_process", "exit(0);", Ending.Crashed, "ended (exit code 0)")]
    [InlineData("ends_the_process_with_an_error", "exit(1);", Ending.Crashed, "ended with exit code 1")]
    [InlineData("overflows_its_stack", "handle = *(uint64_t *)memset(__builtin_alloca(1 << 30), 1, 8);", Ending.Crashed, "died of SIG")]
    [InlineData("invents_a_status", "return 77;", Ending.Crashed, "threw InvalidOperationException: save returned 77, which is no status of pystate_plugin.h")]
    [InlineData("reads_what_is_gone", "pystate_load(host, 3);", Ending.Completed, "null pointer")]
    [InlineData("writes_a_field_that_is_not_there", "pystate_set(host, thread, PYSTATE_FRAME, 0);", Ending.Completed, "field")]
    [InlineData("reads_beyond_memory", "pystate_load(host, host->words + 1000000000);", Ending.Completed, "address")]
    public void What_a_native_plug_in_does_is_the_result_of_the_script_in_which_it_does_it(string lie, string statement, Ending ending, string words)
    {
        using ISession session = Native(("    state->life = LIVE;\n", $"    state->life = LIVE;\n    {statement} /* {lie} */\n")).Start("3.13");
        IReadOnlyList<ScriptResult> results = session.Run(Three);
        Assert.Equal($"Completed {ending} Completed", Children.Endings(results));
        Assert.Contains(words, results[1].Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(ending == Ending.Completed ? 3 : 2, results[1].Observations.Count);
        if (ending != Ending.Completed)
        {
            Assert.Equal(2, results[1].LastCommand);
        }
    }

    [RequiresProgramFact("cc")]
    public void What_a_native_plug_in_prints_does_not_disturb_its_answers()
    {
        using ISession session = Native(
            ("#include <stdlib.h>\n", "#include <stdlib.h>\n#include <stdio.h>\n"),
            ("    state->life = LIVE;\n", "    state->life = LIVE;\n    printf(\"{\\\"op\\\":\\\"ran\\\"}\\n\");\n    fflush(stdout);\n")).Start("3.13");
        Assert.Equal("Completed Completed Completed", Children.Endings(session.Run(Three)));
        Conforms(session, 5_000);
    }

    [RequiresProgramFact("cc")]
    public void A_segmentation_fault_is_the_verdict_of_one_clause_and_the_run_goes_on()
    {
        _ = Native(("    struct state *state;\n    int error = find_live(thread, handle, &state);\n    if (error == PYSTATE_OK) {\n        host->visit",
            "    struct state *state;\n    int error = find_live(thread, handle, &state);\n    if (error == PYSTATE_OK) {\n        *(volatile int *)0 = 1;\n        host->visit"));
        using var call = new RealCall();
        Assert.Equal(1, call.Invoke("run", folder, "--python", "3.12", "--commands", "60000"));
        Assert.Equal("INTRO-05", call.Clauses(VerdictKind.Crashed));
        Assert.Empty(call.Clauses(VerdictKind.Violates));
        Assert.Contains("RESTORE-01", call.Clauses(VerdictKind.Conforms), StringComparison.Ordinal);
        Assert.Contains("SIGSEGV", call.Out, StringComparison.Ordinal);
    }

    [RequiresProgramTheory("cc")]
    [InlineData("worked-example.so exports no pystate_plugin_main: define it as pystate_plugin.h declares it, with PYSTATE_EXPORT", "pystate_plugin_main(void)\n{", "main_of_another_plugin(void);\nconst pystate_plugin *main_of_another_plugin(void)\n{")]
    [InlineData("pystate_plugin_main of worked-example.so returned NULL: return the address of a static pystate_plugin", "return &plugin;", "return (void)plugin, NULL;")]
    [InlineData("worked-example.so speaks ABI 7 and this suite 1: set .abi = PYSTATE_ABI and compile it against the suite's pystate_plugin.h", ".abi = PYSTATE_ABI", ".abi = 7")]
    [InlineData("worked-example.so supplies no restore: set .restore in its pystate_plugin", "        .restore = restore,\n", "")]
    [InlineData("worked-example.so cannot be loaded: undefined symbol: nowhere; build it as a shared library for this machine, and put what it needs where the loader looks", "return &plugin;", "extern int nowhere; return nowhere ? &plugin : NULL;")]
    public void What_keeps_a_native_plug_in_from_being_used_is_one_line(string words, string find, string replace)
    {
        IImplementation wrong = Native((find, replace));
        string message = Assert.Throws<SetupException>(() => wrong.Start("3.12")).Message;
        Assert.Equal(words, message);
    }

    [RequiresProgramFact("cc")]
    public void A_native_plug_in_that_dies_while_it_is_loaded_is_said_to()
    {
        IImplementation wrong = Native(("return &plugin;", "abort(); return &plugin;"));
        string message = Assert.Throws<SetupException>(() => wrong.Start("3.12")).Message;
        Assert.StartsWith("worked-example.so died of SIGABRT", message, StringComparison.Ordinal);
        Assert.EndsWith(" while it was loaded: look at what it does then", message, StringComparison.Ordinal);
    }

    [RequiresProgramFact("cc")]
    public void A_plug_in_that_does_not_compile_is_answered_with_the_compilers_first_error()
    {
        IImplementation wrong = Native(("return PYSTATE_OK;", "return PYSTATE_FINE;"));
        string message = Assert.Throws<SetupException>(() => wrong.Start("3.12")).Message;
        Assert.StartsWith("worked-example does not build: worked-example.c:", message, StringComparison.Ordinal);
        Assert.Contains("PYSTATE_FINE", message, StringComparison.Ordinal);
        Assert.Contains(": error: ", message, StringComparison.Ordinal); // the skeleton has functions with "error" in their names, which compilers name first
        Assert.Contains($" -I{AppContext.BaseDirectory.TrimEnd('/')} ", message, StringComparison.Ordinal);
        Assert.EndsWith("-o worked-example.so worked-example.c)", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [RequiresProgramFact("cc")]
    public void A_plug_in_that_cc_builds_is_built_by_the_compiler_that_CC_names()
    {
        string? before = Environment.GetEnvironmentVariable("CC");
        Environment.SetEnvironmentVariable("CC", "no-such-compiler");
        try
        {
            Missing? missing = Native().WhatIsMissing(null);
            Assert.Equal(("the environment variable CC names the C compiler no-such-compiler, which is not there", "set CC to one that is, or leave it unset"), (missing?.What, missing?.Command));
        }
        finally
        {
            Environment.SetEnvironmentVariable("CC", before);
        }
    }

    [RequiresProgramFact("cc")]
    public void What_a_native_plug_in_leaves_NULL_is_not_offered()
    {
        using ISession session = Native(("        .traverse = traverse,\n        .clear = clear,\n", "")).Start("3.12");
        Assert.DoesNotContain(Op.Traverse, session.Capabilities.Commands);
        Assert.DoesNotContain(Op.Clear, session.Capabilities.Commands);
        Assert.Equal(VerdictKind.NotObservable, Observability.Of(Spec.Clauses.ClauseId.Intro05, session.Capabilities)?.Kind);
        Assert.Null(Observability.Of(Spec.Clauses.ClauseId.Intro07, session.Capabilities));
    }

    [Fact]
    public void What_is_no_assembly_is_said_to_be_none()
    {
        File.WriteAllText(Path.Combine(folder, "text.dll"), "not an assembly");
        string message = Assert.Throws<SetupException>(() => new Registry().FromPath(Path.Combine(folder, "text.dll"))!.Start(null)).Message;
        Assert.Equal("text.dll is no .NET assembly for this runtime: build it with dotnet build; docs/plug-ins.md shows one", message);
    }

    [Fact]
    public void An_assembly_without_the_contract_is_said_to_lack_it()
    {
        string message = Assert.Throws<SetupException>(() => new Registry().FromPath(typeof(Machine).Assembly.Location)!.Start(null)).Message;
        Assert.Equal("PyState.Spec.dll has no class that implements PyState.Reference.IPyState: write one; docs/plug-ins.md shows one", message);
    }

    [Theory]
    [InlineData("internal class Plugin : StateOf { }", "Plugin in wrong.dll implements IPyState and is not public: make it public")]
    [InlineData("public class A : StateOf { } public class B : StateOf { }", "wrong.dll has 2 public classes that implement IPyState (A, B): leave one public")]
    [InlineData("public class Plugin : StateOf { public Plugin(int size) { } }", "Plugin in wrong.dll has no public constructor without parameters: add one")]
    [InlineData("public class Plugin : StateOf { public Plugin() => throw new System.InvalidOperationException(\"no\"); }", "the constructor in wrong.dll threw InvalidOperationException: no")]
    public void What_keeps_an_assembly_from_being_used_is_one_line(string type, string words)
    {
        IImplementation wrong = new Registry().FromPath(Assembly("wrong", type))!;
        Assert.Equal(words, Assert.Throws<SetupException>(() => wrong.Start("3.12")).Message);
    }

    [Theory]
    [InlineData("throw new System.NotImplementedException(\"Restore\");", "threw NotImplementedException: Restore")]
    [InlineData("System.Environment.Exit(5); return 0;", "ended with exit code 5")]
    [InlineData("return Restore(thread, handle + 1) + (byte)handle;", "died of SIGABRT")]
    [InlineData("System.Console.WriteLine(\"hello\"); System.Environment.FailFast(\"no\"); return 0;", "died of SIGABRT")]
    public void What_a_dotnet_plug_in_does_is_the_result_of_the_script_in_which_it_does_it(string body, string words)
    {
        string type = $"public class Plugin : StateOf {{ public override SimStatus Restore(SimThread thread, ulong handle) {{ {body} }} }}";
        using ISession session = new Registry().FromPath(Assembly("wrong", type))!.Start("3.12");
        IReadOnlyList<ScriptResult> results = session.Run(Three);
        Assert.Equal("Completed Crashed Completed", Children.Endings(results));
        Assert.Contains(words, results[1].Detail, StringComparison.Ordinal);
        Assert.Equal(3, results[1].LastCommand);
    }

    [RequiresProgramFact("cc")]
    public void The_limits_of_its_manifest_hold_for_a_native_plug_in()
    {
        _ = Native(
            ("#include <stdlib.h>\n", "#include <stdlib.h>\n#include <unistd.h>\n"),
            ("    state->life = LIVE;\n", "    state->life = LIVE;\n    for (int i = 0; i < 6; i++)\n        if (fork() == 0) {\n            sleep(30);\n            _exit(0);\n        }\n    sleep(5);\n"));
        string manifest = Path.Combine(folder, Manifest.FileName);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"kind\"", "\"limits\": { \"processes\": 3 },\n  \"kind\"", StringComparison.Ordinal));
        using ISession session = new Registry().FromPath(folder)!.Start("3.13");
        IReadOnlyList<ScriptResult> results = session.Run(Three);
        Assert.Equal("Completed Crashed Completed", Children.Endings(results));
        Assert.Contains("processes at a time, and the limit is 3", results[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_is_none_cannot_be_done_without()
    {
        string message = Assert.Throws<SetupException>(() => Hosting.Start(Profiles.Of(12), "reference", ["travers"]).Dispose()).Message;
        Assert.Equal("\"without\" names 'travers', which is neither a command nor a channel; did you mean 'traverse'?; see docs/protocol.md", message);
    }

    [Fact]
    public void A_version_that_is_not_simulated_is_answered_with_those_that_are()
    {
        File.WriteAllText(Path.Combine(folder, "some.dll"), string.Empty);
        Missing missing = new Registry().FromPath(Path.Combine(folder, "some.dll"))!.WhatIsMissing("2.7")!;
        Assert.Equal("it runs on a simulated CPython 3.8 to 3.15, and '2.7' is none of these: name a version, for example --python 3.15", $"{missing.What}: {missing.Command}");
    }

    [Fact]
    public void The_reference_in_a_host_is_seen_as_it_is_seen_in_this_process()
    {
        using ISession hosted = Hosting.Start(Profiles.Of(13), "reference", []);
        Conforms(hosted, 40_000);
        using ISession spoken = Hosting.Start(Profiles.Of(13), "reference", [], json: true);
        Conforms(spoken, 20_000);
    }

    [Fact]
    public void The_header_numbers_what_the_simulation_numbers()
    {
        string header = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pystate_plugin.h"));
        var numbers = System.Text.RegularExpressions.Regex.Matches(header, @"\bPYSTATE_(\w+) = (\d+)").ToDictionary(m => m.Groups[1].Value.Replace("_", string.Empty, StringComparison.Ordinal), m => int.Parse(m.Groups[2].Value));
        foreach (PyState.Reference.Field field in Enum.GetValues<PyState.Reference.Field>().Where(f => f != PyState.Reference.Field.Untouched))
        {
            string name = field == PyState.Reference.Field.Tracing ? "TRACINGNESTING" : field.ToString().ToUpperInvariant();
            Assert.Equal((int)field, numbers[name]);
        }

        Assert.Equal(Enum.GetValues<PyState.Reference.Field>().Length, numbers["FIELDS"]);
        foreach (PyState.Reference.SimStatus status in Enum.GetValues<PyState.Reference.SimStatus>().Where(s => s is PyState.Reference.SimStatus.Ok or PyState.Reference.SimStatus.Entered or >= PyState.Reference.SimStatus.Detached))
        {
            Assert.Equal((int)status, numbers[status.ToString().ToUpperInvariant()]);
        }

        foreach ((Type type, string prefix) in new[] { (typeof(PyState.Reference.CframeOffset), "CFRAME"), (typeof(PyState.Reference.FrameOffset), "FRAME"), (typeof(PyState.Reference.ExcItemOffset), "EXCITEM"), (typeof(PyState.Reference.ChunkOffset), "CHUNK") })
        {
            foreach (System.Reflection.FieldInfo offset in type.GetFields().Where(f => f.Name != "Words"))
            {
                Assert.Equal((int)offset.GetRawConstantValue()!, numbers[prefix + offset.Name.ToUpperInvariant()]);
            }
        }
    }

    private static void Conforms(ISession session, long commands)
    {
        ImplementationReport report = Runner.Run(session, new RunOptions { Commands = commands }, null, CancellationToken.None);
        Assert.Empty(report.Verdicts.Where(v => v.Counterexample is not null).Select(v => $"{v.Clause} {v.Kind} {v.Counterexample!.Words} {v.Counterexample.Detail} {v.Counterexample.Script}"));
        Assert.Contains(report.Verdicts, v => v.Kind == VerdictKind.Conforms);
    }

    // An assembly made here: the reference in a class of its own, whose Restore can be another.
    private string Assembly(string name, string types)
    {
        string text = $$"""
            using PyState.Reference;
            {{types}}
            public abstract class StateOf : IPyState
            {
                private readonly ReferenceState state = new();
                public void Reset() => state.Reset();
                public SimStatus New(SimThread t, out ulong h) => state.New(t, out h);
                public SimStatus Save(SimThread t, ulong h, CStackSpec n) => state.Save(t, h, n);
                public virtual SimStatus Restore(SimThread thread, ulong handle) => state.Restore(thread, handle);
                public SimStatus Discard(SimThread t, ulong h) => state.Discard(t, h);
                public SimStatus Drop(SimThread t, ulong h) => state.Drop(t, h);
                public SimStatus TopFrame(SimThread t, ulong h, out ulong f) => state.TopFrame(t, h, out f);
                public SimStatus GetContext(SimThread t, ulong h, out ulong c) => state.GetContext(t, h, out c);
                public SimStatus SetContext(SimThread t, ulong h, ulong v) => state.SetContext(t, h, v);
                public SimStatus Traverse(SimThread t, ulong h, IReferenceVisitor v) => state.Traverse(t, h, v);
                public SimStatus Clear(SimThread t, ulong h) => state.Clear(t, h);
                public int AbandonedCount() => state.AbandonedCount();
                public void ThreadGone(SimThread t) => state.ThreadGone(t);
                public void InterpreterFinalizing(SimThread t) => state.InterpreterFinalizing(t);
            }
            """;
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = Microsoft.CodeAnalysis.CSharp.CSharpCompilation.Create(
            name,
            [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree.ParseText(text)],
            platform.Where(p => Path.GetFileName(p) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Console.dll").Append(typeof(PyState.Reference.IPyState).Assembly.Location).Select(p => Microsoft.CodeAnalysis.MetadataReference.CreateFromFile(p)),
            new Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions(Microsoft.CodeAnalysis.OutputKind.DynamicallyLinkedLibrary));
        string path = Path.Combine(folder, name + ".dll");
        using FileStream file = File.Create(path);
        Microsoft.CodeAnalysis.Emit.EmitResult emitted = compilation.Emit(file);
        Assert.True(emitted.Success, string.Join("; ", emitted.Diagnostics));
        return path;
    }

    // The worked example with a lie in it.
    private IImplementation Native(params (string Find, string Replace)[] lies)
    {
        Repository.CopyExample("native", folder);
        string source = Path.Combine(folder, "worked-example.c");
        string text = File.ReadAllText(source);
        foreach ((string find, string replace) in lies)
        {
            Assert.Contains(find, text, StringComparison.Ordinal);
            text = text.Replace(find, replace, StringComparison.Ordinal);
        }

        File.WriteAllText(source, text);
        return new Registry().FromPath(folder)!;
    }
}
