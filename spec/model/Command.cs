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

/// <summary>One command of a script: an operation and up to two small arguments. One word, so that it travels in a register: it is passed on several
/// times for every command that is checked.</summary>
public readonly record struct Command
{
    private readonly uint packed;

    /// <summary>Packs a command.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="a">The first argument, 0 where there is none.</param>
    /// <param name="b">The second argument, 0 where there is none.</param>
    public Command(Op op, byte a = 0, byte b = 0) => packed = (uint)op | ((uint)a << 8) | ((uint)b << 16);

    /// <summary>The operation.</summary>
    public Op Op => (Op)packed;

    /// <summary>The first argument, 0 where there is none.</summary>
    public byte A
    {
        get => (byte)(packed >> 8);
        init => packed = (packed & ~0xFF00u) | ((uint)value << 8);
    }

    /// <summary>The second argument, 0 where there is none.</summary>
    public byte B
    {
        get => (byte)(packed >> 16);
        init => packed = (packed & ~0xFF0000u) | ((uint)value << 16);
    }

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
