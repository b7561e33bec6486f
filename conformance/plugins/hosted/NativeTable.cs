using System.Runtime.InteropServices;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary><c>pystate_plugin</c> of pystate_plugin.h: what a native plug-in supplies.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTable
{
    /// <summary><c>PYSTATE_ABI</c>.</summary>
    internal const uint CurrentAbi = 1;

    internal uint Abi;
    internal nint Name;
    internal nint Version;
    internal delegate* unmanaged[Cdecl]<NativeHost*, void> Reset;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong*, int> New;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, NativeStack*, int> Save;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, int> Restore;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, int> Discard;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, int> Drop;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, ulong*, int> TopFrame;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, ulong*, int> GetContext;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, ulong, int> SetContext;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, int> Traverse;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, ulong, int> Clear;
    internal delegate* unmanaged[Cdecl]<NativeHost*, int> AbandonedCount;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, void> ThreadGone;
    internal delegate* unmanaged[Cdecl]<NativeHost*, NativeThread*, void> InterpreterFinalizing;

    /// <summary>The first required member that is NULL, or null.</summary>
    internal readonly string? FirstMissing() =>
        Reset is null ? "reset" : New is null ? "new_state" : Save is null ? "save" : Restore is null ? "restore"
        : Discard is null ? "discard" : Drop is null ? "drop" : null;

    /// <summary>The commands that need an optional member that is NULL.</summary>
    internal readonly List<string> Without()
    {
        var without = new List<string>();
        Add(TopFrame is null, "top", "walk");
        Add(GetContext is null, "get-context");
        Add(SetContext is null, "set-context");
        Add(Traverse is null, "traverse");
        Add(Clear is null, "clear");
        Add(AbandonedCount is null, "abandoned");
        Add(ThreadGone is null, "exit-thread", "fork");
        Add(InterpreterFinalizing is null, "finalize");
        return without;

        void Add(bool isMissing, params string[] commands)
        {
            if (isMissing)
            {
                without.AddRange(commands);
            }
        }
    }
}

/// <summary><c>pystate_thread</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeThread
{
    internal ulong Address;
    internal ulong InstrumentationVersion;
    internal long RecursionLimit;
    internal uint Index;
    internal uint Interpreter;
    internal uint Attached;
    internal uint Finalizing;
}

/// <summary><c>pystate_stack</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeStack
{
    internal ulong IsNew;
    internal ulong Low;
    internal ulong Size;
}

/// <summary><c>pystate_host</c>: what the suite offers to a native plug-in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeHost
{
    /// <summary><c>PYSTATE_FIELDS</c>.</summary>
    internal const int Fields = 40;

    internal uint Abi;
    internal uint Version;
    internal nint Memory;
    internal ulong Words;
    internal ulong Released;
    internal fixed ulong Offset[Fields];
    internal nint Suite;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, ulong> BadLoad;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, ulong, void> WatchedStore;
    internal delegate* unmanaged[Cdecl]<NativeHost*, uint, void> AbsentField;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, void> IncRef;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, void> DecRef;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong> AllocateState;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, void> FreeState;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, void> FreeChunk;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, int> IsContext;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, int> IsEntered;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, void> Instrument;
    internal delegate* unmanaged[Cdecl]<NativeHost*, ulong, void> Visit;
}
