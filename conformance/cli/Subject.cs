// What a command line names: an implementation, and the interpreter to run it on.

using PyState.Conformance.Plugins;

namespace PyState.Conformance.Cli;

/// <summary>An implementation that was named, by its name, its folder or its switcher file.</summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="Selection">What selects it on the command line.</param>
/// <param name="Python">What was given with <c>--python</c>, or null.</param>
public sealed record Subject(IImplementation Implementation, IReadOnlyList<string> Selection, string? Python)
{
    /// <summary>Finds what is named, and makes sure that there is such a thing.</summary>
    /// <param name="names">Names and folders.</param>
    /// <param name="switcher">What was given with <c>--switcher</c>, or null.</param>
    /// <param name="pythons">What was given with <c>--python</c>; each implementation runs on each.</param>
    /// <param name="host">What there is.</param>
    /// <exception cref="SetupException">Something is not there.</exception>
    public static IReadOnlyList<Subject> Find(IEnumerable<string> names, string? switcher, IReadOnlyList<string> pythons, Host host)
    {
        var found = new List<Subject>();
        foreach (string name in names)
        {
            IImplementation implementation = Inputs.Implementation(name, host);
            if (found.All(f => f.Implementation != implementation && f.Implementation.Name != implementation.Name))
            {
                found.Add(new Subject(implementation, [name], null));
            }
        }

        if (switcher is not null)
        {
            string path = Path.GetFullPath(switcher, host.Folder);
            found.Add(File.Exists(path)
                ? new Subject(host.FromSwitcher(path), ["--switcher", switcher], null)
                : throw new SetupException($"there is no file '{switcher}'; --switcher needs a Python file with a switcher"));
        }

        return pythons.Count == 0 ? found : [.. from f in found from p in pythons.Distinct() select f with { Python = Inputs.Interpreter(p) }];
    }

    /// <summary>Makes sure that it is ready here.</summary>
    /// <exception cref="SetupException">It is not: one line that says what is missing and what to do.</exception>
    public void Demand()
    {
        if (Implementation.WhatIsMissing(Python) is { } missing)
        {
            throw new SetupException($"{Implementation.Name} is not ready: {missing.What}{(missing.Command.Length > 0 ? $"; {missing.Command}" : string.Empty)}");
        }
    }
}
