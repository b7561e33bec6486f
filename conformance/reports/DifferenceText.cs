// The differences of a report's counterexample in the words of the console.

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Reports;

/// <summary>Reads the channels of a report's divergence back, and writes them for people.</summary>
public static class DifferenceText
{
    /// <summary>The step that diverges, from 1; null where none does.</summary>
    /// <param name="divergence">The divergence, as it stands in a report.</param>
    public static int? StepOf(JsonNode? divergence) => (int?)divergence?["step"];

    /// <summary>What differs, channel by channel.</summary>
    /// <param name="found">The counterexample.</param>
    public static IReadOnlyList<Difference> Of(CounterexampleDocument found)
    {
        if (found.Divergence?["differences"] is not JsonArray differences || !Vocabulary.TryParse(found.Alphabet, out Alphabet alphabet))
        {
            return [];
        }

        Observation expected = default;
        Observation seen = default;
        Channels all = Channels.None;
        foreach (JsonNode? difference in differences)
        {
            _ = Vocabulary.TryParse((string?)difference!["channel"], out Channels channel);
            Read(difference["expected"], channel, ref expected);
            Read(difference["seen"], channel, ref seen);
            all |= channel;
        }

        return ChannelText.Differences(new Divergence(0, all, default, expected, seen), alphabet);
    }

    /// <summary>Whether a divergence is one that <see cref="Of"/> can read.</summary>
    /// <param name="divergence">The divergence, or null.</param>
    public static bool CanRead(JsonNode? divergence)
    {
        try
        {
            if (divergence is null)
            {
                return true;
            }

            Observation any = default;
            foreach (JsonNode? difference in divergence["differences"]!.AsArray())
            {
                if (!Vocabulary.TryParse((string?)difference!["channel"], out Channels channel))
                {
                    return false;
                }

                Read(difference["expected"], channel, ref any);
                Read(difference["seen"], channel, ref any);
            }

            return StepOf(divergence) is >= 1;
        }
        catch (Exception e) when (e is MalformedException or InvalidOperationException or JsonException or FormatException or NullReferenceException)
        {
            return false; // whatever else it may be, it is no divergence
        }
    }

    private static void Read(JsonNode? value, Channels channel, ref Observation observation)
    {
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null"));
        _ = json.Read();
        ObservationText.Read(ref json, channel, ref observation);
    }
}
