using PyState.Reference;
using Xunit;

namespace PyState.PropertyTests.Reference;

/// <summary>The reference and its simulated interpreter know nothing of the model: what agrees was written twice.</summary>
public class IndependenceTests
{
    [Fact]
    public void The_reference_assembly_references_nothing_but_the_framework() =>
        Assert.All(
            typeof(ReferenceState).Assembly.GetReferencedAssemblies(),
            a => Assert.StartsWith("System.", a.Name, StringComparison.Ordinal));

    [Fact]
    public void No_type_of_the_reference_is_in_a_namespace_of_the_specification() =>
        Assert.All(typeof(ReferenceState).Assembly.GetTypes(), t => Assert.DoesNotContain("PyState.Spec", t.Namespace ?? string.Empty, StringComparison.Ordinal));
}
