// Breaking any one line of the reference's Restore turns a clause red.

using System.Text;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;
using Xunit;
using Xunit.Abstractions;

namespace PyState.PropertyTests.Reference;

/// <summary>The suite on trial with the reference itself: each line of Restore and of what Restore reaches is broken, compiled, and has to be found out.</summary>
/// <param name="output">Where the tally goes.</param>
public class BrokenRestoreTests(ITestOutputHelper output)
{
    /// <summary>A folder; where it is set, the page of all lines is written there.</summary>
    private const string WriteDocs = "PYSTATE_WRITE_DOCS";

    private const string PageName = "restore-lines.md";

    // A short look everywhere, then a long one for what is rare. What is known to be harmless has been looked at for long before it was listed.
    private static readonly long[] Budgets = [10_000, 400_000];
    private static readonly long[] HarmlessBudgets = [10_000, 20_000];

    // Neighbours in layout lie far apart here: most lines matter on some versions only.
    private static readonly int[] Minors = [12, 8, 15, 11, 14, 10, 13, 9];

    private static readonly SimChoices[] Choices = [default, new(FreshDepth: FreshDepth.Inherit)];

    // Lines that can be broken without harm, and why that is no gap of the suite.
    private static readonly Dictionary<string, string> Survivors = new()
    {
        ["UpdateUseTracing: thread.Version == CPythonVersion.V3_11 ? 255UL : 1 [always]"] =
            "3.10 only asks whether it is 0.",
        ["GiveInstrumentation: thread.Version < CPythonVersion.V3_12 || thread.InstrumentationVersion == state.InstrumentationVersion [only thread.Version < CPythonVersion.V3_12]"] =
            "To instrument again for the same tools changes nothing: the check saves a walk.",
        ["GiveInstrumentation: thread.Version < CPythonVersion.V3_12 || thread.InstrumentationVersion == state.InstrumentationVersion [only thread.InstrumentationVersion == state.InstrumentationVersion]"] =
            "Before 3.12 the instrumentation version never changes, so that it is always equal.",
        ["GiveInstrumentation: ulong none = thread.NoFrame(); [initialized to nothing]"] =
            "The base frame of 3.15 has no code of the program and nothing below it: the walk ends there one step later.",
        ["GiveInstrumentation: frame != 0 && frame != none [only frame != 0]"] =
            "As above: the base frame is passed over and the walk ends behind it.",
        ["GiveInstrumentation: if (thread.Load(frame, FrameOffset.Label) != 0) [always]"] =
            "Entry frames run no code of the program: nobody reads how they are instrumented.",
        ["KeepOrFreeChunk: if (thread.Has(Field.DataStackCachedChunk)) [never]"] =
            "Where the spare chunk is kept decides what starting a flow costs, not what it does.",
        ["KeepOrFreeChunk: if (thread.Load(Field.DataStackCachedChunk) == 0) [deleted]"] =
            "Freeing the chunk instead of keeping it costs time only.",
        ["KeepOrFreeChunk: if (_spareChunk[thread.Index] == 0) [deleted]"] =
            "Freeing the chunk instead of keeping it costs time only.",
        ["Find: slot < (uint)_usedSlots && _states[slot].Life != Life.Free [only _states[slot].Life != Life.Free]"] =
            "A slot that was never used is Free as well, and a caller has only handles that New gave it, or null (HANDLE-01).",
        ["Find: found ? slot : 0 [always]"] =
            "The state is not looked at when it was not found, and a handle that New gave lies within the array (HANDLE-01).",
    };

    [Fact]
    public void The_source_that_is_broken_conforms_unbroken()
    {
        Func<IPyState>? unbroken = BrokenSource.Unbroken();
        Assert.NotNull(unbroken);
        Assert.Null(Convicted(unbroken, [100_000]));
    }

    [Fact]
    public void Every_line_of_Restore_is_missed()
    {
        IReadOnlyList<BrokenLine> lines = BrokenSource.Lines();
        var found = new (bool Compiles, Conviction? Conviction)[lines.Count];
        _ = Parallel.For(0, lines.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            Func<IPyState>? broken = BrokenSource.Compile(lines[i]);
            found[i] = (broken is not null, broken is null ? null : Convicted(broken, Survivors.ContainsKey(lines[i].ToString()) ? HarmlessBudgets : Budgets));
        });

        BrokenLine[] survived = [.. lines.Where((_, i) => found[i] is (true, null))];
        output.WriteLine($"{found.Count(f => f.Compiles)} variants, {found.Count(f => f.Conviction is not null)} convicted");
        survived.Select(s => s.ToString()).ToList().ForEach(output.WriteLine);
        string page = Page(lines, found);
        if (Environment.GetEnvironmentVariable(WriteDocs) is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, PageName), page);
        }

        Assert.Empty(lines.Where((l, i) => l.IsRequired && !found[i].Compiles).Select(l => $"does not compile: {l}"));
        Assert.Empty(survived.Select(s => s.ToString()).Except(Survivors.Keys).Select(s => $"not found out: {s}"));
        Assert.Empty(Survivors.Keys.Except(survived.Select(s => s.ToString())).Select(s => $"listed as harmless, but convicted or gone: {s}"));
    }

    [Fact]
    public void The_page_names_every_line()
    {
        using Stream? page = typeof(BrokenRestoreTests).Assembly.GetManifestResourceStream(PageName);
        Assert.NotNull(page);
        using var reader = new StreamReader(page);
        string text = reader.ReadToEnd();
        Assert.Empty(BrokenSource.Lines().Where(l => l.IsRequired && !text.Contains($"| {Code(l.Line)} | {Words(l.Change)} |", StringComparison.Ordinal)).Select(l => l.ToString()));
        Assert.DoesNotContain("**unexplained**", text, StringComparison.Ordinal);
    }

    // The first red on the first version that shows one; the same seed gives the same.
    private static Conviction? Convicted(Func<IPyState> broken, IReadOnlyList<long> budgets)
    {
        foreach (long budget in budgets)
        {
            foreach (int minor in Minors)
            {
                foreach (SimChoices choices in Choices)
                {
                    using var session = new SimulatedSession(Profiles.Of(minor), broken(), "broken", choices);
                    var campaign = new Campaign(session, session.Capabilities, new RunOptions { Seed = (ulong)budget });
                    campaign.Run(budget, TimeSpan.MaxValue, () => campaign.Reds.Count > 0, () => { }, CancellationToken.None);
                    if (campaign.Reds.Count > 0)
                    {
                        Counterexample smallest = campaign.Reds.Values.OrderBy(r => r.Script.Commands.Count).ThenBy(r => r.Clause).First();
                        return new Conviction(Profiles.Of(minor).Version, choices, smallest);
                    }
                }
            }
        }

        return null;
    }

    private static string Page(IReadOnlyList<BrokenLine> lines, (bool Compiles, Conviction? Conviction)[] found)
    {
        StringBuilder page = new StringBuilder()
            .AppendLine("# What each line of Restore is for")
            .AppendLine()
            .AppendLine("Generated by `property-tests/reference/BrokenRestoreTests.cs`, which breaks the reference's Restore and every method that it reaches one line")
            .AppendLine("at a time, and asks the suite. Each row is a broken reference: the line, what was done to it, the clause that turned red first, on which")
            .AppendLine("simulated CPython version, and the shrunk script that shows it. `dotnet test Spec.sln` fails when a line can be broken unnoticed. To write the")
            .AppendLine($"page anew: `{WriteDocs}=$PWD/docs dotnet test property-tests --filter BrokenRestore`.")
            .AppendLine()
            .AppendLine($"{found.Count(f => f.Compiles)} ways to break it, {found.Count(f => f.Conviction is not null)} of them found out; the others are explained below.");
        foreach (string method in lines.Select(l => l.Method).Distinct())
        {
            _ = page.AppendLine().AppendLine($"## {method}").AppendLine().AppendLine("| line | broken | clause | on | script |").AppendLine("| --- | --- | --- | --- | --- |");
            for (int i = 0; i < lines.Count; i++)
            {
                if (lines[i].Method == method && found[i].Conviction is { } by)
                {
                    string on = by.Choices.FreshDepth == FreshDepth.Inherit ? $"{by.Version}, fresh contexts inherit depth" : by.Version;
                    _ = page.AppendLine($"| {Code(lines[i].Line)} | {Words(lines[i].Change)} | {by.Evidence.Clause.Text()} | {on} | {Steps(by.Evidence)} |");
                }
            }
        }

        _ = page.AppendLine().AppendLine("## Harmless").AppendLine().AppendLine("| method | line | broken | why nothing can show it |").AppendLine("| --- | --- | --- | --- |");
        foreach (BrokenLine line in lines.Where((_, i) => found[i] is (true, null)))
        {
            _ = page.AppendLine($"| {line.Method} | {Code(line.Line)} | {Words(line.Change)} | {Survivors.GetValueOrDefault(line.ToString(), "**unexplained**")} |");
        }

        return page.Replace(Environment.NewLine, "\n").ToString();
    }

    // A script of no commands is the teardown alone.
    private static string Steps(Counterexample evidence) => evidence.Script.Commands.Count == 0 ? "the teardown" : string.Join("; ", evidence.Script.Commands);

    private static string Words(string change) => change.Split(' ', 2) is ["only" or "returns", _] parts ? $"{parts[0]} {Code(parts[1])}" : change;

    // A bar ends a table's cell, even in code.
    private static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    private sealed record Conviction(string Version, SimChoices Choices, Counterexample Evidence);
}
