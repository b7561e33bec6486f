using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>A deviation in words: the field, and the direction. <em>Contamination</em>: something of another flow leaked in; <em>amnesia</em>: something was lost.</summary>
public static class Words
{
    /// <summary>One sentence about a divergence.</summary>
    /// <param name="divergence">The divergence.</param>
    public static string Of(Divergence divergence)
    {
        Observation e = divergence.Expected;
        Observation a = divergence.Actual;
        Channels c = divergence.Channels;
        return c.HasFlag(Channels.Fault) ? OfFault(a.Fault)
            : c.HasFlag(Channels.Status) ? $"ends {Name(a.Status)} where it must end {Name(e.Status)}"
            : c.HasFlag(Channels.Running) ? "control is somewhere else"
            : c.HasFlag(Channels.Frames) ? Direction("frames", e.Frames.Count, a.Frames.Count)
            : c.HasFlag(Channels.Handled) ? Direction("handled exception", e.Handled, a.Handled)
            : c.HasFlag(Channels.Raw) ? OfRaw(in e, in a)
            : c.HasFlag(Channels.Vars) ? Direction("context variables", e.Vars, a.Vars)
            : c.HasFlag(Channels.Trace) ? OfFunction("trace", e.Trace, a.Trace)
            : c.HasFlag(Channels.Profile) ? OfFunction("profile", e.Profile, a.Profile)
            : c.HasFlag(Channels.Local) ? Direction("thread-local value", e.Local, a.Local)
            : c.HasFlag(Channels.Event) ? Direction("return event", e.Event, a.Event)
            : divergence.Clause == ClauseId.Leak01 ? $"leak: {a.Probe} frames, objects or chunks are left where {e.Probe} should be"
            : Direction("probe", e.Probe, a.Probe);
    }

    // A machine of another make has numbers of its own.
    private static string OfFault(byte fault) =>
        fault == Observation.LeakFault ? "leak: something is alive at the end, or owned more often than its owners say"
        : FaultNumbers.FaultOf(fault) is var known and not Fault.None ? $"fault: {Faults.Words(known)}"
        : "the machine under the implementation reports a fault";

    private static string OfFunction(string which, byte expected, byte actual) => expected >> 4 != actual >> 4
        ? Direction($"{which} function", expected >> 4, actual >> 4)
        : Direction($"{which} events", expected & 15, actual & 15);

    private static string OfRaw(in Observation expected, in Observation actual)
    {
        for (int v = 0; v < RawValues.Length; v++)
        {
            if (expected.Raw[v] != actual.Raw[v])
            {
                return Direction($"field {(RawValue)v}", expected.Raw[v], actual.Raw[v]);
            }
        }

        return "raw fields differ";
    }

    private static string Direction(string what, int expected, int actual) =>
        actual == 0 || (actual < expected && expected != 0) ? $"amnesia: {what} lost ({actual} for {expected})"
        : expected == 0 || actual > expected ? $"contamination: {what} leaked in ({actual} for {expected})"
        : $"{what} differ";

    private static string Name(Status status) => StatusText.Of(status);
}
