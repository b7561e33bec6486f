using PyState.Conformance.Plugins.Hosted;
using PyState.Conformance.Plugins.Process;

namespace PyState.Conformance.Plugins;

/// <summary>The implementations that folders describe, and those that are made from a file on the command line.</summary>
public sealed class Registry
{
    private readonly string folder;

    /// <summary>Reads the manifests.</summary>
    /// <param name="folder">A folder with one folder per implementation; null for the one shipped beside the program.</param>
    /// <exception cref="SetupException">A manifest cannot be read.</exception>
    public Registry(string? folder = null)
    {
        this.folder = folder ?? Path.Combine(AppContext.BaseDirectory, "implementations");
        All = [.. Directory.Exists(this.folder)
            ? Directory.EnumerateFiles(this.folder, Manifest.FileName, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Load)
            : []];
    }

    /// <summary>The implementations, in the order of their folders.</summary>
    public IReadOnlyList<IImplementation> All { get; }

    /// <summary>An implementation by its name, or by the path of a folder with a manifest.</summary>
    /// <param name="name">The name or path.</param>
    /// <exception cref="SetupException">There is none; the message has the nearest name.</exception>
    public IImplementation Find(string name)
    {
        if (All.FirstOrDefault(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            return found;
        }

        string manifest = Path.Combine(name, Manifest.FileName);
        if (File.Exists(manifest))
        {
            return Load(manifest);
        }

        IEnumerable<string> names = All.Select(i => i.Name);
        throw new SetupException(
            $"there is no implementation '{name}'{Nearest.Hint(name, names)}{(Nearest.Of(name, names) is null ? $"; there are {string.Join(", ", names)}, and any folder with {Manifest.FileName}" : string.Empty)}");
    }

    /// <summary>Makes an implementation of a switcher file (<c>--switcher</c>), run by the shipped driver.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="SetupException">There is no such file.</exception>
    public IImplementation FromSwitcher(string file)
    {
        string path = Path.GetFullPath(file);
        return File.Exists(path)
            ? new PythonImplementation(
                new Manifest
                {
                    Name = Path.GetFileNameWithoutExtension(path),
                    Title = Path.GetFileName(path),
                    Summary = $"the switcher {Path.GetFileName(path)}",
                    Kind = "python",
                    Driver = Path.Combine(folder, "python", "driver.py"),
                    Switcher = path,
                    Interpreters = ["python3", "python"],
                },
                Path.GetDirectoryName(path)!)
            : throw new SetupException($"there is no switcher '{file}': name a Python file; docs/checking-your-implementation.md shows one");
    }

    /// <summary>Makes an implementation of a path: a folder with a manifest, a .NET assembly, a native library, a switcher, or a program that speaks the protocol.</summary>
    /// <param name="path">The path.</param>
    /// <returns>Null where it is none of these.</returns>
    /// <exception cref="SetupException">There is a manifest, and it cannot be read.</exception>
    public IImplementation? FromPath(string path)
    {
        string manifest = Path.Combine(path, Manifest.FileName);
        if (File.Exists(manifest))
        {
            return Load(manifest);
        }

        if (!File.Exists(path))
        {
            return null;
        }

        string file = Path.GetFileName(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Manifest Made(string kind) => new() { Name = Path.GetFileNameWithoutExtension(path), Title = file, Summary = $"the file {file}", Kind = kind };
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PY" => FromSwitcher(path),
            ".DLL" => new HostedImplementation(Made("dotnet") with { Assembly = file }, folder),
            ".SO" or ".DYLIB" => new HostedImplementation(Made("native") with { Library = file }, folder),
            _ => Programs.Resolve(Path.GetFullPath(path)) is { } program ? new ProcessImplementation(Made("process") with { Command = [program] }, folder) : null,
        };
    }

    private static IImplementation Load(string path)
    {
        var manifest = Manifest.Read(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return manifest.Kind switch
        {
            "python" => new PythonImplementation(manifest, folder),
            "process" => new ProcessImplementation(manifest, folder),
            _ => new HostedImplementation(manifest, folder),
        };
    }
}
