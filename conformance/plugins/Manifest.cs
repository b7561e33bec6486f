using System.Text.Json;
using System.Text.Json.Serialization;
using PyState.Conformance.Plugins.Build;

namespace PyState.Conformance.Plugins;

/// <summary>What an implementation needs, and the command that provides it.</summary>
/// <param name="What">A word that the error without it contains, for example <c>greenlet</c>; or a program that must be there, for example <c>node</c>.</param>
/// <param name="Command">The command.</param>
/// <param name="Package">What <c>pip</c> installs it with in a Python that is not the system's; null where it cannot.</param>
public sealed record Need(string What, string Command, string? Package = null);

/// <summary>What a child may use; 0 for no limit (conformance/plugins/process/ChildLimits.cs).</summary>
public sealed record ManifestLimits
{
    /// <summary>Memory in MiB, of one process and of all together.</summary>
    public int Memory { get; init; } = 4096;

    /// <summary>Processes at a time.</summary>
    public int Processes { get; init; } = 64;

    /// <summary>The limits of a child.</summary>
    internal Process.ChildLimits Of() => new() { Memory = (long)Memory << 20, Processes = Processes };
}

/// <summary>An implementation as its folder describes it: <c>implementation.json</c>, schema docs/schema/implementation.schema.json.</summary>
public sealed record Manifest
{
    /// <summary>The file's name.</summary>
    public const string FileName = "implementation.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The schema's address, for editors; not used.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The name on the command line: lower case, hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>The name in reports.</summary>
    public required string Title { get; init; }

    /// <summary>One line that says what it is.</summary>
    public required string Summary { get; init; }

    /// <summary><c>python</c>: a switcher run by the driver; <c>process</c>: any program that speaks the protocol; <c>dotnet</c>, <c>native</c>: a library
    /// with Save and Restore over the simulated thread state.</summary>
    public required string Kind { get; init; }

    /// <summary>Kind python: the driver, relative to the folder; null for the one that comes with the suite.</summary>
    public string? Driver { get; init; }

    /// <summary>Kind python: the switcher, relative to the folder.</summary>
    public string Switcher { get; init; } = "switcher.py";

    /// <summary>What it is known to get wrong, relative to the folder; another implementation's file where both are the same thing in two guises.</summary>
    public string Expectations { get; init; } = "expectations.json";

    /// <summary>Kind python: interpreters to try, in this order, paths or names on PATH; the first one in which the switcher can be imported is used.</summary>
    public IReadOnlyList<string> Interpreters { get; init; } = ["python3"];

    /// <summary>Kind python: an extension module that the switcher imports, compiled for each interpreter; null where there is none.</summary>
    public BuildRecipe? Build { get; init; }

    /// <summary>Kind process: the program and its arguments. What names a file of the folder is given as its full path. <c>{cache}</c> stands for the user's
    /// cache, and with <see cref="Versions"/> <c>{version}</c>, or any other member of the one chosen, for its value.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Kind process: the versions there are, the one to prefer first; each has a <c>version</c>, which <c>--python</c> names, and what else
    /// <see cref="Command"/> wants to know of it. Empty where there is only what is installed.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Versions { get; init; } = [];

    /// <summary>Kind dotnet: the assembly, relative to the folder.</summary>
    public string? Assembly { get; init; }

    /// <summary>Kind native: the shared library, relative to the folder.</summary>
    public string? Library { get; init; }

    /// <summary>Kinds dotnet and native: the program and its arguments that build it, run in the folder when the result is missing or older than a file of the
    /// folder; <c>{pystate}</c> stands for the folder of PyState.Reference.dll and pystate_plugin.h. Empty where it is built by hand.</summary>
    public IReadOnlyList<string> Make { get; init; } = [];

    /// <summary>Kinds dotnet and native: commands and channels that the plug-in does without; the clauses about them are not observable.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Variables for the child, on top of the clean environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What its process may use, where that is not what every child may.</summary>
    public ManifestLimits Limits { get; init; } = new();

    /// <summary>Whether a process of it takes a second or more to start, so that fewer are spent on a finding and on known crashes; null where that is measured,
    /// and may differ from machine to machine.</summary>
    public bool? StartsSlowly { get; init; }

    /// <summary>The implementations that are its control, to be asked in this order; empty for plain threads and then generators.</summary>
    public IReadOnlyList<string> Controls { get; init; } = [];

    /// <summary>What it needs.</summary>
    public IReadOnlyList<Need> Needs { get; init; } = [];

    /// <summary>Whether an implementation can have a name.</summary>
    /// <param name="name">The name.</param>
    internal static bool IsName(string name) => name.Length > 0 && name[0] != '-' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SetupException">It is no manifest: one line that says what is wrong with it.</exception>
    public static Manifest Read(string path)
    {
        try
        {
            byte[] text = InputFile.Read(() => File.ReadAllBytes(path));
            Manifest manifest = JsonSerializer.Deserialize<Manifest>(text, Options) ?? throw new JsonException("it is null");
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = Options.ReadCommentHandling, AllowTrailingCommas = Options.AllowTrailingCommas });
            return NullIn(document.RootElement, string.Empty) is { } member ? throw new JsonException($"\"{member}\" is null or has a null in it: leave that out, or write a value")
                : manifest.Kind is not "python" && (manifest.Kind is not "process" || manifest.Command.Count == 0) && manifest.Target is null
                    ? throw new JsonException("\"kind\" must be \"python\", \"process\" with a \"command\", \"dotnet\" with an \"assembly\", or \"native\" with a \"library\"")
                : !IsName(manifest.Name)
                    ? throw new JsonException("\"name\" must be lower-case letters, digits and dashes, and begin with no dash")
                : manifest.Kind == "python" && manifest.Interpreters.Count == 0
                    ? throw new JsonException("\"interpreters\" must name at least one, for example \"python3\", or be left out")
                : manifest.Versions.Count > 0 && (manifest.Kind != "process" || manifest.Versions.Any(v => !v.ContainsKey("version")))
                    ? throw new JsonException("\"versions\" is for kind \"process\", and each needs a \"version\"")
                : manifest.Build is { } build && (manifest.Kind != "python" || !build.IsComplete)
                    ? throw new JsonException("\"build\" is for kind \"python\", and needs a \"module\" that is a name and at least one of \"sources\"")
                : manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SetupException($"{path} is no manifest of an implementation: {(e is JsonException json ? JsonMistake.Of(json) : e.Message.TrimEnd('.'))}; see docs/schema/implementation.schema.json", e);
        }
    }

    // The schema knows no null. A serializer that respects what may be null lets those in lists and maps through.
    private static string? NullIn(JsonElement element, string member) => element.ValueKind switch
    {
        JsonValueKind.Null => member,
        JsonValueKind.Array => element.EnumerateArray().Select(e => NullIn(e, member)).FirstOrDefault(m => m is not null),
        JsonValueKind.Object => element.EnumerateObject().Select(p => NullIn(p.Value, p.Name)).FirstOrDefault(m => m is not null),
        _ => null,
    };

    /// <summary>Kinds dotnet and native: what is loaded.</summary>
    internal string? Target => Kind switch
    {
        "dotnet" => Assembly,
        "native" => Library,
        _ => null,
    };

    /// <summary>The need that an error is about: the one whose word it contains, otherwise the first.</summary>
    /// <param name="error">The error.</param>
    internal Need NeedFor(string error) =>
        Needs.FirstOrDefault(n => error.Contains(n.What, StringComparison.OrdinalIgnoreCase))
        ?? (Needs.Count > 0 ? Needs[0] : null)
        ?? new Need("its requirements", $"see the README of {Name}");
}
