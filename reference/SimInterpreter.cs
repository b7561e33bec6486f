// What all threads of one interpreter share.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PyState.Reference;

/// <summary>One interpreter: its recursion limit, its instrumentation version, the caches of its ContextVars, its JIT-compiled code.</summary>
internal sealed class SimInterpreter(int index)
{
    /// <summary>Functions that can be JIT-compiled.</summary>
    internal const int JitFunctions = 8;

    private VariableCaches _caches;
    private CompiledFunctions _executors;

    internal int Index { get; } = index;

    internal long RecursionLimit { get; set; }

    /// <summary>Raised at every change of what is instrumented (<c>interp->monitoring</c>, Python/instrumentation.c).</summary>
    internal ulong InstrumentationVersion { get; set; }

    internal bool Finalizing { get; set; }

    /// <summary>Unique ids of threads start at 1 in each interpreter, so that two interpreters give out equal ones.</summary>
    internal ulong NextThreadId { get; set; }

    /// <summary>One cache per ContextVar.</summary>
    internal ref VariableCaches Caches => ref _caches;

    /// <summary>The executor of each JIT-compiled function (owned), or 0.</summary>
    internal ref CompiledFunctions Executors => ref _executors;

    internal void Reset(long recursionLimit)
    {
        RecursionLimit = recursionLimit;
        InstrumentationVersion = 1;
        Finalizing = false;
        NextThreadId = 1;
        _caches = default;
        _executors = default;
    }
}

/// <summary>What a ContextVar remembers of its last use: <c>var_cached_tsver</c>, <c>var_cached_tsid</c>, <c>var_cached</c> (Python/context.c).</summary>
internal struct VariableCache(ulong version, ulong threadId, ulong value)
{
    private readonly Vector128<ulong> _key = Vector128.Create(version, threadId);
    private readonly ulong _value = value;

    /// <summary>0 if it shows the actual value, and has nothing to remember.</summary>
    /// <param name="actual">The actual value, 0 if there is none.</param>
    /// <param name="key">The version and the thread's id now.</param>
    internal readonly ulong Unlike(ulong actual, Vector128<ulong> key)
    {
        ulong wrong = _value ^ actual;
        return _key == key ? wrong : actual;
    }

    /// <summary>The remembered value; if it is stale the actual one, which is remembered then.</summary>
    internal ulong Get(ulong actual, ulong version, ulong threadId)
    {
        if (_value != 0 && _key == Vector128.Create(version, threadId))
        {
            return _value;
        }

        if (actual != 0)
        {
            this = new(version, threadId, actual);
        }

        return actual;
    }
}

/// <summary>The cache of each ContextVar.</summary>
[InlineArray(ObjectOffset.Variables)]
internal struct VariableCaches
{
    private VariableCache _first;
}

/// <summary>An address for each function that can be JIT-compiled.</summary>
[InlineArray(SimInterpreter.JitFunctions)]
internal struct CompiledFunctions
{
    private ulong _first;
}
