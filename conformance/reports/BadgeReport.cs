// A badge: one line as a small picture.

using System.Globalization;
using System.Net;
using System.Text;

namespace PyState.Conformance.Reports;

/// <summary>A badge for a page about the implementation.</summary>
public static class BadgeReport
{
    private const int Height = 20;
    private const int Padding = 7;

    /// <summary>Writes the badge.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; UTF-8.</param>
    public static void Write(ReportDocument report, Stream stream) => stream.Write(Encoding.UTF8.GetBytes(Text(report)));

    /// <summary>The badge.</summary>
    /// <param name="report">The report.</param>
    public static string Text(ReportDocument report)
    {
        int unexpected = report.Implementations.Sum(i => i.Verdicts.Count(v => !v.Expected));
        int known = report.Implementations.Sum(i => i.Verdicts.Count(v => v.Expected && v.IsRed()));
        (string words, string colour) = report.ExitCode switch
        {
            1 => ($"{unexpected} unexpected", "#a8201a"),
            0 when known > 0 => ($"as expected, {known} known", "#7a5000"),
            0 => ("conforms", "#1d6a3c"),
            _ => ("not judged", "#59626c"),
        };
        return Svg("PyState Spec", words, colour);
    }

    private static string Svg(string left, string right, string colour)
    {
        int l = Width(left) + (2 * Padding);
        int r = Width(right) + (2 * Padding);
        string title = WebUtility.HtmlEncode($"{left}: {right}");
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{l + r}" height="{Height}" role="img" aria-label="{title}">
              <title>{title}</title>
              <clipPath id="r"><rect width="{l + r}" height="{Height}" rx="3"/></clipPath>
              <g clip-path="url(#r)"><rect width="{l}" height="{Height}" fill="#3b4148"/><rect x="{l}" width="{r}" height="{Height}" fill="{colour}"/></g>
              <g fill="#fff" font-family="Verdana, 'DejaVu Sans', sans-serif" font-size="11">
                <text x="{Padding}" y="14" textLength="{l - (2 * Padding)}">{WebUtility.HtmlEncode(left)}</text>
                <text x="{l + Padding}" y="14" textLength="{r - (2 * Padding)}">{WebUtility.HtmlEncode(right)}</text>
              </g>
            </svg>

            """);
    }

    // Near enough to Verdana at 11 pixels; textLength sets the rest right.
    private static int Width(string text) => (int)Math.Ceiling(text.Sum(c => c is 'i' or 'l' or 't' or 'f' or 'j' or ' ' or ',' or '.' ? 4.0 : c is 'm' or 'w' || char.IsUpper(c) ? 8.5 : 6.8));
}
