// A fact that needs a Python with something in it, and says, where it is missing, which command provides it.

using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;
using Xunit;

namespace PyState.PropertyTests;

/// <summary>A fact over a real interpreter. Without it the fact is skipped with the command that provides it; where the environment variable
/// <c>PYSTATE_REQUIRE</c> lists it (comma-separated, or <c>all</c>) the fact runs and fails, so that in CI nothing skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresFactAttribute : FactAttribute
{
    /// <param name="implementation">The implementation that must be ready, for example <c>greenlet</c>.</param>
    public RequiresFactAttribute(string implementation)
    {
        Implementation = implementation;
        Skip = Interpreters.ReasonToSkip(implementation);
    }

    /// <summary>The implementation.</summary>
    public string Implementation { get; }
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresTheoryAttribute : TheoryAttribute
{
    /// <param name="implementation">The implementation that must be ready, for example <c>greenlet</c>.</param>
    /// <param name="version">Which of its versions, where it has several; null for the newest. A version named is demanded by <c>all</c> only.</param>
    public RequiresTheoryAttribute(string implementation, string? version = null)
    {
        Implementation = implementation;
        Version = version;
        Skip = Interpreters.ReasonToSkip(implementation, version);
    }

    /// <summary>The implementation.</summary>
    public string Implementation { get; }

    /// <summary>Its version, or null for the newest.</summary>
    public string? Version { get; }
}

/// <summary>The shipped implementations, and those of the tests, as the tests find them here.</summary>
internal static class Interpreters
{
    private static readonly Lazy<Registry> Shipped = new(() => new Registry());

    /// <summary>A shipped implementation, or one whose folder is in plugins/children.</summary>
    /// <param name="name">Its name.</param>
    public static PythonImplementation Get(string name) => (PythonImplementation)Find(name);

    /// <summary>The same, of any kind.</summary>
    /// <param name="name">Its name.</param>
    public static IImplementation Find(string name) => Shipped.Value.Find(
        Shipped.Value.All.Any(i => i.Name == name) ? name : Path.Combine(AppContext.BaseDirectory, "plugins", "children", name));

    /// <summary>The interpreter that a shipped implementation runs on here.</summary>
    /// <param name="name">Its name.</param>
    public static string PythonOf(string name) => Get(name).Choose(null);

    /// <summary>Why a test of it is skipped here; null when it is not.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Which of its versions; null for the newest.</param>
    public static string? ReasonToSkip(string name, string? version = null) => !IsDemanded(version is null ? name : $"{name} {version}") && WhyNot(name, version) is { } missing ? $"{missing.What}; {missing.Command} provides it" : null;

    /// <summary>Whether PYSTATE_REQUIRE lists it: then nothing of it is skipped.</summary>
    /// <param name="name">Its name.</param>
    public static bool IsDemanded(string name) =>
        (Environment.GetEnvironmentVariable("PYSTATE_REQUIRE") ?? string.Empty).Split(',', StringSplitOptions.TrimEntries) is var demanded
        && (demanded.Contains(name) || demanded.Contains("all"));

    private static Missing? WhyNot(string name, string? version)
    {
        try
        {
            return Find(name).WhatIsMissing(version);
        }
        catch (SetupException e)
        {
            return new Missing(e.Message, "a complete build");
        }
    }
}
