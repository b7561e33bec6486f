// What the specification demanded when its version was last written down, and whether it may demand what it does now under its present version.

using System.Text;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Specification;

/// <summary>How much a change changes (SPEC.md, section 16).</summary>
public enum ChangeKind
{
    /// <summary>The words only, if those who changed them say so by the version they choose.</summary>
    Editorial,

    /// <summary>No conforming implementation is affected.</summary>
    Minor,

    /// <summary>One that conformed may no longer do so, or a caller sees another outcome.</summary>
    Major,
}

/// <summary>One difference to what was written down.</summary>
/// <param name="Id">The entry.</param>
/// <param name="What">What happened to it.</param>
/// <param name="Kind">The least that this is.</param>
public sealed record MeaningChange(string Id, string What, ChangeKind Kind);

/// <summary>The lock file: a version, and for each normative entry a hash of what it demands and one of its words.</summary>
/// <param name="Version">The version of the specification.</param>
/// <param name="Content">The hash of all entries but the prose: of what judges.</param>
/// <param name="Entries">Demand and words by entry.</param>
public sealed record MeaningLock(string Version, string Content, IReadOnlyDictionary<string, (string Demand, string Words)> Entries)
{
    /// <summary>The file, from the top of the repository.</summary>
    public const string Path = "spec/clauses/meanings.lock";

    private const string Heading = "# pystate-meanings 1: what each normative entry demands and how it says so, as hashes. Written by `pystate spec`; SPEC.md, section 16, says when it may.";

    /// <summary>The lock file of a version and its entries.</summary>
    /// <param name="version">The version.</param>
    /// <param name="meanings">The entries.</param>
    public static string Render(string version, IReadOnlyList<Meaning> meanings)
    {
        var text = new StringBuilder($"{Heading}\nspec\t{version}\t{SpecVersion.ContentOf(meanings.Where(m => !m.IsProse))}\n");
        foreach (Meaning meaning in meanings)
        {
            text.Append(meaning.Id).Append('\t').Append(meaning.DemandHash).Append('\t').Append(meaning.WordsHash).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads a lock file.</summary>
    /// <param name="text">Its text.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static MeaningLock Parse(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[][] fields = [.. lines.Where(l => l[0] != '#').Select(l => l.Split('\t'))];
        if (lines is not [Heading, ..] || fields.Any(f => f.Length != 3) || fields is not [["spec", var version, var content], ..] || !System.Version.TryParse(version, out _))
        {
            throw new FormatException($"{Path} is not as `pystate spec` writes it: take it back from version control");
        }

        return new MeaningLock(version, content, fields.Skip(1).ToDictionary(f => f[0], f => (f[1], f[2])));
    }

    /// <summary>What has changed since, the greatest changes first.</summary>
    /// <param name="meanings">What the specification says now.</param>
    public IReadOnlyList<MeaningChange> Changes(IReadOnlyList<Meaning> meanings)
    {
        var changes = new List<MeaningChange>();
        HashSet<string> present = [.. meanings.Select(m => m.Id)];
        changes.AddRange(Entries.Keys.Where(k => !present.Contains(k)).Select(k => new MeaningChange(k, "is gone", ChangeKind.Major)));
        foreach (Meaning meaning in meanings)
        {
            if (!Entries.TryGetValue(meaning.Id, out (string Demand, string Words) before))
            {
                changes.Add(new(meaning.Id, "is new", meaning.IsProse ? ChangeKind.Editorial : meaning.IsOpen ? ChangeKind.Minor : ChangeKind.Major));
            }
            else if (before.Demand != meaning.DemandHash)
            {
                changes.Add(new(meaning.Id, "demands something else", ChangeKind.Major));
            }
            else if (before.Words != meaning.WordsHash)
            {
                changes.Add(new(meaning.Id, "has other words", ChangeKind.Editorial));
            }
        }

        return [.. changes.OrderByDescending(c => c.Kind)];
    }

    /// <summary>Why a version may not say what the specification says now: one line that tells what to do; null where it may.</summary>
    /// <param name="version">The version it has now.</param>
    /// <param name="meanings">What it says now.</param>
    public string? Refusal(string version, IReadOnlyList<Meaning> meanings)
    {
        IReadOnlyList<MeaningChange> changes = Changes(meanings);
        Version before = System.Version.Parse(Version);
        Version now = System.Version.Parse(version);
        if (now < before)
        {
            return $"the specification went from version {Version} back to {version}: a version is never used twice, raise it in spec/PyState.Spec.csproj";
        }

        if (changes.Count == 0 || now >= Least(before, changes[0].Kind))
        {
            return null;
        }

        MeaningChange first = changes[0];
        string others = changes.Count > 1 ? $", and {changes.Count - 1} more changed" : string.Empty;
        string advice = first.Kind == ChangeKind.Editorial
            ? $"raise the version in spec/PyState.Spec.csproj from {Version} to {Least(before, ChangeKind.Editorial)} if nothing but words changed, to {Least(before, ChangeKind.Major)} if what is demanded did"
            : $"raise the version in spec/PyState.Spec.csproj from {Version} to {Least(before, first.Kind)} or later";
        return $"{first.Id} {first.What}{others}, which is {(first.Kind == ChangeKind.Editorial ? "at least an" : "a")} {first.Kind.ToString().ToLowerInvariant()} change: {advice}, and say it in SPEC.md, Annex F";
    }

    // Until 1.0.0 a minor version may do what a major one does.
    private static Version Least(Version before, ChangeKind kind) => kind switch
    {
        ChangeKind.Editorial => new Version(before.Major, before.Minor, before.Build + 1),
        ChangeKind.Major when before.Major > 0 => new Version(before.Major + 1, 0, 0),
        _ => new Version(before.Major, before.Minor + 1, 0),
    };
}
