namespace PyState.PropertyTests.Plugins;

/// <summary>The files of the checkout that the tests run in.</summary>
internal static class Repository
{
    /// <summary>Its root: the folder with Spec.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>The folder of a kind's worked example.</summary>
    /// <param name="kind">The kind.</param>
    public static string Example(string kind) => Path.Combine(Root, "conformance", "examples", kind);

    /// <summary>Copies a kind's worked example into a folder, without what a build left there.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="into">The folder; made.</param>
    public static void CopyExample(string kind, string into)
    {
        Directory.CreateDirectory(into);
        foreach (string file in Directory.EnumerateFiles(Example(kind)).Where(f => Path.GetExtension(f) != ".so"))
        {
            File.Copy(file, Path.Combine(into, Path.GetFileName(file)));
        }
    }

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Spec.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("Spec.sln is in no folder above the tests");
    }
}
