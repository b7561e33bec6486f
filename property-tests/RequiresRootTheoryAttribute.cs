// A theory over Debian's newest CPythons, in the root that provision.sh makes for them.

using PyState.Conformance.Plugins;
using PyState.PropertyTests.Plugins;
using Xunit;

namespace PyState.PropertyTests;

/// <summary>As <see cref="RequiresFactAttribute"/>, by the name <c>roots</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresRootTheoryAttribute : TheoryAttribute
{
    public RequiresRootTheoryAttribute() =>
        Skip = Interpreters.IsDemanded("roots") || File.Exists(Path.Combine(Root, "usr/bin/python3.14")) ? null
            : "there is no such root; conformance/implementations/provision.sh forky provides it";

    /// <summary>The root.</summary>
    public static string Root { get; } = Cache.Folder("roots/forky");
}
