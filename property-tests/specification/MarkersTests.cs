// Markers: what is between them is replaced, what is outside stays, and a text that does not fit is refused with words that help.

using PyState.Conformance.Specification;
using Xunit;

namespace PyState.PropertyTests.Specification;

/// <summary>Laws of the markers.</summary>
public sealed class MarkersTests
{
    private const string Text = "before\n<!-- generated:a begin -->\nold\n<!-- generated:a end -->\nbetween\n<!-- generated:b begin -->\n<!-- generated:b end -->\nafter\n";

    private static readonly GeneratedBlock A = new("a", () => "new a\n");
    private static readonly GeneratedBlock B = new("b", () => "new b 1\nnew b 2");

    /// <summary>Only what stands between markers changes.</summary>
    [Fact]
    public void Only_what_stands_between_markers_changes() => Assert.Equal(
        "before\n<!-- generated:a begin -->\nnew a\n<!-- generated:a end -->\nbetween\n<!-- generated:b begin -->\nnew b 1\nnew b 2\n<!-- generated:b end -->\nafter\n",
        Markers.Replace(Text, [A, B]));

    /// <summary>Replacing twice changes nothing.</summary>
    [Fact]
    public void Replacing_twice_changes_nothing()
    {
        var once = Markers.Replace(Text, [A, B]);
        Assert.Equal(once, Markers.Replace(once, [A, B]));
        Assert.Equal("new b 1\nnew b 2", Markers.Content(once, "b"));
    }

    /// <summary>A block without markers is refused, and the message shows the markers to add.</summary>
    [Fact]
    public void A_block_without_markers_is_refused() => Assert.Contains(
        "<!-- generated:c begin -->", Assert.Throws<MarkerException>(() => Markers.Replace(Text, [A, B, new("c", () => "")])).Message, StringComparison.Ordinal);

    /// <summary>Markers that nothing generates are refused.</summary>
    [Fact]
    public void Markers_that_nothing_generates_are_refused() => Assert.Contains(
        "nothing generates 'b'", Assert.Throws<MarkerException>(() => Markers.Replace(Text, [A])).Message, StringComparison.Ordinal);

    /// <summary>Markers that do not pair up are refused.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">Words of the refusal.</param>
    [Theory]
    [InlineData("<!-- generated:a begin -->\n", "'a' has no end marker")]
    [InlineData("<!-- generated:a end -->\n", "'a' ends where nothing has begun")]
    [InlineData("<!-- generated:a begin -->\n<!-- generated:b begin -->\n", "'b' begins inside 'a'")]
    [InlineData("<!-- generated:a begin -->\n<!-- generated:b end -->\n", "'b' ends where 'a' has begun")]
    [InlineData("<!-- generated:a begin -->\n<!-- generated:a end -->\n<!-- generated:a begin -->\n<!-- generated:a end -->\n", "'a' is generated twice")]
    public void Markers_that_do_not_pair_up_are_refused(string text, string words) =>
        Assert.Contains(words, Assert.Throws<MarkerException>(() => Markers.Names(text)).Message, StringComparison.Ordinal);
}
