// Contexts have names and nothing else that tells them apart: renamed throughout, a script is seen to do the same.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Exploration;

public sealed class ContextSymmetryTests
{
    // What the three contexts that a script can make are called instead; the roots, 0 and 4, stay what they are.
    private static readonly byte[][] Renamings = [[0, 1, 3, 2, 4], [0, 2, 1, 3, 4], [0, 2, 3, 1, 4], [0, 3, 1, 2, 4], [0, 3, 2, 1, 4]];

    [Fact]
    public void A_script_whose_contexts_are_renamed_is_seen_to_do_the_same()
    {
        int renamed = 0;
        foreach (VersionProfile profile in new[] { Profiles.All[0], Profiles.Of(12), Profiles.All[^1] })
        {
            Capabilities capabilities = SimulatedCapabilities.For(profile);
            foreach (Semantics semantics in new[] { capabilities.Semantics, capabilities.Semantics with { FinishTo = FinishTo.Resumer, FreshContext = FreshContext.Copy } })
            {
                var generator = new ScriptGenerator(capabilities with { Semantics = semantics }, Alphabet.Switcher);
                for (int number = 0; number < 60; number++)
                {
                    Script script = generator.Generate(new ScriptSeed(8, number), 60);
                    foreach (byte[] names in Renamings)
                    {
                        renamed += Compare(semantics, script, names);
                    }
                }
            }
        }

        Assert.InRange(renamed, 5_000, int.MaxValue); // commands that name a context under another name
    }

    private static int Compare(Semantics semantics, Script script, byte[] names)
    {
        State one = State.Initial(semantics, Alphabet.Switcher);
        State other = one;
        int renamed = 0;
        foreach (Command command in script.Commands)
        {
            Command called = NamesContext(command.Op) ? command with { A = names[command.A] } : command;
            renamed += called == command ? 0 : 1;
            Observation expected = Seen(semantics, ref one, command);
            Observation seen = Seen(semantics, ref other, called);
            expected.Running = names[expected.Running];
            Assert.True(expected.Differs(in seen) == Channels.None, $"{script}: {command} as {called}: {expected.Differs(in seen)}");
        }

        return renamed;
    }

    private static Observation Seen(Semantics semantics, ref State state, Command command)
    {
        Outcome outcome = Machine.Step(semantics, ref state, command);
        Machine.Observe(semantics, in state, in outcome, out Observation seen);
        return seen;
    }

    private static bool NamesContext(Op op) => op is Op.Spawn or Op.Switch or Op.Throw or Op.Walk or Op.Kill;
}
