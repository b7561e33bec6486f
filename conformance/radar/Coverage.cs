// Compares the thread state of installed headers with a version profile: the finding of the radar.

using System.Collections.Immutable;
using PyState.Spec.Versions;

namespace PyState.Conformance.Radar;

/// <summary>A member as the headers have it, and the structure it is a member of.</summary>
/// <param name="Holder">The structure.</param>
/// <param name="Member">The member.</param>
/// <param name="Row">The row that covers it; null where not exactly one does.</param>
public sealed record Sighting(Holder Holder, HeaderMember Member, Field? Row);

/// <summary>How far the profile of a version covers its headers.</summary>
/// <param name="Headers">What was read.</param>
/// <param name="Profile">The profile it was compared with: the version's own, or the newest one for a version that is not known yet.</param>
/// <param name="Sightings">Every member, in order.</param>
/// <param name="Gone">Rows whose member the headers no longer have.</param>
public sealed record Coverage(ThreadStateHeaders Headers, VersionProfile Profile, ImmutableArray<Sighting> Sightings, ImmutableArray<Field> Gone)
{
    /// <summary>Members that no row covers: nobody has decided what Save and Restore do with them.</summary>
    public IEnumerable<Sighting> Uncovered => Sightings.Where(s => s.Row is null);

    /// <summary>Members whose preprocessor condition is not the row's.</summary>
    public IEnumerable<Sighting> Moved => Sightings.Where(s => s.Row is not null && s.Row.Condition != s.Member.Condition);

    /// <summary>Whether every member has exactly one row, under the same condition, and every row its member.</summary>
    public bool IsComplete => !Uncovered.Any() && Gone.IsEmpty && !Moved.Any();

    /// <summary>Compares.</summary>
    /// <param name="headers">What was read.</param>
    public static Coverage Of(ThreadStateHeaders headers)
    {
        VersionProfile profile = Profiles.Find(headers.Version) ?? Profiles.Of(Profiles.Newest);
        var sightings = ImmutableArray.CreateBuilder<Sighting>();
        var gone = ImmutableArray.CreateBuilder<Field>();
        foreach (Holder holder in new[] { Holder.ThreadState, Holder.Implementation })
        {
            var rows = profile.Fields.Where(f => f.Holder == holder).ToLookup(f => f.Name, StringComparer.Ordinal);
            var names = headers.Of(holder).Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
            sightings.AddRange(headers.Of(holder).Select(m => new Sighting(holder, m, rows[m.Name].Count() == 1 ? rows[m.Name].Single() : null)));
            gone.AddRange(rows.SelectMany(r => r).Where(f => !names.Contains(f.Name) && !f.SomePatches));
        }

        return new Coverage(headers, profile, sightings.ToImmutable(), gone.ToImmutable());
    }
}
