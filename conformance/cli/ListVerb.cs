// `list`: what can be checked here, and what is missing for the rest.

using System.CommandLine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Cli;

/// <summary>Prints every implementation, whether it is ready here, and the command that makes it so.</summary>
internal sealed class ListVerb : Verb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="host">What it reaches.</param>
    public ListVerb(Host host)
        : base(host, "list", "List the implementations, what each needs, and whether it is ready here.")
    {
        Add(Format);
        SetAction(Execute);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Arguments, string Does)> Examples { get; } =
    [
        ("list", "every implementation, ready or not, and what makes it ready"),
        ("list --format json", "the same for programs"),
    ];

    private int Execute(ParseResult arguments)
    {
        bool json = WantsJson(arguments);
        (IImplementation Implementation, Missing? Missing)[] rows = [.. Host.Implementations.Select(i => (i, i.WhatIsMissing(null)))];
        if (json)
        {
            PrintJson(new
            {
                format = "pystate-list",
                version = 1,
                implementations = rows.Select(r => new
                {
                    name = r.Implementation.Name,
                    summary = r.Implementation.Summary,
                    needs = r.Implementation.Needs,
                    ready = r.Missing is null,
                    missing = r.Missing?.What,
                    command = r.Missing?.Command,
                }),
            });
            return ExitCode.Ok;
        }

        Page page = NewPage();
        int name = rows.Max(r => r.Implementation.Name.Length);
        int hang = Math.Min(name + 2, 14);
        foreach ((IImplementation implementation, Missing? missing) in rows)
        {
            page.Spans(
                0,
                hang,
                new Span(Page.Pad(implementation.Name, name + 2), Tone.Bold),
                new Span(missing is null ? "✓ ready" : "- not ready", missing is null ? Tone.Good : Tone.Warn),
                new Span("  " + implementation.Summary));
            page.Spans(hang, hang + 8, new Span("needs   ", Tone.Dim), new Span(implementation.Needs));
            if (missing is not null)
            {
                page.Spans(hang, hang + 8, new Span("missing ", Tone.Dim), new Span(missing.What));
                if (missing.Command.Length > 0)
                {
                    page.Command(hang, hang + 9, new Span("do      ", Tone.Dim), new Span(missing.Command, Tone.Accent));
                }
            }
        }

        Print(page);
        return ExitCode.Ok;
    }
}
