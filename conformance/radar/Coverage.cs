// Compares the thread state of installed headers with a version profile: the finding of the radar.

using System.Collections.Immutable;
using PyState.Spec.Versions;

namespace PyState.Conformance.Radar;

/// <summary>How far the profile of a version covers its headers.</summary>
/// <param name="Headers">What was read.</param>
/// <param name="Profile">The profile it was compared with: the version's own, or the newest one for a version that is not known yet.</param>
/// <param name="Uncovered">Members that no row covers: nobody has decided what Save and Restore do with them.</param>
/// <param name="Stale">Rows whose member the headers no longer have.</param>
/// <param name="Conditions">Members whose preprocessor condition is not the row's.</param>
public sealed record Coverage(
    ThreadStateHeaders Headers,
    VersionProfile Profile,
    ImmutableArray<HeaderMember> Uncovered,
    ImmutableArray<Field> Stale,
    ImmutableArray<HeaderMember> Conditions)
{
    /// <summary>Whether every member has exactly one row and every row its member.</summary>
    public bool IsComplete => Uncovered.IsEmpty && Stale.IsEmpty && Conditions.IsEmpty;

    /// <summary>Compares.</summary>
    /// <param name="headers">What was read.</param>
    public static Coverage Of(ThreadStateHeaders headers)
    {
        VersionProfile profile = Profiles.Find(headers.Version) ?? Profiles.Of(Profiles.Newest);
        var uncovered = ImmutableArray.CreateBuilder<HeaderMember>();
        var stale = ImmutableArray.CreateBuilder<Field>();
        var conditions = ImmutableArray.CreateBuilder<HeaderMember>();
        foreach (Holder holder in new[] { Holder.ThreadState, Holder.Implementation })
        {
            var rows = profile.Fields.Where(f => f.Holder == holder).ToLookup(f => f.Name, StringComparer.Ordinal);
            var members = headers.Of(holder).ToLookup(m => m.Name, StringComparer.Ordinal);
            uncovered.AddRange(headers.Of(holder).Where(m => rows[m.Name].Count() != 1));
            stale.AddRange(rows.SelectMany(r => r).Where(f => !members.Contains(f.Name) && !f.SomePatches));
            conditions.AddRange(headers.Of(holder).Where(m => rows[m.Name].Any(f => f.Condition != m.Condition)));
        }

        return new Coverage(headers, profile, uncovered.ToImmutable(), stale.ToImmutable(), conditions.ToImmutable());
    }
}
