using System.Security.Cryptography;
using System.Text;
using PyState.Conformance.Plugins.Process;

namespace PyState.Conformance.Plugins.Build;

/// <summary>Compiles an extension module for one interpreter, once: what was compiled is kept in the user's cache, under a key of everything that went into it.</summary>
/// <param name="recipe">What to compile.</param>
/// <param name="folder">The manifest's folder.</param>
/// <param name="provide">The command that provides what a sentence says is missing, for an interpreter.</param>
internal sealed class ExtensionBuilder(BuildRecipe recipe, string folder, Func<Interpreter, string, string> provide)
{
    // Each change of the sources or of an interpreter leaves a module that nothing will ask for again.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Builds it, or finds it built.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="name">Its name and version, for messages.</param>
    /// <param name="facts">What it says of itself.</param>
    /// <param name="fault">Why it cannot be built; null when it was.</param>
    /// <returns>The folder that holds the module and nothing else of that name.</returns>
    internal string Build(Interpreter python, string name, PythonFacts facts, out Fault? fault)
    {
        if (SourceFiles.Find(recipe, folder, out string? missing) is not { } files)
        {
            fault = new Fault($"there is no {missing} in {folder} or above it, which {Manifest.FileName} has compiled", "name sources that are there");
            return string.Empty;
        }

        if (Compiler.Find(out fault) is not { } compiler)
        {
            return string.Empty;
        }

        string root = python.Root?.Folder ?? string.Empty;
        if (!facts.Include.Any(i => File.Exists(Path.Combine(root + i, "Python.h"))))
        {
            fault = NoHeaders(python, name, facts, root);
            return string.Empty;
        }

        string[] arguments = Arguments(facts, files, root);
        string into = Path.Combine(Cache.Folder("build"), recipe.Module, Key(python, name, facts, files, [.. compiler.Words, .. arguments]));
        string module = Path.Combine(into, recipe.Module + facts.Suffix);
        if (!File.Exists(module))
        {
            fault = Compile(compiler, arguments, into, module, python, name);
            Cache.RemoveUnused(Path.GetDirectoryName(into)!, Kept);
        }

        Cache.Use(into);
        return into;
    }

    private Fault? Compile(Compiler compiler, string[] arguments, string into, string module, Interpreter python, string name)
    {
        // Under a name of its own and then renamed: of two runs that compile the same at once neither sees half a file, and both end with the same one.
        string unfinished = $"{module}.{Guid.NewGuid():N}";
        try
        {
            _ = Directory.CreateDirectory(into);
            if (compiler.Run([.. arguments, "-o", unfinished]) is { } mistake)
            {
                return Fault(mistake, module, python, name);
            }

            File.Move(unfinished, module, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault($"{into} cannot be written ({e.Message.TrimEnd('.')})", "set XDG_CACHE_HOME to a folder that can");
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private Fault Fault(Compiler.Mistake mistake, string module, Interpreter python, string name)
    {
        if (mistake.IsRefusal)
        {
            return new Fault($"{python} ({name}) is refused by the sources: {mistake.Words} ({mistake.Place})", "name another interpreter with --python");
        }

        string sentence = $"{Path.GetFileName(module)} cannot be compiled for {python} ({name}): {mistake.Words}{(mistake.Place is null ? string.Empty : $" ({mistake.Place})")}";
        return new Fault(sentence, $"{(mistake.LacksLibrary ? provide(python, sentence) : "mend it")}, or name another interpreter with --python");
    }

    // -DNDEBUG as CPython's own build has it: the internal headers' assertions call functions that a release build does not export.
    private string[] Arguments(PythonFacts facts, SourceFiles files, string root) =>
    [
        "-shared", "-fPIC", "-O2", "-g", "-fwrapv", "-Wfatal-errors",
        .. facts.Debug ? (string[])[] : ["-DNDEBUG"],

        // Headers and libraries of the C library the module will be loaded beside: it may be older than this machine's. gcc looks for headers below
        // the system root alone, and for libraries below it last.
        .. root.Length > 0 ? (string[])["--sysroot=" + root, .. LibraryFolders(root, facts).Where(Directory.Exists).Select(l => "-L" + l)] : [],
        .. recipe.Flags,
        .. files.Include.Concat(facts.HeaderFolders(root).Where(Directory.Exists)).Distinct().Select(f => "-I" + f),
        .. files.Sources,
        .. recipe.Libraries.Select(l => "-l" + l),
    ];

    private static string[] LibraryFolders(string root, PythonFacts facts) =>
        [$"{root}/usr/lib/{facts.Multiarch}", $"{root}/lib/{facts.Multiarch}", $"{root}/usr/lib"];

    private string Key(Interpreter python, string name, PythonFacts facts, SourceFiles files, string[] command)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string word in (string[])[python.Program, name, facts.Full, facts.Suffix, $"{facts.Debug}", .. command])
        {
            hash.AppendData(Encoding.UTF8.GetBytes(word + '\0'));
        }

        files.AddTo(hash);

        // The first part is for a person who looks into the cache.
        return $"{name.Replace(' ', '-')}{(facts.Debug ? "-debug" : string.Empty)}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
    }

    private static Fault NoHeaders(Interpreter python, string name, PythonFacts facts, string root)
    {
        string header = facts.Include.Count > 0 ? Path.Combine(root + facts.Include[0], "Python.h") : "Python.h";
        string inside = python.Program[root.Length..];
        string number = string.Join('.', name.Split(' ')[^1].Split('.').Take(2));
        string package = name.StartsWith("PyPy", StringComparison.Ordinal) ? "pypy3-dev" : $"libpython{number}-{(facts.Debug ? "dbg" : "dev")}";
        string remedy = !inside.StartsWith("/usr/bin/", StringComparison.Ordinal) ? "install it with its headers"
            : $"{(root.Length > 0 ? $"chroot {root} " : string.Empty)}apt-get install {package}";
        return new Fault($"{python} ({name}) has no headers to compile against: there is no {header}", $"{remedy}, or name another interpreter with --python");
    }
}
