// Blame needs a control: what plain threads, or generators, show for the steps that an implementation deviates on.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Runs each counterexample once more where nothing saves or restores anything, on the same interpreter: what deviates there too is the interpreter's.</summary>
public static class Control
{
    // The first of them that can carry out the steps is asked.
    private static readonly string[] Usual = ["threads", "generators"];

    /// <summary>The controls of an implementation: those that its manifest names, or else plain threads, and generators for what threads cannot carry out.</summary>
    /// <param name="implementation">Its name.</param>
    /// <param name="all">What there is.</param>
    public static IReadOnlyList<IFolder> Of(string implementation, IReadOnlyList<IImplementation> all)
    {
        IFolder[] folders = [.. all.OfType<IFolder>()];
        IReadOnlyList<string> names = folders.FirstOrDefault(f => f.Name == implementation)?.Manifest.Controls is { Count: > 0 } own ? own : Usual;
        return names.Contains(implementation) ? [] : [.. names.SelectMany(n => folders.Where(f => f.Name == n))];
    }

    /// <summary>Adds what the control shows to every counterexample found on a real interpreter.</summary>
    /// <param name="report">The run.</param>
    /// <param name="host">Where the control comes from.</param>
    public static RunReport Ask(RunReport report, Host host)
    {
        return report with
        {
            Entries = [.. report.Entries.Select(e => new RunEntry(e.Name, e.Interpreter, [.. e.Parts.Select(p => Ask(p, Of(p.Implementation, host.Implementations)))]))],
        };
    }

    /// <summary>Adds what the control shows to every counterexample of a shard: which of them are kept is seen when all shards are there.</summary>
    /// <param name="campaigns">What the shard found.</param>
    /// <param name="judged">What the implementation declares.</param>
    /// <param name="interpreter">What was given with <c>--python</c>, or null.</param>
    /// <param name="controls">The controls.</param>
    public static IReadOnlyList<CampaignShare> Ask(IReadOnlyList<CampaignShare> campaigns, Capabilities judged, string? interpreter, IReadOnlyList<IFolder> controls)
    {
        if (campaigns.All(c => c.Examined.Count == 0))
        {
            return campaigns;
        }

        using var asked = new Asked(controls, judged, interpreter);
        return [.. campaigns.Select(c => c with { Examined = [.. c.Examined.Select(asked.Of)] })];
    }

    private static RunPart Ask(RunPart part, IReadOnlyList<IFolder> controls)
    {
        if (part.Report.Verdicts.All(v => v.Counterexample is null))
        {
            return part;
        }

        using var asked = new Asked(controls, part.Report.Capabilities, part.Interpreter);
        return part with
        {
            Report = part.Report with { Verdicts = [.. part.Report.Verdicts.Select(v => v.Counterexample is { } c ? v with { Counterexample = asked.Of(c) } : v)] },
        };
    }

    private static string Words(string title, Minimizer.Finding? shown, Counterexample found) => shown switch
    {
        null => $"{title} conform on the same steps: it is the implementation's",
        _ when shown.Clause == found.Clause => $"{title} show the same: it is the interpreter's",
        _ => $"{title} deviate too, from {shown.Clause.Text()}",
    };

    // The controls that run there, each started when it is first needed.
    private sealed class Asked(IReadOnlyList<IFolder> controls, Capabilities judged, string? interpreter) : IDisposable
    {
        private readonly Dictionary<string, ISession?> sessions = [];

        internal Counterexample Of(Counterexample found)
        {
            var unable = new List<string>();
            foreach (IFolder control in controls)
            {
                if (!sessions.TryGetValue(control.Name, out ISession? session))
                {
                    sessions[control.Name] = session = Start(control);
                }

                try
                {
                    if (session is not null)
                    {
                        return found with { Control = Words(control.Manifest.Title, Replay.Run(session, found.Script, found.Before, found.Clause, []), found) };
                    }
                }
                catch (SetupException)
                {
                    unable.Add(control.Manifest.Title);
                }
            }

            return unable.Count == 0 ? found : found with { Control = $"{string.Join(" and ", unable)} cannot carry out these steps" };
        }

        public void Dispose()
        {
            foreach (ISession? session in sessions.Values)
            {
                session?.Dispose();
            }
        }

        // Null where it says nothing: it does not run there.
        private ISession? Start(IFolder control)
        {
            if (judged.Interpreter == SimulatedCapabilities.Interpreter || control.WhatIsMissing(interpreter) is not null)
            {
                return null;
            }

            try
            {
                ISession session = control.Start(interpreter);
                if (session.Capabilities.InterpreterTitle == judged.InterpreterTitle)
                {
                    return session;
                }

                session.Dispose();
                return null;
            }
            catch (SetupException)
            {
                return null; // a control that does not start takes no verdict away
            }
        }
    }
}
