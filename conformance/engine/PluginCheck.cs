using PyState.Conformance.Plugins;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Looks at a plug-in before any clause is judged: what is wrong here is a mistake in how the implementation was attached to the suite, and no verdict
/// about Save and Restore could be trusted. Deaths, hangs and deviations are left to the run, which has verdicts for them.</summary>
public static class PluginCheck
{
    private const ulong Seed = 1;
    private const int ScriptsLookedAt = 800;
    private const int WitnessesPerCommand = 2;
    private const int LongestWitness = 12;
    private const int BatchScripts = 16;

    // Blocks that cost levels, each with the command that begins one and the handshake's name for its cost.
    private static readonly (Command Begin, string Level)[] Blocks =
    [
        (new Command(Op.Call, 1), "call"), (new Command(Op.Except, 1), "handler"), (new Command(Op.Generator, 0), "generator"), (new Command(Op.Context), "context"),
    ];

    /// <summary>Checks a plug-in that has just been started, and leaves it ready to start afresh.</summary>
    /// <param name="session">The plug-in.</param>
    /// <exception cref="SetupException">Something is wrong with it: one line in the words of its author.</exception>
    public static void Verify(ISession session)
    {
        Capabilities declared = session.Capabilities;
        string? wrong = Declared(declared);
        if (wrong is null)
        {
            session.Verify();
            wrong = Repeats(session) ?? Levels(session) ?? Offered(session);
            session.Restart(); // the numbers of the run's scripts say what its processes have run
        }

        if (wrong is not null)
        {
            throw new SetupException($"the plug-in of {declared.Implementation} {wrong}");
        }
    }

    private static string? Declared(Capabilities declared)
    {
        foreach (Alphabet alphabet in declared.Alphabets)
        {
            string[] own = [.. CommandTable.All.Where(i => i.Alphabet == alphabet && i.Op != Op.End).Select(i => i.Name)];
            if (alphabet != Alphabet.Structural && !declared.Commands.Any(c => CommandTable.AlphabetOf(c) == alphabet))
            {
                return $"offers the alphabet '{Vocabulary.Of(alphabet)}' and none of its commands: add what it can do of {string.Join(", ", own.Take(4))}, … to \"commands\"";
            }
        }

        return declared.Alphabets.Count == 0 ? "offers no alphabet: \"alphabets\" must name switcher, api or both"
            : declared.Commands.Count == 0 ? "offers no command: \"commands\" must name what it can do"
            : declared.Commands.Contains(Op.Headroom) && !declared.Channels.HasFlag(Channels.Probe)
            ? "offers the command 'headroom' without the channel 'probe', in which its answer would be seen: add it to \"channels\""
            : declared.Channels.HasFlag(Channels.Raw) && declared.RawValues.Count == 0
            ? "declares the channel 'raw' and names no value in \"raw\": name what it shows"
            : null;
    }

    // The plainest scripts there are, thrice in one process. Without a switch in them there is nothing that Save or Restore could have kept.
    private static string? Repeats(ISession session)
    {
        Op[] plain = [.. new[] { Op.Call, Op.Leave, Op.Var, Op.Except }.Where(session.Capabilities.Commands.Contains)];
        Alphabet alphabet = session.Capabilities.Alphabets[0];
        Script[] once =
        [
            new Script(alphabet, []),
            .. plain.Select(o => new Script(alphabet, [Make(o)])),
            new Script(alphabet, [.. plain.Select(Make)]),
        ];
        IReadOnlyList<ScriptResult> results = [.. session.Run(once), .. session.Run(once), .. session.Run(once)];
        for (int i = once.Length; i < results.Count; i++)
        {
            (ScriptResult first, ScriptResult again) = (results[i % once.Length], results[i]);
            if (first.Ending != Ending.Completed || again.Ending != Ending.Completed)
            {
                continue;
            }

            for (int step = 0; step < Math.Min(first.Observations.Count, again.Observations.Count); step++)
            {
                Channels differs = first.Observations[step].Differs(again.Observations[step]) & session.Capabilities.Channels;
                if (differs != Channels.None)
                {
                    Script script = once[i % once.Length];
                    string after = step < script.Commands.Count ? $"'{script.Commands[step]}'" : "the teardown";
                    return $"does not repeat itself: the same script ({string.Join("; ", script.Commands.Select(c => c.ToString()).DefaultIfEmpty("empty"))}) shows another {Vocabulary.Each(differs).First()} after {after} when it is run again: every script must start clean";
                }
            }
        }

        return null;
    }

    // With the lowest argument that each parameter allows: what is out of range is no command, and a child answers the whole message with an error.
    private static Command Make(Op op)
    {
        byte[] lowest = [.. CommandTable.Of(op).Parameters.Select(p => (byte)p.Low), 0, 0];
        return new Command(op, lowest[0], lowest[1]);
    }

    private static string? Levels(ISession session)
    {
        Capabilities declared = session.Capabilities;
        if (!declared.Commands.Contains(Op.Headroom))
        {
            return null;
        }

        Alphabet alphabet = declared.Alphabets[0];
        var headroom = new Command(Op.Headroom);
        (Script Script, string Level)[] measured =
        [
            (new Script(alphabet, [headroom]), "base"),
            .. Blocks.Where(b => declared.Commands.Contains(b.Begin.Op)).Select(b => (new Script(alphabet, [b.Begin, headroom]), b.Level)),
        ];
        IReadOnlyList<ScriptResult> results = session.Run([.. measured.Select(m => m.Script)]);
        for (int i = 0; i < measured.Length; i++)
        {
            (Script script, string level) = measured[i];
            int last = script.Commands.Count - 1;
            IReadOnlyList<Observation> expected = Judge.Expected(declared.Semantics, script);
            if (results[i].Ending == Ending.Completed
                && results[i].Observations.Take(last + 1).All(o => o.Status == Status.Ok)
                && results[i].Observations[last].Probe != expected[last].Probe)
            {
                string where = i == 0 ? "in the root context" : $"after '{script.Commands[0]}'";
                return $"contradicts itself: by its \"limits\" and \"levels\" the headroom {where} is {expected[last].Probe}, and it shows {results[i].Observations[last].Probe}: measure \"levels\".\"{level}\" as docs/protocol.md says";
            }
        }

        return null;
    }

    // A command that is declared must do something somewhere. The shortest generated scripts in which the model says that it applies are tried.
    private static string? Offered(ISession session)
    {
        Capabilities declared = session.Capabilities;
        (Script Script, Op Op)[] witnesses = [.. Witnesses(declared)];
        var refused = new Dictionary<Op, int>();
        var carriedOut = new HashSet<Op>();
        foreach ((Script Script, Op Op)[] batch in witnesses.Chunk(BatchScripts))
        {
            IReadOnlyList<ScriptResult> results = session.Run([.. batch.Select(w => w.Script)]);
            if (results.Any(r => r.Ending != Ending.Completed))
            {
                return null; // that is a verdict, and this would only cost time
            }

            for (int i = 0; i < batch.Length; i++)
            {
                (Script script, Op op) = batch[i];
                int last = script.Commands.Count - 1;
                IReadOnlyList<Observation> expected = Judge.Expected(declared.Semantics, script);
                IReadOnlyList<Observation> seen = results[i].Observations;
                if (seen[last].Status != Status.Inapplicable)
                {
                    _ = carriedOut.Add(op);
                }
                else if (Enumerable.Range(0, last).All(s => seen[s].Status == expected[s].Status || (script.Commands[s].Op == op && seen[s].Status == Status.Inapplicable)))
                {
                    refused[op] = refused.GetValueOrDefault(op) + 1; // otherwise it went another way before, which a clause will speak of
                }
            }
        }

        Op silent = refused.Where(r => r.Value >= WitnessesPerCommand && !carriedOut.Contains(r.Key)).Select(r => r.Key).Order().FirstOrDefault();
        return silent == default ? null
            : $"offers the command '{CommandTable.Of(silent).Name}' and always answers inapplicable, for example after {string.Join("; ", witnesses.First(w => w.Op == silent).Script.Commands)}: carry it out, or leave it out of \"commands\"";
    }

    private static IEnumerable<(Script Script, Op Op)> Witnesses(Capabilities declared)
    {
        ScriptGenerator[] generators = [.. declared.Alphabets.Select(a => new ScriptGenerator(declared, a))];
        var found = new Dictionary<Op, int>();
        for (int number = 0; number < ScriptsLookedAt; number++)
        {
            Script script = generators[number % generators.Length].Generate(new ScriptSeed(Seed, number), 2 * LongestWitness);
            State state = State.Initial(declared.Semantics, script.Alphabet);
            for (int step = 0; step < Math.Min(script.Commands.Count, LongestWitness); step++)
            {
                Command command = script.Commands[step];
                bool applies = Machine.Step(declared.Semantics, ref state, command).Status != Status.Inapplicable;
                if (applies && found.GetValueOrDefault(command.Op) < WitnessesPerCommand)
                {
                    found[command.Op] = found.GetValueOrDefault(command.Op) + 1;
                    yield return (script with { Commands = [.. script.Commands.Take(step + 1)] }, command.Op);
                }
            }
        }
    }
}
