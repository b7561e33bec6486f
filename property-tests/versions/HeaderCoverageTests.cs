// The version profiles against the headers of the interpreters at hand.

using PyState.Conformance.Radar;
using Xunit;

namespace PyState.PropertyTests.Versions;

/// <summary>Every member of the thread state has exactly one row, and no row is stale.</summary>
public sealed class HeaderCoverageTests
{
    private const string Forky = "conformance/radar/fetch-headers.sh forky ";

    [HeaderFact("3.8", "pyenv install 3.8")]
    public void Every_member_of_3_8_has_exactly_one_row() => Covered("3.8");

    [HeaderFact("3.9", "pyenv install 3.9")]
    public void Every_member_of_3_9_has_exactly_one_row() => Covered("3.9");

    [HeaderFact("3.10", "pyenv install 3.10")]
    public void Every_member_of_3_10_has_exactly_one_row() => Covered("3.10");

    [HeaderFact("3.11", "pyenv install 3.11")]
    public void Every_member_of_3_11_has_exactly_one_row() => Covered("3.11");

    [HeaderFact("3.12", "pyenv install 3.12")]
    public void Every_member_of_3_12_has_exactly_one_row() => Covered("3.12");

    [HeaderFact("3.13", "pyenv install 3.13")]
    public void Every_member_of_3_13_has_exactly_one_row() => Covered("3.13");

    [HeaderFact("3.14", Forky + "3.14")]
    public void Every_member_of_3_14_has_exactly_one_row() => Covered("3.14");

    [HeaderFact("3.15", Forky + "3.15")]
    public void Every_member_of_3_15_has_exactly_one_row() => Covered("3.15");

    private static void Covered(string version)
    {
        HeaderSource[] sources = [.. Headers.Of(version)];
        Assert.True(sources.Length > 0, Headers.Missing(version, "pyenv, apt-get or fetch-headers.sh"));
        foreach (HeaderSource source in sources)
        {
            ThreadStateHeaders headers = Headers.Reader.Read(source.Directory);
            Coverage coverage = Coverage.Of(headers);
            Assert.True(
                coverage.IsComplete,
                $"{headers.Version} in {headers.Directory}\n"
                + $"  no single row: {string.Join(", ", coverage.Uncovered.Select(s => s.Member.Name))}\n"
                + $"  stale row: {string.Join(", ", coverage.Gone.Select(f => $"{f.Holder} {f.Name}"))}\n"
                + $"  other condition: {string.Join(", ", coverage.Moved.Select(s => $"{s.Member.Name} [{s.Member.Condition}]"))}");

            // A reader that finds nothing would call everything covered.
            Assert.True(headers.ThreadState.Length > 30, $"only {headers.ThreadState.Length} members read from {headers.Directory}");
            Assert.Equal(coverage.Profile.Minor >= 13, !headers.Implementation.IsEmpty);
        }
    }
}
