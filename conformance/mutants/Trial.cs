// One mutant before the suite: generated scripts until a clause convicts it, then some more to see who else would.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Mutants;

/// <summary>A clause that turned red.</summary>
/// <param name="Clause">The clause.</param>
/// <param name="Kind">What kind of red it is.</param>
/// <param name="Words">The verdict: the field and the direction, or what was answered.</param>
/// <param name="Steps">The commands of the shrunk script.</param>
/// <param name="Script">The shrunk script, commands separated by semicolons; empty where the teardown alone shows it.</param>
public sealed record Conviction(ClauseId Clause, VerdictKind Kind, string Words, int Steps, string Script);

/// <summary>What came of a trial.</summary>
/// <param name="Mutant">The mutant.</param>
/// <param name="Seed">The seed.</param>
/// <param name="First">Who convicted it first, by hand: the clause that has to; null when nobody did.</param>
/// <param name="Others">Who else turned red in the time that was left.</param>
/// <param name="Commands">Commands until the first conviction, the shrinking not among them; without one, those that were tried.</param>
/// <param name="Milliseconds">CPU time of this process until then, the shrinking included.</param>
public sealed record TrialResult(Mutant Mutant, ulong Seed, Conviction? First, IReadOnlyList<Conviction> Others, long Commands, double Milliseconds)
{
    /// <summary>Everyone who convicted it, the first one first.</summary>
    public IEnumerable<Conviction> Convictions => First is null ? Others : Others.Prepend(First);

    /// <summary>Whether the clause that convicted it first is one that may.</summary>
    public bool IsExpected => First is not null && Mutant.May.Contains(First.Clause);
}

/// <summary>Runs trials.</summary>
/// <param name="commands">How many commands are tried on a mutant that nobody convicts.</param>
/// <param name="after">How many more are tried after a conviction; 0 for none.</param>
public sealed class Trial(long commands, long after)
{
    // A real interpreter is slower than the simulation.
    private const long RemoteCommands = 300_000;

    /// <summary>Tries one mutant.</summary>
    /// <param name="mutant">The mutant.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellation">Ends the trial.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public TrialResult Run(Mutant mutant, ulong seed, CancellationToken cancellation)
    {
        using ISession session = mutant.Start();

        // A process that dies is shrunk in many processes: shorter scripts, fewer of them.
        bool isRemote = mutant.IsNative;
        var options = new RunOptions { Seed = seed, MaximumLength = isRemote ? 24 : new RunOptions().MaximumLength };
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        var campaign = new Campaign(session, CapabilitiesOf(mutant, session), options);
        bool IsConvicted() => campaign.Reds.Values.Any(r => Convicts(mutant, r));
        campaign.Run(isRemote ? Math.Min(commands, RemoteCommands) : commands, TimeSpan.MaxValue, IsConvicted, () => { }, cancellation);
        long spent = campaign.Commands;
        if (isRemote && !IsConvicted())
        {
            // A transition too many has to wait until the generator comes by its state, for millions of commands; the explored graph leads there.
            session.Restart();
            campaign = new Campaign(session, session.Capabilities, options with { Scripts = TransitionScripts.For(mutant.Version, session.Capabilities, cancellation) });
            campaign.Run(long.MaxValue, TimeSpan.MaxValue, IsConvicted, () => { }, cancellation);
            spent += campaign.Commands;
        }

        cancellation.ThrowIfCancellationRequested();
        double milliseconds = (Environment.CpuUsage.TotalTime - begun).TotalMilliseconds;
        // Of what one batch of a child showed, a difference says more than a death.
        Conviction? first = campaign.Reds.Values.Where(r => r.Kind != VerdictKind.Unstable).OrderBy(r => !Convicts(mutant, r)).ThenBy(r => isRemote && r.Kind != VerdictKind.Violates)
            .Select(Of).FirstOrDefault();
        if (first is null || after == 0 || isRemote)
        {
            return new TrialResult(mutant, seed, first, [], spent, milliseconds);
        }

        CampaignState state = campaign.State(TimeSpan.Zero) with { IsFinished = false };
        var more = new Campaign(session, CapabilitiesOf(mutant, session), options);
        more.Restore(state);
        more.Run(state.Planned + after, TimeSpan.MaxValue, () => false, () => { }, cancellation);
        return new TrialResult(
            mutant, seed, first, [.. more.Reds.Values.Select(Of).Where(c => c.Clause != first.Clause).OrderBy(c => c.Clause)], spent, milliseconds);
    }

    // What does not repeat convicts nobody.
    private static bool Convicts(Mutant mutant, Counterexample red) => red.Kind != VerdictKind.Unstable && (!mutant.IsByHand || mutant.May.Contains(red.Clause));

    // A liar about the API or about switching is looked at in that alphabet, where the clause that it offends is.
    private static Capabilities CapabilitiesOf(Mutant mutant, ISession session) =>
        mutant.Set != MutantSet.Liars ? session.Capabilities : Catalogue.ById(mutant.May.Single()).Profile switch
        {
            ClauseProfile.Api => session.Capabilities with { Alphabets = [Alphabet.Api] },
            ClauseProfile.Switcher => session.Capabilities with { Alphabets = [Alphabet.Switcher] },
            _ => session.Capabilities,
        };

    private static Conviction Of(Counterexample red) =>
        new(red.Clause, red.Kind, red.Detail is null ? red.Words : $"{red.Words}: {red.Detail}", red.Script.Commands.Count, string.Join("; ", red.Script.Commands));
}
