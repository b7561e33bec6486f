using System.Collections.Concurrent;

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
            try:
                runpy.run_path(sys.argv[1])
            except BaseException as e:
                words = ' '.join(str(e).split())
                sys.stderr.write('\n' + type(e).__name__ + (': ' + words if words else '') + '\n')
                sys.exit(1)
        """;

    private static readonly Version Oldest = new(3, 8);

    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Fault?> probed = new();

    // Why an interpreter cannot run the switcher.
    private sealed record Fault(string Sentence, string Remedy);

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
    public Missing? WhatIsMissing(string? interpreter)
    {
        Choose(interpreter, out Fault? fault);
        return fault is null ? null : new Missing(fault.Sentence, fault.Remedy);
    }

    /// <inheritdoc/>
    public ISession Start(string? interpreter)
    {
        return new ChildSession(new ChildStart
        {
            Program = Choose(interpreter),
            Arguments = [Driver, Switcher],
            Environment = manifest.Environment,
            Advice = $"mend {Path.GetFileName(Switcher)} as conformance/implementations/python/switcher_contract.md says",
        });
    }

    /// <summary>The interpreter that would be started.</summary>
    /// <param name="interpreter">The interpreter asked for with <c>--python</c>, or null.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="SetupException">None is ready.</exception>
    public string Choose(string? interpreter)
    {
        string program = Choose(interpreter, out Fault? fault);
        return fault is null ? program : throw new SetupException($"{fault.Sentence}: {fault.Remedy}");
    }

    // The interpreter asked for, or the first of the manifest's that is ready. The fault is that of the first one that is there at all.
    private string Choose(string? interpreter, out Fault? fault)
    {
        fault = !File.Exists(Driver) ? new Fault($"the driver {Driver} is missing", "build again")
            : !File.Exists(Switcher) ? new Fault($"the switcher {Switcher} is missing", "name a Python file; docs/checking-your-implementation.md shows one")
            : null;
        if (fault is not null)
        {
            return string.Empty;
        }

        if (interpreter is not null)
        {
            fault = Check(interpreter, out string asked);
            return asked;
        }

        foreach (string candidate in manifest.Interpreters)
        {
            Fault? found = Check(candidate, out string program);
            if (found is null)
            {
                fault = null;
                return program;
            }

            fault = program.Length > 0 && fault is null ? found : fault;
        }

        fault ??= new Fault(
            $"{Name} needs an interpreter and none of {string.Join(", ", manifest.Interpreters)} is on PATH", $"{manifest.NeedFor(manifest.Interpreters[0]).Command}, or --python PATH");
        return string.Empty;
    }

    private Fault? Check(string interpreter, out string program)
    {
        program = Programs.Resolve(interpreter) ?? string.Empty;
        return program.Length > 0 ? probed.GetOrAdd(program, Probe)
            : File.Exists(interpreter) ? new Fault($"{interpreter} is not executable", $"chmod +x {interpreter}, or name another interpreter with --python")
            : Directory.Exists(interpreter) ? new Fault($"{interpreter} is a folder", "name the interpreter in it with --python")
            : new Fault($"there is no interpreter {(interpreter.Length == 0 ? "without a name" : interpreter)}", "name one with --python, by its path or by its name on PATH");
    }

    // What Debian's packages install is for Debian's Python only.
    private static string Remedy(string program, Need need) =>
        need.Package is { } package && !program.StartsWith("/usr/bin/", StringComparison.Ordinal) ? $"{program} -m pip install {package}" : need.Command;

    private Fault? Probe(string program)
    {
        OneShot.Result probe;
        try
        {
            probe = OneShot.Run(new ChildStart { Program = program, Arguments = ["-c", ProbeProgram, Switcher], Environment = manifest.Environment }, ProbeLimit);
        }
        catch (SetupException e)
        {
            return new Fault(e.Message, "name another interpreter with --python");
        }

        if (!probe.FirstLine.StartsWith("pystate ", StringComparison.Ordinal))
        {
            string said = probe.LastError.Length > 0 ? probe.LastError : probe.FirstLine;
            string end = probe.Ending == "ended (exit code 0)" ? "is no Python interpreter" : $"is no Python interpreter, or a broken one: it {probe.Ending}";
            return new Fault($"{program} {end}{(said.Length > 0 ? $" and said '{said}'" : string.Empty)}", "name another one with --python");
        }

        string interpreter = probe.FirstLine["pystate ".Length..];
        string numbers = string.Concat(interpreter.Split(' ').Last().TakeWhile(c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.');
        if (Version.TryParse(numbers, out Version? version) && version < Oldest)
        {
            return new Fault($"{program} is {interpreter}, and the driver needs {Oldest} or later", "name another interpreter with --python");
        }

        if (probe.Ending == "ended (exit code 0)")
        {
            return null;
        }

        string error = probe.LastError.Length > 0 ? probe.LastError : $"it {probe.Ending}";
        return new Fault(
            $"{program} ({interpreter}) cannot import {Path.GetFileName(Switcher)} of {Name}: {error}",
            manifest.Needs.Count > 0 ? $"{Remedy(program, manifest.NeedFor(error))}, or name another interpreter with --python" : $"mend {Switcher}");
    }
}
