// Files that are there whole, or not at all.

using System.Text;
using PyState.Conformance.Plugins;

namespace PyState.Conformance.Reports;

/// <summary>Writes a file beside its place and moves it there when it is complete.</summary>
public static class AtomicFile
{
    private const int LongestName = 255;

    /// <summary>Finds out whether a file could be written, and leaves nothing behind.</summary>
    /// <param name="path">The file; the folders that lead to it may be missing.</param>
    /// <exception cref="SetupException">It could not.</exception>
    public static void Probe(string path)
    {
        if (Directory.Exists(path))
        {
            throw new SetupException($"cannot write '{path}': it is a folder; name a file in it");
        }

        string full = Path.GetFullPath(path);
        if (!OperatingSystem.IsWindows() && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)))
        {
            throw new SetupException($"cannot write '{path}': a report replaces its file, and that is a device; '--format json' prints the report instead");
        }

        if (!OperatingSystem.IsWindows() && full.Split('/').Any(p => Encoding.UTF8.GetByteCount(p) > LongestName))
        {
            throw new SetupException($"cannot write '{path}': a name in it is longer than {LongestName} bytes; choose a shorter one");
        }

        string folder = Path.GetDirectoryName(full)!;
        while (!Directory.Exists(folder))
        {
            if (File.Exists(folder))
            {
                throw new SetupException($"cannot write '{path}': '{folder}' is a file, not a folder; choose another place");
            }

            folder = Path.GetDirectoryName(folder) ?? throw new SetupException($"cannot write '{path}': no folder leads to it; choose another place");
        }

        string probe = Beside(Path.Combine(folder, "report"));
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"cannot write '{path}': {SafeText.OneLine(e.Message).TrimEnd('.')}; choose another place", e);
        }
    }

    /// <summary>Writes a file, and the folders that lead to it. Where it fails, an older file of that name is as it was.</summary>
    /// <param name="path">The file; a symbolic link is followed.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="SetupException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string? temporary = null;
        try
        {
            string target = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            temporary = Beside(target);
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
            temporary = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"cannot write '{path}': {SafeText.OneLine(e.Message).TrimEnd('.')}; choose another place", e);
        }
        finally
        {
            if (temporary is not null)
            {
                File.Delete(temporary);
            }
        }
    }

    private static string Beside(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".pystate.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp");
}
