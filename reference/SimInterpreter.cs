// What all threads of one interpreter share.
namespace PyState.Reference;

/// <summary>One interpreter: its recursion limit, its instrumentation version, the caches of its ContextVars, its JIT-compiled code.</summary>
internal sealed class SimInterpreter(int index)
{
    /// <summary>Functions that can be JIT-compiled.</summary>
    internal const int JitFunctions = 8;

    internal int Index { get; } = index;

    internal long RecursionLimit { get; set; }

    /// <summary>Raised at every change of what is instrumented (<c>interp->monitoring</c>, Python/instrumentation.c).</summary>
    internal ulong InstrumentationVersion { get; set; }

    internal bool Finalizing { get; set; }

    /// <summary>Unique ids of threads start at 1 in each interpreter, so that two interpreters give out equal ones.</summary>
    internal ulong NextThreadId { get; set; }

    /// <summary>One cache per ContextVar: <c>var_cached</c>, <c>var_cached_tsid</c>, <c>var_cached_tsver</c> (Python/context.c).</summary>
    internal (ulong Value, ulong ThreadId, ulong Version)[] Cache { get; } = new (ulong, ulong, ulong)[ObjectOffset.Variables];

    /// <summary>The executor of each JIT-compiled function (owned), or 0.</summary>
    internal ulong[] Executors { get; } = new ulong[JitFunctions];

    internal void Reset(long recursionLimit)
    {
        RecursionLimit = recursionLimit;
        InstrumentationVersion = 1;
        Finalizing = false;
        NextThreadId = 1;
        Array.Clear(Cache);
        Array.Clear(Executors);
    }
}
