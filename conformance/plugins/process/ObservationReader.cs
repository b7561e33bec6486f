using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins.Process;

/// <summary>Reads one observation, <c>[status,running,frames,handled,vars,trace,profile,event,local,probe]</c> and perhaps <c>raw</c>, into the words the engine compares.</summary>
internal static class ObservationReader
{
    /// <summary>Reads one observation. The reader stands on its first bracket and is left on its last.</summary>
    /// <param name="json">The reader.</param>
    /// <param name="declared">The channels that must be there; the others may be null.</param>
    /// <param name="observation">What was read.</param>
    /// <exception cref="MalformedException">It is no observation.</exception>
    internal static void Read(ref Utf8JsonReader json, Channels declared, ref Observation observation)
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

            ObservationText.Read(ref json, channel, ref observation);
        }

        if (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            ObservationText.Read(ref json, Channels.Raw, ref observation);
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
}
