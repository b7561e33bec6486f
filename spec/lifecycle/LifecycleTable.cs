// Compiles a Stateless machine into a table. The machine draws the diagram and is where a lifecycle is written; the table is what is used.

using System.Collections.Frozen;
using PyState.Spec.Model;
using Stateless;
using Stateless.Graph;
using Stateless.Reflection;

namespace PyState.Spec.Lifecycle;

/// <summary>One entry of a lifecycle: what a trigger does in a state.</summary>
/// <typeparam name="TState">The states.</typeparam>
/// <typeparam name="TTrigger">The triggers.</typeparam>
/// <param name="From">The state before.</param>
/// <param name="Trigger">What happens.</param>
/// <param name="To">The state afterwards; the same one after an error.</param>
/// <param name="Status"><see cref="Status.Ok"/>, or the defined error.</param>
public readonly record struct LifecycleRow<TState, TTrigger>(TState From, TTrigger Trigger, TState To, Status Status)
    where TState : struct, Enum
    where TTrigger : struct, Enum;

/// <summary>A lifecycle as a table: total, so that every state answers every trigger.</summary>
/// <typeparam name="TState">The states.</typeparam>
/// <typeparam name="TTrigger">The triggers.</typeparam>
public sealed class LifecycleTable<TState, TTrigger>
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    private readonly FrozenDictionary<(TState, TTrigger), LifecycleRow<TState, TTrigger>> rows;

    internal LifecycleTable(IEnumerable<LifecycleRow<TState, TTrigger>> rows) => this.rows = rows.ToFrozenDictionary(r => (r.From, r.Trigger));

    /// <summary>Every row, by state and then by trigger.</summary>
    public IEnumerable<LifecycleRow<TState, TTrigger>> Rows => rows.Values.OrderBy(r => r.From).ThenBy(r => r.Trigger);

    /// <summary>What a trigger does in a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="trigger">The trigger.</param>
    public LifecycleRow<TState, TTrigger> this[TState state, TTrigger trigger] => rows[(state, trigger)];
}

/// <summary>The bridge between Stateless 5.20 and the tables.</summary>
public static class LifecycleCompiler
{
    /// <summary>The table of a machine.</summary>
    /// <typeparam name="TState">The states; every member is one.</typeparam>
    /// <typeparam name="TTrigger">The triggers; every member is one.</typeparam>
    /// <param name="machine">A machine in which every trigger of every state is permitted or refused.</param>
    /// <exception cref="InvalidOperationException">A state and trigger have no entry or two.</exception>
    public static LifecycleTable<TState, TTrigger> Compile<TState, TTrigger>(StateMachine<TState, TTrigger> machine)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        LifecycleRow<TState, TTrigger>[] rows = [.. machine.GetInfo().States.SelectMany(Rows<TState, TTrigger>)];
        foreach (TState state in Enum.GetValues<TState>())
        {
            foreach (TTrigger trigger in Enum.GetValues<TTrigger>())
            {
                int entries = rows.Count(r => EqualityComparer<TState>.Default.Equals(r.From, state) && EqualityComparer<TTrigger>.Default.Equals(r.Trigger, trigger));
                if (entries != 1)
                {
                    throw new InvalidOperationException($"{state} × {trigger}: {entries} entries instead of one");
                }
            }
        }

        return new LifecycleTable<TState, TTrigger>(rows);
    }

    /// <summary>The machine as a Mermaid state diagram, lines ended by a line feed alone.</summary>
    /// <typeparam name="TState">The states.</typeparam>
    /// <typeparam name="TTrigger">The triggers.</typeparam>
    /// <param name="machine">The machine.</param>
    public static string Diagram<TState, TTrigger>(StateMachine<TState, TTrigger> machine) =>
        MermaidGraph.Format(machine.GetInfo()).Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd() + "\n";

    /// <summary>Makes triggers end in a defined error and change nothing. The error is the guard's description, so that the diagram shows it.</summary>
    /// <typeparam name="TState">The states.</typeparam>
    /// <typeparam name="TTrigger">The triggers.</typeparam>
    /// <param name="state">Where they are refused.</param>
    /// <param name="status">The defined error.</param>
    /// <param name="triggers">What is refused.</param>
    public static StateMachine<TState, TTrigger>.StateConfiguration Refuse<TState, TTrigger>(
        this StateMachine<TState, TTrigger>.StateConfiguration state, Status status, params TTrigger[] triggers)
    {
        foreach (TTrigger trigger in triggers)
        {
            state.IgnoreIf(trigger, () => true, status.ToString());
        }

        return state;
    }

    private static IEnumerable<LifecycleRow<TState, TTrigger>> Rows<TState, TTrigger>(StateInfo state)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        var from = (TState)state.UnderlyingState;
        foreach (FixedTransitionInfo fixedTransition in state.FixedTransitions)
        {
            yield return new(from, (TTrigger)fixedTransition.Trigger.UnderlyingTrigger, (TState)fixedTransition.DestinationState.UnderlyingState, Status.Ok);
        }

        // Stateless leaves ignored triggers out of Transitions; here they are the errors.
        foreach (IgnoredTransitionInfo ignored in state.IgnoredTriggers)
        {
            Status error = Enum.Parse<Status>(ignored.GuardConditionsMethodDescriptions.Single().Description);
            yield return new(from, (TTrigger)ignored.Trigger.UnderlyingTrigger, from, error);
        }
    }
}
