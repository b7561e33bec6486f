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
            var names = new HashSet<string>();
            return report with
            {
                Entries = [.. report.Entries.Select(e => new RunEntry(e.Name, e.Interpreter, [.. e.Parts.Select(p => Write(p, names, host))]))],
            };
        }
        catch (SetupException e)
        {
            // The verdicts are worth more than the traces: in a folder that cannot be written they are printed all the same.
            host.Error.Write($"pystate: {SafeText.OneLine(e.Message)} for the traces, which are left out\n");
            return report;
        }
    }

    private static RunPart Write(RunPart part, HashSet<string> names, Host host)
    {
        Capabilities capabilities = part.Report.Capabilities;
        string build = capabilities.Build == "release" ? string.Empty : $"-{capabilities.Build}";
        string prefix = FileName($"{part.Implementation}-{capabilities.Interpreter}-{capabilities.InterpreterVersion}{build}");
        string name = prefix;
        for (int i = 2; !names.Add(name); i++)
        {
            name = $"{prefix}-{i}"; // two interpreters of one version and build leave two sets, as two versions do
        }

        ClauseVerdict[] verdicts = [.. part.Report.Verdicts.Select(v => v.Counterexample is { } c ? v with { Counterexample = Write(c, part, name, host) } : v)];
        return part with { Report = part.Report with { Verdicts = verdicts } };
    }

    private static Counterexample Write(Counterexample found, RunPart part, string name, Host host)
    {
        string relative = $"{Folder}/{name}-{found.Clause.Text()}.json";
        host.WriteTrace(Path.Combine(host.Folder, relative), part, found);
        return found with { TraceFile = relative };
    }

    /// <summary>A name for a file. Its parts come from the implementation: neither a path nor of any length.</summary>
    /// <param name="name">Any string.</param>
    internal static string FileName(string name) =>
        string.Concat(name.Take(80).Select((c, i) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && i > 0) ? c : '-'));
}
