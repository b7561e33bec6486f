using System.Text.Json;
using System.Text.Json.Serialization;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Engine;

/// <summary>Reads expectations.json of an implementation's folder. A mistake in it is a mistake in the set-up: never a silent pass.</summary>
public static class ExpectationFile
{
    /// <summary>What stands in a proposal where a person has to write. A list that still has one is refused.</summary>
    internal const string Blank = "____";

    /// <summary>Reads and writes ids of clauses.</summary>
    internal static readonly JsonConverter<ClauseId> ClauseIds = new ClauseIdConverter();

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter<VerdictKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false), new ClauseIdConverter() },
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; none there means no expectations.</param>
    /// <exception cref="SetupException">It is not a list of expectations.</exception>
    public static IReadOnlyList<Expectation> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            Expectation[] expectations = JsonSerializer.Deserialize<Expectation[]>(file, Options) ?? [];
            foreach (Expectation expectation in expectations)
            {
                _ = ExpectationMatch.DeviationOf(expectation);
                Require(expectation.Reason, path, expectation, "reason");
                Require(expectation.Link, path, expectation, "link");
            }

            return expectations;
        }
        catch (JsonException e)
        {
            throw new SetupException($"{path}: not a list of expectations: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static void Require(string value, string path, Expectation expectation, string what)
    {
        if (string.IsNullOrWhiteSpace(value.Trim('_')))
        {
            throw new SetupException($"{path}: the expectation for {expectation.Clause.Text()} has no {what}; write why it deviates and where to read on");
        }
    }

    private sealed class ClauseIdConverter : JsonConverter<ClauseId>
    {
        public override ClauseId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ClauseIdText.TryParse(reader.GetString(), out ClauseId clause) && clause != ClauseId.None
                ? clause
                : throw new JsonException($"there is no clause '{reader.GetString()}'");

        public override void Write(Utf8JsonWriter writer, ClauseId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text());
    }
}
