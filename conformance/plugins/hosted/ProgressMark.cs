using System.IO.MemoryMappedFiles;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>A host's side of the progress file (docs/protocol.md): which command of which script has begun, in bytes that outlive a crash.</summary>
internal sealed class ProgressMark : IDisposable
{
    private const int Size = 16;
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;

    /// <summary>Maps the file.</summary>
    /// <param name="path">The file; null where nobody wants to know.</param>
    internal ProgressMark(string? path)
    {
        if (path is null)
        {
            return;
        }

        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Size);
        view = file.CreateViewAccessor(0, Size);
        view.Write(0, ulong.MaxValue);
        view.WriteArray(8, "PYSTATE1"u8.ToArray(), 0, 8);
    }

    /// <summary>Says that a command begins.</summary>
    /// <param name="script">The index of the script in the batch.</param>
    /// <param name="command">The index of the command; the number of commands for the teardown.</param>
    internal void Begin(int script, int command) => view?.Write(0, (uint)script | ((ulong)(uint)command << 32));

    /// <inheritdoc/>
    public void Dispose()
    {
        view?.Dispose();
        file?.Dispose();
    }
}
