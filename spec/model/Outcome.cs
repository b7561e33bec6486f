using System.Runtime.InteropServices;

namespace PyState.Spec.Model;

/// <summary>What one step of the model says besides the new state.</summary>
[StructLayout(LayoutKind.Auto)]
public struct Outcome
{
    /// <summary>How the command ended.</summary>
    public Status Status;

    /// <summary>The profile function that got the return event of the frame that was left, 0 for none.</summary>
    public byte Event;

    /// <summary>Whether <see cref="Shown"/> stands in the frames channel instead of the running flow's frames.</summary>
    public bool ShowsFrames;

    /// <summary>Which flow's frames are shown: its origin, for attribution.</summary>
    public Origin ShownOrigin;

    /// <summary>The value of a probe command, 0 for the others.</summary>
    public int Probe;

    /// <summary>The frames of a walked context or of a saved state.</summary>
    public ByteStack Shown;
}
