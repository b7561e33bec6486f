using System.Text;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Reads one observation, <c>[status,running,frames,handled,vars,trace,profile,event,local,probe]</c> and perhaps <c>raw</c>, into the words the engine compares.</summary>
internal static class ObservationReader
{
    private const int LongestChain = 16;

    /// <summary>Reads one observation. The reader stands on its first bracket and is left on its last.</summary>
    /// <param name="json">The reader.</param>
    /// <param name="declared">The channels that must be there; the others may be null.</param>
    /// <param name="statuses">The words of the statuses.</param>
    /// <param name="observation">What was read.</param>
    /// <exception cref="MalformedException">It is no observation.</exception>
    internal static void Read(ref Utf8JsonReader json, Channels declared, (byte[] Word, Status Status)[] statuses, ref Observation observation)
    {
        for (Channels channel = Channels.Status; channel <= Channels.Probe; channel = (Channels)((int)channel << 1))
        {
            if (!json.Read() || json.TokenType == JsonTokenType.EndArray)
            {
                throw new MalformedException($"no channel {Vocabulary.Of(channel)}");
            }

            if (json.TokenType == JsonTokenType.Null)
            {
                if ((declared & channel) != 0)
                {
                    throw new MalformedException($"nothing in channel {Vocabulary.Of(channel)}, which is declared");
                }

                continue;
            }

            switch (channel)
            {
                case Channels.Status:
                    observation.Status = StatusOf(ref json, statuses);
                    break;
                case Channels.Running:
                    observation.Running = RunningOf(ref json);
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
                default:
                    observation.Probe = NumberOf(ref json, channel, int.MinValue, int.MaxValue);
                    break;
            }
        }

        if (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            RawOf(ref json, ref observation.Raw);
            _ = json.Read();
        }
        else if ((declared & Channels.Raw) != 0)
        {
            throw new MalformedException("nothing in channel raw, which is declared");
        }

        if (json.TokenType != JsonTokenType.EndArray)
        {
            throw new MalformedException("too many channels");
        }
    }

    private static Status StatusOf(ref Utf8JsonReader json, (byte[] Word, Status Status)[] statuses)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            if (json.ValueTextEquals("crashed"u8))
            {
                throw new ForkCrashedException();
            }

            foreach ((byte[] word, Status status) in statuses)
            {
                if (json.ValueTextEquals(word))
                {
                    return status;
                }
            }
        }

        throw Unknown("status", ref json);
    }

    private static byte RunningOf(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Number && json.TryGetByte(out byte number) && number <= 9)
        {
            return number;
        }

        throw Unknown("context or thread", ref json);
    }

    // A chain that does not fit keeps its fifteen innermost frames, and a mark that equals no label.
    private static ByteStack FramesOf(ref Utf8JsonReader json)
    {
        RequireArray(ref json, Channels.Frames);
        UInt128 frames = UInt128.Zero;
        int count = 0;
        for (; json.Read() && json.TokenType == JsonTokenType.String; count++)
        {
            byte label = Vocabulary.Frame(json.ValueSpan);
            if (label == 0)
            {
                throw Unknown("frame label", ref json);
            }

            if (count < LongestChain)
            {
                frames |= (UInt128)label << (8 * count);
            }
        }

        RequireEnd(ref json, Channels.Frames);
        const int last = 8 * (LongestChain - 1);
        return new ByteStack(count > LongestChain ? (frames & ~((UInt128)0xFF << last)) | ((UInt128)Observation.Truncated << last) : frames);
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
