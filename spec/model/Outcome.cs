namespace PyState.Spec.Model;

/// <summary>What one step of the model says besides the new state. One word, as <see cref="Command"/> is.</summary>
public readonly record struct Outcome
{
    private readonly ulong packed;

    /// <summary>Packs an outcome.</summary>
    /// <param name="status">How the command ended.</param>
    /// <param name="probe">The value of a probe command, 0 for the others.</param>
    /// <param name="returned">The profile function that got the return event of the frame that was left, 0 for none.</param>
    /// <param name="shows">The slot whose frames are shown instead of the running flow's, counted from 1; 0 for none.</param>
    public Outcome(Status status, int probe = 0, byte returned = 0, byte shows = 0) =>
        packed = (uint)probe | ((ulong)status << 32) | ((ulong)returned << 40) | ((ulong)shows << 48);

    /// <summary>How the command ended.</summary>
    public Status Status => (Status)(packed >> 32);

    /// <summary>The value of a probe command, 0 for the others.</summary>
    public int Probe => (int)packed;

    /// <summary>The profile function that got the return event of the frame that was left, 0 for none.</summary>
    public byte Event => (byte)(packed >> 40);

    /// <summary>The slot of the saved state or walked context whose frames stand in the frames channel instead of the running flow's, counted from 1; 0 for none.</summary>
    public byte Shows => (byte)(packed >> 48);
}
