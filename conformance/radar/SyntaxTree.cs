// Finds the members of a structure in the syntax tree that clang prints.

using System.Text.Json;
using PyState.Conformance.Plugins;

namespace PyState.Conformance.Radar;

/// <summary>The structures of a program. Those of opened headers are taken apart wherever they are embedded; one that another header defines is a member like any other.</summary>
internal sealed class SyntaxTree
{
    // The interpreter loop's record on the C stack (3.10 to 3.12) is the one thing that is pointed to and still part of the thread state.
    private const string Followed = "cframe";
    private readonly Dictionary<string, JsonElement> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> idByName = new(StringComparer.Ordinal);
    private readonly OpenedHeaders headers;

    /// <summary>Reads a tree.</summary>
    /// <param name="json">What clang printed.</param>
    /// <param name="headers">The headers that were opened.</param>
    /// <param name="text">The name of a variable whose initial value is wanted.</param>
    public SyntaxTree(ReadOnlySpan<byte> json, OpenedHeaders headers, string text)
    {
        this.headers = headers;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue }); // expressions nest as deep as they like
        reader.Read();

        // A tree is tens of megabytes, and all but its structures and names for them is passed over.
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isList = reader.ValueTextEquals("inner");
            reader.Read();
            if (!isList)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                if (IsWanted(reader))
                {
                    Add(JsonElement.ParseValue(ref reader), text);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
    }

    /// <summary>The initial value of the variable; empty where there is none.</summary>
    public string Text { get; private set; } = string.Empty;

    /// <summary>The members of a structure, in order; none where the program does not define it.</summary>
    /// <param name="tag">Its tag.</param>
    /// <exception cref="SetupException">It is defined in a header that was not opened, so that members under a condition would be missed.</exception>
    public IEnumerable<HeaderMember> Members(string tag) =>
        Find(tag) is not { } structure ? []
        : IsOpened(structure) ? Flatten(structure, string.Empty, string.Empty)
        : throw new SetupException($"struct {tag} has moved into another header: name that one in conformance/radar/HeaderReader.cs");

    private static bool IsWanted(Utf8JsonReader reader)
    {
        // "id" and "kind" are the first two.
        for (int i = 0; i < 4; i++)
        {
            reader.Read();
        }

        return reader.ValueTextEquals("RecordDecl") || reader.ValueTextEquals("TypedefDecl") || reader.ValueTextEquals("VarDecl");
    }

    private static string Join(string outer, string inner) => outer.Length == 0 ? inner : inner.Length == 0 ? outer : outer + " && " + inner;

    private static JsonElement.ArrayEnumerator Inner(JsonElement declaration) => declaration.TryGetProperty("inner", out JsonElement inner) ? inner.EnumerateArray() : default;

    private static string? Property(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static bool IsOpened(JsonElement structure) =>
        Inner(structure).FirstOrDefault(d => Property(d, "kind") == "FieldDecl") is { ValueKind: JsonValueKind.Object } first && OpenedHeaders.IsMark(Property(first, "name"));

    private void Add(JsonElement declaration, string text)
    {
        string? name = Property(declaration, "name");
        switch (Property(declaration, "kind"))
        {
            case "RecordDecl":
                Register(declaration);
                break;
            case "TypedefDecl" when name is not null && Inner(declaration).FirstOrDefault() is { ValueKind: JsonValueKind.Object } type && type.TryGetProperty("ownedTagDecl", out JsonElement tag):
                // The only name of a structure without a tag.
                idByName.TryAdd(name, Property(tag, "id")!);
                break;
            case "VarDecl" when name == text:
                Text = Literal(declaration).Trim('"');
                break;
            default:
                break;
        }
    }

    private static string Literal(JsonElement declaration) =>
        Property(declaration, "kind") == "StringLiteral" ? Property(declaration, "value")! : Inner(declaration).Select(Literal).FirstOrDefault(t => t.Length > 0) ?? string.Empty;

    private void Register(JsonElement structure)
    {
        foreach (JsonElement nested in Inner(structure).Where(d => Property(d, "kind") == "RecordDecl"))
        {
            Register(nested);
        }

        if (structure.TryGetProperty("completeDefinition", out _))
        {
            string id = Property(structure, "id")!;
            byId.TryAdd(id, structure);
            if (Property(structure, "name") is { } tag)
            {
                idByName.TryAdd(tag, id);
            }
        }
    }

    private JsonElement? Find(string name) => idByName.TryGetValue(name, out string? id) && byId.TryGetValue(id, out JsonElement structure) ? structure : null;

    private IEnumerable<HeaderMember> Flatten(JsonElement structure, string prefix, string condition)
    {
        JsonElement? inline = null; // a structure without a tag, whose member comes next
        foreach (JsonElement declaration in Inner(structure))
        {
            string kind = Property(declaration, "kind")!;
            if (kind == "RecordDecl")
            {
                inline = Property(declaration, "name") is null ? declaration : null;
            }

            if (kind != "FieldDecl")
            {
                continue;
            }

            string? name = Property(declaration, "name");
            JsonElement type = declaration.GetProperty("type");
            string written = Property(type, "qualType")!;
            string meant = Property(type, "desugaredQualType") ?? written;
            if (OpenedHeaders.IsMark(name))
            {
                continue;
            }

            JsonElement? embedded = Embedded(meant, inline);
            if (name is not null && headers.ConditionOf(name) is { } arm)
            {
                foreach (HeaderMember inner in Flatten(embedded!.Value, prefix, Join(condition, arm)))
                {
                    yield return inner;
                }

                continue;
            }

            string path = prefix + name;
            if (embedded is { } part && IsOpened(part))
            {
                foreach (HeaderMember inner in Flatten(part, name is null ? prefix : path + ".", condition))
                {
                    yield return inner;
                }

                continue;
            }

            if (name is null)
            {
                continue; // bits that only fill up
            }

            yield return new HeaderMember(path, declaration.TryGetProperty("isInvalid", out _) ? string.Empty : WithoutPlace(written), condition);
            if (path == Followed && meant.EndsWith('*') && Embedded(meant.TrimEnd('*', ' '), null) is { } pointed)
            {
                foreach (HeaderMember inner in Flatten(pointed, path + "->", condition))
                {
                    yield return inner;
                }
            }
        }
    }

    // A structure without a tag has its place for a name: "struct _ts::(unnamed at pystate.h:71:5)".
    private JsonElement? Embedded(string type, JsonElement? inline)
    {
        string[] words = [.. type.Split(' ').SkipWhile(w => w is "const" or "volatile")];
        bool isStructure = words[0] is "struct" or "union";
        return isStructure && type.EndsWith(')') ? inline : words.Length == (isStructure ? 2 : 1) ? Find(words[^1]) : null;
    }

    private static string WithoutPlace(string type) => type.Contains(" at ", StringComparison.Ordinal) ? type.Split(' ')[0] : type;
}
