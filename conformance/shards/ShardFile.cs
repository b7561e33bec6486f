// Shards as files: written whole, and read only where nothing in them has changed since.

using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Traces;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Shards;

/// <summary>Reads and writes the files of shards.</summary>
public static class ShardFile
{
    /// <summary>The name and version of the format of a shard of <c>run</c>.</summary>
    public const string Format = "pystate-shard 1";

    /// <summary>The name and version of the format of a shard of <c>mutants</c>.</summary>
    public const string TrialFormat = "pystate-mutants-shard 1";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new ClauseConverter(), new CounterexampleConverter(), new SetConverter<Op>(), new SetConverter<RawValue>(), new JsonStringEnumConverter(null, allowIntegerValues: false) },
    };

    /// <summary>This build of the program: its model and its engine.</summary>
    public static string ThisBuild { get; } = Hash($"{typeof(Machine).Module.ModuleVersionId} {typeof(ShardFile).Module.ModuleVersionId}")[..16];

    /// <summary>The document with the hash of all that is in it.</summary>
    /// <param name="document">A document.</param>
    /// <typeparam name="T">Its kind.</typeparam>
    public static T Sealed<T>(T document)
        where T : ShardHead => document with { Digest = DigestOf(document) };

    /// <summary>A document as text: one line.</summary>
    /// <param name="document">The document.</param>
    public static string Text(ShardHead document) => JsonSerializer.Serialize(document, document.GetType(), Options) + "\n";

    /// <summary>Some of a document as text, for comparing.</summary>
    /// <param name="value">The part.</param>
    /// <typeparam name="T">Its type.</typeparam>
    internal static string TextOf<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Writes a shard's file: all of it, or nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="document">The document.</param>
    /// <exception cref="SetupException">It cannot be written.</exception>
    public static void Write(string path, ShardHead document) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Text(document))));

    /// <summary>The format of shards that a file says it has; null where it says none, or cannot be read.</summary>
    /// <param name="path">The file.</param>
    public static string? FormatOf(string path)
    {
        try
        {
            using FileStream file = InputFile.Read(() => File.OpenRead(path));
            Span<byte> head = stackalloc byte[64];
            int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return head[..length].StartsWith("{\"format\":\"pystate-shard "u8) ? Format
                : head[..length].StartsWith("{\"format\":\"pystate-mutants-shard "u8) ? TrialFormat
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // whoever reads it as a report says so
        }
    }

    /// <summary>Reads a file of a shard of <c>run</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SetupException">It is damaged, or another build's: one line that says what to do.</exception>
    public static ShardDocument Read(string path) => Read<ShardDocument>(path, Format);

    /// <summary>Reads a shard's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">The format that it has to have.</param>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <exception cref="SetupException">It is damaged, or another build's: one line that says what to do.</exception>
    public static T Read<T>(string path, string format)
        where T : ShardHead
    {
        const string Again = "run that shard again";
        T document;
        try
        {
            document = JsonSerializer.Deserialize<T>(InputFile.Read(() => File.ReadAllBytes(path)), Options) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"cannot read '{path}': {SafeText.OneLine(e.Message).TrimEnd('.')}; {Again}", e);
        }
        catch (Exception e) when (e is JsonException or MalformedException or InvalidOperationException or ArgumentException or FormatException or NotSupportedException or KeyNotFoundException)
        {
            throw new SetupException($"'{path}' is damaged, or a shard of another build of this program: {Again}", e);
        }

        return document.Format != format || document.Build != ThisBuild ? throw new SetupException($"'{path}' is a shard of another build of this program ({document.Program}, {document.Build}): merge shards with the build that ran them")
            : document.Digest != DigestOf(document) ? throw new SetupException($"'{path}' is damaged: {Again}")
            : document;
    }

    /// <summary>A hash, in hexadecimal.</summary>
    /// <param name="text">Of what.</param>
    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string DigestOf(ShardHead document) => Hash(Text(document with { Digest = string.Empty }));

    private sealed class ClauseConverter : JsonConverter<ClauseId>
    {
        public override ClauseId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(reader.GetString());

        public override ClauseId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(reader.GetString());

        public override void Write(Utf8JsonWriter writer, ClauseId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text());

        public override void WriteAsPropertyName(Utf8JsonWriter writer, ClauseId value, JsonSerializerOptions options) => writer.WritePropertyName(value.Text());

        private static ClauseId Of(string? text) => ClauseIdText.TryParse(text, out ClauseId clause) ? clause : throw new JsonException($"there is no clause '{text}'");
    }

    // As a trace has it, with what a trace leaves out.
    private sealed class CounterexampleConverter : JsonConverter<Counterexample>
    {
        public override Counterexample Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            return TraceReader.Found(root.GetProperty("found")) with
            {
                Seen = Vocabulary.TryParse(root.GetProperty("seen").GetString(), out VerdictKind seen) ? seen : throw new JsonException("\"seen\" is no verdict"),
                Control = root.TryGetProperty("control", out JsonElement control) ? control.GetString() : null,
            };
        }

        public override void Write(Utf8JsonWriter writer, Counterexample value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("seen", Vocabulary.Of(value.Seen ?? value.Kind));
            if (value.Control is { } control)
            {
                writer.WriteString("control", control);
            }

            writer.WritePropertyName("found");
            TraceWriter.WriteFound(writer, value);
            writer.WriteEndObject();
        }
    }

    private sealed class SetConverter<T> : JsonConverter<IReadOnlySet<T>>
        where T : struct, Enum
    {
        public override IReadOnlySet<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<T[]>(ref reader, options)!.ToHashSet();

        public override void Write(Utf8JsonWriter writer, IReadOnlySet<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Order().ToArray(), options);
    }
}
