// --update-expectations: the list that would make this run's verdicts the expected ones, but for the reasons.

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Cli;

/// <summary>Proposes expectations in a file of their own. Nobody knows from a run why something deviates: the reasons are blanks, and a list with a blank is refused.</summary>
internal static class ProposedExpectations
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<VerdictKind>(JsonNamingPolicy.CamelCase), ExpectationFile.ClauseIds },
    };

    /// <summary>Writes a proposal for each implementation of a run whose verdicts differ from what is expected, and says where it is.</summary>
    /// <param name="report">The run.</param>
    /// <param name="implementations">The implementations, in the order of its entries.</param>
    /// <param name="host">Where to.</param>
    /// <param name="say">Where it is said.</param>
    public static void Write(RunReport report, IReadOnlyList<IImplementation> implementations, Host host, TextWriter say)
    {
        foreach (IGrouping<IImplementation, RunEntry> entries in report.Entries.Select((e, i) => (e, implementations[i])).GroupBy(p => p.Item2, p => p.e))
        {
            string name = Traces.FileName(entries.Key.Name);
            ClauseVerdict[] verdicts = [.. entries.SelectMany(e => e.Parts).SelectMany(p => p.Report.Verdicts).Where(v => v.IsUnexpected)];
            Expectation[] gone = [.. verdicts.Where(v => !v.IsRed).Select(v => v.Expectation!).Distinct()];
            Expectation[] added = [.. entries.SelectMany(e => e.Parts).SelectMany(Proposed)];
            foreach (ClauseVerdict unstable in verdicts.Where(v => v.Kind == VerdictKind.Unstable))
            {
                say.Write($"{name}: {unstable.Clause.Text()} is unstable, which nobody can expect\n");
            }

            if (gone.Length == 0 && added.Length == 0)
            {
                say.Write($"{name}: no expectation to propose\n");
                continue;
            }

            string file = $"{Traces.Folder}/{name}-expectations.json.proposed";
            Expectation[] list = [.. host.ExpectationsOf(entries.Key).Except(gone), .. added];
            AtomicFile.Write(Path.Combine(host.Folder, file), stream =>
            {
                JsonSerializer.Serialize(stream, list, Options);
                stream.WriteByte((byte)'\n');
            });
            foreach (Expectation expectation in gone)
            {
                say.Write($"{name}: left out {expectation.Clause.Text()}, which conforms now\n");
            }

            foreach (Expectation expectation in added)
            {
                say.Write($"{name}: proposed {expectation.Clause.Text()}, {Vocabulary.Of(expectation.Verdict)}\n");
            }

            string where = entries.Key is IFolder ? "expectations.json in its folder" : "expectations.json in a folder of its own";
            say.Write($"{name}: {file} is the whole list; write the reasons and links into its blanks, then put it in the place of {where}\n");
        }
    }

    private static IEnumerable<Expectation> Proposed(RunPart part)
    {
        Capabilities declared = part.Report.Capabilities;
        foreach (ClauseVerdict verdict in part.Report.Verdicts.Where(v => v.IsUnexpected && v.IsRed && v.Kind != VerdictKind.Unstable))
        {
            Counterexample? shown = verdict.Counterexample;
            string? channel = shown?.Divergence is { } d ? ExpectationMatch.ChannelNames(d.Channels).First() : null;
            yield return new Expectation
            {
                Clause = verdict.Clause,
                Verdict = verdict.Kind,
                Channel = channel,
                Versions = declared.ImplementationVersion,
                Interpreter = $"{declared.Interpreter} {declared.InterpreterVersion}",
                Build = declared.Build == "release" ? string.Empty : declared.Build, // a release build's holds for the others too
                Pattern = [.. shown?.Script.Commands.Select(c => c.Info.Name) ?? []],
                Observed = shown?.Divergence is { } e ? ExpectationMatch.ObservedIn(channel, e) : null,
                Reason = ExpectationFile.Blank,
                Link = ExpectationFile.Blank,
            };
        }
    }
}
