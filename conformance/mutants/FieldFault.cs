// The ways to get one field of the thread state wrong.

namespace PyState.Conformance.Mutants;

/// <summary>What is wrong with one field.</summary>
public enum FieldFault : byte
{
    /// <summary>Restore brings back what Save left, because Save has not taken the value along.</summary>
    NotSaved,

    /// <summary>Save leaves the value in force.</summary>
    NotReset,

    /// <summary>Restore leaves the value of the flow that has ended in force.</summary>
    NotRestored,

    /// <summary>Restore brings back the value of an earlier Save of the thread.</summary>
    RestoredStale,

    /// <summary>Neither Save nor Restore knows the field: all contexts share it.</summary>
    NotSwitched,

    /// <summary>Save clears a value that is not the context's.</summary>
    WronglyReset,

    /// <summary>Restore brings back a value that is not the context's.</summary>
    WronglyRestored,

    /// <summary>Save clears it and Restore brings it back, as if it were the context's.</summary>
    WronglySaved,

    /// <summary>What follows from other fields is as it was before Save.</summary>
    NotRecomputedOnSave,

    /// <summary>What follows from other fields is as it was before Restore.</summary>
    NotRecomputedOnRestore,

    /// <summary>What follows from other fields is brought back by Restore.</summary>
    CarriedAlong,
}
