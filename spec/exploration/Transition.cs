// What a command does to the packed parts that it is allowed to touch.

using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>What a command depends on and changes, given who runs.</summary>
internal enum Footprint : byte
{
    /// <summary>The control part and the active thread.</summary>
    Row,

    /// <summary>These and one handle or context.</summary>
    Column,

    /// <summary>These, every handle or context, each by itself, and the other threads, which may be replaced by new ones.</summary>
    All,
}

/// <summary>One entry of the transition tables.</summary>
/// <param name="Control">The control part afterwards; -1 where the command leads out of the bound.</param>
/// <param name="Thread">The active thread's part afterwards.</param>
/// <param name="Column">The part of the handle or context afterwards; of a command that touches all, the number of its map.</param>
/// <param name="Outcome">The number of the outcome.</param>
internal readonly record struct Transition(int Control, int Thread, int Column, int Outcome)
{
    internal static Transition Cut => new(-1, 0, 0, 0);

    internal bool IsCut => Control < 0;
}

/// <summary>What a command that touches every column does to each.</summary>
/// <param name="ResetsOthers">Whether the other threads are new afterwards.</param>
/// <param name="Columns">By column and value: the value afterwards.</param>
/// <param name="Controls">By column and value: the control part afterwards where the column decides it, else -1; empty where none does.</param>
internal sealed record ColumnMap(bool ResetsOthers, int[][] Columns, int[][] Controls)
{
    internal bool Equals(ColumnMap? other, bool withControls) =>
        other is not null && ResetsOthers == other.ResetsOthers && Same(Columns, other.Columns) && (!withControls || Same(Controls, other.Controls));

    private static bool Same(int[][] one, int[][] other) => one.Length == other.Length && one.Zip(other).All(p => p.First.AsSpan().SequenceEqual(p.Second));
}

/// <summary>A step function of the model: <see cref="Machine.Step"/>, or a wrong one.</summary>
/// <param name="semantics">What is judged.</param>
/// <param name="state">The state; replaced by the next one.</param>
/// <param name="command">The command.</param>
public delegate Outcome StepFunction(Semantics semantics, ref State state, Command command);
