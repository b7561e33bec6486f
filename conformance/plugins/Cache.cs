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
}
