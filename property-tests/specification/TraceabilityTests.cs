// From a clause to what stands behind it and back: no gap, and a made one is found.

using PyState.Conformance.Specification;
using PyState.PropertyTests.Plugins;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Specification;

/// <summary>Laws of the traceability page.</summary>
public sealed class TraceabilityTests
{
    private static readonly IReadOnlyList<ClauseMention> Mentions = TestScan.Tests(Repository.Root);

    private static readonly IReadOnlyList<Trace> Traces = Traceability.Of(Mentions, File.ReadAllText(Path.Combine(Repository.Root, Traceability.MutantsPath)));

    [Fact]
    public void Every_clause_has_tests_liars_mutants_and_evidence_or_a_reason() => Assert.Equal([], Traceability.Gaps(Traces, []));

    [Fact]
    public void No_test_and_no_page_names_a_clause_that_does_not_exist() => Assert.Equal([], Traceability.Gaps([], TestScan.Unknown(Repository.Root)));

    [Fact]
    public void The_page_is_up_to_date() => Assert.Equal(Traceability.Render(Traces, Mentions), File.ReadAllText(Path.Combine(Repository.Root, Traceability.Path)));

    [Fact]
    public void A_clause_that_lacks_something_is_a_gap_unless_its_status_gives_a_reason()
    {
        Trace whole = Traces.First(t => t.Clause.StatusReason.Length == 0 && !t.Lacks.Any());

        Assert.Contains("lacks a liar", Assert.Single(Traceability.Gaps([whole with { Liars = [] }], [])), StringComparison.Ordinal);
        Assert.Contains("lacks a mutant", Assert.Single(Traceability.Gaps([whole with { ConvictsFirst = 0 }], [])), StringComparison.Ordinal);
        Assert.Contains("lacks evidence", Assert.Single(Traceability.Gaps([whole with { Clause = whole.Clause with { Evidence = [] } }], [])), StringComparison.Ordinal);
        Assert.Equal(2, Traceability.Gaps([whole with { Tests = [], Cells = 0, Liars = [] }], []).Count);
        Assert.Empty(Traceability.Gaps([whole with { Liars = [], Clause = whole.Clause with { StatusReason = "no execution shows it" } }], []));
    }

    [Fact]
    public void A_page_of_mutants_without_convictions_is_a_gap_of_every_clause_that_is_required() =>
        Assert.Equal(Catalogue.All.Count(c => c.StatusReason.Length == 0), Traceability.Gaps(Traceability.Of(Mentions, string.Empty), []).Count);

    [Fact]
    public void A_test_that_names_a_clause_that_does_not_exist_is_a_gap_with_its_line_and_what_was_meant()
    {
        const string wrong = "READY-" + "77";
        ClauseMention mention = Assert.Single(TestScan.Mentions("property-tests/SomeTests.cs", $"class SomeTests\n{{\n    [Fact]\n    public void It_is({{\n        Judge(\"{wrong}\");\n"));

        Assert.Equal(("It_is", 5), (mention.Test, mention.Line));
        string gap = Assert.Single(Traceability.Gaps([], [mention]));
        Assert.StartsWith($"property-tests/SomeTests.cs:5: no clause has the id '{wrong}'; did you mean READY-0", gap, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.cs", "    /// READY-01\n    [InlineData(ClauseId.Save02)]\n    public static void One(int x)\n    {\n        // ATOM-01\n    }\n", "One READY-01", "One SAVE-02", "One ATOM-01")]
    [InlineData("a.c", "/* READY-01: so. */\nstatic void\ntest_one(void)\n{\n    check(\"ATOM-01\");\n}\n", "test_one ATOM-01", "test_one READY-01")]
    [InlineData("a.py", "# READY-01\ndef test_one():\n    assert judged('ATOM-01')\n", "test_one READY-01", "test_one ATOM-01")]
    public void What_stands_above_a_function_or_in_it_belongs_to_it(string file, string text, params string[] expected) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), TestScan.Mentions(file, text).Select(m => $"{m.Test} {m.Clause}").Order(StringComparer.Ordinal));
}
