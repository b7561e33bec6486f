using System.Text.Json;
using System.Text.Json.Serialization;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Reads expectations.json of an implementation's folder. A mistake in it is a mistake in the set-up: never a silent pass.</summary>
public static class ExpectationFile
{
    /// <summary>What stands in a proposal where a person has to write. A list that still has one is refused.</summary>
    internal const string Blank = "____";

    /// <summary>Reads and writes ids of clauses.</summary>
    internal static readonly JsonConverter<ClauseId> ClauseIds = new ClauseIdConverter();

    private static readonly string[] Builds = ["release", "debug", "jit", "debug-jit"];
    private static readonly string[] Interpreters = ["CPython", "PyPy"];

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
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
            Expectation[] expectations = JsonSerializer.Deserialize<Expectation[]>(InputFile.Read(() => File.ReadAllBytes(path)), Options) ?? throw new JsonException("it is null");
            foreach (Expectation expectation in expectations)
            {
                Check(expectation ?? throw new JsonException("null is in it"), path);
            }

            if (expectations.GroupBy(Scope).FirstOrDefault(g => g.Count() > 1) is { } twice)
            {
                throw Mistake(path, twice.First(), "is there twice, and both say the same of what they cover: take one away, or tell them apart by channel, pattern, versions, interpreter or build");
            }

            return expectations;
        }
        catch (JsonException e)
        {
            throw new SetupException($"{path}: not a list of expectations: {JsonMistake.Of(e)} (docs/schema/expectations.schema.json)", e);
        }
    }

    // A word that no run can ever have would make of the expectation one that never applies: it is refused here, where its author is told.
    private static void Check(Expectation expectation, string path)
    {
        if (!new ClauseVerdict(expectation.Clause, expectation.Verdict, 0).IsRed)
        {
            throw Mistake(path, expectation, $"has the verdict '{Vocabulary.Of(expectation.Verdict)}', which is no deviation: write violates, crashed, hung, garbled or unstable, or take it away");
        }

        Know(expectation.Channel, ExpectationMatch.ChannelNames(Channels.All), "channel", path, expectation);
        Know(expectation.Build is "" ? null : expectation.Build, Builds, "build", path, expectation);
        Know(expectation.Deviation, Enum.GetNames<Deviations>(), "deviation", path, expectation);
        foreach (string command in expectation.Pattern)
        {
            Know(command ?? "null", CommandTable.All.Select(c => c.Name), "command", path, expectation);
        }

        // Any implementation may run on an interpreter of its own, so that only what is nearly one of these is a mistake.
        string[] interpreter = expectation.Interpreter.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (interpreter is [var name, ..] && Interpreters.FirstOrDefault(i => i != name && EditDistance.Of(i.ToUpperInvariant(), name.ToUpperInvariant()) <= 1) is { } meant)
        {
            throw Mistake(path, expectation, $"is for the interpreter '{name}', which there is not; did you mean '{meant}'?");
        }

        foreach (string bound in interpreter.Skip(1).Concat(expectation.Versions.Split("||").SelectMany(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries))))
        {
            if (!ExpectationMatch.IsBound(bound))
            {
                throw Mistake(path, expectation, $"has '{bound}' where a version belongs: write >=3.11 or <3.12, without a space in it, or 3.11");
            }
        }

        Require(expectation.Reason, "reason", path, expectation);
        Require(expectation.Link, "link", path, expectation);
        if (!(Uri.TryCreate(expectation.Link, UriKind.Absolute, out Uri? link) && (link.Scheme == Uri.UriSchemeHttps || link.Scheme == Uri.UriSchemeHttp)))
        {
            throw Mistake(path, expectation, $"has the link '{expectation.Link}', which is no address: write https://… of where to read on");
        }
    }

    private static void Know(string? word, IEnumerable<string> words, string what, string path, Expectation expectation)
    {
        if (word is not null && !words.Contains(word))
        {
            throw Mistake(path, expectation, $"names the {what} '{word}', which there is not{(Nearest.Of(word, words) is { } near ? $"; did you mean '{near}'?" : $": use one of {string.Join(", ", words)}")}");
        }
    }

    private static void Require(string value, string what, string path, Expectation expectation)
    {
        if (string.IsNullOrWhiteSpace(value.Trim('_')))
        {
            throw Mistake(path, expectation, $"has no {what}; write why it deviates and where to read on");
        }
    }

    private static SetupException Mistake(string path, Expectation expectation, string what) => new(SafeText.OneLine($"{path}: the expectation for {expectation.Clause.Text()} {what}"));

    // All that says what an expectation covers.
    private static (ClauseId, VerdictKind, string?, string, string, string, string, string?, string?) Scope(Expectation e) =>
        (e.Clause, e.Verdict, e.Channel, e.Versions, e.Interpreter, e.Build, string.Join(' ', e.Pattern), e.Observed, e.Deviation);

    private sealed class ClauseIdConverter : JsonConverter<ClauseId>
    {
        public override ClauseId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ClauseIdText.TryParse(reader.GetString(), out ClauseId clause) && clause != ClauseId.None
                ? clause
                : throw new JsonException($"there is no clause '{reader.GetString()}'{Nearest.Hint(reader.GetString() ?? string.Empty, Catalogue.All.Select(c => c.Id.Text()))}");

        public override void Write(Utf8JsonWriter writer, ClauseId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text());
    }
}
