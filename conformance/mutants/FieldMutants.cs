// Mutants of fields, derived from the version profiles: every field of every version, by its class.

using PyState.Conformance.Liars;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Field = PyState.Spec.Versions.Field;

namespace PyState.Conformance.Mutants;

/// <summary>What can be wrong with a field follows from its class.</summary>
public static class FieldMutants
{
    private static readonly FieldFault[] OfLocal = [FieldFault.NotSaved, FieldFault.NotReset, FieldFault.NotRestored, FieldFault.RestoredStale];

    private static readonly FieldFault[] OfWide = [FieldFault.WronglyReset, FieldFault.WronglyRestored, FieldFault.WronglySaved];

    private static readonly FieldFault[] OfDerived = [FieldFault.NotRecomputedOnSave, FieldFault.NotRecomputedOnRestore, FieldFault.CarriedAlong];

    /// <summary>Every field mutant of every version.</summary>
    public static IEnumerable<Mutant> All =>
    [
        .. Profiles.All.SelectMany(p => Place.All(p, FieldClass.ContextLocal, FieldClass.StackBound).SelectMany(f => OfLocal.Select(k => Of(MutantSet.Fields, p, f, k)))),
        .. Profiles.All.SelectMany(p => Place.All(p, FieldClass.ThreadWide, FieldClass.InterpreterWide).SelectMany(f => OfWide.Select(k => Of(MutantSet.Wide, p, f, k)))),
        .. Profiles.All.SelectMany(p => Place.All(p, FieldClass.Derived).Where(f => f.Field.Component != Component.Instrumentation)
            .SelectMany(f => OfDerived.Select(k => Of(MutantSet.Derived, p, f, k)))),
        .. Profiles.All.Where(p => p.HasInstrumentation).Select(Instrumentation),
    ];

    /// <summary>The fields of the classification that the simulation has no place for, by class: these have no mutant.</summary>
    public static IEnumerable<(FieldClass Class, Field Field, VersionProfile Version)> WithoutPlace =>
        Profiles.All.SelectMany(p => p.Fields.Where(f => f.Class != FieldClass.Precondition && f.Component != Component.Instrumentation && Place.Of(p, f) is null).Select(f => (f.Class, f, p)));

    /// <summary>A fault in words with hyphens.</summary>
    /// <param name="fault">The fault.</param>
    public static string Words(FieldFault fault) => Kebab(fault.ToString());

    /// <summary>A name in words with hyphens.</summary>
    /// <param name="name">The name.</param>
    internal static string Kebab(string name) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    private static Mutant Of(MutantSet set, VersionProfile profile, Place place, FieldFault fault)
    {
        Field field = place.Field;
        IReadOnlySet<ClauseId> may = fault switch
        {
            FieldFault.NotReset or FieldFault.NotRecomputedOnSave => Blame.AfterSave(field),
            FieldFault.WronglyReset or FieldFault.WronglySaved => Blame.AfterBoth(field), // what Save cleared is missing for good
            _ => Blame.AfterRestore(field),
        };
        string words = Words(fault);
        return new Mutant(set, words, field.Name, profile, $"{field.Path} is {words.Replace('-', ' ')}", may, () => Session(profile, new FieldMutant((place, fault))));
    }

    private static Mutant Instrumentation(VersionProfile profile)
    {
        Field field = profile.FieldsOf(Component.Instrumentation).First();
        string fault = Words(FieldFault.NotRecomputedOnRestore);
        return new Mutant(
            MutantSet.Derived, fault, field.Name, profile, "restored frames are instrumented as they were at Save", Blame.AfterRestore(field), () => Session(profile, MakeStaleInstrumentation()));
    }

    /// <summary>An implementation whose Restore does not look whether tools have changed (DERIVED-04).</summary>
    internal static IPyState MakeStaleInstrumentation() => new StaleInstrumentation();

    /// <summary>Puts an implementation on a simulated interpreter.</summary>
    /// <param name="profile">The version.</param>
    /// <param name="implementation">The implementation.</param>
    internal static SimulatedLiar Session(VersionProfile profile, IPyState implementation) => new(new SimulatedSession(profile, implementation, "mutant"));

    // Frames go on with the instrumentation that they had: nobody looks whether tools have changed meanwhile (DERIVED-04).
    private sealed class StaleInstrumentation : StateLiar
    {
        private readonly Dictionary<ulong, (ulong Frame, ulong Word)[]> saved = [];

        public override void Reset()
        {
            saved.Clear();
            base.Reset();
        }

        public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next)
        {
            SimStatus status = base.Save(thread, handle, next);
            if (status == SimStatus.Ok && Honest.TopFrame(thread, handle, out ulong top) == SimStatus.Ok)
            {
                saved[handle] = [.. Frames(thread, top).Select(f => (f, thread.Load(f, FrameOffset.Instrumentation)))];
            }

            return status;
        }

        public override SimStatus Restore(SimThread thread, ulong handle)
        {
            ulong own = thread.Load(PyState.Reference.Field.Context);
            thread.IncRef(own);
            SimStatus status = base.Restore(thread, handle);
            if (status == SimStatus.Ok)
            {
                foreach ((ulong frame, ulong word) in saved.GetValueOrDefault(handle) ?? [])
                {
                    thread.Store(frame, FrameOffset.Instrumentation, word);
                }
            }

            thread.DecRef(own);
            return status;
        }

        private static IEnumerable<ulong> Frames(SimThread thread, ulong top)
        {
            ulong none = thread.NoFrame();
            for (ulong frame = top; frame != 0 && frame != none; frame = thread.Load(frame, FrameOffset.Previous))
            {
                if (thread.Load(frame, FrameOffset.Label) != 0)
                {
                    yield return frame;
                }
            }
        }
    }
}
