// The matrix as a page of documentation.

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PyState.Conformance.Engine;
using PyState.Conformance.Mutants.Museum;
using PyState.Conformance.Specification;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>Writes docs/mutants.md.</summary>
public static partial class MatrixPage
{
    /// <summary>The figures, a line each.</summary>
    /// <param name="matrix">The matrix.</param>
    public static IEnumerable<string> Summary(KillMatrix matrix)
    {
        TrialResult[] convicted = [.. matrix.Convicted];
        yield return Text($"{matrix.Results.Count} of {matrix.Wanted.Count} mutants tried: {convicted.Length} convicted, {matrix.Equivalent.Count()} equivalent, {matrix.Survivors.Count()} convicted by nobody.");
        if (convicted.Length > 0)
        {
            yield return Text($"Steps of the shrunk scripts: {Median(convicted.Select(r => (double)r.First!.Steps)):0} at the median, {convicted.Max(r => r.First!.Steps)} at most.");
            yield return Text($"Commands until the first conviction: {Median(convicted.Select(r => (double)r.Commands)):N0} at the median, {convicted.Max(r => r.Commands):N0} at most.");
            yield return Text($"CPU time until then, shrinking included: {Median(convicted.Select(r => r.Milliseconds)):0} ms at the median, {convicted.Max(r => r.Milliseconds) / 1000:0.0} s at most.");
            yield return Text($"Convicted first by a clause that may: {convicted.Count(r => r.IsExpected)}; by another: {convicted.Count(r => !r.IsExpected)}.");
        }

        if (matrix.Sample.Count > 0)
        {
            TrialResult[] sample = [.. matrix.Sample, .. matrix.Results.Where(r => matrix.Sample.Any(s => s.Mutant == r.Mutant))];
            TrialResult[] hits = [.. sample.Where(r => r.First is not null)];
            yield return Text($"The sample: {sample.Select(s => s.Mutant).Distinct().Count()} mutants with {sample.Select(s => s.Seed).Distinct().Count()} seeds each, {hits.Length} of {sample.Length} convicted; commands {Median(hits.Select(r => (double)r.Commands)):N0} at the median and {hits.Max(r => r.Commands):N0} at worst, CPU time {Median(hits.Select(r => r.Milliseconds)):0} ms and {hits.Max(r => r.Milliseconds) / 1000:0.0} s.");
        }

        if (matrix.Clean is { } clean)
        {
            yield return Text($"Clean implementations: {(matrix.IsNative ? "the native reference on every version given, in each way," : "the reference on every version")} with {clean.Seeds} seeds, {clean.Commands:N0} commands: {(clean.Convictions.Count == 0 ? "convicted of nothing" : $"{clean.Convictions.Count} convictions")}.");
        }

        if (matrix.Distribution is { } d)
        {
            yield return Text($"Generated: {d.Scripts:N0} scripts, every command at least {d.EachCommand[0].Count:N0} times ({CommandTable.Of(d.EachCommand[0].Op).Name}); {d.PairsGenerated} of {d.PairsReachable} possible pairs of commands; an ambient event between two commands in {d.Between:N0} of at most {d.BetweenReachable:N0} ways.");
        }
    }

    /// <summary>The page.</summary>
    /// <param name="matrix">The matrix.</param>
    public static string Render(KillMatrix matrix)
    {
        bool isNative = matrix.IsNative;
        StringBuilder page = isNative ? NativeHead() : new StringBuilder()
            .Append("# The suite on trial\n\n")
            .Append("Generated: `dotnet run -c Release --project conformance -- mutants --write docs/mutants.md` writes this page. A mutant is the reference with one thing wrong. The mutants of\n")
            .Append("fields, errors and lifecycles are derived from the version profiles, the rules of the totality table and the lifecycle tables; liars and museum are by hand. Each names\n")
            .Append("the clauses that may convict it. `mutants` fails when nobody convicts a mutant that is not listed as equivalent, when another clause does and nobody has\n")
            .Append("explained it, when a clause convicts nobody, and when the generator leaves out a command, a possible pair of commands or a clause.\n\n");
        foreach (string line in Summary(matrix))
        {
            _ = page.Append("- ").Append(line).Append('\n');
        }

        _ = page.Append(Text($"- Seed {matrix.Seed}, in {matrix.Elapsed.TotalMinutes:0.0} minutes on a machine shared with others.\n\n"));
        if (!isNative)
        {
            Clauses(page, matrix);
        }

        foreach (IGrouping<MutantSet, TrialResult> set in matrix.Results.GroupBy(r => r.Mutant.Set))
        {
            (isNative ? (Action<StringBuilder, IGrouping<MutantSet, TrialResult>>)GroupedRows : Rows)(page, set);
        }

        (isNative ? (Action<StringBuilder, KillMatrix>)GroupedEquivalent : Equivalent)(page, matrix);
        Unexpected(page, matrix);
        (isNative ? (Action<StringBuilder>)LeftOutOfNative : Left)(page);

        return page.ToString().TrimEnd() + "\n";
    }

    private static StringBuilder NativeHead() => new StringBuilder()
        .Append("# The suite on trial, on real interpreters\n\n")
        .Append("Generated: `dotnet run -c Release --project conformance -- mutants --python PATH … --write docs/mutants-native.md` writes this page. Each mutant is the reference in C\n")
        .Append("(`reference/native`) with one thing wrong, compiled in for this purpose only and chosen when it starts. Fields are wrong on every version given and in three ways: called as\n")
        .Append("an API, under a switcher with a C stack for each context, and under one that copies contexts out of one C stack. Errors and lifecycles do not depend on the version and are\n")
        .Append("tried on the newest that can come to them; what is owned does. A row has every mutant with the same fault that the same clause convicts; the verdict and the script are those of the one with\n")
        .Append("the fewest steps, the commands the most that one of them took. Whom 300,000 generated commands do not convict (10,000 where it is listed as equivalent) is put to suites of every transition\n")
        .Append("([explore.md](explore.md#suites)): of one handle, of what the end of a thread makes of it, of two contexts with generators. The same on the simulated thread state, and much more, is in [mutants.md](mutants.md).\n\n");

    // Rows that say the same are one: a table of hundreds is not read.
    private static void GroupedRows(StringBuilder page, IGrouping<MutantSet, TrialResult> set)
    {
        _ = page.Append("## ").Append(Title(set.Key)).Append("\n\n").Append(Text($"{set.Count(r => r.First is not null)} of {set.Count()} convicted.\n\n"));
        var table = new MarkdownTable("fault", "of", "on", "convicted by", "verdict", "shortest script", "commands");
        foreach (var rows in MatrixRow.Of(set).GroupBy(r => (r.Results[0].Mutant.Fault, r.Versions, First: string.Join(", ", r.First.DefaultIfEmpty("nobody")))))
        {
            Conviction? shortest = rows.Select(r => r.Shortest).OfType<Conviction>().MinBy(c => c.Steps);
            long commands = rows.SelectMany(r => r.Results).Where(r => r.First is not null).Select(r => r.Commands).DefaultIfEmpty().Max();
            table.Row(
                rows.Key.Fault,
                string.Join(", ", rows.Select(r => $"`{r.Results[0].Mutant.Target}`")),
                rows.Key.Versions,
                rows.Key.First,
                shortest is null ? "" : Folder().Replace(shortest.Words, ""),
                shortest is null ? "" : shortest.Steps == 0 ? "the teardown" : $"`{shortest.Script}`",
                shortest is null ? "" : commands.ToString("N0", CultureInfo.InvariantCulture));
        }

        _ = page.Append(table).Append('\n');
    }

    private static void GroupedEquivalent(StringBuilder page, KillMatrix matrix)
    {
        _ = page.Append("## Equivalent\n\nNothing that is observed can show these, and why.\n\n");
        var table = new MarkdownTable("mutants", "on", "why");
        foreach (var rows in MatrixRow.Of(matrix.Equivalent).GroupBy(r => (r.Versions, Explanations.Equivalent(r.Results[0].Mutant)!.Reason)))
        {
            table.Row(string.Join(", ", rows.Select(r => $"`{r.Group}`")), rows.Key.Versions, rows.Key.Reason);
        }

        _ = page.Append(table).Append('\n');
    }

    private static void LeftOutOfNative(StringBuilder page)
    {
        _ = page.Append("## Left out\n\nThe driver of the API has one interpreter and does not end it: what is answered while one is finalizing, or for another one's states, is tried on the simulated thread\nstate only.\n\n");
        foreach (IGrouping<string, string> each in NativeCallMutants.LeftOut.GroupBy(n => n[..n.IndexOf(':', StringComparison.Ordinal)], n => n[(n.IndexOf(':', StringComparison.Ordinal) + 1)..]))
        {
            _ = page.Append("- ").Append(each.Key).Append(": ").AppendJoin(", ", each.Select(t => $"`{t}`")).Append('\n');
        }
    }

    private static void Clauses(StringBuilder page, KillMatrix matrix)
    {
        _ = page.Append("## Whom each clause convicts\n\n");
        var table = new MarkdownTable("clause", "title", "first", "also");
        foreach (Clause clause in Catalogue.All)
        {
            int first = matrix.Convicted.Count(r => r.First!.Clause == clause.Id);
            table.Row(clause.Id.Text(), clause.Title, Number(first), Number(matrix.ConvictedBy(clause.Id).Count() - first));
        }

        _ = page.Append(table).Append('\n');
    }

    private static void Rows(StringBuilder page, IGrouping<MutantSet, TrialResult> set)
    {
        _ = page.Append("## ").Append(Title(set.Key)).Append("\n\n").Append(Text($"{set.Count(r => r.First is not null)} of {set.Count()} convicted.\n\n"));
        bool isMuseum = set.Key == MutantSet.Museum;
        MarkdownTable table = isMuseum
            ? new MarkdownTable("defect", "who had it", "on", "convicted by", "verdict", "shortest script", "the real one")
            : new MarkdownTable("mutant", "on", "convicted by", "also", "verdict", "shortest script", "commands");
        foreach (MatrixRow row in MatrixRow.Of(set))
        {
            string first = row.First.Any() ? string.Join(", ", row.First) : "nobody";
            string words = row.Shortest?.Words ?? "";
            string script = row.Shortest is { } s ? s.Steps == 0 ? "the teardown" : $"`{s.Script}`" : "";
            if (isMuseum)
            {
                Exhibit exhibit = Exhibits.All.Single(e => e.Name == row.Results[0].Mutant.Target);
                table.Row($"[{exhibit.Name}]({exhibit.Link}): {exhibit.Defect}", exhibit.Who, row.Versions, first, words, script, exhibit.Real);
            }
            else
            {
                table.Row($"`{row.Group}`", row.Versions, first, string.Join(", ", row.Others), words, script, row.Commands);
            }
        }

        _ = page.Append(table).Append('\n');
    }

    private static void Equivalent(StringBuilder page, KillMatrix matrix)
    {
        _ = page.Append("## Equivalent\n\nNothing that is observed can show these, and why.\n\n");
        var table = new MarkdownTable("mutant", "on", "why");
        foreach (MatrixRow row in MatrixRow.Of(matrix.Equivalent))
        {
            table.Row($"`{row.Group}`", row.Versions, Explanations.Equivalent(row.Results[0].Mutant)!.Reason);
        }

        _ = page.Append(table).Append('\n');
    }

    private static void Unexpected(StringBuilder page, KillMatrix matrix)
    {
        _ = page.Append("## Convicted by another clause\n\nThe clause that convicted these first is none of those that the derivation names.\n\n");
        var table = new MarkdownTable("mutant", "clause", "why");
        foreach (var rows in matrix.ByAnotherClause.Select(r => (r.Mutant.Group, r.First!.Clause, Why: Explanations.Unexpected(r.Mutant, r.First)?.Reason ?? "**unexplained**")).Distinct().GroupBy(r => (r.Clause, r.Why, matrix.IsNative ? "" : r.Group)))
        {
            table.Row(string.Join(", ", rows.Select(r => $"`{r.Group}`")), rows.Key.Clause.Text(), rows.Key.Why);
        }

        _ = page.Append(table).Append('\n');
    }

    private static void Left(StringBuilder page)
    {
        _ = page.Append("## Left out\n\nFields of the classification that the simulated thread state does not have, so that they have no mutant:\n\n");
        foreach (IGrouping<FieldClass, (FieldClass Class, Field Field, VersionProfile Version)> each in FieldMutants.WithoutPlace.GroupBy(f => f.Class))
        {
            _ = page.Append("- ").Append(Phrases.Hyphenated(each.Key)).Append(": ").AppendJoin(", ", each.Select(f => $"`{f.Field.Name}`").Distinct()).Append('\n');
        }

        _ = page.Append("\nPublished defects that no exhibit shows:\n\n");
        foreach ((string link, string why) in Exhibits.NotShown)
        {
            _ = page.Append("- <").Append(link).Append(">: ").Append(why).Append('\n');
        }
    }

    private static string Title(MutantSet set) => set switch
    {
        MutantSet.Fields => "Context-local and stack-bound fields",
        MutantSet.Wide => "Thread-wide and interpreter-wide fields",
        MutantSet.Derived => "Derived fields",
        MutantSet.Errors => "Preconditions and errors",
        MutantSet.Lifecycle => "Lifecycles",
        MutantSet.Ownership => "What is owned",
        MutantSet.Liars => "Liars",
        MutantSet.Native => "Fields, called as an API",
        MutantSet.NativeErrors => "Preconditions and errors",
        MutantSet.NativeLifecycle => "Lifecycles",
        MutantSet.NativeOwnership => "What is owned",
        MutantSet.NativeSeparate => "Fields, under a switcher with a C stack for each context",
        MutantSet.NativeEvict => "Fields, under a switcher with one C stack",
        _ => "The museum: published defects",
    };

    private static string Number(int number) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    // Where a file of Python was, on the machine that made the page.
    [GeneratedRegex("(?<=File \")[^\"]*/")]
    private static partial Regex Folder();
}
