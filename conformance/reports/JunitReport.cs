// A run for a continuous integration server: one test suite an implementation, one test case a clause.

using System.Globalization;
using System.Text;
using System.Xml;

namespace PyState.Conformance.Reports;

/// <summary>The JUnit report. A test case fails where the verdict is not the expected one, is an error where the clause was never exercised,
/// and is skipped with the reason where it is not observable or not applicable.</summary>
public static class JunitReport
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; UTF-8.</param>
    public static void Write(ReportDocument report, Stream stream)
    {
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };
        using XmlWriter xml = XmlWriter.Create(stream, settings);
        xml.WriteStartElement("testsuites");
        Attribute(xml, "name", "pystate");
        Counts(xml, [.. report.Implementations.SelectMany(e => e.Verdicts)], report.Implementations.Count(i => i.MissingShards is not null), isWhole: true);
        var clauses = report.Clauses.ToDictionary(c => c.Id);
        foreach ((string name, ImplementationDocument implementation) in Named(report.Implementations))
        {
            Suite(xml, name, implementation, report.Specification, clauses);
        }

        xml.WriteEndElement();
    }

    // Dashboards know a case by its class and its name alone, and keep one of two that share both: a suite's name is in every class of it, and no other suite's.
    private static IEnumerable<(string Name, ImplementationDocument Implementation)> Named(IReadOnlyList<ImplementationDocument> implementations)
    {
        static string Short(ImplementationDocument i) => i.Python is { } python ? $"{i.Name} ({python})" : i.Name;
        var shared = implementations.Select(Short).GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        var taken = new HashSet<string>();
        foreach (ImplementationDocument implementation in implementations)
        {
            string name = shared.Contains(Short(implementation)) ? $"{Short(implementation)} {implementation.Label()}" : Short(implementation);
            string unique = name;
            for (int i = 2; !taken.Add(unique); i++)
            {
                unique = $"{name} {i}";
            }

            yield return (unique, implementation);
        }
    }

    private static void Suite(XmlWriter xml, string name, ImplementationDocument implementation, SpecificationDocument? specification, Dictionary<string, ClauseDocument> clauses)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", name);
        Counts(xml, implementation.Verdicts, implementation.MissingShards is null ? 0 : 1);
        Attribute(xml, "time", implementation.Seconds.ToString("0.000", CultureInfo.InvariantCulture));
        if (implementation.Started is { } started)
        {
            Attribute(xml, "timestamp", started.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        }

        xml.WriteStartElement("properties");
        Property(xml, "title", implementation.Label());
        if (specification is not null)
        {
            Property(xml, "specification", $"{specification.Version} {specification.Content}");
        }

        Property(xml, "seed", implementation.Seed);
        Property(xml, "commands", implementation.Commands.ToString(CultureInfo.InvariantCulture));
        Property(xml, "scripts", implementation.Scripts.ToString(CultureInfo.InvariantCulture));
        xml.WriteEndElement();
        foreach (VerdictDocument verdict in implementation.Verdicts)
        {
            Case(xml, verdict, name, clauses.GetValueOrDefault(verdict.Clause));
        }

        if (implementation.MissingShards is { } missing)
        {
            xml.WriteStartElement("testcase");
            Attribute(xml, "classname", $"pystate.{name}");
            Attribute(xml, "name", "every shard of the run is there");
            xml.WriteStartElement("error");
            Attribute(xml, "type", "missing-shards");
            Attribute(xml, "message", $"missing: {string.Join(", ", missing)}");
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, VerdictDocument verdict, string suite, ClauseDocument? clause)
    {
        string word = verdict.Verdict.Replace('-', ' ');
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", $"pystate.{suite}.{verdict.Clause[..^3]}");
        Attribute(xml, "name", $"{verdict.Clause} {verdict.Title}");
        if (IsFailure(verdict))
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "type", verdict.Verdict);
            Attribute(xml, "message", verdict.Counterexample?.Words ?? $"expected to deviate, but {word}: {verdict.Expectation?.Reason}");
            if (verdict.Counterexample is { } found)
            {
                string[] lines = [clause?.Statement ?? string.Empty, string.Empty, .. CounterexampleText.Steps(found), string.Empty, .. CounterexampleText.Facts(found), .. CounterexampleText.Commands(found)];
                xml.WriteString("\n" + string.Join('\n', lines) + "\n");
            }

            xml.WriteEndElement();
        }
        else if (verdict.Verdict == "not-exercised")
        {
            xml.WriteStartElement("error");
            Attribute(xml, "type", verdict.Verdict);
            Attribute(xml, "message", "no script of this run would have shown a violation: give it more commands");
            xml.WriteEndElement();
        }
        else if (IsSkipped(verdict))
        {
            xml.WriteStartElement("skipped");
            Attribute(xml, "message", $"{word}: {verdict.Reason ?? "no reason given"}");
            xml.WriteEndElement();
        }
        else if (verdict.Expectation is { } expectation)
        {
            xml.WriteElementString("system-out", SafeText.OneLine($"{word} as expected: {expectation.Reason} {expectation.Link}"));
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, IReadOnlyList<VerdictDocument> verdicts, int incomplete, bool isWhole = false)
    {
        Attribute(xml, "tests", Number(verdicts.Count + incomplete));
        Attribute(xml, "failures", Number(verdicts.Count(IsFailure)));
        Attribute(xml, "errors", Number(verdicts.Count(v => v.Verdict == "not-exercised" && !IsFailure(v)) + incomplete));
        if (!isWhole)
        {
            // The schema of Jenkins' xUnit plugin has no such attribute on the root, and refuses what it does not have.
            Attribute(xml, "skipped", Number(verdicts.Count(IsSkipped)));
        }
    }

    private static bool IsFailure(VerdictDocument verdict) => !verdict.Expected;

    private static bool IsSkipped(VerdictDocument verdict) => verdict.Verdict is "not-observable" or "not-applicable";

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        Attribute(xml, "name", name);
        Attribute(xml, "value", value);
        xml.WriteEndElement();
    }

    // SafeText also replaces what XML 1.0 has no way to write.
    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, SafeText.OneLine(value));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
