// Which mutants a trial is about: by name, and on the simulation or on real interpreters.

using PyState.Conformance.Engine;
using PyState.Conformance.Mutants;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Conformance.Shards;
using PyState.Spec.Versions;

namespace PyState.Conformance.Cli;

/// <summary>Finds mutants.</summary>
internal static class WantedMutants
{
    /// <summary>The names of the sets that can be asked for.</summary>
    internal static string[] SetNames { get; } = [.. Enum.GetValues<MutantSet>().Where(s => s < MutantSet.Native).Select(Vocabulary.Of)];

    /// <summary>The mutants that a shard is about.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="host">What is reached.</param>
    /// <exception cref="SetupException">There is none of a name.</exception>
    internal static IReadOnlyList<Mutant> Of(TrialShard shard, Host host) => Of(shard.Named, shard.Interpreters, host);

    /// <summary>The mutants asked for.</summary>
    /// <param name="named">Sets, or parts of names; empty for all.</param>
    /// <param name="interpreters">The interpreters of the native ones; empty for the simulation.</param>
    /// <param name="host">What is reached.</param>
    /// <exception cref="SetupException">There is none of a name.</exception>
    internal static IReadOnlyList<Mutant> Of(IReadOnlyList<string> named, IReadOnlyList<FaultyInterpreter> interpreters, Host host)
    {
        IReadOnlyList<Mutant> all = interpreters.Count == 0 ? AllMutants.All : Native(interpreters, host);
        if (named.Count == 0)
        {
            return all;
        }

        var wanted = new HashSet<Mutant>();
        foreach (string name in named)
        {
            Mutant[] found = Vocabulary.TryParse(name, out MutantSet set)
                ? [.. all.Where(m => m.Set == set)]
                : [.. all.Where(m => m.Name.Contains(name, StringComparison.OrdinalIgnoreCase))];
            if (found.Length == 0)
            {
                throw new SetupException(Nearest.Of(name, SetNames) is { } near
                    ? $"no mutant has '{name}' in its name; did you mean the set '{near}'?"
                    : $"no mutant has '{name}' in its name; the sets are {string.Join(", ", SetNames)}");
            }

            wanted.UnionWith(found);
        }

        return [.. all.Where(wanted.Contains)];
    }

    /// <summary>What there is to know of interpreters, by version: each is started once.</summary>
    /// <param name="pythons">The interpreters, as <c>--python</c> has them.</param>
    /// <param name="host">What is reached.</param>
    /// <exception cref="SetupException">One cannot be tried, or two are of one version.</exception>
    internal static IReadOnlyList<FaultyInterpreter> Interpreters(string[] pythons, Host host)
    {
        var byVersion = new SortedDictionary<int, FaultyInterpreter>();
        foreach (string python in pythons)
        {
            using ISession honest = Faulty(MutantSet.Native, host).Start(python);
            VersionProfile profile = Profiles.Find(honest.Capabilities.InterpreterVersion)
                ?? throw new SetupException($"{python} is {honest.Capabilities.InterpreterTitle}, and the native reference knows CPython 3.{Profiles.Oldest} to 3.{Profiles.Newest}");
            if (!byVersion.TryAdd(profile.Minor, new FaultyInterpreter(python, profile.Minor, honest.Capabilities.HasJit)))
            {
                throw new SetupException($"{byVersion[profile.Minor].Python} and {python} are both {profile}: give one of each version, and the other in a run of its own");
            }
        }

        return [.. byVersion.Values];
    }

    /// <summary>The native reference with its faults compiled in and none chosen, in each way on each interpreter.</summary>
    /// <param name="interpreters">The interpreters.</param>
    /// <param name="host">What is reached.</param>
    internal static IReadOnlyList<CleanSubject> Clean(IReadOnlyList<FaultyInterpreter> interpreters, Host host) =>
    [
        .. from way in NativeMutants.Ways
           let implementation = Faulty(way, host)
           from i in interpreters
           select new CleanSubject($"3.{i.Minor}, {Vocabulary.Of(way)},", () => implementation.Start(i.Python)),
    ];

    private static IReadOnlyList<Mutant> Native(IReadOnlyList<FaultyInterpreter> interpreters, Host host)
    {
        IImplementation api = Faulty(MutantSet.Native, host);
        NativeHost[] hosts = [.. interpreters.Select(i => new NativeHost(i.Python, Profiles.Of(i.Minor), i.HasJit))];

        return
        [
            .. hosts.SelectMany(h => NativeMutants.Of(MutantSet.Native, api, h)),
            .. NativeCallMutants.OfCalls(api, hosts),
            .. hosts.SelectMany(h => NativeCallMutants.OfOwnership(api, h)),
            .. NativeMutants.Ways.Skip(1).SelectMany(w => hosts.SelectMany(h => NativeMutants.Of(w, Faulty(w, host), h))),
        ];
    }

    private static IImplementation Faulty(MutantSet way, Host host) =>
        host.FromPath(NativeMutants.FolderOf(way)) ?? throw new SetupException($"there is no {NativeMutants.FolderOf(way)}: build this program anew");
}
