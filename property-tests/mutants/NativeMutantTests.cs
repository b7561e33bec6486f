// The same faults in the native reference, on a real interpreter.

using PyState.Conformance.Engine;
using PyState.Conformance.Mutants;
using PyState.Conformance.Plugins;
using PyState.PropertyTests.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Mutants;

/// <summary>Compiled in for this purpose only, chosen at run time. <c>mutants --python PATH</c> tries all of them.</summary>
public sealed class NativeMutantTests
{
    private const string Python = "/usr/bin/python3";

    [RequiresFact("cpython-api")]
    public void A_field_that_the_native_reference_gets_wrong_is_found_out_on_a_real_interpreter()
    {
        IImplementation faulty = new Registry().FromPath(NativeMutants.Folder)!;
        using ISession honest = faulty.Start(Python);
        var host = new NativeHost(Python, Profiles.Find(honest.Capabilities.InterpreterVersion)!, honest.Capabilities.HasJit);
        Mutant[] mutants = [.. NativeMutants.Of(MutantSet.Native, faulty, host)];
        foreach ((string name, ClauseId clause) in new[]
        {
            ("native/not-saved:context", ClauseId.Restore04), ("native/not-reset:exc_state.exc_value", ClauseId.Ready02), ("native/not-restored:exc_state.exc_value", ClauseId.Restore02),
            ("native/wrongly-saved:c_traceobj", ClauseId.Wide06),
        })
        {
            TrialResult result = new Trial(40_000, after: 0).Run(mutants.Single(m => m.Group == name), seed: 1, CancellationToken.None);
            Assert.True(result.First?.Clause == clause && result.IsExpected, $"{name} is convicted by {result.First?.Clause.Text() ?? "nobody"}: {result.First?.Words}");
        }
    }

    [RequiresFact("cpython-api")]
    public void An_error_a_transition_or_a_release_that_it_gets_wrong_is_found_out_too()
    {
        IImplementation faulty = new Registry().FromPath(NativeMutants.Folder)!;
        var host = new NativeHost(Python, Profiles.Of(11), HasJit: false);
        Mutant[] mutants = [.. NativeCallMutants.OfCalls(faulty, [host]), .. NativeCallMutants.OfOwnership(faulty, host)];
        Assert.Equal(mutants.Length, mutants.Select(m => m.Name).Distinct().Count());
        foreach ((string name, ClauseId clause) in new[]
        {
            ("native/not-checked:Save/NotEmpty", ClauseId.Save04), ("native/checked-too-late:Restore/Abandoned", ClauseId.Atom01),
            ("native/transition-added:LiveWithFrames-Discard", ClauseId.Discard02), ("native/leaked:Restore/leftover-chunk", ClauseId.Leak01),
        })
        {
            TrialResult result = new Trial(40_000, after: 0).Run(mutants.Single(m => m.Group == name), seed: 1, CancellationToken.None);
            Assert.True(result.First?.Clause == clause && result.IsExpected, $"{name} is convicted by {result.First?.Clause.Text() ?? "nobody"}: {result.First?.Words}");
        }

        // What is freed too early is missed by the teardown, or kills the process before.
        TrialResult freed = new Trial(40_000, after: 0).Run(mutants.Single(m => m.Group == "native/released-twice:Discard/exception"), seed: 1, CancellationToken.None);
        Assert.True(freed.First is { Kind: VerdictKind.Crashed } or { Clause: ClauseId.Leak01 }, $"it is convicted by {freed.First?.Clause.Text() ?? "nobody"}: {freed.First?.Words}");
    }

    [RequiresFact("cpython-api")]
    public void A_write_to_a_chunk_of_data_stack_that_was_given_back_is_seen_by_the_driver()
    {
        IImplementation faulty = new Registry().FromPath(NativeMutants.Folder)!;
        var host = new NativeHost(Python, Profiles.Of(11), HasJit: false);
        var mutant = new Mutant(
            MutantSet.NativeOwnership, "used-after", "Drop/chunk", host.Profile, "the chunk is written to after Drop has freed it", new HashSet<ClauseId> { ClauseId.Leak01 },
            () => host.Start(faulty, "used-after:drop/chunk"));
        TrialResult result = new Trial(40_000, after: 0).Run(mutant, seed: 1, CancellationToken.None);
        Assert.Equal(VerdictKind.Crashed, result.First?.Kind);
        Assert.Contains("a chunk of data stack was written to after it had been given back", result.First!.Words, StringComparison.Ordinal);
    }

    /// <summary>In the simulation the generator comes by the state of this one after 43 million commands.</summary>
    [RequiresFact("cpython-api")]
    public void What_random_scripts_do_not_come_by_the_suite_of_transitions_convicts()
    {
        IImplementation faulty = new Registry().FromPath(NativeMutants.Folder)!;
        var host = new NativeHost(Python, Profiles.Of(11), HasJit: false);
        Mutant mutant = NativeCallMutants.OfCalls(faulty, [host]).Single(m => m.Group == "native/transition-added:thread-DetachedPendingInCallback-RestoreInCallback");
        TrialResult result = new Trial(2_000, after: 0).Run(mutant, seed: 1, CancellationToken.None);
        Assert.Equal(ClauseId.Restore11, result.First?.Clause);
        Assert.InRange(result.First!.Steps, 1, 8);
    }

    /// <summary>The suite of one thread has no end of a thread.</summary>
    [RequiresFact("cpython-api")]
    public void What_the_end_of_a_thread_makes_of_a_handle_is_put_to_the_suite_of_two_threads()
    {
        IImplementation faulty = new Registry().FromPath(NativeMutants.Folder)!;
        var host = new NativeHost(Python, Profiles.Of(11), HasJit: false);
        Mutant mutant = NativeCallMutants.OfCalls(faulty, [host]).Single(m => m.Group == "native/transition-missing:LiveEnteredWithoutFrames-Strand");
        TrialResult result = new Trial(2_000, after: 0).Run(mutant, seed: 1, CancellationToken.None);
        Assert.True(result.IsExpected, $"it is convicted by {result.First?.Clause.Text() ?? "nobody"}: {result.First?.Words}");
    }

    [RequiresFact("cpython-api")]
    public void An_error_that_the_newest_version_cannot_come_to_is_tried_on_one_that_can()
    {
        IImplementation faulty = new Registry().FromPath(NativeMutants.Folder)!;
        NativeHost[] hosts = [new("old", Profiles.Of(8), HasJit: false), new("middle", Profiles.Of(13), HasJit: false), new("new", Profiles.Of(15), HasJit: false)];
        ILookup<string, VersionProfile> on = NativeCallMutants.OfCalls(faulty, hosts).ToLookup(m => m.Target, m => m.Version);
        Assert.Equal([13], on["Restore/InRecursion"].Select(v => v.Minor).Distinct());
        Assert.Equal([15], on["Restore/HasFrames"].Select(v => v.Minor).Distinct());
        Assert.DoesNotContain(NativeCallMutants.OfCalls(faulty, [hosts[^1]]), m => m.Target == "Restore/InRecursion");
    }

    [RequiresFact("cpython")]
    public void A_field_is_found_out_under_a_switcher_with_one_stack()
    {
        IImplementation faulty = new Registry().FromPath(NativeMutants.FolderOf(MutantSet.NativeEvict))!;
        var host = new NativeHost(Python, Profiles.Of(11), HasJit: false);
        Mutant mutant = NativeMutants.Of(MutantSet.NativeEvict, faulty, host).Single(m => m.Group == "native-evict/not-saved:exc_state.exc_value");
        TrialResult result = new Trial(40_000, after: 0).Run(mutant, seed: 1, CancellationToken.None);
        Assert.Equal(ClauseId.Restore02, result.First?.Clause);
    }

    [RequiresFact("cpython-api")]
    public void Without_a_fault_it_conforms()
    {
        using ISession honest = new Registry().FromPath(NativeMutants.Folder)!.Start(Python);
        var campaign = new PyState.Conformance.Engine.Campaign(honest, honest.Capabilities, new PyState.Conformance.Engine.RunOptions { Seed = 3 });
        campaign.Run(6_000, TimeSpan.MaxValue, () => false, () => { }, CancellationToken.None);
        Assert.Empty(campaign.Reds);
    }
}
