// A theory over long pages, which is skipped with the command that runs it unless PYSTATE_REQUIRE names `pages`.

using Xunit;

namespace PyState.PropertyTests;

/// <summary>As <see cref="RequiresFactAttribute"/>, for commands of pages that take minutes together.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresPagesTheoryAttribute : TheoryAttribute
{
    public RequiresPagesTheoryAttribute() =>
        Skip = Interpreters.IsDemanded("pages") ? null : "minutes; PYSTATE_REQUIRE=pages dotnet test property-tests --filter CommandTests runs it, and so does .ci/run";
}
