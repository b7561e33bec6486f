// The HTML edition of SPEC.md: one file, nothing loaded from elsewhere, each clause with its verdicts, tables that can be filtered by version.

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Specification.Html;

/// <summary>Renders the edition.</summary>
public static class HtmlEdition
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(Markdig.Extensions.AutoIdentifiers.AutoIdentifierOptions.GitHub).Build();

    /// <summary>Renders it.</summary>
    /// <param name="markdown">The text of SPEC.md.</param>
    /// <param name="reports">The implementations whose verdicts stand beside the clauses.</param>
    /// <param name="toRoot">The way from the edition's folder to the top of the repository, for links into it.</param>
    public static string Render(string markdown, IReadOnlyList<EditionReport> reports, string toRoot)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        MarkdownDocument document = Markdown.Parse(markdown, Pipeline);
        Rebase(document, toRoot);
        var contents = new StringBuilder();
        var body = new StringBuilder();
        string open = string.Empty;
        string verdicts = string.Empty;
        foreach (Block block in document)
        {
            if (block is HeadingBlock heading)
            {
                body.Append(open);
                open = string.Empty;
                string title = PlainText(heading.Inline);
                if (ClauseOf(title) is { } clause)
                {
                    string id = clause.Id.Text();
                    body.Append(CultureInfo.InvariantCulture, $"<section class=\"clause\" id=\"{id.ToLowerInvariant()}\" data-v=\"{Versions(Profiles.All.Where(p => clause.AppliesTo(p.Minor)).Select(p => p.Minor))}\">\n");
                    body.Append(CultureInfo.InvariantCulture, $"<h4>{Encode(title)} <a class=\"here\" href=\"#{id.ToLowerInvariant()}\" aria-label=\"link to {id}\">#</a></h4>\n");
                    verdicts = VerdictsOf(id, reports);
                    open = "</section>\n";
                    continue;
                }

                if (heading.Level == 2 && contents.Length == 0)
                {
                    body.Append(Summary(reports));
                }

                Heading(heading, title, body, contents);
            }
            else
            {
                body.Append(block switch
                {
                    Table table => TableHtml(table),
                    FencedCodeBlock { Info: "mermaid" } diagram => Transitions(diagram),
                    HtmlBlock => string.Empty, // the markers of generated parts
                    _ => Html(block),
                });
                if (block is QuoteBlock && verdicts.Length > 0)
                {
                    body.Append(verdicts); // the rule first, then who keeps it
                    verdicts = string.Empty;
                }
            }
        }

        body.Append(open);
        return Resource("edition.html")
            .Replace("{{title}}", $"PyState {SpecVersion.Current}", StringComparison.Ordinal)
            .Replace("{{script-hash}}", Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Resource("edition.js")))), StringComparison.Ordinal)
            .Replace("{{style}}", Resource("edition.css"), StringComparison.Ordinal)
            .Replace("{{script}}", Resource("edition.js"), StringComparison.Ordinal)
            .Replace("{{versions}}", string.Concat(Profiles.All.Select(p => $"<option value=\"{p.Minor}\">{p.Version}</option>")), StringComparison.Ordinal)
            .Replace("{{specification}}", Encode(SpecVersion.Title), StringComparison.Ordinal)
            .Replace("{{contents}}", contents.ToString(), StringComparison.Ordinal)
            .Replace("{{body}}", body.ToString(), StringComparison.Ordinal); // last: nothing that stands in a report is looked at again
    }

    private static void Heading(HeadingBlock heading, string title, StringBuilder body, StringBuilder contents)
    {
        string id = Anchor(heading) ?? heading.TryGetAttributesId() ?? string.Empty;
        body.Append(CultureInfo.InvariantCulture, $"<h{heading.Level} id=\"{Encode(id)}\">{Encode(title)} <a class=\"here\" href=\"#{Encode(id)}\" aria-label=\"link to this section\">#</a></h{heading.Level}>\n");
        if (heading.Level is 2 or 3)
        {
            contents.Append(CultureInfo.InvariantCulture, $"<a class=\"l{heading.Level}\" href=\"#{Encode(id)}\">{Encode(title)}</a>\n");
        }
    }

    private static string? TryGetAttributesId(this HeadingBlock heading) => Markdig.Renderers.Html.HtmlAttributesExtensions.TryGetAttributes(heading)?.Id;

    // <a id="sources"></a> in a heading is its anchor.
    private static string? Anchor(HeadingBlock heading) =>
        heading.Inline?.OfType<HtmlInline>().Select(h => h.Tag).FirstOrDefault(t => t.StartsWith("<a id=\"", StringComparison.Ordinal))?.Split('"')[1];

    private static Clause? ClauseOf(string title) => title.Contains(" · ", StringComparison.Ordinal) ? Catalogue.Find(title.Split(" · ")[0]) : null;

    // A link to another file of the repository leads there from where the edition is.
    private static void Rebase(MarkdownDocument document, string toRoot)
    {
        foreach (LinkInline link in document.Descendants<LinkInline>())
        {
            if (link.Url is { } url && !url.StartsWith('#') && !url.Contains("://", StringComparison.Ordinal))
            {
                link.Url = $"{toRoot}/{url}";
            }
        }
    }

    private static string TableHtml(Table table)
    {
        TableRow[] rows = [.. table.OfType<TableRow>()];
        string[] headings = [.. rows[0].OfType<TableCell>().Select(c => PlainText(c))];
        int versions = Array.IndexOf(headings, "CPython");
        string?[] columns = [.. headings.Select(h => Profiles.Find(h) is { } p && h == p.Version ? $" data-v=\"{p.Minor}\"" : null)];
        var html = new StringBuilder("<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>");
        for (int i = 0; i < headings.Length; i++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th{columns[i]}>{Inner(rows[0].OfType<TableCell>().ElementAt(i))}</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (TableRow row in rows.Skip(1))
        {
            TableCell[] cells = [.. row.OfType<TableCell>()];
            IReadOnlyList<int>? of = versions >= 0 && versions < cells.Length ? VersionText.Read(PlainText(cells[versions])) : null;
            html.Append(of is null ? "<tr>" : $"<tr data-v=\"{Versions(of)}\">");
            for (int i = 0; i < cells.Length; i++)
            {
                html.Append(CultureInfo.InvariantCulture, $"<td{(i < columns.Length ? columns[i] : null)}>{Inner(cells[i])}</td>");
            }

            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    // A state diagram as a table: from, and what leads where. It reads aloud, and fits a phone.
    /// <summary>The lifecycles as graphviz draws them: SVG that <c>draw.sh</c> has written.</summary>
    internal static IReadOnlyList<string> Drawings { get; } = [Resource("handle-lifecycle.svg"), Resource("thread-lifecycle.svg")];

    /// <summary>The arrows of a drawing, from state to state.</summary>
    /// <param name="drawing">The SVG.</param>
    internal static HashSet<(string From, string To)> ArrowsOf(string drawing) =>
        [.. XDocument.Parse(drawing).Descendants().Where(e => e.Name.LocalName == "title").Select(t => t.Value.Split("->")).Where(t => t is [not "start", _]).Select(t => (t[0], t[1]))];

    private static string Transitions(FencedCodeBlock diagram)
    {
        var moves = diagram.Lines.Lines.Take(diagram.Lines.Count).Select(l => l.ToString().Split([" --> ", " : "], StringSplitOptions.TrimEntries))
            .Where(p => p.Length == 3).Select(p => (From: p[0], To: p[1], By: p[2])).ToList();
        string drawing = Drawings.FirstOrDefault(d => ArrowsOf(d).SetEquals(moves.Select(m => (m.From, m.To)))) ?? string.Empty;
        var html = new StringBuilder(drawing.Length == 0 ? string.Empty : $"<div class=\"drawing\" tabindex=\"0\">\n{drawing}</div>\n");
        _ = html.Append("<div class=\"table\" tabindex=\"0\"><table class=\"moves\">\n<thead><tr><th>state</th><th>what leads where</th></tr></thead>\n<tbody>\n");
        foreach (var from in moves.GroupBy(m => m.From))
        {
            string ways = string.Join(" ", from.GroupBy(m => m.To).OrderBy(g => g.Key == from.Key)
                .Select(to => $"<span class=\"move\">{Encode(string.Join(", ", to.Select(m => m.By)))} → <b>{(to.Key == from.Key ? "stays" : Encode(to.Key))}</b></span>"));
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Encode(from.Key)}</th><td>{ways}</td></tr>\n");
        }

        return html.Append("</tbody></table></div>\n").ToString();
    }

    private static string VerdictsOf(string id, IReadOnlyList<EditionReport> reports)
    {
        var html = new StringBuilder();
        foreach (EditionReport report in reports)
        {
            if (report.Verdicts.TryGetValue(id, out EditionVerdict? verdict))
            {
                string exercised = verdict.Exercised > 0 ? $" <span class=\"n\">{EditionReport.Number(verdict.Exercised)} scripts</span>" : string.Empty;
                string detail = verdict.Words.Length > 0 ? $"<span class=\"why\">{Encode(verdict.Words)}</span>" : string.Empty;
                string steps = verdict.Steps.Length > 0 ? $"<code>{Encode(verdict.Steps)}</code>" : string.Empty;
                html.Append(CultureInfo.InvariantCulture, $"<li class=\"{Class(verdict)}\"><b>{Encode(Word(verdict))}</b> {Encode(report.Title)}{exercised}{detail}{steps}</li>\n");
            }
        }

        return html.Length == 0 ? string.Empty : $"<ul class=\"verdicts\">\n{html}</ul>\n";
    }

    private static string Summary(IReadOnlyList<EditionReport> reports)
    {
        if (reports.Count == 0)
        {
            return "<p class=\"note\">No verdicts: this edition was made without reports.</p>\n";
        }

        var html = new StringBuilder("<details class=\"summary\" open><summary>Verdicts in this edition</summary>\n<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr><th>implementation</th><th>conforms</th><th>deviates, known</th><th>not as expected</th><th>not exercised</th><th>not observable</th><th>not applicable</th></tr></thead>\n<tbody>\n");
        foreach (EditionReport r in reports)
        {
            int known = r.Verdicts.Values.Count(v => IsRed(v.Kind) && v.IsExpected);
            string other = r.Content == SpecVersion.Content ? string.Empty : " <span class=\"why\">judged by another specification than this one</span>";
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(r.Title)}{other}</td><td>{r.Count("conforms")}</td><td>{known}</td><td>{r.Verdicts.Values.Count(v => !v.IsExpected)}</td><td>{r.Count("not-exercised")}</td><td>{r.Count("not-observable")}</td><td>{r.Count("not-applicable")}</td></tr>\n");
        }

        return html.Append("</tbody></table></div></details>\n").ToString();
    }

    private static bool IsRed(string kind) => kind is "violates" or "crashed" or "hung" or "garbled" or "unstable";

    private static string Class(EditionVerdict v) => !v.IsExpected ? "bad" : IsRed(v.Kind) ? "known" : v.Kind == "conforms" ? "good" : "none";

    private static string Word(EditionVerdict v) => (v.IsExpected && IsRed(v.Kind) ? "≈ " : v.IsExpected && v.Kind == "conforms" ? "✓ " : IsRed(v.Kind) || !v.IsExpected ? "✗ " : "– ")
        + v.Kind.Replace('-', ' ') + (v.IsExpected && IsRed(v.Kind) ? ", known" : string.Empty);

    private static string Versions(IEnumerable<int> minors) => string.Join(' ', minors);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Html(MarkdownObject block)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.Render(block);
        return writer.ToString();
    }

    // The content of a cell without the paragraph around it.
    private static string Inner(TableCell cell) => cell.Count == 0 ? string.Empty : string.Concat(cell.Select(b => b is ParagraphBlock { Inline: { } inline } ? Inlines(inline) : Html(b)));

    private static string Inlines(ContainerInline inline)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.WriteChildren(inline);
        writer.Flush();
        return writer.ToString();
    }

    private static string PlainText(TableCell cell) => string.Concat(cell.OfType<ParagraphBlock>().Select(p => PlainText(p.Inline)));

    private static string PlainText(ContainerInline? inline) => string.Concat((inline ?? []).Select(i => i switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        ContainerInline container => PlainText(container),
        LineBreakInline => " ",
        _ => string.Empty,
    }));

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlEdition).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"the assembly lacks {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
