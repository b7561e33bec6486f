using PyState.Spec.Clauses;

namespace PyState.Conformance.Engine;

/// <summary>Where a campaign is between two batches: all that it needs to go on from there as if nothing had happened. What it generates and finds follows from
/// the seed and from this.</summary>
public sealed record CampaignState
{
    /// <summary>Scripts run; the next one has this number.</summary>
    public long Scripts { get; init; }

    /// <summary>Commands checked.</summary>
    public long Commands { get; init; }

    /// <summary>Commands of these scripts, those included that a death or a hang left unobserved: the bound of a run counts these.</summary>
    public long Planned { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public long Milliseconds { get; init; }

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsFinished { get; init; }

    /// <summary>On how many scripts a violation of each clause would have shown, where there are any.</summary>
    public IReadOnlyDictionary<ClauseId, long> Exercised { get; init; } = new Dictionary<ClauseId, long>();

    /// <summary>How many red scripts of each clause were seen.</summary>
    public IReadOnlyDictionary<ClauseId, int> RedScripts { get; init; } = new Dictionary<ClauseId, int>();

    /// <summary>The counterexamples kept.</summary>
    public IReadOnlyList<Counterexample> Reds { get; init; } = [];
}

/// <summary>Where a run notes how far it is, so that it can be taken up again after whatever ended it.</summary>
public interface IRunJournal
{
    /// <summary>Where a campaign of the interrupted run was; null where it had not begun.</summary>
    /// <param name="campaign">The number of the campaign in the run, from 0.</param>
    CampaignState? Restored(int campaign);

    /// <summary>Told between batches. What decides a verdict is on the disk when it returns; the rest now and then.</summary>
    /// <param name="campaign">The number of the campaign.</param>
    /// <param name="changes">How often something changed that decides a verdict.</param>
    /// <param name="state">Where it is.</param>
    void Note(int campaign, int changes, Func<CampaignState> state);
}
