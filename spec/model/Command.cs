namespace PyState.Spec.Model;

/// <summary>Which part of a script language a command belongs to.</summary>
public enum Alphabet : byte
{
    /// <summary>Structural commands and ambient events: in every script.</summary>
    Structural,

    /// <summary>Spawn, switch, throw, finish: what a switcher offers.</summary>
    Switcher,

    /// <summary>Save, Restore, Discard and introspection by handle.</summary>
    Api,
}

/// <summary>One command of a script: an operation and up to two small arguments.</summary>
/// <param name="Op">The operation.</param>
/// <param name="A">The first argument, 0 where there is none.</param>
/// <param name="B">The second argument, 0 where there is none.</param>
public readonly record struct Command(Op Op, byte A = 0, byte B = 0)
{
    /// <summary>What the table says of this operation.</summary>
    public CommandInfo Info => CommandTable.Of(Op);

    /// <summary>As a script line: the name and its arguments.</summary>
    public override string ToString() => Info.Parameters.Length switch
    {
        0 => Info.Name,
        1 => $"{Info.Name} {A}",
        _ => $"{Info.Name} {A} {B}",
    };
}

/// <summary>One argument of an operation.</summary>
/// <param name="Name">Its name in the documentation.</param>
/// <param name="Low">The lowest value.</param>
/// <param name="High">The highest value.</param>
public sealed record Parameter(string Name, int Low, int High);

/// <summary>What is known of an operation: its name, arguments and alphabet.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Name">Its name in scripts, traces and the protocol.</param>
/// <param name="Alphabet">The alphabet it belongs to.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Parameters">Its arguments.</param>
public sealed record CommandInfo(Op Op, string Name, Alphabet Alphabet, string Summary, params Parameter[] Parameters);
