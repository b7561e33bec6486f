// Mutants of what is owned: for every reference and block of memory, and every call that moves or releases it, one leak and one release too many.

using PyState.Conformance.Liars;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>What a saved state owns is what its traverse visits (INTRO-05), the chunks of its data stack and its own memory.</summary>
public static class OwnershipMutants
{
    // In the order in which traverse visits them.
    private static readonly string[] References = ["context", "exception", "executor"];

    private static readonly Component[] Held = [Component.ContextObject, Component.HandledExceptions, Component.Executor];

    private static readonly string[] Calls = ["Save", "Restore", "Discard", "Drop", "GetContext", "SetContext", "Clear", "ThreadGone", "InterpreterFinalizing"];

    // What is owned depends on the version in two respects: the executor, and where a spare chunk is kept.
    private static readonly VersionProfile[] Versions = [ErrorMutants.AnyVersion, Profiles.All[^1]];

    private static readonly bool[] Both = [true, false];

    private static readonly IReadOnlySet<ClauseId> Memory = new HashSet<ClauseId> { ClauseId.Leak01, ClauseId.Leak02 };

    /// <summary>All of them.</summary>
    public static IEnumerable<Mutant> All =>
    [
        .. from version in Versions
           from call in Calls
           from index in Enumerable.Range(0, References.Length)
           where (References[index] != "executor" || version.HasExecutor) && (call != "GetContext" || index == 0) && (call != "SetContext" || index == 0)
           from isLeak in Both
           select Make(version, isLeak, $"{call}/{References[index]}", () => new ReferenceMutant(call, index, isLeak), Shows(version, index, call, isLeak)),
        .. from version in Versions
           from isLeak in Both
           select Make(version, isLeak, "Restore/leftover-chunk", () => new LeftoverChunk(isLeak)),
        .. from version in Versions
           from isLeak in Both
           select Make(version, isLeak, "Restore/leftover-context", () => new LeftoverMutant(isLeak)),
        .. from version in Versions
           select Make(version, true, "New/state", () => new BlockMutant()),
    ];

    /// <summary>The clauses that may convict, of a call that gets one reference or block wrong.</summary>
    /// <param name="version">The version.</param>
    /// <param name="call">The call.</param>
    /// <param name="what">What is owned.</param>
    /// <param name="isLeak">Whether it is leaked; released once too often otherwise.</param>
    internal static IReadOnlySet<ClauseId> May(VersionProfile version, string call, string what, bool isLeak)
    {
        int index = Array.IndexOf(References, what);
        return Memory.Concat(index < 0 ? [] : Shows(version, index, call, isLeak)).ToHashSet();
    }

    private static Mutant Make(VersionProfile version, bool isLeak, string target, Func<IPyState> make, IEnumerable<ClauseId>? seen = null) => new(
        MutantSet.Ownership, isLeak ? "leaked" : "released-twice", target, version, isLeak ? $"{target} is never released" : $"{target} is released once too often",
        Memory.Concat(seen ?? []).ToHashSet(), () => FieldMutants.Session(version, make()));

    // What is released too early is gone where it should be, and a release in Save can run code there.
    private static IEnumerable<ClauseId> Shows(VersionProfile version, int index, string call, bool isLeak) => isLeak
        ? []
        : version.FieldsOf(Held[index]).SelectMany(f => Blame.AfterBoth(f)).Where(c => c.Text().StartsWith("RE", StringComparison.Ordinal))
            .Concat(call == nameof(ApiCall.Save) ? [ClauseId.Save05] : []);

    // A reference of a saved state, in one call.
    private sealed class ReferenceMutant(string wrong, int index, bool isLeak) : Decorator
    {
        private readonly Dictionary<ulong, (ulong Thread, int Interpreter, ulong Reference)> live = [];

        public override void Reset()
        {
            live.Clear();
            base.Reset();
        }

        public override void ThreadGone(SimThread thread) =>
            Around("ThreadGone", thread, (t, i) => t == thread.Load(PyState.Reference.Field.Id) && i == thread.Interpreter, () => base.ThreadGone(thread));

        public override void InterpreterFinalizing(SimThread thread) =>
            Around("InterpreterFinalizing", thread, (_, i) => i == thread.Interpreter, () => base.InterpreterFinalizing(thread));

        protected override SimStatus Around(ApiCall call, SimThread thread, ulong handle, Func<SimStatus> honest)
        {
            ulong reference = call.ToString() == wrong && call != ApiCall.Save ? Reference(thread, handle) : 0;
            Count(thread, reference, 1); // alive until the honest call has ended, so that one lie is told at a time

            SimStatus status = honest();
            if (call == ApiCall.Save && status == SimStatus.Ok)
            {
                live[handle] = (thread.Load(PyState.Reference.Field.Id), thread.Interpreter, Reference(thread, handle));
                reference = wrong == nameof(ApiCall.Save) ? Reference(thread, handle) : 0;
                Count(thread, reference, times: isLeak ? 1 : -1);
                return status;
            }

            if (status == SimStatus.Ok && live.TryGetValue(handle, out (ulong Thread, int Interpreter, ulong Reference) owner))
            {
                live[handle] = owner with { Reference = Reference(thread, handle) }; // another one, or none any more
            }

            Count(thread, reference, (isLeak, status == SimStatus.Ok) switch
            {
                (true, true) => 0,
                (true, false) or (false, false) => -1,
                _ => -2,
            });
            return status;
        }

        private static void Count(SimThread thread, ulong reference, int times)
        {
            for (; reference != 0 && times > 0; times--)
            {
                thread.IncRef(reference);
            }

            for (; reference != 0 && times < 0; times++)
            {
                thread.DecRef(reference);
            }
        }

        private void Around(string call, SimThread thread, Func<ulong, int, bool> isStranded, Action honest)
        {
            ulong[] references = call == wrong ? [.. live.Values.Where(l => isStranded(l.Thread, l.Interpreter)).Select(l => l.Reference).Where(r => r != 0)] : [];
            foreach (ulong reference in references)
            {
                thread.IncRef(reference);
            }

            honest();
            foreach (ulong reference in references)
            {
                Count(thread, reference, isLeak ? 0 : -2);
            }
        }

        private ulong Reference(SimThread thread, ulong handle)
        {
            var visitor = new Visitor();
            return Honest.Traverse(thread, handle, visitor) == SimStatus.Ok ? visitor.Visited[index] : 0;
        }

        private sealed class Visitor : IReferenceVisitor
        {
            public List<ulong> Visited { get; } = [];

            public void Visit(ulong reference) => Visited.Add(reference);
        }
    }

    // The Context object that such a flow leaves.
    private sealed class LeftoverMutant(bool isLeak) : StateLiar
    {
        public override SimStatus Restore(SimThread thread, ulong handle)
        {
            ulong context = thread.Load(PyState.Reference.Field.Context);
            if (!IsLive(thread, handle))
            {
                return base.Restore(thread, handle);
            }

            thread.IncRef(context);
            SimStatus status = base.Restore(thread, handle);
            if (status != SimStatus.Ok || !isLeak)
            {
                thread.DecRef(context);
            }

            if (status == SimStatus.Ok && !isLeak)
            {
                thread.DecRef(context);
            }

            return status;
        }
    }

    // The memory of a state.
    private sealed class BlockMutant : StateLiar
    {
        public override SimStatus New(SimThread thread, out ulong handle)
        {
            SimStatus status = base.New(thread, out handle);
            if (status == SimStatus.Ok)
            {
                _ = thread.AllocateState();
            }

            return status;
        }
    }
}
