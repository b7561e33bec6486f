// What was expected and what was seen, channel by channel, in words.

using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Reports;

/// <summary>One channel in which the observation differs from what the model expects.</summary>
/// <param name="Channel">The channel's name; for a value of the raw channel <c>raw</c> and the value's name.</param>
/// <param name="Expected">What the model expects.</param>
/// <param name="Seen">What was seen.</param>
public sealed record Difference(string Channel, string Expected, string Seen);

/// <summary>Writes the fields of an observation for people.</summary>
public static class ChannelText
{
    private static readonly Channels[] Order =
    [
        Channels.Status, Channels.Running, Channels.Frames, Channels.Handled, Channels.Vars, Channels.Trace,
        Channels.Profile, Channels.Event, Channels.Local, Channels.Probe, Channels.Fault,
    ];

    /// <summary>What differs, in the order of the protocol's channels.</summary>
    /// <param name="divergence">The divergence.</param>
    /// <param name="alphabet">The script's alphabet: says what <c>running</c> counts.</param>
    public static IReadOnlyList<Difference> Differences(Divergence divergence, Alphabet alphabet)
    {
        Observation expected = divergence.Expected;
        Observation seen = divergence.Actual;
        var differences = new List<Difference>();
        foreach (Channels channel in Order)
        {
            if (divergence.Channels.HasFlag(channel))
            {
                differences.Add(new Difference(Vocabulary.Of(channel), Of(expected, channel, alphabet), Of(seen, channel, alphabet)));
            }
        }

        if (divergence.Channels.HasFlag(Channels.Raw))
        {
            foreach (RawValue value in Enum.GetValues<RawValue>())
            {
                short e = expected.Raw[(int)value];
                short s = seen.Raw[(int)value];
                if (e != s)
                {
                    differences.Add(new Difference($"raw {value}", Number(e), Number(s)));
                }
            }
        }

        return differences;
    }

    /// <summary>One channel of an observation.</summary>
    /// <param name="observation">The observation.</param>
    /// <param name="channel">One channel, not <see cref="Channels.Raw"/>.</param>
    /// <param name="alphabet">The script's alphabet.</param>
    public static string Of(in Observation observation, Channels channel, Alphabet alphabet) => channel switch
    {
        Channels.Status => Of(observation.Status),
        Channels.Running => (alphabet == Alphabet.Api ? "t" : "c") + Number(observation.Running),
        Channels.Frames => Frames(observation.Frames),
        Channels.Handled => Handled(observation.Handled),
        Channels.Vars => $"v0={Value(observation.Vars & 15)} v1={Value(observation.Vars >> 4)}",
        Channels.Trace => Functions(observation.Trace),
        Channels.Profile => Functions(observation.Profile),
        Channels.Event => observation.Event == 0 ? "no return event" : $"return event to function {observation.Event}",
        Channels.Local => Value(observation.Local),
        Channels.Probe => Number(observation.Probe),
        Channels.Fault => observation.Fault == 0 ? "none" : $"fault {observation.Fault}",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "not one channel"),
    };

    /// <summary>A status as the protocol writes it: <c>not-a-context</c>.</summary>
    /// <param name="status">The status.</param>
    public static string Of(Status status) => StatusText.Of(status);

    private static string Frames(ByteStack frames)
    {
        if (frames.IsEmpty)
        {
            return "none";
        }

        var labels = new List<string>();
        for (int i = 0; i < frames.Count; i++)
        {
            labels.Add(Vocabulary.Frame(frames[i]));
        }

        return string.Join(" < ", labels);
    }

    private static string Handled(byte handled) => (handled >> 4, handled & 15) switch
    {
        (0, _) => "none",
        (var e, 0) => Vocabulary.Exception(e),
        var (e, link) => $"{Vocabulary.Exception(e)} (context {Vocabulary.Exception(link)})",
    };

    private static string Functions(byte packed) => (packed >> 4, packed & 15) switch
    {
        (0, 0) => "off",
        (0, var got) => $"off, call event to {got}",
        (var set, 0) => $"function {set}, no call event",
        var (set, got) when set == got => $"function {set}, active",
        var (set, got) => $"function {set}, call event to {got}",
    };

    private static string Value(int value) => value == 0 ? "unset" : Number(value);

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
