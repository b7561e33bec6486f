namespace PyState.Conformance.Plugins;

/// <summary>The user's cache, where everything can be deleted at any time: <c>${XDG_CACHE_HOME:-~/.cache}/pystate</c>.</summary>
internal static class Cache
{
    /// <summary>A folder of the cache.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its full path; it need not exist.</returns>
    internal static string Folder(string name)
    {
        // As the XDG base directory specification has it: a relative path there is to be ignored.
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.Combine(
            Path.IsPathRooted(cache) ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "pystate", name);
    }

    /// <summary>Notes that something in the cache has been of use.</summary>
    /// <param name="folder">The folder that holds it.</param>
    internal static void Use(string folder) => Try(() => Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow));

    /// <summary>Deletes what has been of no use for long.</summary>
    /// <param name="folder">The folder that holds the folders to look at.</param>
    /// <param name="kept">How long after its last use something stays.</param>
    internal static void RemoveUnused(string folder, TimeSpan kept)
    {
        DateTime limit = DateTime.UtcNow - kept;
        Try(() =>
        {
            foreach (string unused in Directory.EnumerateDirectories(folder).Where(f => Directory.GetLastWriteTimeUtc(f) < limit).ToArray())
            {
                Try(() => Directory.Delete(unused, recursive: true));
            }
        });
    }

    // Keeping the cache small is a courtesy: a run does not fail for it, nor for another run that does the same.
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
