// What is wrong with a JSON file, in the words of who wrote the file and not of the library that reads it.

using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace PyState.Conformance.Plugins;

/// <summary>Translates what System.Text.Json says. A message that is not one of the library's is passed on as it is.</summary>
internal static partial class JsonMistake
{
    /// <summary>What is wrong, to stand after a colon: a member in quotes, and the line.</summary>
    /// <param name="e">What the library has thrown.</param>
    internal static string Of(JsonException e)
    {
        if (e.InnerException is JsonException syntax)
        {
            return syntax.Message.Contains("does not contain any JSON tokens", StringComparison.Ordinal) ? "it is empty" : $"it is not JSON from line {e.LineNumber + 1} on";
        }

        string where = e.Path is null or "$" ? "it" : $"\"{(e.Path.StartsWith("$.", StringComparison.Ordinal) ? e.Path[2..] : e.Path[1..])}\"";
        string line = e.LineNumber is { } number ? $" (line {number + 1})" : string.Empty;
        return Missing().Match(e.Message) is { Success: true } missing ? $"{where} lacks {missing.Groups["names"].Value.Replace('\'', '"')}{line}"
            : Unknown().Match(e.Message) is { Success: true } unknown ? UnknownMember(unknown.Groups["name"].Value, unknown.Groups["type"].Value) + line
            : Null().Match(e.Message) is { Success: true } isNull ? $"\"{isNull.Groups["name"].Value}\" is null{line}"
            : Unfit().Match(e.Message) is { Success: true } unfit ? $"{where} must be {Kind(TypeOf(unfit.Groups["type"].Value))}{line}"
            : e.Message.Split(" Path:")[0].ReplaceLineEndings(" ").TrimEnd('.');
    }

    private static string UnknownMember(string name, string type)
    {
        IEnumerable<string> names = (TypeOf(type)?.GetProperties(BindingFlags.Public | BindingFlags.Instance) ?? [])
            .Select(p => p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(p.Name));
        return $"there is no member \"{name}\"{Nearest.Hint(name, names)}";
    }

    // What a reader of JSON calls it.
    private static string Kind(Type? type) =>
        type is null ? "something else"
        : Nullable.GetUnderlyingType(type) is { } nullable ? Kind(nullable)
        : type == typeof(string) ? "a string"
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) || type == typeof(ulong) ? "a whole number"
        : type == typeof(double) ? "a number"
        : type == typeof(DateTimeOffset) ? "a date and a time"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}"
        : type.GetInterfaces().Append(type).Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)) ? "an object"
        : type.IsArray ? ListOf(type.GetElementType()!)
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? ListOf(type.GetGenericArguments()[0])
        : "an object";

    private static string ListOf(Type element) => element == typeof(string) ? "a list of strings" : element.IsPrimitive ? "a list of numbers" : "a list";

    private static Type? TypeOf(string name) =>
        Type.GetType(name, null, (_, n, _) => typeof(JsonMistake).Assembly.GetType(n) ?? typeof(object).Assembly.GetType(n));

    [GeneratedRegex("was missing required properties[^:]*: (?<names>.*?)\\.($| Path:)")]
    private static partial Regex Missing();

    [GeneratedRegex("^The JSON property '(?<name>.*)' could not be mapped to any .NET member contained in type '(?<type>.*)'")]
    private static partial Regex Unknown();

    [GeneratedRegex("^The (property or field|constructor parameter) '(?<name>.*)' on type '.*' doesn't allow")]
    private static partial Regex Null();

    [GeneratedRegex("^The JSON value could not be converted to (?<type>.*?)\\. Path:")]
    private static partial Regex Unfit();
}
