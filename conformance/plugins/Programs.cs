namespace PyState.Conformance.Plugins;

/// <summary>Finds programs, as a shell would and without one.</summary>
public static class Programs
{
    /// <summary>The first executable file of a name on PATH.</summary>
    /// <param name="name">A name without a folder.</param>
    /// <returns>Its path, or null.</returns>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() && !Path.HasExtension(name) ? name + ".exe" : name))
        .FirstOrDefault(IsExecutable);

    /// <summary>Finds what a person or a manifest names: a path, or a name on PATH.</summary>
    /// <param name="program">The path or name.</param>
    /// <returns>Its full path, or null when there is no such executable file.</returns>
    public static string? Resolve(string program)
    {
        if (!program.Contains('/', StringComparison.Ordinal) && !program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return Find(program);
        }

        string path = Path.GetFullPath(program);
        return IsExecutable(path) ? path : null;
    }

    private static bool IsExecutable(string path)
    {
        try
        {
            return File.Exists(path)
                && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
        }
        catch (IOException)
        {
            return false; // a link that leads nowhere exists, and has no mode
        }
    }
}
