// Blame needs a control: what plain threads show for the steps that an implementation deviates on.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Cli;

/// <summary>Runs each counterexample once more on plain threads of the same interpreter: what deviates there too is the interpreter's.</summary>
public static class Control
{
    /// <summary>The implementation that is the control.</summary>
    public const string Name = "threads";

    /// <summary>Adds what the control shows to every counterexample found on a real interpreter.</summary>
    /// <param name="report">The run.</param>
    /// <param name="host">Where the control comes from.</param>
    public static RunReport Ask(RunReport report, Host host)
    {
        IImplementation? control = host.Implementations.FirstOrDefault(i => i.Name == Name);
        return control is null ? report : report with
        {
            Entries = [.. report.Entries.Select(e => new RunEntry(e.Name, e.Interpreter, [.. e.Parts.Select(p => Ask(p, control))]))],
        };
    }

    /// <summary>Adds what the control shows to every counterexample of a shard: which of them are kept is seen when all shards are there.</summary>
    /// <param name="campaigns">What the shard found.</param>
    /// <param name="judged">What the implementation declares.</param>
    /// <param name="implementation">Its name.</param>
    /// <param name="interpreter">What was given with <c>--python</c>, or null.</param>
    /// <param name="control">The control.</param>
    public static IReadOnlyList<CampaignShare> Ask(
        IReadOnlyList<CampaignShare> campaigns, Capabilities judged, string implementation, string? interpreter, IImplementation control)
    {
        if (campaigns.All(c => c.Examined.Count == 0))
        {
            return campaigns;
        }

        using ISession? session = Start(control, judged, implementation, interpreter);
        return session is null ? campaigns : [.. campaigns.Select(c => c with { Examined = [.. c.Examined.Select(e => Ask(e, session))] })];
    }

    private static RunPart Ask(RunPart part, IImplementation control)
    {
        if (part.Report.Verdicts.All(v => v.Counterexample is null))
        {
            return part;
        }

        using ISession? session = Start(control, part.Report.Capabilities, part.Implementation, part.Interpreter);
        return session is null ? part : part with
        {
            Report = part.Report with { Verdicts = [.. part.Report.Verdicts.Select(v => v.Counterexample is { } c ? v with { Counterexample = Ask(c, session) } : v)] },
        };
    }

    // Null where it says nothing: it is what is judged, or does not run there.
    private static ISession? Start(IImplementation control, Capabilities judged, string implementation, string? interpreter)
    {
        if (implementation == Name || judged.Interpreter == SimulatedCapabilities.Interpreter || control.WhatIsMissing(interpreter) is not null)
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

    private static Counterexample Ask(Counterexample found, ISession session)
    {
        try
        {
            return found with { Control = Words(Replay.Run(session, found.Script, found.Before, found.Clause, []), found) };
        }
        catch (SetupException)
        {
            return found with { Control = "plain threads cannot carry out these steps" };
        }
    }

    private static string Words(Minimizer.Finding? shown, Counterexample found) => shown switch
    {
        null => "plain threads conform on the same steps: it is the implementation's",
        _ when shown.Clause == found.Clause => "plain threads show the same: it is the interpreter's",
        _ => $"plain threads deviate too, from {shown.Clause.Text()}",
    };
}
