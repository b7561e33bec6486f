// Whether an implementation can be started here.

using PyState.Conformance.Plugins;

namespace PyState.Conformance.Cli;

/// <summary>Says what is missing, and what provides it.</summary>
public static class Readiness
{
    /// <summary>Makes sure that an implementation is ready.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="python">What was given with <c>--python</c>, or null.</param>
    /// <exception cref="SetupException">It is not.</exception>
    public static void Demand(IImplementation implementation, string? python)
    {
        if (implementation.WhatIsMissing(python) is { } missing)
        {
            throw new SetupException(Message(implementation.Name, missing));
        }
    }

    /// <summary>One line that says what is missing and what to type.</summary>
    /// <param name="name">The implementation.</param>
    /// <param name="missing">What is missing.</param>
    public static string Message(string name, Missing missing) =>
        $"{name} is not ready: {missing.What}{(missing.Command.Length > 0 ? $"; {missing.Command}" : string.Empty)}";
}
