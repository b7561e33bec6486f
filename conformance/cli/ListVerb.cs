// `list`: what can be checked here, and what is missing for the rest.

using System.CommandLine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Cli;

/// <summary>Prints every implementation, whether it is ready here, and the command that makes it so.</summary>
internal sealed class ListVerb : Verb
{
    private readonly Option<string[]> pythons = new("--python")
    {
        Description = "say whether it is ready on this interpreter; repeat it for each",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public ListVerb(Host host)
        : base(host, "list", "List the implementations, what each needs, and whether it is ready here.")
    {
        Add(pythons);
        Add(Format);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("list", "every implementation, ready or not, and what makes it ready"),
        ("list --python python3.12 --python pypy3", "whether each is ready on each of these"),
        ("list --format json", "the same for programs"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<(int Code, string Says)> ExitCodes { get; } =
    [
        (ExitCode.Ok, "the facts were printed, whatever is ready"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        string?[] asked = [.. (arguments.GetValue(pythons) ?? []).Distinct()];
        Row[] rows = Ask(asked.Length > 0 ? asked : [null]);
        Row[] provisioned = asked.Length > 0 ? [] : Ask(Host.Provisioned);
        if (json)
        {
            PrintJson(new
            {
                format = "pystate-list",
                version = 1,
                specification = JsonReport.Specification,
                implementations = rows.Select(r => new
                {
                    name = r.Implementation.Name,
                    python = r.Python,
                    summary = r.Implementation.Summary,
                    needs = r.Implementation.Needs,
                    versions = r.Implementation.Versions.Select(v => new { python = v, ready = r.Implementation.WhatIsMissing(v) is null }),
                    ready = r.Missing is null,
                    missing = r.Missing?.What,
                    command = r.Missing?.Command,
                }),
                interpreters = provisioned.GroupBy(r => r.Python).Select(g => new
                {
                    python = g.Key,
                    ready = g.Where(r => r.Missing is null).Select(r => r.Implementation.Name),
                }),
            });
            return ExitCode.Ok;
        }

        Page page = NewPage();
        AddRows(page, rows);
        AddProvisioned(page, provisioned);
        Print(page);
        return ExitCode.Ok;
    }

    // Each answer takes the start of an interpreter, or a compilation. The reference simulates its interpreters; that it runs on no other is no news.
    private Row[] Ask(IReadOnlyList<string?> interpreters) =>
        [.. (from i in Host.Implementations from p in interpreters select (i, p)).AsParallel().AsOrdered().Select(q => new Row(q.i, q.p, q.i.WhatIsMissing(q.p)))
            .Where(r => r.Missing is null || r.Implementation != Host.Implementations[0])];

    private static void AddRows(Page page, Row[] rows)
    {
        int name = rows.Select(r => r.Implementation.Name.Length).DefaultIfEmpty().Max();
        int hang = Math.Min(name + 2, 14);
        foreach ((IImplementation implementation, string? python, Missing? missing) in rows)
        {
            page.Spans(
                0,
                hang,
                new Span(Page.Pad(implementation.Name, name + 2), Tone.Bold),
                new Span(missing is null ? "✓ ready" : "- not ready", missing is null ? Tone.Good : Tone.Warn),
                new Span("  " + (python ?? implementation.Summary)));
            if (python is null)
            {
                page.Spans(hang, hang + 8, new Span("needs   ", Tone.Dim), new Span(implementation.Needs));
                AddVersions(page, hang, implementation);
            }

            if (missing is not null)
            {
                page.Spans(hang, hang + 8, new Span("missing ", Tone.Dim), new Span(missing.What));
                if (missing.Command.Length > 0)
                {
                    Span[] todo = [new("do      ", Tone.Dim), new(missing.Command, Tone.Accent)];
                    if (missing.Command.Contains(", ", StringComparison.Ordinal))
                    {
                        page.Spans(hang, hang + 9, todo); // a sentence, as "…, or name another interpreter", is not to be pasted into a shell
                    }
                    else
                    {
                        page.Command(hang, hang + 9, todo);
                    }
                }
            }
        }
    }

    private static void AddVersions(Page page, int hang, IImplementation implementation)
    {
        if (implementation.Versions.Count > 0)
        {
            IEnumerable<string> versions = implementation.Versions.Select(v => implementation.WhatIsMissing(v) is null ? $"{v} ✓" : v);
            page.Spans(hang, hang + 8, new Span("python  ", Tone.Dim), new Span(string.Join(", ", versions)));
        }
    }

    private static void AddProvisioned(Page page, Row[] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

        page.Blank();
        page.Text("interpreters in roots of their own, for --python", Tone.Bold);
        int path = rows.Max(r => r.Python!.Length);
        foreach (IGrouping<string?, Row> python in rows.GroupBy(r => r.Python))
        {
            string[] ready = [.. python.Where(r => r.Missing is null).Select(r => r.Implementation.Name)];
            page.Spans(
                2,
                4,
                new Span(Page.Pad(python.Key!, path + 2)),
                ready.Length > 0 ? new Span($"✓ {string.Join(", ", ready)}", Tone.Good) : new Span("- nothing is ready on it", Tone.Warn));
        }
    }

    private sealed record Row(IImplementation Implementation, string? Python, Missing? Missing);
}
