using System.Runtime.InteropServices;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>Loads a native plug-in: a shared library that exports <c>pystate_plugin_main</c> (pystate_plugin.h).</summary>
internal static unsafe class NativePlugin
{
    private const string Entry = "pystate_plugin_main";

    /// <summary>Loads it.</summary>
    /// <param name="path">The library.</param>
    /// <exception cref="SetupException">It is no plug-in: one line that says what is wrong with it.</exception>
    internal static LoadedPlugin Load(string path)
    {
        string file = Path.GetFileName(path);
        nint library;
        try
        {
            library = NativeLibrary.Load(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new SetupException($"{file} cannot be loaded: {Reason(e.Message, file)}; build it as a shared library for this machine, and put what it needs where the loader looks", e);
        }

        if (!NativeLibrary.TryGetExport(library, Entry, out nint entry))
        {
            throw new SetupException($"{file} exports no {Entry}: define it as pystate_plugin.h declares it, with PYSTATE_EXPORT");
        }

        var table = (NativeTable*)((delegate* unmanaged[Cdecl]<nint>)entry)();
        if (table is null)
        {
            throw new SetupException($"{Entry} of {file} returned NULL: return the address of a static pystate_plugin");
        }

        if (table->Abi != NativeTable.CurrentAbi)
        {
            throw new SetupException($"{file} speaks ABI {table->Abi} and this suite {NativeTable.CurrentAbi}: set .abi = PYSTATE_ABI and compile it against the suite's pystate_plugin.h");
        }

        if (table->FirstMissing() is { } missing)
        {
            throw new SetupException($"{file} supplies no {missing}: set .{missing} in its pystate_plugin");
        }

        return new LoadedPlugin(Text(table->Name, Path.GetFileNameWithoutExtension(path)), Text(table->Version, "0"), new NativeState(table), [.. table->Without()]);
    }

    private static string Text(nint text, string otherwise) => Marshal.PtrToStringUTF8(text) is { Length: > 0 } given ? given : otherwise;

    // The loader's message lists every place it looked at; the library is given by its path, so that the first line with it says why.
    private static string Reason(string message, string file)
    {
        string[] lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string line = lines.FirstOrDefault(l => l.Contains(file + ":", StringComparison.Ordinal)) ?? lines[0];
        int cut = line.IndexOf(file + ":", StringComparison.Ordinal);
        return (cut < 0 ? line : line[(cut + file.Length + 1)..]).Trim().TrimEnd('.');
    }
}
