using System.Text.Encodings.Web;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Traces;

/// <summary>Writes a trace as JSON, in the order in which a person would want to read it.</summary>
internal static class TraceWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a trace.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="trace">The trace.</param>
    internal static void Write(Stream stream, TraceFile trace)
    {
        Counterexample found = trace.Found;
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("trace", TraceFile.Format);
            json.WriteString("spec", trace.Spec);
            if (trace.Content is { } content)
            {
                json.WriteString("content", content);
            }

            WriteVerdict(json, found);
            json.WriteStartObject("implementation");
            json.WriteString("run", trace.Name);
            json.WriteString("name", trace.Implementation);
            json.WriteString("version", trace.ImplementationVersion);
            json.WriteEndObject();
            json.WriteStartObject("interpreter");
            json.WriteString("python", trace.Python);
            json.WriteString("name", trace.Interpreter);
            json.WriteString("version", trace.InterpreterVersion);
            json.WriteString("build", trace.Build);
            json.WriteEndObject();
            json.WriteStartObject("choices");
            json.WriteString("freshContext", Vocabulary.Of(trace.FreshContext));
            json.WriteString("finishTo", Vocabulary.Of(trace.FinishTo));
            json.WriteString("freshDepth", Vocabulary.Of(trace.FreshDepth));
            json.WriteEndObject();
            json.WritePropertyName("limits");
            json.WriteRawValue($"[{string.Join(", ", trace.Limits)}]");
            WriteOrigin(json, found);
            WriteScripts(json, found);
            WriteDivergence(json, found);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>Writes a deviation without where it was found, as an object: what <see cref="TraceReader.Found"/> reads.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="found">The deviation.</param>
    internal static void WriteFound(Utf8JsonWriter json, Counterexample found)
    {
        json.WriteStartObject();
        WriteVerdict(json, found);
        WriteOrigin(json, found);
        WriteScripts(json, found);
        WriteDivergence(json, found);
        json.WriteEndObject();
    }

    private static void WriteVerdict(Utf8JsonWriter json, Counterexample found)
    {
        json.WriteString("clause", found.Clause.Text());
        json.WriteString("verdict", Vocabulary.Of(found.Kind));
        json.WriteString("words", found.Words);
        json.WriteString("detail", found.Detail);
        json.WriteString("tail", found.Tail);
    }

    private static void WriteOrigin(Utf8JsonWriter json, Counterexample found)
    {
        json.WriteStartObject("seed");
        json.WriteString("run", $"{found.Seed.Run}"); // 64 bits, and a JSON number has 53
        json.WriteNumber("script", found.Seed.Number);
        json.WriteNumber("length", found.OriginalLength);
        json.WriteEndObject();
    }

    private static void WriteScripts(Utf8JsonWriter json, Counterexample found)
    {
        if (found.Before.Count > 0)
        {
            json.WriteStartArray("before");
            foreach (Script script in found.Before)
            {
                json.WriteStartObject();
                WriteScript(json, script);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteScript(json, found.Script);
    }

    private static void WriteDivergence(Utf8JsonWriter json, Counterexample found)
    {
        if (found.Divergence is { } divergence)
        {
            json.WriteStartObject("divergence");
            json.WriteNumber("step", divergence.Step);
            json.WritePropertyName("expected");
            ObservationText.WriteObject(json, divergence.Channels, divergence.Expected);
            json.WritePropertyName("actual");
            ObservationText.WriteObject(json, divergence.Channels, divergence.Actual);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("divergence");
        }

    }

    private static void WriteScript(Utf8JsonWriter json, Script script)
    {
        json.WriteString("alphabet", Vocabulary.Of(script.Alphabet));
        json.WriteStartArray("commands");
        foreach (Command command in script.Commands)
        {
            json.WriteRawValue(Text(command));
        }

        json.WriteEndArray();
    }

    // A command a line: ["call", 1].
    private static string Text(Command command) => command.Info.Parameters.Length switch
    {
        0 => $"[\"{command.Info.Name}\"]",
        1 => $"[\"{command.Info.Name}\", {command.A}]",
        _ => $"[\"{command.Info.Name}\", {command.A}, {command.B}]",
    };
}
