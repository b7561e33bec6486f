// Reports for the tests of reports: a run with every verdict, a hostile one, and one of any size.

using PyState.Conformance.Engine;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Cli;
using PyState.Spec.Clauses;

namespace PyState.PropertyTests.Reports;

/// <summary>Reports made of canned verdicts.</summary>
internal static class Samples
{
    /// <summary>What an implementation may put into any of its strings.</summary>
    public const string Hostile = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>{{data}}<!--\u202e\u2028&amp;]]>`**[x](javascript:alert(1))**@all \0 \ud800 \uffff";

    /// <summary>One implementation with a verdict of every kind.</summary>
    public static ReportDocument Mixed() => Of(Canned.Mixed(Canned.Capabilities("greenlet")));

    /// <summary>The same, hostile wherever an implementation has a say.</summary>
    public static ReportDocument Hostility()
    {
        ImplementationReport mixed = Canned.Mixed(Canned.Capabilities(Hostile) with { ImplementationVersion = Hostile, Interpreter = Hostile, InterpreterVersion = Hostile, Build = Hostile });
        return Of(mixed with
        {
            Verdicts =
            [
                .. mixed.Verdicts.Select(v => v.Clause switch
                {
                    ClauseId.Ready05 => v with { Counterexample = Canned.Violation(v.Clause, Hostile, Hostile) with { Control = Hostile, TraceFile = Hostile } },
                    ClauseId.Switch05 => v with { Counterexample = Canned.Crash(v.Clause, Hostile) with { Words = Hostile, Tail = Hostile + "\n" + Hostile } },
                    ClauseId.Restore02 => v with { Expectation = Canned.Expectation(v.Clause, VerdictKind.Violates, Hostile) with { Link = "javascript:window.hit=1" } },
                    ClauseId.Save01 => v with { Reason = Hostile },
                    _ => v,
                }),
            ],
        });
    }

    /// <summary>Many implementations and clauses: made-up ids, verdicts that repeat.</summary>
    /// <param name="implementations">How many.</param>
    /// <param name="clauses">How many, at most 1,500.</param>
    public static ReportDocument Large(int implementations, int clauses)
    {
        ReportDocument mixed = Mixed();
        ImplementationDocument one = mixed.Implementations[0];
        VerdictDocument red = one.Verdicts.First(v => v.Counterexample is not null);
        VerdictDocument green = one.Verdicts.First(v => v.Verdict == "conforms");
        ClauseDocument[] all = [.. Enumerable.Range(0, clauses).Select(i => mixed.Clauses[i % mixed.Clauses.Count] with { Id = $"{mixed.Clauses[i % 16].Family}-{i / 16:00}", Family = mixed.Clauses[i % 16].Family })];
        all = [.. all.Select((c, i) => c with { Id = $"{(char)('A' + (i / 99))}-{1 + (i % 99):00}", Family = $"{(char)('A' + (i / 99))}" })];
        return mixed with
        {
            Clauses = all,
            Implementations =
            [
                .. Enumerable.Range(0, implementations).Select(n => one with
                {
                    Name = $"implementation{n}",
                    Verdicts = [.. all.Select((c, i) => (((n * 7) + i) % 23 == 0 ? red : green) with { Clause = c.Id, Title = c.Title })],
                }),
            ],
        };
    }

    /// <summary>The report of one implementation.</summary>
    /// <param name="report">What is known of it.</param>
    public static ReportDocument Of(ImplementationReport report) =>
        JsonReport.Of(new RunReport("0.1.0", [new RunEntry("greenlet", "python3", [new RunPart("greenlet", ["greenlet"], "python3", report)])])
        {
            Started = DateTimeOffset.UnixEpoch,
            Platform = "linux-x64",
        });
}
