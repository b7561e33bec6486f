using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

foreach (VersionProfile profile in Profiles.All)
{
    using var session = new SimulatedSession(profile, new ReferenceState());
    ImplementationReport report = Runner.Run(session, new RunOptions { Commands = long.Parse(args[0]), Seed = ulong.Parse(args[1]) }, null, CancellationToken.None);
    Console.WriteLine($"{profile.Version}: {report.Commands} commands, {report.Scripts} scripts, {report.Elapsed.TotalSeconds:0.0} s, {report.Commands / report.Elapsed.TotalSeconds / 1e6:0.00} M/s");
    foreach (ClauseVerdict v in report.Verdicts)
    {
        if (v.IsRed)
        {
            Counterexample c = v.Counterexample!;
            Console.WriteLine($"  {v.Clause.Text()} {v.Kind} {c.Words} {c.Detail} seed {c.Seed.Number} step {c.Divergence?.Step} channels {c.Divergence?.Channels}");
            Console.WriteLine("     " + string.Join("; ", c.Script.Commands));
        }
        else if (v.Kind == VerdictKind.NotExercised) Console.WriteLine($"  {v.Clause.Text()} not exercised");
    }
}
