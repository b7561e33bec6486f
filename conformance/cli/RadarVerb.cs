// `radar [PYTHON…]`: what installed headers have that the specification does not speak of, and the other way round.

using System.CommandLine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Radar;
using PyState.Conformance.Reports;
using PyState.Conformance.Specification;
using PyState.Spec.Versions;

namespace PyState.Conformance.Cli;

/// <summary>Reads the headers of interpreters and compares the thread state's fields with the classification.</summary>
internal sealed class RadarVerb : Verb
{
    // A column for each class, in the order of the enumeration.
    private static readonly string[] Columns = ["local", "stack", "thread", "interp", "derived", "pre"];

    private readonly Argument<string[]> pythons = new("PYTHON")
    {
        Description = "an interpreter, by its path or its name on PATH, also one inside another root; or the folder of its headers. Without one: all that are found here",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public RadarVerb(Host host)
        : base(host, "radar", "Read the headers of interpreters, and show every field of the thread state that no class covers, and every classified one that is gone.")
    {
        Add(pythons);
        Add(Format);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("radar", "every interpreter found here: on PATH, of pyenv, and the headers that conformance/radar/fetch-headers.sh fetched"),
        ("radar python3.14 /srv/forky/usr/bin/python3.15", "these; one in another root is not executed"),
        ("radar --format json", "every field with its class, for programs"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "every field has a class, and every classified field is there"),
        (ExitCode.Deviation, "a field that no class covers, or one that is gone or has moved"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Path, string Holds)> Files { get; } =
    [
        ("~/.cache/pystate/headers", "read: headers that conformance/radar/fetch-headers.sh fetched"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        string[] named = arguments.GetValue(pythons) ?? [];
        IReadOnlyList<HeaderSource> sources = named.Length > 0 ? [.. named.Select(n => HeaderSearch.Of(n, Host.Folder))] : Host.Headers();
        if (sources.Count == 0)
        {
            throw new SetupException("there are no headers of CPython 3.8 or later here: apt-get install libpython3-dev, or name an interpreter that has some");
        }

        var reader = new HeaderReader(Host.Clang() ?? throw new SetupException(Clang.Missing));
        (HeaderSource Source, Coverage Coverage)[] all = Read(reader, sources);
        all = named.Length > 0 ? all : [.. all.OrderBy(r => Number(r.Coverage.Headers.Version))];
        if (json)
        {
            PrintJson(new { format = "pystate-radar", version = 1, specification = JsonReport.Specification, interpreters = all.Select(r => Document(r.Source, r.Coverage)) });
        }
        else
        {
            Print(Report(all));
        }

        return all.All(r => r.Coverage.IsComplete) ? ExitCode.Ok : ExitCode.Deviation;
    }

    private static Version Number(string version) => Version.TryParse(string.Concat(version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')), out Version? number) ? number : new Version();

    // Clang is another process and most of the time: two at once take half as long.
    private (HeaderSource, Coverage)[] Read(HeaderReader reader, IReadOnlyList<HeaderSource> sources)
    {
        try
        {
            return [.. sources.AsParallel().AsOrdered().WithCancellation(Host.Cancellation).Select(s => (s, Coverage.Of(reader.Read(s.Directory))))];
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.OfType<SetupException>().FirstOrDefault() is { } first)
        {
            throw new SetupException(first.Message, e);
        }
    }

    private Page Report((HeaderSource Source, Coverage Coverage)[] all)
    {
        Page page = NewPage();
        int version = Math.Max("CPython".Length, all.Max(r => r.Coverage.Headers.Version.Length));
        page.Text($"  {Page.Pad("CPython", version)} fields {string.Join(" ", Columns)}  headers of", Tone.Dim);
        foreach ((HeaderSource source, Coverage coverage) in all)
        {
            page.Spans(
                0,
                4,
                coverage.IsComplete ? new Span("✓ ", Tone.Good) : new Span("✗ ", Tone.Bad),
                new Span(Page.Pad(coverage.Headers.Version, version), Tone.Bold),
                new Span($" {coverage.Headers.Count,6} {Classes(coverage)}  "),
                new Span(Short(source.Name) + (Profiles.Find(coverage.Headers.Version) is null ? $", compared with {coverage.Profile.Version}" : string.Empty), Tone.Dim));
            if (coverage.IsComplete)
            {
                continue;
            }

            foreach (Sighting sighting in coverage.Uncovered)
            {
                Finding(page, "not classified", $"{FullName(sighting.Holder, sighting.Member.Name)}{Type(sighting.Member)}{Under(sighting.Member.Condition)}");
            }

            foreach (Field field in coverage.Gone)
            {
                Finding(page, "gone", $"{FullName(field.Holder, field.Name)}{Under(field.Condition)}, classified as {Phrases.Hyphenated(field.Class)} ({field.Component})");
            }

            foreach (Sighting sighting in coverage.Moved)
            {
                Finding(page, "moved", $"{FullName(sighting.Holder, sighting.Member.Name)} exists {Exists(sighting.Member.Condition)}, and is classified as one that exists {Exists(sighting.Row!.Condition)}");
            }
        }

        if (all.Any(r => !r.Coverage.IsComplete))
        {
            page.Blank();
            page.Text("Give each of these its row in spec/versions/; CONTRIBUTING.md, \"A new CPython version\", says how.", Tone.Plain);
        }

        return page;
    }

    // As a shell reads it, and short enough for a line.
    private static string Short(string path)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/";
        return home.Length > 1 && path.StartsWith(home, StringComparison.Ordinal) ? "~/" + path[home.Length..] : path;
    }

    private static string Classes(Coverage coverage) => string.Join(
        " ", Enum.GetValues<FieldClass>().Select((c, i) => coverage.Sightings.Count(s => s.Row?.Class == c).ToString().PadLeft(Columns[i].Length)));

    private static void Finding(Page page, string what, string text) => page.Spans(4, 20, new Span(Page.Pad(what, 16), Tone.Bad), new Span(text));

    private static string Structure(Holder holder) => holder == Holder.ThreadState ? "struct _ts" : "_PyThreadStateImpl";

    private static string FullName(Holder holder, string name) => $"{name} of {Structure(holder)}";

    private static string Type(HeaderMember member) => member.Type.Length > 0 ? $", {member.Type}" : string.Empty;

    private static string Under(string condition) => condition.Length > 0 ? $", only under {condition}" : string.Empty;

    private static string Exists(string condition) => condition.Length > 0 ? $"only under {condition}" : "always";

    private static object Document(HeaderSource source, Coverage coverage) => new
    {
        name = source.Name,
        headers = coverage.Headers.Directory,
        version = coverage.Headers.Version,
        comparedWith = coverage.Profile.Version,
        complete = coverage.IsComplete,
        fields = coverage.Sightings.Select(s => new
        {
            structure = Structure(s.Holder),
            name = s.Member.Name,
            type = s.Member.Type.Length > 0 ? s.Member.Type : null,
            condition = s.Member.Condition.Length > 0 ? s.Member.Condition : null,
            @class = s.Row is { } row ? Phrases.Hyphenated(row.Class) : null,
            component = s.Row?.Component.ToString(),
        }),
        notClassified = coverage.Uncovered.Select(s => new { structure = Structure(s.Holder), name = s.Member.Name }),
        gone = coverage.Gone.Select(f => new { structure = Structure(f.Holder), name = f.Name }),
        moved = coverage.Moved.Select(s => new { structure = Structure(s.Holder), name = s.Member.Name, from = s.Row!.Condition, to = s.Member.Condition }),
    };
}
