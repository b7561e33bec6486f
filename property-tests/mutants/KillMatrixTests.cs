// The matrix tells when the suite has a gap, and the verb ends accordingly.

using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Liars;
using PyState.Conformance.Mutants;
using PyState.PropertyTests.Cli;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Mutants;

/// <summary>A suite that convicts nobody, or the wrong way, is found out.</summary>
public sealed class KillMatrixTests
{
    private static readonly SuiteTrialOptions Short = new() { Seeds = 1, CleanSeeds = 0, DistributionScripts = 0 };

    [Fact]
    public void A_mutant_that_nobody_convicts_is_a_gap()
    {
        var honest = new Mutant(MutantSet.Fields, "none", "nothing", Profiles.Of(12), "nothing is wrong", new HashSet<ClauseId>(), () => FieldMutants.Session(Profiles.Of(12), new StateLiar()));
        TrialResult result = new Trial(20_000, after: 0).Run(honest, seed: 1, CancellationToken.None);
        KillMatrix matrix = Matrix([honest], [result]);
        Assert.Null(result.First);
        Assert.Contains("nobody convicts none:nothing@3.12", Assert.Single(matrix.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_clause_that_may_not_convict_a_mutant_has_to_be_explained()
    {
        Mutant mutant = AllMutants.All.First(m => m.Name == "not-reset:tracing@3.12") with { May = new HashSet<ClauseId> { ClauseId.Wide05 } };
        KillMatrix matrix = Matrix([mutant], [new Trial(200_000, after: 0).Run(mutant, seed: 1, CancellationToken.None)]);
        Assert.Contains("unexpected clause, READY-05", Assert.Single(matrix.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mutant_that_is_listed_as_equivalent_and_convicted_is_a_gap()
    {
        Mutant listed = AllMutants.All.First(m => Explanations.Equivalent(m) is not null);
        KillMatrix matrix = Matrix([listed], [new TrialResult(listed, 1, new Conviction(listed.May.First(), VerdictKind.Violates, "words", 1, "collect"), [], 1, 1)]);
        Assert.Contains("is listed as equivalent", Assert.Single(matrix.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_clause_that_convicts_nobody_is_a_gap_of_the_whole_matrix_only()
    {
        Mutant mutant = AllMutants.All.First(m => m.Name == "not-reset:tracing@3.12");
        TrialResult result = new Trial(200_000, after: 0).Run(mutant, seed: 1, CancellationToken.None);
        Assert.Empty(Matrix([mutant], [result]).Failures);
        Assert.Contains("RESTORE-05 convicts nobody", (Matrix([mutant], [result]) with { IsWhole = true }).Failures);
    }

    [Fact]
    public void An_implementation_that_is_taken_for_clean_and_is_not_is_a_gap_with_its_seed_and_script()
    {
        Mutant mutant = AllMutants.All.First(m => m.Name == "not-reset:tracing@3.12");
        CleanSubject[] subjects = [CleanSubject.Simulated[0], new("3.12, which is wrong", mutant.Start)];
        CleanRun[] runs = [CleanRun.Measure(subjects, seed: 8, 40_000, CancellationToken.None), CleanRun.Measure(subjects, seed: 7, 40_000, CancellationToken.None)];
        var clean = CleanRuns.Of(runs);

        Assert.Equal((2, runs.Sum(r => r.Commands)), (clean.Seeds, clean.Commands));
        Assert.InRange(clean.Commands, 2 * subjects.Length * 40_000, 2 * subjects.Length * 41_000);
        Assert.StartsWith("READY-05 on 3.12, which is wrong with seed 7: ", clean.Convictions[0], StringComparison.Ordinal);
        Assert.Contains(clean.Convictions, c => c.StartsWith("READY-05 on 3.12, which is wrong with seed 8: ", StringComparison.Ordinal));
        Assert.DoesNotContain(clean.Convictions, c => !c.Contains("which is wrong", StringComparison.Ordinal));
        string[] failures = [.. (Matrix([], []) with { Clean = clean }).Failures];
        Assert.Equal(clean.Convictions.Select(c => $"a clean implementation is convicted: {c}"), failures);
    }

    [Fact]
    public void Trials_go_on_where_they_were_stopped_and_come_to_the_same()
    {
        Mutant[] wanted = [.. AllMutants.All.Where(m => m.Set == MutantSet.Museum).Take(6)];
        string path = Path.Combine(Directory.CreateTempSubdirectory("pystate-mutants-").FullName, "mutants.journal");
        var key = new PyState.Conformance.Journal.JournalKey([("seed", "1")]);
        using var stop = new CancellationTokenSource();
        using (TrialJournal journal = TrialJournal.Open(path, key, goesOn: false))
        {
            Assert.Throws<OperationCanceledException>(() => SuiteTrial.Run(wanted, false, Short, journal, (done, _) => { if (done == 3) { stop.Cancel(); } }, stop.Token));
        }

        using TrialJournal resumed = TrialJournal.Open(path, key, goesOn: true);
        Assert.Equal(3, resumed.Restored);
        KillMatrix whole = SuiteTrial.Run(wanted, false, Short, null, null, CancellationToken.None);
        KillMatrix again = SuiteTrial.Run(wanted, false, Short, resumed, null, CancellationToken.None);
        Assert.Equal(
            whole.Results.Select(r => (r.Mutant.Name, r.First!.Clause, r.First.Script, r.Commands)),
            again.Results.Select(r => (r.Mutant.Name, r.First!.Clause, r.First.Script, r.Commands)));
    }

    [Fact]
    public void The_generator_reaches_every_command_and_puts_every_clause_to_the_test()
    {
        Distribution distribution = Distribution.Measure(seed: 1, scripts: 3_000, CancellationToken.None);
        Assert.DoesNotContain(distribution.Gaps, g => !g.StartsWith("the pair ", StringComparison.Ordinal));
        Assert.InRange(distribution.PairsGenerated, 0.95 * distribution.PairsReachable, distribution.PairsReachable);
    }

    [Fact]
    public void The_verb_prints_who_convicts_whom()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("mutants", "greenlet-328"));
        Assert.Contains("museum:greenlet-328-chunk-leak", call.Out, StringComparison.Ordinal);
        Assert.Contains("LEAK-01", call.Out, StringComparison.Ordinal);
        Assert.Contains("✓ every mutant that is not equivalent is convicted", call.Out, StringComparison.Ordinal);
        Assert.Empty(call.Files);
    }

    [Fact]
    public void The_verb_says_the_same_to_programs()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("mutants", "tracing@3.12", "--format", "json"));
        using JsonDocument document = JsonDocument.Parse(call.Out);
        Assert.Equal("pystate-mutants", document.RootElement.GetProperty("format").GetString());
        Assert.All(document.RootElement.GetProperty("mutants").EnumerateArray(), m => Assert.NotEqual(0, m.GetProperty("convictions").GetArrayLength()));
    }

    [Fact]
    public void The_verb_writes_the_page()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("mutants", "museum", "--write", "page.md"));
        string page = File.ReadAllText(Path.Combine(call.Folder, "page.md"));
        Assert.Contains("## The museum: published defects", page, StringComparison.Ordinal);
        Assert.Contains("greenlet-256-profile-lost", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_time_was_too_short_for_is_said()
    {
        using var call = new Call();
        Assert.Equal(3, call.Invoke("mutants", "fields", "--time", "1ms"));
        Assert.Contains("the time was up", call.Out, StringComparison.Ordinal);
        Assert.Contains("--resume goes on", call.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_time_was_too_short_for_is_there_to_be_resumed()
    {
        using var call = new Call();
        Assert.Equal(3, call.Invoke("mutants", "museum", "--clean", "1", "--time", "1ms"));
        string journal = Path.Combine(call.Folder, "pystate-results", "mutants.journal");
        Assert.True(File.Exists(journal));
        Assert.Equal(0, call.Invoke("mutants", "museum", "--clean", "1", "--resume"));
        Assert.False(File.Exists(journal));
    }

    [Fact]
    public void The_page_in_the_repository_names_every_mutant()
    {
        using Stream? stream = typeof(KillMatrixTests).Assembly.GetManifestResourceStream("mutants.md");
        Assert.NotNull(stream);
        using var reader = new StreamReader(stream);
        string page = reader.ReadToEnd();
        Assert.DoesNotContain(
            AllMutants.All.Select(m => m.Set == MutantSet.Museum ? m.Target : $"`{m.Group}`").Distinct(), m => !page.Contains(m, StringComparison.Ordinal));
        Assert.DoesNotContain("**unexplained**", page, StringComparison.Ordinal);
    }

    private static KillMatrix Matrix(IReadOnlyList<Mutant> wanted, IReadOnlyList<TrialResult> results) => new(1, wanted, results, [], false, null, null, TimeSpan.Zero);
}
