// The version profiles by themselves: laws that need no interpreter.

using System.Text.RegularExpressions;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Versions;

/// <summary>Laws of the version profiles.</summary>
public sealed class ProfileTests
{
    public static TheoryData<int> Minors => [.. Profiles.All.Select(p => p.Minor)];

    [Fact]
    public void Every_component_is_described_once_and_in_order() => Assert.Equal(Enum.GetValues<Component>(), Components.All.Select(c => c.Component));

    [Theory]
    [MemberData(nameof(Minors))]
    public void No_field_has_two_rows(int minor) =>
        Assert.Empty(Profiles.Of(minor).Fields.GroupBy(f => (f.Holder, f.Name)).Where(g => g.Count() > 1).Select(g => g.Key));

    [Theory]
    [MemberData(nameof(Minors))]
    public void No_two_rows_write_the_same_place(int minor) =>
        Assert.Empty(Profiles.Of(minor).Fields.GroupBy(f => f.Path).Where(g => g.Count() > 1).Select(g => g.Key));

    [Theory]
    [MemberData(nameof(Minors))]
    public void Every_field_has_the_class_of_its_component(int minor) =>
        Assert.All(Profiles.Of(minor).Fields, f => Assert.Equal(Components.ClassOf(f.Component), f.Class));

    [Theory]
    [MemberData(nameof(Minors))]
    public void Every_field_has_a_ready_value_and_a_clause(int minor) => Assert.All(
        Profiles.Of(minor).Fields,
        f =>
        {
            Assert.NotEmpty(f.Ready);
            Assert.NotEmpty(f.Clauses);
            Assert.All(f.Clauses, c => Assert.Matches(@"^[A-Z]+-\d\d$", c));
            Assert.Equal(f.Class is FieldClass.ThreadWide or FieldClass.InterpreterWide, f.Ready == "unchanged");
        });

    [Theory]
    [MemberData(nameof(Minors))]
    public void Every_component_of_a_version_has_a_field(int minor)
    {
        // Read off the semantics: which component exists in which versions, apart from any row.
        static (int Since, int Until) Range(Component component) => component switch
        {
            Component.DataStack or Component.TraceEvent => (11, 15),
            Component.TrashNesting => (8, 12),
            Component.Executor or Component.CStackBounds => (14, 15),
            Component.CDepth => (12, 13),
            Component.Cframe => (10, 12),
            Component.UseTracing => (8, 11),
            Component.Instrumentation or Component.Monitoring => (12, 15),
            Component.ProfilerFrame => (15, 15),
            Component.CriticalSection => (13, 15),
            Component.PreviousExecutor => (13, 13),
            _ => (8, 15),
        };
        Component[] expected = [.. Enum.GetValues<Component>().Where(c => Range(c).Since <= minor && minor <= Range(c).Until)];
        Assert.Equal(expected, Profiles.Of(minor).Components);
    }

    [Fact]
    public void Every_known_clause_of_a_component_class_fits_the_class() => Assert.All(
        Components.All,
        c => Assert.Contains(c.Class, new[] { FieldClass.ContextLocal, FieldClass.Derived }
            .Where(_ => c.Clauses.Any(id => Regex.IsMatch(id, "^(READY|DERIVED)")))
            .Concat(c.Clauses.Any(id => id.StartsWith("STACK", StringComparison.Ordinal)) ? [FieldClass.StackBound] : [])
            .Concat(c.Clauses.Any(id => id.StartsWith("WIDE", StringComparison.Ordinal)) ? [FieldClass.ThreadWide, FieldClass.InterpreterWide, FieldClass.Precondition] : [])
            .Concat(c.Clauses.Contains("SAVE-03") ? [FieldClass.Precondition] : [])));

    [Fact]
    public void Traits_turn_where_CPython_turned()
    {
        Assert.Equal([8, 9, 10], Those(p => p.DepthIsStackBound));
        Assert.Equal([8, 9, 10, 11], Those(p => p.NativeCountsAsDepth));
        Assert.Equal([12, 13], Those(p => p.HasCDepth));
        Assert.Equal([14, 15], Those(p => p.HasCStackBounds));
        Assert.Equal([8, 9, 10, 11, 12], Those(p => p.HasTrashNesting));
        Assert.Equal([11, 12, 13, 14, 15], Those(p => p.HasDataStack));
        Assert.Equal([10, 11, 12], Those(p => p.HasCframe));
        Assert.Equal([8, 9, 10, 11], Those(p => p.HasUseTracing));
        Assert.Equal([11, 12, 13, 14, 15], Those(p => p.HasTraceEvent));
        Assert.Equal([13, 14, 15], Those(p => p.HasJit));
        Assert.Equal([14, 15], Those(p => p.HasExecutor));
        Assert.Equal([12, 13, 14, 15], Those(p => p.HasInstrumentation));
        Assert.Equal([13, 14, 15], Those(p => p.HasChunkCache));
        Assert.Equal([null, null, null, 0, -1, -1, -1, -1], Profiles.All.Select(p => p.ReadyTraceEvent));
    }

    [Theory]
    [InlineData("3.12", 12)]
    [InlineData("3.13.15", 13)]
    [InlineData("3.7.1", null)]
    [InlineData("3.16.0", null)]
    [InlineData("2.7", null)]
    [InlineData("", null)]
    public void A_version_is_found_by_its_text(string text, int? minor) => Assert.Equal(minor, Profiles.Find(text)?.Minor);

    [Fact]
    public void Only_what_a_patch_release_brought_may_be_missing_from_a_header() => Assert.Equal(
        ["__padding", "c_stack_init_base", "c_stack_init_top", "datastack_cached_chunk"],
        Profiles.All.SelectMany(p => p.Fields).Where(f => f.SomePatches).Select(f => f.Name).Distinct().Order(StringComparer.Ordinal));

    private static int[] Those(Func<VersionProfile, bool> trait) => [.. Profiles.All.Where(trait).Select(p => p.Minor)];
}
