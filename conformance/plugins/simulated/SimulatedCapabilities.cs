using PyState.Conformance.Engine;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Plugins.Simulated;

/// <summary>What any implementation over the simulated thread state lets us see: everything.</summary>
public static class SimulatedCapabilities
{
    /// <summary>The capabilities for one CPython version.</summary>
    /// <param name="profile">The version whose layout is simulated.</param>
    /// <param name="name">The implementation's name.</param>
    public static Capabilities For(VersionProfile profile, string name = "reference") => new()
    {
        Implementation = name,
        ImplementationVersion = "0.1",
        Interpreter = Interpreter,
        InterpreterVersion = profile.Version,
        Alphabets = [Alphabet.Api, Alphabet.Switcher],
        Commands = Enum.GetValues<Op>().Where(o => o != Op.End && (o != Op.Jit || profile.HasJit)).ToHashSet(),
        Channels = Channels.All,
        Threads = 3,
        Semantics = Semantics.For(profile),
    };

    /// <summary>How a simulated interpreter calls itself.</summary>
    public const string Interpreter = "simulation";
}
