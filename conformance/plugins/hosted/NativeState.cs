using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyState.Reference;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>A native plug-in as the simulated interpreter calls it. It reads and writes the simulated memory by itself, with the checks that
/// pystate_plugin.h makes; whatever needs more comes back here. One in a process, and never in the suite's own.</summary>
internal sealed unsafe class NativeState : IPyState
{
    private readonly NativeTable* table;
    private readonly NativeHost* host = (NativeHost*)NativeMemory.AllocZeroed((nuint)sizeof(NativeHost));
    private SimThread? thread;
    private SimThread? described;
    private IReferenceVisitor? visitor;
    private bool restores;

    /// <summary>Wraps what a library supplies.</summary>
    /// <param name="table">It stays as long as this process.</param>
    internal NativeState(NativeTable* table)
    {
        this.table = table;
        host->Abi = NativeTable.CurrentAbi;
        host->Suite = GCHandle.ToIntPtr(GCHandle.Alloc(this));
        host->BadLoad = &BadLoad;
        host->WatchedStore = &WatchedStore;
        host->AbsentField = &AbsentField;
        host->IncRef = &IncRef;
        host->DecRef = &DecRef;
        host->AllocateState = &AllocateState;
        host->FreeState = &FreeState;
        host->FreeChunk = &FreeChunk;
        host->IsContext = &IsContext;
        host->IsEntered = &IsEntered;
        host->Instrument = &Instrument;
        host->Visit = &Visit;
    }

    /// <inheritdoc/>
    public void Reset() => table->Reset(host);

    /// <inheritdoc/>
    public SimStatus New(SimThread thread, out ulong handle)
    {
        NativeThread caller = Begin(thread);
        ulong made = 0;
        SimStatus status = Checked(table->New(host, &caller, &made), "new_state");
        handle = made;
        return status;
    }

    /// <inheritdoc/>
    public SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
    {
        NativeThread caller = Begin(thread);
        var stack = new NativeStack { IsNew = next.IsNew ? 1UL : 0, Low = next.Low, Size = next.Size };
        return Checked(table->Save(host, &caller, handle, &stack), "save");
    }

    /// <inheritdoc/>
    public SimStatus Restore(SimThread thread, ulong handle)
    {
        NativeThread caller = Begin(thread);
        restores = true;
        int status = table->Restore(host, &caller, handle);
        restores = false;
        return Checked(status, "restore");
    }

    /// <inheritdoc/>
    public SimStatus Discard(SimThread thread, ulong handle)
    {
        NativeThread caller = Begin(thread);
        return Checked(table->Discard(host, &caller, handle), "discard");
    }

    /// <inheritdoc/>
    public SimStatus Drop(SimThread thread, ulong handle)
    {
        NativeThread caller = Begin(thread);
        return Checked(table->Drop(host, &caller, handle), "drop");
    }

    /// <inheritdoc/>
    public SimStatus TopFrame(SimThread thread, ulong handle, out ulong frame)
    {
        NativeThread caller = Begin(thread);
        ulong found = 0;
        SimStatus status = table->TopFrame is null ? SimStatus.Inapplicable : Checked(table->TopFrame(host, &caller, handle, &found), "top_frame");
        frame = found;
        return status;
    }

    /// <inheritdoc/>
    public SimStatus GetContext(SimThread thread, ulong handle, out ulong context)
    {
        NativeThread caller = Begin(thread);
        ulong found = 0;
        SimStatus status = table->GetContext is null ? SimStatus.Inapplicable : Checked(table->GetContext(host, &caller, handle, &found), "get_context");
        context = found;
        return status;
    }

    /// <inheritdoc/>
    public SimStatus SetContext(SimThread thread, ulong handle, ulong value)
    {
        NativeThread caller = Begin(thread);
        return table->SetContext is null ? SimStatus.Inapplicable : Checked(table->SetContext(host, &caller, handle, value), "set_context");
    }

    /// <inheritdoc/>
    public SimStatus Traverse(SimThread thread, ulong handle, IReferenceVisitor visitor)
    {
        NativeThread caller = Begin(thread);
        this.visitor = visitor;
        return table->Traverse is null ? SimStatus.Inapplicable : Checked(table->Traverse(host, &caller, handle), "traverse");
    }

    /// <inheritdoc/>
    public SimStatus Clear(SimThread thread, ulong handle)
    {
        NativeThread caller = Begin(thread);
        return table->Clear is null ? SimStatus.Inapplicable : Checked(table->Clear(host, &caller, handle), "clear");
    }

    /// <inheritdoc/>
    public int AbandonedCount() => table->AbandonedCount is null ? 0 : table->AbandonedCount(host);

    /// <inheritdoc/>
    public void ThreadGone(SimThread thread)
    {
        NativeThread caller = Begin(thread);
        if (table->ThreadGone is not null)
        {
            table->ThreadGone(host, &caller);
        }
    }

    /// <inheritdoc/>
    public void InterpreterFinalizing(SimThread thread)
    {
        NativeThread caller = Begin(thread);
        if (table->InterpreterFinalizing is not null)
        {
            table->InterpreterFinalizing(host, &caller);
        }
    }

    private NativeThread Begin(SimThread caller)
    {
        thread = caller;
        if (described is null)
        {
            Describe(caller);
        }

        ShareMemory(caller);
        host->Released = 0;
        return new NativeThread
        {
            Address = caller.Address,
            InstrumentationVersion = caller.InstrumentationVersion,
            RecursionLimit = caller.RecursionLimit,
            Index = (uint)caller.Index,
            Interpreter = (uint)caller.Interpreter,
            Attached = caller.IsAttached ? 1U : 0,
            Finalizing = caller.IsFinalizing ? 1U : 0,
        };
    }

    // All threads of a machine have one layout, and a process simulates one version.
    private void Describe(SimThread caller)
    {
        described = caller;
        host->Version = (uint)caller.Version;
        for (int field = 0; field < NativeHost.Fields; field++)
        {
            host->Offset[field] = (ulong)caller.Layout.Offset((Field)field);
        }
    }

    private void ShareMemory(SimThread caller)
    {
        host->Memory = caller.MemoryAddress;
        host->Words = (ulong)caller.MemoryWords;
    }

    private static SimStatus Checked(int status, string operation) =>
        status is >= 0 and <= (int)SimStatus.NotAContext
            ? (SimStatus)status
            : throw new InvalidOperationException($"{operation} returned {status}, which is no status of pystate_plugin.h");

    private static NativeState Of(NativeHost* host) => Unsafe.As<NativeState>(GCHandle.FromIntPtr(host->Suite).Target!);

    private static SimThread ThreadOf(NativeHost* host) => Of(host).thread!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong BadLoad(NativeHost* host, ulong address) => ThreadOf(host).Load(address, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void WatchedStore(NativeHost* host, ulong address, ulong value) => ThreadOf(host).Store(address, 0, value);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void AbsentField(NativeHost* host, uint field) =>
        ThreadOf(host).Store(field < NativeHost.Fields ? (Field)field : Field.Untouched, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void IncRef(NativeHost* host, ulong reference) => ThreadOf(host).IncRef(reference);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void DecRef(NativeHost* host, ulong reference)
    {
        NativeState state = Of(host);
        host->Released |= state.restores ? 1UL : 0;
        state.thread!.DecRef(reference);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong AllocateState(NativeHost* host)
    {
        NativeState state = Of(host);
        ulong block = state.thread!.AllocateState();
        state.ShareMemory(state.thread);
        return block;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FreeState(NativeHost* host, ulong address) => ThreadOf(host).FreeState(address);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FreeChunk(NativeHost* host, ulong address) => ThreadOf(host).FreeChunk(address);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsContext(NativeHost* host, ulong reference) => ThreadOf(host).IsContext(reference) ? 1 : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsEntered(NativeHost* host, ulong context) => ThreadOf(host).IsEntered(context) ? 1 : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Instrument(NativeHost* host, ulong frame) => ThreadOf(host).Instrument(frame);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Visit(NativeHost* host, ulong reference) => Of(host).visitor?.Visit(reference);
}
