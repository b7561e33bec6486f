namespace PyState.Conformance.Plugins;

/// <summary>Paths without symbolic links.</summary>
internal static class RealPath
{
    private const int MostLinks = 40; // as many as Linux follows

    /// <summary>The same file by a path that no symbolic link is part of.</summary>
    /// <param name="path">The path. What does not exist is left as it is.</param>
    internal static string Of(string path) => Of(path, MostLinks);

    private static string Of(string path, int links)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }

        string file = Path.Combine(Of(parent, links), Path.GetFileName(full));
        return links > 0 && new FileInfo(file).LinkTarget is { } target ? Of(Path.Combine(Path.GetDirectoryName(file)!, target), links - 1) : file;
    }
}
