using System.Text;
using System.Text.Json;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>The channels of an observation as JSON values: what the protocol, the traces and the reports write, and the one place that reads and writes them.</summary>
public static class ObservationText
{
    private static readonly (byte[] Word, Status Status)[] StatusWords = [.. Enum.GetValues<Status>().Select(s => (Encoding.UTF8.GetBytes(StatusText.Of(s)), s))];

    /// <summary>Writes one channel's value.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="channel">Exactly one channel.</param>
    /// <param name="observation">The observation.</param>
    public static void Write(Utf8JsonWriter json, Channels channel, in Observation observation)
    {
        switch (channel)
        {
            case Channels.Status:
                json.WriteStringValue(StatusText.Of(observation.Status));
                break;
            case Channels.Frames:
                json.WriteStartArray();
                for (int i = 0; i < observation.Frames.Count; i++)
                {
                    json.WriteStringValue(Vocabulary.Frame(observation.Frames[i]));
                }

                json.WriteEndArray();
                break;
            case Channels.Handled:
                json.WriteStartArray();
                if (observation.Handled != 0)
                {
                    json.WriteStringValue(Vocabulary.Exception(observation.Handled >> 4));
                    json.WriteStringValue((observation.Handled & 15) == 0 ? null : Vocabulary.Exception(observation.Handled & 15));
                }

                json.WriteEndArray();
                break;
            case Channels.Vars:
                WritePair(json, observation.Vars & 15, observation.Vars >> 4);
                break;
            case Channels.Trace:
                WritePair(json, observation.Trace >> 4, observation.Trace & 15);
                break;
            case Channels.Profile:
                WritePair(json, observation.Profile >> 4, observation.Profile & 15);
                break;
            case Channels.Raw:
                json.WriteStartObject();
                for (int v = 0; v < RawValues.Length; v++)
                {
                    json.WriteNumber(Vocabulary.Of((RawValue)v), observation.Raw[v]);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteNumberValue(NumberIn(channel, in observation));
                break;
        }
    }

    /// <summary>Writes a set of channels as an object with a member per channel.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="channels">The channels.</param>
    /// <param name="observation">The observation.</param>
    public static void WriteObject(Utf8JsonWriter json, Channels channels, in Observation observation)
    {
        json.WriteStartObject();
        foreach (Channels channel in Vocabulary.EachChannel)
        {
            if ((channels & channel) != 0)
            {
                json.WritePropertyName(Vocabulary.Of(channel));
                Write(json, channel, in observation);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>One channel's value as text, for example <c>["call1","gen0"]</c>.</summary>
    /// <param name="channel">Exactly one channel.</param>
    /// <param name="observation">The observation.</param>
    public static string Of(Channels channel, in Observation observation)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(json, channel, in observation);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads one channel's value. The reader stands on its first token and is left on its last.</summary>
    /// <param name="json">The reader.</param>
    /// <param name="channel">Exactly one channel.</param>
    /// <param name="observation">Where to.</param>
    /// <exception cref="MalformedException">It is no value of that channel.</exception>
    public static void Read(ref Utf8JsonReader json, Channels channel, ref Observation observation)
    {
        switch (channel)
        {
            case Channels.Status:
                observation.Status = StatusOf(ref json);
                break;
            case Channels.Running:
                observation.Running = (byte)NumberOf(ref json, channel, 0, 9);
                break;
            case Channels.Frames:
                observation.Frames = FramesOf(ref json);
                break;
            case Channels.Handled:
                observation.Handled = HandledOf(ref json);
                break;
            case Channels.Vars:
                observation.Vars = PairOf(ref json, channel, lowFirst: true);
                break;
            case Channels.Trace:
                observation.Trace = PairOf(ref json, channel, lowFirst: false);
                break;
            case Channels.Profile:
                observation.Profile = PairOf(ref json, channel, lowFirst: false);
                break;
            case Channels.Event:
                observation.Event = (byte)NumberOf(ref json, channel, 0, 15);
                break;
            case Channels.Local:
                observation.Local = (byte)NumberOf(ref json, channel, 0, 15);
                break;
            case Channels.Raw:
                RawOf(ref json, ref observation.Raw);
                break;
            case Channels.Fault:
                observation.Fault = (byte)NumberOf(ref json, channel, 0, 255);
                break;
            default:
                observation.Probe = NumberOf(ref json, channel, int.MinValue, int.MaxValue);
                break;
        }
    }

    private static int NumberIn(Channels channel, in Observation observation) => channel switch
    {
        Channels.Running => observation.Running,
        Channels.Event => observation.Event,
        Channels.Local => observation.Local,
        Channels.Probe => observation.Probe,
        Channels.Fault => observation.Fault,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "not one channel"),
    };

    private static void WritePair(Utf8JsonWriter json, int first, int second)
    {
        json.WriteStartArray();
        json.WriteNumberValue(first);
        json.WriteNumberValue(second);
        json.WriteEndArray();
    }

    private static Status StatusOf(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            if (json.ValueTextEquals("crashed"u8))
            {
                throw new ForkCrashedException();
            }

            foreach ((byte[] word, Status status) in StatusWords)
            {
                if (json.ValueTextEquals(word))
                {
                    return status;
                }
            }
        }

        throw Unknown("status", ref json);
    }

    private static ByteStack FramesOf(ref Utf8JsonReader json)
    {
        RequireArray(ref json, Channels.Frames);
        UInt128 frames = UInt128.Zero;
        int count = 0;
        for (; json.Read() && json.TokenType == JsonTokenType.String; count++)
        {
            byte label = json.ValueTextEquals("…"u8) ? Observation.Truncated : Vocabulary.Frame(json.ValueSpan);
            if (label == 0)
            {
                throw Unknown("frame label", ref json);
            }

            if (count < ByteStack.Capacity)
            {
                frames |= (UInt128)label << (8 * count);
            }
        }

        RequireEnd(ref json, Channels.Frames);
        var chain = new ByteStack(frames);
        return count > ByteStack.Capacity ? chain.Truncated() : chain;
    }

    private static byte HandledOf(ref Utf8JsonReader json)
    {
        RequireArray(ref json, Channels.Handled);
        if (!json.Read() || json.TokenType == JsonTokenType.EndArray)
        {
            return 0;
        }

        int label = ExceptionOf(ref json);
        _ = json.Read();
        int link = json.TokenType == JsonTokenType.Null ? 0 : ExceptionOf(ref json);
        _ = json.Read();
        RequireEnd(ref json, Channels.Handled);
        return (byte)((label << 4) | link);
    }

    // An exception that no script raised is something to see, not something to stumble over.
    private static int ExceptionOf(ref Utf8JsonReader json) =>
        json.TokenType != JsonTokenType.String ? throw Unknown("exception label", ref json)
        : Vocabulary.Exception(json.ValueSpan) is > 0 and var label ? label
        : Vocabulary.ForeignException;

    private static byte PairOf(ref Utf8JsonReader json, Channels channel, bool lowFirst)
    {
        RequireArray(ref json, channel);
        _ = json.Read();
        int first = NumberOf(ref json, channel, 0, 15);
        _ = json.Read();
        int second = NumberOf(ref json, channel, 0, 15);
        _ = json.Read();
        RequireEnd(ref json, channel);
        return (byte)(lowFirst ? first | (second << 4) : (first << 4) | second);
    }

    private static int NumberOf(ref Utf8JsonReader json, Channels channel, int low, int high) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int number) && number >= low && number <= high
            ? number
            : throw Unknown($"value in channel {Vocabulary.Of(channel)}", ref json);

    private static void RawOf(ref Utf8JsonReader json, ref RawValues raw)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw Unknown("value in channel raw", ref json);
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!Vocabulary.TryParse(json.GetString(), out RawValue value))
            {
                throw Unknown("raw value", ref json);
            }

            _ = json.Read();
            raw[(int)value] = (short)NumberOf(ref json, Channels.Raw, short.MinValue, short.MaxValue);
        }
    }

    private static void RequireArray(ref Utf8JsonReader json, Channels channel)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw Unknown($"value in channel {Vocabulary.Of(channel)}", ref json);
        }
    }

    private static void RequireEnd(ref Utf8JsonReader json, Channels channel)
    {
        if (json.TokenType != JsonTokenType.EndArray)
        {
            throw Unknown($"value in channel {Vocabulary.Of(channel)}", ref json);
        }
    }

    private static MalformedException Unknown(string what, ref Utf8JsonReader json) =>
        new($"an unknown {what} '{(json.HasValueSequence || json.ValueSpan.Length > 60 ? "…" : Encoding.UTF8.GetString(json.ValueSpan))}'");
}
