using PyState.Reference;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Simulated;

/// <summary>The faults of the simulated machine as numbers of the channel fault, and back.</summary>
internal static class FaultNumbers
{
    /// <summary>The number of a fault.</summary>
    /// <param name="fault">The fault.</param>
    internal static byte Of(Fault fault) => fault switch
    {
        Fault.None => 0,
        Fault.Leak => Observation.LeakFault,
        _ => (byte)(Observation.LeakFault + 1 + (byte)fault),
    };

    /// <summary>The fault of a number; <see cref="Fault.None"/> for one that this machine does not give.</summary>
    /// <param name="number">The number.</param>
    internal static Fault FaultOf(byte number) => Enum.GetValues<Fault>().FirstOrDefault(f => Of(f) == number);
}
