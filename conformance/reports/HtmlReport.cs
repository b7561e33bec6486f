// A report to look at: one file with everything in it, whose data are the JSON report.

using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace PyState.Conformance.Reports;

/// <summary>The HTML report. It loads nothing; its policy lets a browser run and style with nothing but what was written here, by hash.</summary>
public static class HtmlReport
{
    private const string Folder = "html/";

    private static readonly Lazy<string> Script = new(() => string.Concat(
        "\"use strict\";\n{\n", // a block: the page's global names stay free
        string.Join('\n', typeof(HtmlReport).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Folder, StringComparison.Ordinal) && n.EndsWith(".js", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Resource)),
        "}\n"));

    /// <summary>Writes the page.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; UTF-8.</param>
    public static void Write(ReportDocument report, Stream stream) => stream.Write(Encoding.UTF8.GetBytes(Text(report)));

    /// <summary>The page.</summary>
    /// <param name="report">The report.</param>
    /// <param name="place">Where it stands in a site; null where it stands alone.</param>
    public static string Text(ReportDocument report, SitePlace? place = null)
    {
        string style = Resource(Folder + "report.css");
        string title = place is { Home: not null } && report.Clauses is [var clause] ? $"{clause.Id} {clause.Title}, PyState Spec" : report.Implementations is [var only] ? $"{only.Label()}, checked by PyState Spec" : $"{report.Implementations.Count} implementations, checked by PyState Spec";
        var values = new Dictionary<string, string>
        {
            ["title"] = WebUtility.HtmlEncode(SafeText.OneLine(title, 200)),
            ["style"] = style,
            ["style-hash"] = Hash(style),
            ["script"] = Script.Value,
            ["script-hash"] = Hash(Script.Value),
            ["data"] = Inert(JsonReport.Compact(report)),
            ["place"] = Inert(JsonReport.Compact(place)),
        };

        // Cut at the marks and put together once: a mark inside of a value stays what it is.
        string[] parts = Resource(Folder + "page.html").Split("{{");
        var page = new StringBuilder(parts[0]);
        foreach (string part in parts.Skip(1))
        {
            int end = part.IndexOf("}}", StringComparison.Ordinal);
            _ = page.Append(values[part[..end]]).Append(part, end + 2, part.Length - end - 2);
        }

        return page.ToString();
    }

    // Inside of a script element only the character that could end it matters; the separators are what older readers of JavaScript stumble over.
    private static string Inert(string json) => json
        .Replace("<", "\\u003c", StringComparison.Ordinal)
        .Replace("\u2028", "\\u2028", StringComparison.Ordinal)
        .Replace("\u2029", "\\u2029", StringComparison.Ordinal);

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
