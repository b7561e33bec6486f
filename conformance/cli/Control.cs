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

    private static RunPart Ask(RunPart part, IImplementation control)
    {
        Capabilities judged = part.Report.Capabilities;
        bool needed = part.Report.Verdicts.Any(v => v.Counterexample is not null);
        if (!needed || part.Implementation == Name || judged.Interpreter == SimulatedCapabilities.Interpreter || control.WhatIsMissing(part.Interpreter) is not null)
        {
            return part;
        }

        try
        {
            using ISession session = control.Start(part.Interpreter);
            bool isSame = session.Capabilities.InterpreterTitle == judged.InterpreterTitle;
            return !isSame ? part : part with
            {
                Report = part.Report with { Verdicts = [.. part.Report.Verdicts.Select(v => v.Counterexample is { } c ? v with { Counterexample = Ask(c, session) } : v)] },
            };
        }
        catch (SetupException)
        {
            return part; // a control that does not start takes no verdict away
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
