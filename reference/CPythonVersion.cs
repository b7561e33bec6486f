// The CPython versions that the simulation knows.
namespace PyState.Reference;

/// <summary>A CPython feature release; the value is its minor version.</summary>
public enum CPythonVersion : byte
{
    /// <summary>CPython 3.8.</summary>
    V3_8 = 8,

    /// <summary>CPython 3.9.</summary>
    V3_9 = 9,

    /// <summary>CPython 3.10.</summary>
    V3_10 = 10,

    /// <summary>CPython 3.11.</summary>
    V3_11 = 11,

    /// <summary>CPython 3.12.</summary>
    V3_12 = 12,

    /// <summary>CPython 3.13.</summary>
    V3_13 = 13,

    /// <summary>CPython 3.14.</summary>
    V3_14 = 14,

    /// <summary>CPython 3.15.</summary>
    V3_15 = 15,
}
