using System.Collections.Concurrent;
using PyState.Conformance.Plugins.Build;

namespace PyState.Conformance.Plugins.Process;

/// <summary>A switcher in a Python interpreter, run by the driver.</summary>
/// <param name="manifest">What its folder says of it.</param>
/// <param name="folder">The folder.</param>
public sealed class PythonImplementation(Manifest manifest, string folder) : IFolder
{
    // The shortest program that says whether this is a Python, which one, and whether the switcher can be imported in it. Every Python can
    // read it, the ones that are too old too. A message of several lines comes as one, and comes last.
    private const string ProbeProgram =
        """
        import platform, runpy, sys
        sys.stdout.write('pystate %s %s\n' % (platform.python_implementation(), platform.python_version()))
        sys.stdout.flush()
        sys.stdin.close()
        if sys.version_info >= (3, 8):
            sys.path[:0] = sys.argv[2:]
            try:
                runpy.run_path(sys.argv[1])
            except BaseException as e:
                words = ' '.join(str(e).split())
                sys.stderr.write('\n' + type(e).__name__ + (': ' + words if words else '') + '\n')
                sys.exit(1)
        """;

    private const string ProbeWord = "pystate ";

    private static readonly Version Oldest = new(3, 8);

    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Candidate> probed = new();

    // An interpreter that was asked for or tried: none where there is no such program; the folder of the module that was built for it, if one is.
    private sealed record Candidate(Interpreter? Python, string? Module, Fault? Fault);

    /// <inheritdoc/>
    public string Name => manifest.Name;

    /// <inheritdoc/>
    public string Summary => manifest.Summary;

    /// <summary>What it needs to run, in a few words.</summary>
    public string Needs => manifest.Needs.Count == 0 ? "Python" : string.Join(", ", manifest.Needs.Select(n => n.What));

    /// <inheritdoc/>
    public string Folder => folder;

    /// <inheritdoc/>
    public Manifest Manifest => manifest;

    private string Driver => manifest.Driver is { } own
        ? Path.GetFullPath(Path.Combine(folder, own))
        : Path.Combine(AppContext.BaseDirectory, "implementations", "python", "driver.py");

    private string Switcher => Path.GetFullPath(Path.Combine(folder, manifest.Switcher));

    /// <inheritdoc/>
    public Missing? WhatIsMissing(string? interpreter) => Candidates(interpreter).Fault is { } fault ? new Missing(fault.Sentence, fault.Remedy) : null;

    /// <inheritdoc/>
    public ISession Start(string? interpreter)
    {
        Candidate chosen = Ready(interpreter);
        Interpreter python = chosen.Python!;
        string[] path = chosen.Module is { } module ? ["--path", python.Sees(module)] : [];
        var session = new ChildSession(python.Start([python.Sees(Driver), python.Sees(Switcher), .. path], manifest.Environment) with
        {
            Advice = $"mend {Path.GetFileName(Switcher)} as conformance/implementations/python/switcher_contract.md says",
            Limits = manifest.Limits.Of(),
            StartsSlowly = manifest.StartsSlowly,
        });
        if (python.WantsJit && !session.Capabilities.HasJit)
        {
            // Its verdicts would be those of the build without one, under another name.
            session.Dispose();
            throw new SetupException($"{python} ({session.Capabilities.InterpreterTitle}) has no JIT that {Interpreter.JitVariable} turns on: leave it out, or name another interpreter with --python");
        }

        return session;
    }

    /// <summary>The interpreter that would be started.</summary>
    /// <param name="interpreter">The interpreter asked for with <c>--python</c>, or null.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="SetupException">None is ready.</exception>
    public string Choose(string? interpreter) => Ready(interpreter).Python!.Program;

    // What Debian's packages install is for Debian's Python only.
    private static string Remedy(Interpreter python, Need need)
    {
        string inside = python.Sees(python.Program);
        string before = python.Root is { } root ? $"chroot {root.Folder} " : string.Empty;
        return before + (need.Package is { } package && !inside.StartsWith("/usr/bin/", StringComparison.Ordinal) ? $"{inside} -m pip install {package}" : need.Command);
    }

    private Candidate Ready(string? interpreter)
    {
        Candidate chosen = Candidates(interpreter);
        return chosen.Fault is { } fault ? throw new SetupException($"{fault.Sentence}: {fault.Remedy}") : chosen;
    }

    // The interpreter asked for, or the first of the manifest's that is ready. The fault is that of the first one that is there at all.
    private Candidate Candidates(string? interpreter)
    {
        Fault? fault = !File.Exists(Driver) ? new Fault($"the driver {Driver} is missing", "build again")
            : !File.Exists(Switcher) ? new Fault($"the switcher {Switcher} is missing", "name a Python file; docs/checking-your-implementation.md shows one")
            : null;
        if (fault is not null)
        {
            return new Candidate(null, null, fault);
        }

        if (interpreter is not null)
        {
            return Check(interpreter);
        }

        foreach (string name in manifest.Interpreters)
        {
            Candidate candidate = Check(name);
            if (candidate.Fault is null)
            {
                return candidate;
            }

            fault ??= candidate.Python is null ? null : candidate.Fault;
        }

        return new Candidate(null, null, fault ?? new Fault(
            $"{Name} needs an interpreter and none of {string.Join(", ", manifest.Interpreters)} is on PATH", $"{manifest.NeedFor(manifest.Interpreters[0]).Command}, or --python PATH"));
    }

    private Candidate Check(string interpreter) => probed.GetOrAdd(interpreter, text =>
    {
        Interpreter? python = Interpreter.Find(text, out Fault? fault);
        string? module = null;
        try
        {
            if (fault is null && manifest.Build is { } recipe)
            {
                module = Build(recipe, python!, out fault);
            }

            return new Candidate(python, module, fault ?? Probe(python!, module));
        }
        catch (SetupException e)
        {
            return new Candidate(python, null, new Fault(e.Message, "name another interpreter with --python"));
        }
    });

    // The module's folder; null where the interpreter says nothing of itself, and the probe will say why.
    private string? Build(BuildRecipe recipe, Interpreter python, out Fault? fault)
    {
        OneShot.Result probe = OneShot.Run(python.Start(["-c", PythonFacts.Program], manifest.Environment), ProbeLimit);
        fault = null;
        return PythonFacts.Read(probe) is { } facts
            ? new ExtensionBuilder(recipe, folder, (p, sentence) => manifest.Needs.Count > 0 ? Remedy(p, manifest.NeedFor(sentence)) : "install it").Build(python, probe.FirstLine[ProbeWord.Length..], facts, out fault)
            : null;
    }

    private Fault? Probe(Interpreter python, string? module)
    {
        string[] path = module is null ? [] : [python.Sees(module)];
        OneShot.Result probe = OneShot.Run(python.Start(["-c", ProbeProgram, python.Sees(Switcher), .. path], manifest.Environment), ProbeLimit);
        if (!probe.FirstLine.StartsWith(ProbeWord, StringComparison.Ordinal))
        {
            string said = probe.Said;
            string end = probe.IsWell ? "is no Python interpreter" : $"is no Python interpreter, or a broken one: it {probe.Ending}";
            return new Fault($"{python} {end}{(said.Length > 0 ? $" and said '{said}'" : string.Empty)}", "name another one with --python");
        }

        string interpreter = probe.FirstLine[ProbeWord.Length..];
        string numbers = string.Concat(interpreter.Split(' ').Last().TakeWhile(c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.');
        if (Version.TryParse(numbers, out Version? version) && version < Oldest)
        {
            return new Fault($"{python} is {interpreter}, and the driver needs {Oldest} or later", "name another interpreter with --python");
        }

        if (probe.IsWell)
        {
            return null;
        }

        string error = probe.LastError.Length > 0 ? probe.LastError : $"it {probe.Ending}";
        bool isOurs = manifest.Needs.Count == 0 || (manifest.Build is { } recipe && error.Contains(recipe.Module, StringComparison.Ordinal));
        return new Fault(
            $"{python} ({interpreter}) cannot import {Path.GetFileName(Switcher)} of {Name}: {error}",
            isOurs ? $"mend {(manifest.Build is null ? Switcher : $"{Switcher} or the sources of {manifest.Build.Module}")}"
            : $"{Remedy(python, manifest.NeedFor(error))}, or name another interpreter with --python");
    }
}
