// The suite on trial: mutants derived from the model, each convicted by a clause that may.

using PyState.Conformance.Mutants;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Mutants;

/// <summary>A sample of the matrix; the verb <c>mutants</c> has the whole of it.</summary>
public class MutantTests
{
    // Most are convicted within a thousand commands. The few that take millions are left to the verb.
    private const long Commands = 400_000;

    public static TheoryData<MutantSet> Sets() => [.. Enum.GetValues<MutantSet>().Where(s => s < MutantSet.Native)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_mutant_of_a_sample_is_convicted_by_a_clause_that_may(MutantSet set)
    {
        // Every third, and on the version after that of the last: over a set all versions come up.
        TrialResult[] results =
        [
            .. AllMutants.All.Where(m => m.Set == set && !IsRare(m) && Explanations.Equivalent(m) is null).Where((_, i) => i % 3 == 0)
                .Select(m => new Trial(Commands, after: 0).Run(m, seed: 5, CancellationToken.None)),
        ];
        Assert.NotEmpty(results);
        Assert.Empty(results.Where(r => r.First is null).Select(r => $"nobody convicts {r.Mutant}"));
        Assert.Empty(results.Where(r => !r.IsExpected && Explanations.Unexpected(r.Mutant, r.First!) is null)
            .Select(r => $"{r.Mutant} is convicted by {r.First!.Clause.Text()}: {r.First.Words}: {r.First.Script}"));
    }

    [Fact]
    public void No_two_mutants_share_a_name() => Assert.Equal(AllMutants.All.Count, AllMutants.All.Select(m => m.Name).Distinct().Count());

    [Fact]
    public void Every_mutant_names_a_clause_that_may_convict_it() => Assert.Empty(AllMutants.All.Where(m => m.May.Count == 0).Select(m => m.Name));

    [Fact]
    public void Every_field_that_the_simulation_has_is_got_wrong_in_every_way_of_its_class()
    {
        (FieldClass Class, int Ways)[] ways =
            [(FieldClass.ContextLocal, 4), (FieldClass.StackBound, 4), (FieldClass.ThreadWide, 3), (FieldClass.InterpreterWide, 3), (FieldClass.Derived, 3)];
        ILookup<(string, int), Mutant> mutants = FieldMutants.All.ToLookup(m => (m.Target, m.Version.Minor));
        foreach (VersionProfile profile in Profiles.All)
        {
            foreach ((FieldClass fieldClass, int expected) in ways)
            {
                foreach (Place place in Place.All(profile, fieldClass).Where(p => p.Field.Component != Component.Instrumentation))
                {
                    Assert.Equal(expected, mutants[(place.Field.Name, profile.Minor)].Count());
                }
            }
        }
    }

    [Fact]
    public void Every_context_local_component_of_every_version_has_a_mutant()
    {
        foreach (VersionProfile profile in Profiles.All)
        {
            IEnumerable<Component> local = profile.Components.Where(c => Components.ClassOf(c) is FieldClass.ContextLocal or FieldClass.StackBound or FieldClass.Derived);
            IEnumerable<Component> tried = FieldMutants.All.Where(m => m.Version == profile).Select(m => profile.Fields.First(f => f.Name == m.Target).Component);
            Assert.Empty(local.Except(tried).Select(c => $"{profile.Version}: {c}"));
        }
    }

    [Fact]
    public void Every_error_of_the_totality_table_has_mutants()
    {
        HashSet<string> targets = [.. ErrorMutants.All.Select(m => m.Target)];
        Assert.Empty(Totality.Rules.Where(r => Attribution.IsRefusal(r.Status))
            .SelectMany(r => r.Events.Select(e => ApiCalls.Of(e)).OfType<ApiCall>().Select(c => $"{c}/{r.Status}")).Except(targets));
    }

    [Fact]
    public void Every_explanation_is_about_a_mutant_there_is()
    {
        // Nothing is started: which mutants there are follows from the version.
        NativeHost[] hosts = [.. Profiles.All.Select(p => new NativeHost("python3", p, HasJit: p.HasExecutor))];
        IImplementation Faulty(MutantSet way) => new Registry().FromPath(NativeMutants.FolderOf(way))!;
        Mutant[] all =
        [
            .. AllMutants.All,
            .. NativeMutants.Ways.SelectMany(w => hosts.SelectMany(h => NativeMutants.Of(w, Faulty(w), h))),
            .. NativeCallMutants.OfCalls(Faulty(MutantSet.Native), hosts),
            .. hosts.SelectMany(h => NativeCallMutants.OfOwnership(Faulty(MutantSet.Native), h)),
        ];
        Assert.Empty(Explanations.All.Where(e => !all.Any(e.Fits)).Select(e => e.Mutant));
    }

    [Fact]
    public void Nobody_convicts_what_is_listed_as_equivalent() =>
        Assert.Empty(AllMutants.All.Where(m => Explanations.Equivalent(m) is not null).Where((_, i) => i % 2 == 0)
            .Select(m => new Trial(60_000, after: 0).Run(m, seed: 5, CancellationToken.None))
            .Where(r => r.First is not null).Select(r => $"{r.Mutant} is convicted by {r.First!.Clause.Text()}: {r.First.Script}"));

    // A call that is refused for two reasons on a state of a certain kind: such scripts are one in a hundred thousand.
    private static bool IsRare(Mutant mutant) =>
        mutant.Target.Contains("Detached", StringComparison.Ordinal) || mutant.Target.Contains("Entered", StringComparison.Ordinal)
        || mutant.Target.EndsWith("/executor", StringComparison.Ordinal) || mutant.Target.EndsWith("/Abandoned", StringComparison.Ordinal);
}
