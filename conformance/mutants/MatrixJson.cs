// The matrix for programs.

using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Mutants;

/// <summary>The document that <c>mutants --format json</c> prints.</summary>
public static class MatrixJson
{
    /// <summary>The document as text.</summary>
    /// <param name="matrix">The matrix.</param>
    public static string Text(KillMatrix matrix) => JsonSerializer.Serialize(Document(matrix), JsonReport.Options) + "\n";

    /// <summary>The document.</summary>
    /// <param name="matrix">The matrix.</param>
    public static object Document(KillMatrix matrix) => new
    {
        format = "pystate-mutants",
        version = 1,
        specification = JsonReport.Specification,
        seed = matrix.Seed,
        wanted = matrix.Wanted.Count,
        tried = matrix.Results.Count,
        seconds = Math.Round(matrix.Elapsed.TotalSeconds, 1),
        mutants = matrix.Results.Select(r => new
        {
            name = r.Mutant.Name,
            set = Vocabulary.Of(r.Mutant.Set),
            summary = r.Mutant.Summary,
            may = r.Mutant.May.Order().Select(c => c.Text()),
            commands = r.Commands,
            milliseconds = Math.Round(r.Milliseconds, 1),
            isExpected = r.IsExpected,
            convictions = r.Convictions.Select(c => new { clause = c.Clause.Text(), verdict = Vocabulary.Of(c.Kind), words = c.Words, steps = c.Steps, script = c.Script }),
            equivalent = r.First is null ? Explanations.Equivalent(r.Mutant)?.Reason : null,
        }),
        clauses = Catalogue.All.Select(c => new { id = c.Id.Text(), convicts = matrix.ConvictedBy(c.Id).Count() }),
        sample = matrix.Sample.Select(r => new { name = r.Mutant.Name, seed = r.Seed, commands = r.Commands, milliseconds = Math.Round(r.Milliseconds, 1), clause = r.First?.Clause.Text() }),
        clean = matrix.Clean is { } clean ? new { seeds = clean.Seeds, commands = clean.Commands, convictions = clean.Convictions } : null,
        distribution = matrix.Distribution is { } d ? new
        {
            scripts = d.Scripts,
            commands = d.EachCommand.ToDictionary(c => Spec.Model.CommandTable.Of(c.Op).Name, c => c.Count),
            pairs = d.PairsGenerated,
            pairsPossible = d.PairsReachable,
            between = d.Between,
            betweenPossible = d.BetweenReachable,
        } : null,
        missing = matrix.MissingShards,
        failures = matrix.Failures,
    };
}
