using System.Globalization;
using System.Runtime.InteropServices;

namespace PyState.Benchmarks;

/// <summary>The machine that something is measured on, and whether others wanted it when it began.</summary>
internal static class Computer
{
    // Half a core: what a quiet machine does by itself is far less, another job at least twice as much.
    private const double Quiet = 0.5;

    // Of the minute before: it is read before anything is measured.
    private static readonly double? Load = File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;

    /// <summary>Processor, runtime, architecture and cores.</summary>
    internal static string Description { get; } = $"{Processor()}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores";

    /// <summary>A sentence where other work wanted the machine in the minute before; empty where none did.</summary>
    internal static string OtherWork { get; } = Load is { } load && load > Quiet
        ? string.Create(CultureInfo.InvariantCulture, $"In the minute before it was started, {load:0.0} processes wanted the {Environment.ProcessorCount} cores: rates by the clock are lower than on a quiet machine.")
        : "";

    /// <summary>Notes the load before any work: what is measured is other work too, a minute later.</summary>
    internal static void Begin() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Computer).TypeHandle);

    /// <summary>How many rounds are asked for with <c>--rounds N</c>.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="usual">How many there are else.</param>
    internal static int Rounds(string[] args, int usual) => Array.IndexOf(args, "--rounds") is >= 0 and var at ? Math.Max(1, int.Parse(args[at + 1], CultureInfo.InvariantCulture)) : usual;

    private static string Processor() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line ? line.Split(':', 2)[1].Trim() : "a processor without a name";
}
