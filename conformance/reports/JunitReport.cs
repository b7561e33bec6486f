// A run for a continuous integration server: one test suite an implementation, one test case a clause.

using System.Globalization;
using System.Text;
using System.Xml;
using PyState.Conformance.Engine;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Reports;

/// <summary>The JUnit report. A test case fails where the verdict is not the expected one, is an error where the clause was never exercised,
/// and is skipped with the reason where it is not observable or not applicable.</summary>
public static class JunitReport
{
    private const int Width = 100;

    /// <summary>Writes the report.</summary>
    /// <param name="report">The run.</param>
    /// <param name="program">How this program is started, for the commands to type.</param>
    /// <param name="stream">Where to; UTF-8.</param>
    public static void Write(RunReport report, string program, Stream stream)
    {
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };
        using XmlWriter xml = XmlWriter.Create(stream, settings);
        xml.WriteStartElement("testsuites");
        Attribute(xml, "name", "pystate");
        Counts(xml, [.. report.Entries.SelectMany(e => e.Report.Verdicts)]);
        foreach (RunEntry entry in report.Entries)
        {
            Suite(xml, entry, program);
        }

        xml.WriteEndElement();
    }

    private static void Suite(XmlWriter xml, RunEntry entry, string program)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", entry.Label);
        Counts(xml, entry.Report.Verdicts);
        Attribute(xml, "time", entry.Report.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
        xml.WriteStartElement("properties");
        Property(xml, "title", entry.Report.Capabilities.Title);
        Property(xml, "specification", $"{SpecVersion.Current} {SpecVersion.Content}");
        Property(xml, "seed", entry.Report.Seed.ToString(CultureInfo.InvariantCulture));
        Property(xml, "commands", entry.Report.Commands.ToString(CultureInfo.InvariantCulture));
        Property(xml, "scripts", entry.Report.Scripts.ToString(CultureInfo.InvariantCulture));
        xml.WriteEndElement();
        foreach (ClauseVerdict verdict in entry.Report.Verdicts)
        {
            Case(xml, verdict, entry, program);
        }

        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, ClauseVerdict verdict, RunEntry entry, string program)
    {
        Clause clause = Catalogue.ById(verdict.Clause);
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", $"pystate.{entry.Name}.{verdict.Clause.Group()}");
        Attribute(xml, "name", $"{verdict.Clause.Text()} {clause.Title}");
        if (IsFailure(verdict))
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "type", verdict.Kind.Key());
            Attribute(xml, "message", verdict.Counterexample?.Words ?? $"expected to deviate, but {verdict.Kind.Word()}: {verdict.Expectation?.Reason}");
            if (verdict.Counterexample is { } counterexample)
            {
                var page = new Page(Width);
                CounterexampleBlock.AddTo(page, counterexample, entry.PartOf(counterexample), program);
                xml.WriteString("\n" + page);
            }

            xml.WriteEndElement();
        }
        else if (verdict.Kind == VerdictKind.NotExercised)
        {
            xml.WriteStartElement("error");
            Attribute(xml, "type", verdict.Kind.Key());
            Attribute(xml, "message", "no script of this run would have shown a violation: give it more commands");
            xml.WriteEndElement();
        }
        else if (IsSkipped(verdict))
        {
            xml.WriteStartElement("skipped");
            Attribute(xml, "message", $"{verdict.Kind.Word()}: {verdict.Reason ?? "no reason given"}");
            xml.WriteEndElement();
        }
        else if (verdict.Expectation is { } expectation)
        {
            xml.WriteElementString("system-out", SafeText.OneLine($"{verdict.Kind.Word()} as expected: {expectation.Reason} {expectation.Link}"));
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, IReadOnlyList<ClauseVerdict> verdicts)
    {
        Attribute(xml, "tests", Number(verdicts.Count));
        Attribute(xml, "failures", Number(verdicts.Count(IsFailure)));
        Attribute(xml, "errors", Number(verdicts.Count(v => v.Kind == VerdictKind.NotExercised && !IsFailure(v))));
        Attribute(xml, "skipped", Number(verdicts.Count(IsSkipped)));
    }

    private static bool IsFailure(ClauseVerdict verdict) => verdict.IsUnexpected;

    private static bool IsSkipped(ClauseVerdict verdict) => verdict.Kind is VerdictKind.NotObservable or VerdictKind.NotApplicable;

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
