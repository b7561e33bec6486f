// From an interpreter, wherever it lives, to the directory of its headers; and every such directory of this machine.

using System.Text.RegularExpressions;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;

namespace PyState.Conformance.Radar;

/// <summary>Headers, and how one came to them.</summary>
/// <param name="Name">The interpreter or directory as it was named or found.</param>
/// <param name="Directory">The include directory.</param>
public sealed record HeaderSource(string Name, string Directory);

/// <summary>Finds headers. Nothing is executed where the layout of folders answers: an interpreter in another root may not run here.</summary>
public static partial class HeaderSearch
{
    /// <summary>Environment variable with more include directories, separated like <c>PATH</c>.</summary>
    public const string Variable = "PYSTATE_HEADERS";

    private const int MostLinks = 40;

    // Every Python can read it, the ones that are too old too.
    private const string Probe = "import platform, sys, sysconfig; sys.stdout.write('pystate %s %s\\t%s\\n' % (platform.python_implementation(), platform.python_version(), sysconfig.get_config_var('INCLUDEPY')))";

    private static readonly string[] ProgramFolders = ["/usr/local/bin", "/usr/bin", "/bin"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The headers of one interpreter.</summary>
    /// <param name="interpreter">Its path, its name on PATH, or an include directory.</param>
    /// <param name="folder">The folder that a relative path starts from.</param>
    /// <exception cref="SetupException">It is no CPython 3.8 or later, or its headers are not installed.</exception>
    public static HeaderSource Of(string interpreter, string folder)
    {
        string path = interpreter.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Path.GetFullPath(interpreter, folder) : interpreter;
        if (Directory.Exists(path) && Path.IsPathRooted(path))
        {
            return HeaderReader.CanRead(path) ? new HeaderSource(interpreter, path)
                : throw new SetupException($"{interpreter} has no headers of CPython 3.8 or later: name an interpreter, or the folder that has its patchlevel.h and cpython/pystate.h");
        }

        string program = Programs.Resolve(path) ?? (Path.IsPathRooted(path) ? Programs.Resolve(Follow(path)) : null) ?? throw new SetupException(
            $"there is no interpreter {(interpreter.Length == 0 ? "without a name" : interpreter)}: name one by its path, by its name on PATH, or by the folder of its headers");
        string? beside = Beside(program);
        return new HeaderSource(interpreter, beside is not null && HeaderReader.CanRead(beside) ? beside : Ask(interpreter, program, beside));
    }

    /// <summary>Every set of headers found here: what <see cref="Variable"/> names, the interpreters on PATH and of pyenv, what fetch-headers.sh fetched, and
    /// the system's. Interpreters without headers, and those older than 3.8, are left out.</summary>
    public static IReadOnlyList<HeaderSource> Everything()
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } own ? own : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        IEnumerable<string> folders = Split("PATH").Concat(Children(PyenvVersions(), "*").Select(v => Path.Combine(v, "bin")));
        IEnumerable<HeaderSource> interpreters = folders.SelectMany(f => Files(f, "python3.*"))
            .Where(f => InterpreterName().IsMatch(Path.GetFileName(f)))
            .Select(f => (Name: f, Directory: Beside(f)))
            .Where(f => f.Directory is not null)
            .Select(f => new HeaderSource(f.Name, f.Directory!));
        IEnumerable<HeaderSource> directories = Children(Path.Combine(cache, "pystate", "headers"), "*").Select(s => Path.Combine(s, "usr", "include"))
            .Concat(["/usr/include", "/usr/local/include"])
            .SelectMany(r => Children(r, "python3.*"))
            .Select(d => new HeaderSource(d, d));
        return [.. Split(Variable).Select(d => new HeaderSource(d, d)).Concat(interpreters).Concat(directories).Where(s => HeaderReader.CanRead(s.Directory)).DistinctBy(s => s.Directory)];
    }

    /// <summary>The include directory beside an interpreter, as its name says it: <c>bin/python3.15</c> has <c>include/python3.15</c>.</summary>
    private static string? Beside(string program)
    {
        string real = Follow(program);
        Match name = InterpreterName().Match(Path.GetFileName(real));
        if (!name.Success)
        {
            return null;
        }

        string prefix = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(real)!, ".."));
        string directory = "python" + name.Groups["version"].Value + name.Groups["kind"].Value.Replace("-dbg", "d", StringComparison.Ordinal);

        // /bin and /usr/bin are one folder nowadays.
        string[] candidates = [Path.Combine(prefix, "include", directory), Path.Combine(prefix, "usr", "include", directory)];
        return candidates.FirstOrDefault(HeaderReader.CanRead) ?? candidates[0];
    }

    /// <summary>Where links lead. An absolute one inside another root is meant from that root.</summary>
    private static string Follow(string path)
    {
        string root = RootOf(path);
        for (int i = 0; i < MostLinks && new FileInfo(path).LinkTarget is { } target; i++)
        {
            path = Path.IsPathRooted(target) && root.Length > 0 && new FileInfo(root + target) is { } inside && (inside.Exists || inside.LinkTarget is not null)
                ? root + target
                : Path.GetFullPath(target, Path.GetDirectoryName(path)!);
        }

        return path;
    }

    private static string RootOf(string path) =>
        ProgramFolders.Where(b => Path.GetDirectoryName(path)!.EndsWith(b, StringComparison.Ordinal))
            .Select(b => Path.GetDirectoryName(path)![..^b.Length]).FirstOrDefault() ?? string.Empty;

    // A script that starts an interpreter (pyenv's shims), or one in an unusual place, knows where its headers are.
    private static string Ask(string interpreter, string program, string? beside)
    {
        OneShot.Result answer = OneShot.Run(new ChildStart { Program = program, Arguments = ["-c", Probe] }, Patience);
        string[] parts = answer.FirstLine.Split('\t');
        if (!parts[0].StartsWith("pystate ", StringComparison.Ordinal) || parts.Length < 2)
        {
            string said = answer.Said.Length > 0 ? $" ('{answer.Said}')" : string.Empty;
            throw new SetupException(beside is null
                ? $"{interpreter} is no Python interpreter, or a broken one: it {answer.Ending}{said}; name another one"
                : $"{interpreter} has no headers in {beside}, and does not run here to say where else they are: install its -dev package, or name the folder of its headers");
        }

        string version = parts[0]["pystate ".Length..];
        string[] words = version.Split(' ');
        string[] numbers = words[^1].Split('.');
        return words[0] != "CPython" ? throw new SetupException($"{interpreter} is {version}: the thread state of these pages is CPython's; name a CPython")
            : numbers[0] != "3" || !int.TryParse(numbers.ElementAtOrDefault(1), out int minor) || minor < Spec.Versions.Profiles.Oldest
                ? throw new SetupException($"{interpreter} is {version}: the specification begins with CPython 3.{Spec.Versions.Profiles.Oldest}; name a later one")
            : HeaderReader.CanRead(parts[1]) ? parts[1]
            : throw new SetupException($"{interpreter} ({version}) has no headers in {parts[1]}: {Provide(program, numbers)}, or name the folder of its headers");
    }

    // Debian's packages are for Debian's Python only.
    private static string Provide(string program, string[] version) =>
        program.StartsWith("/usr/bin/", StringComparison.Ordinal) ? $"apt-get install libpython{version[0]}.{version[1]}-dev" : "install them with the interpreter";

    private static string PyenvVersions()
    {
        if (Programs.Find("pyenv") is not { } pyenv)
        {
            return string.Empty;
        }

        OneShot.Result answer = OneShot.Run(new ChildStart { Program = pyenv, Arguments = ["root"] }, Patience);
        return answer.FirstLine.Length > 0 ? Path.Combine(answer.FirstLine, "versions") : string.Empty;
    }

    private static string[] Split(string variable) => (Environment.GetEnvironmentVariable(variable) ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Children(string directory, string pattern) =>
        Directory.Exists(directory) ? Directory.EnumerateDirectories(directory, pattern).Order(StringComparer.Ordinal) : [];

    private static IEnumerable<string> Files(string directory, string pattern) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, pattern).Order(StringComparer.Ordinal) : [];

    [GeneratedRegex(@"^python(?<version>3\.\d+)(?<kind>[a-z]*|-dbg)$")]
    private static partial Regex InterpreterName();
}
