// Which specification this is: its version, and the hash of what it demands.

using System.Security.Cryptography;
using System.Text;

namespace PyState.Spec.Clauses;

/// <summary>The version and the content of the specification, for reports and traces: two reports with the same hash judge by the same rules.</summary>
public static class SpecVersion
{
    /// <summary>The version, of three numbers: <c>Version</c> in <c>spec/PyState.Spec.csproj</c>. Section 16 says when it has to be raised.</summary>
    public static string Current { get; } = typeof(SpecVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>SHA-256 of every normative entry, 64 hexadecimal digits.</summary>
    public static string Content { get; } = ContentOf(Meanings.All);

    /// <summary>The version and the first digits of the content, as reports for people print it.</summary>
    public static string Title { get; } = $"{Current} ({Content[..12]})";

    /// <summary>The content of some entries.</summary>
    /// <param name="meanings">The entries, in order.</param>
    public static string ContentOf(IEnumerable<Meaning> meanings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', meanings.Select(m => $"{m.Id}\t{m.Demand}\t{m.Words}")))));
}
