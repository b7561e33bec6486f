// Reads the thread state's members out of an include directory.

using System.Text;
using System.Text.Json;
using PyState.Conformance.Plugins;

namespace PyState.Conformance.Radar;

/// <summary>Reads installed headers with clang.</summary>
/// <param name="clang">The path of a clang.</param>
public sealed class HeaderReader(string clang)
{
    private const string VersionVariable = "pystate_version";
    private static readonly string Public = Path.Combine("cpython", "pystate.h");
    private static readonly string Internal = Path.Combine("internal", "pycore_tstate.h");
    private readonly Clang clang = new(clang);

    /// <summary>Finds what reads them.</summary>
    /// <returns>The path of a clang, or null.</returns>
    public static string? FindClang() => Clang.Find();

    /// <summary>Whether a directory has headers that can be read: those of CPython 3.8 or later.</summary>
    /// <param name="directory">The directory.</param>
    public static bool CanRead(string directory) => File.Exists(Path.Combine(directory, "patchlevel.h")) && File.Exists(Path.Combine(directory, Public));

    /// <summary>Reads one include directory.</summary>
    /// <param name="directory">A directory with CPython's <c>patchlevel.h</c>, <c>cpython/</c> and <c>internal/</c>.</param>
    /// <exception cref="SetupException">Clang cannot be started or does not understand the headers.</exception>
    public ThreadStateHeaders Read(string directory)
    {
        string include = Path.GetFullPath(directory);
        bool hasOuter = File.Exists(Path.Combine(include, Internal));
        DirectoryInfo work = Directory.CreateTempSubdirectory("pystate-radar-");
        try
        {
            var opened = new OpenedHeaders();
            string[] headers = [Public, .. hasOuter ? [Internal] : (string[])[]];
            string main = Path.Combine(work.FullName, "main.c");
            string overlay = Path.Combine(work.FullName, "overlay.json");
            foreach (string header in headers)
            {
                string path = Path.Combine(include, header);
                string text = File.ReadAllText(path, Encoding.Latin1).ReplaceLineEndings("\n");
                string copy = Path.Combine(work.FullName, Path.GetFileName(header));
                File.WriteAllText(copy, text, Encoding.Latin1);
                File.WriteAllText(copy, opened.Open(text, clang.Tokens(copy)), Encoding.Latin1);
            }

            File.WriteAllText(overlay, Overlay(include, work.FullName, headers));
            File.WriteAllText(main, Program(hasOuter));

            // The free-threaded build is the one whose structures all exist; members that need it say so themselves.
            // The directory above has pyconfig.h in Debian, and its C library comes after this machine's: it may be another machine's.
            byte[] tree = clang.SyntaxTree(
                [main, "-ivfsoverlay", overlay, "-I", include, "-I", Path.Combine(include, "internal"), "-idirafter", Path.GetDirectoryName(include)!, .. hasOuter ? ["-DPy_BUILD_CORE=1", "-DPy_GIL_DISABLED=1"] : (string[])[]],
                $"the headers in {directory}");
            var structures = new SyntaxTree(tree, opened, VersionVariable);
            return new ThreadStateHeaders(
                structures.Text.Length > 0 ? structures.Text : throw new SetupException($"the headers in {directory} have no PY_VERSION: name a folder with CPython's headers"),
                directory,
                [.. structures.Members("_ts")],
                [.. structures.Members("_PyThreadStateImpl").Where(m => !m.Name.StartsWith("base.", StringComparison.Ordinal))]);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string Program(bool hasOuter) =>
        $"#include \"Python.h\"\n{(hasOuter ? "#include \"internal/pycore_tstate.h\"\n" : string.Empty)}const char {VersionVariable}[] = PY_VERSION;\n";

    // The compiler finds the rewritten files where the headers are, whoever includes them and how.
    private static string Overlay(string include, string work, IEnumerable<string> headers) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["version"] = 0,
        ["case-sensitive"] = true,
        ["roots"] = headers.Select(h => new Dictionary<string, object>
        {
            ["name"] = Path.Combine(include, h),
            ["type"] = "file",
            ["external-contents"] = Path.Combine(work, Path.GetFileName(h)),
        }),
    });
}
