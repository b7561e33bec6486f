// The traces that a run leaves: one file for each deviation, to be replayed anywhere.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Writes the counterexamples of a run into the folder <see cref="Folder"/>.</summary>
public static class Traces
{
    /// <summary>The folder, below the current one.</summary>
    public const string Folder = "pystate-results";

    /// <summary>Writes a trace for each counterexample.</summary>
    /// <param name="report">The run.</param>
    /// <param name="host">Where to, and how.</param>
    /// <returns>The run, its counterexamples with the names of their files.</returns>
    public static RunReport Write(RunReport report, Host host)
    {
        try
        {
            return report with { Entries = [.. report.Entries.Select((e, i) => Write(e, report, i, host))] };
        }
        catch (SetupException e)
        {
            // The verdicts are worth more than the traces: in a folder that cannot be written they are printed all the same.
            host.Error.Write($"pystate: {SafeText.OneLine(e.Message)} for the traces, which are left out\n");
            return report;
        }
    }

    private static RunEntry Write(RunEntry entry, RunReport report, int index, Host host)
    {
        // Two interpreters of one version leave two sets, as two versions do.
        string prefix = Prefix(entry);
        string suffix = report.Entries.Take(index).Count(e => Prefix(e) == prefix) is > 0 and var before ? $"-{before + 1}" : string.Empty;
        ClauseVerdict[] verdicts =
        [
            .. entry.Report.Verdicts.Select(v => v.Counterexample is not { } found ? v
                : v with { Counterexample = found with { TraceFile = Write(found, entry, prefix + suffix, host) } }),
        ];
        return entry with { Report = entry.Report with { Verdicts = verdicts } };
    }

    private static string Write(Counterexample found, RunEntry entry, string prefix, Host host)
    {
        string relative = $"{Folder}/{prefix}-{found.Clause.Text()}.json";
        host.WriteTrace(Path.Combine(host.Folder, relative), entry, found);
        return relative;
    }

    private static string Prefix(RunEntry entry)
    {
        Capabilities capabilities = entry.Report.Capabilities;
        return FileName($"{entry.Name}-{capabilities.Interpreter}-{capabilities.InterpreterVersion}");
    }

    // The parts come from the implementation: neither a path nor of any length.
    private static string FileName(string name) =>
        string.Concat(name.Take(80).Select((c, i) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && i > 0) ? c : '-'));
}
