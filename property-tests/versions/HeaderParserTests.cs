// The header parser on small texts: each oddity of CPython's headers once.

using System.Collections.Immutable;
using PyState.Conformance.Radar;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Versions;

/// <summary>What the parser makes of the C that CPython's headers use, and that the radar reports what nobody covers.</summary>
public sealed class HeaderParserTests
{
    [Theory]
    [InlineData("int a;", "a")]
    [InlineData("PyObject *a, *b, *c;", "a b c")]
    [InlineData("/* int x; */ int a; // int y;\n int b;", "a b")]
    [InlineData("void (*on_delete)(void *);", "on_delete")]
    [InlineData("char path[N + 1]; PyObject * data[1];", "path data")]
    [InlineData("struct { unsigned int one:1; unsigned int :31; } status;", "status.one")]
    [InlineData("enum { A = 0, B = 1, } kind;", "kind")]
    [InlineData("struct _item item; struct _item *top;", "item.value item.previous top")]
    [InlineData("CFrame *cframe;", "cframe cframe->previous")]
    public void Members_are_found(string body, string expected) => Assert.Equal(expected, Names(body));

    [Fact]
    public void A_member_says_under_which_condition_it_exists()
    {
        HeaderMember[] members = [.. Parse("int a;\n#ifdef X\n int b;\n#  if defined(Y)\n int c;\n#  endif\n#else\n int d;\n#endif\n int e;")];
        Assert.Equal(["", "X", "X && defined(Y)", "!(X)", ""], members.Select(m => m.Condition));
    }

    [Fact]
    public void What_is_not_understood_is_an_error_and_not_a_gap() => Assert.Throws<FormatException>(() => Names("int (a;"));

    [Fact]
    public void The_radar_shows_a_member_that_no_row_covers()
    {
        Coverage coverage = Coverage.Of(Synthetic("3.15.0", extra: new HeaderMember("shiny", "int", "")));
        Assert.Equal("shiny", Assert.Single(coverage.Uncovered).Name);
    }

    [Fact]
    public void The_radar_shows_a_row_that_no_member_is_left_for()
    {
        Coverage coverage = Coverage.Of(Synthetic("3.15.0", without: "jit_exit"));
        Assert.Equal("jit_exit", Assert.Single(coverage.Stale).Name);
    }

    [Fact]
    public void A_version_that_is_not_known_is_compared_with_the_newest() => Assert.Equal(Profiles.Newest, Coverage.Of(Synthetic("3.16.0")).Profile.Minor);

    private static ThreadStateHeaders Synthetic(string version, HeaderMember? extra = null, string? without = null)
    {
        ImmutableArray<HeaderMember> Of(Holder holder) =>
            [.. Profiles.Of(15).Fields.Where(f => f.Holder == holder && f.Name != without).Select(f => new HeaderMember(f.Name, "int", f.Condition))];
        ImmutableArray<HeaderMember> own = Of(Holder.ThreadState);
        return new ThreadStateHeaders(version, "", extra is null ? own : own.Add(extra), Of(Holder.Implementation));
    }

    private static string Names(string body) => string.Join(' ', Parse(body).Select(m => m.Name));

    private static ImmutableArray<HeaderMember> Parse(string body) =>
        HeaderParser.Members(
            "typedef struct _cframe {\n struct _cframe *previous;\n} CFrame;\nstruct _item { int value; struct _item *previous; };\nstruct _ts {\n" + body + "\n};",
            "_ts");
}
