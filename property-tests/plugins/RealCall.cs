using PyState.Conformance.Cli;
using PyState.Conformance.Engine;

namespace PyState.PropertyTests.Plugins;

/// <summary>Calls of the real command line in a folder of their own.</summary>
internal sealed class RealCall : IDisposable
{
    private StringWriter output = new();
    private StringWriter error = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("pystate-plugins-").FullName;

    public string Out => output.ToString();

    public string Error => error.ToString();

    /// <summary>Invokes a command line; what was written before is forgotten.</summary>
    public int Invoke(params string[] arguments)
    {
        output.Dispose();
        error.Dispose();
        (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        Host host = Hosts.Of(output, error, Terminal.Plain, CancellationToken.None) with { Folder = Folder, Program = "pystate" };
        Verdicts.Clear();
        host = host with
        {
            Run = (session, options, progress, cancellation) =>
            {
                ImplementationReport report = Runner.Run(session, options, progress, cancellation);
                Verdicts.AddRange(report.Verdicts);
                return report;
            },
        };
        return CommandLine.Invoke(arguments, host);
    }

    /// <summary>The verdicts of the last run, of every interpreter.</summary>
    public List<ClauseVerdict> Verdicts { get; } = [];

    /// <summary>The clauses with a verdict of a kind in the last run, in a line.</summary>
    public string Clauses(VerdictKind kind) => string.Join(' ', Verdicts.Where(v => v.Kind == kind).Select(v => PyState.Spec.Clauses.ClauseIdText.Text(v.Clause)).Distinct().Order(StringComparer.Ordinal));

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
