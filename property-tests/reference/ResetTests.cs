using System.Runtime.InteropServices;
using PyState.Conformance.Engine;
using PyState.Conformance.Liars;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.PropertyTests.Model;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.PropertyTests.Reference;

/// <summary>A script begins on a machine as it was when it was made, word for word, whatever was run there before.</summary>
public sealed class ResetTests
{
    private const int Scripts = 1000;

    public static TheoryData<int> Minors => [.. Profiles.All.Select(p => p.Minor)];

    [Theory]
    [MemberData(nameof(Minors))]
    public void After_anything_a_script_begins_as_on_a_new_machine(int minor)
    {
        VersionProfile profile = Profiles.Of(minor);
        var script = new Script(Alphabet.Api, [.. ShortScripts.Parsed("new 0 0; call 1; var 0 1; except 2; trace 1; thread 0; generator 0; except 3; profile 2; census")]);
        var first = new Looker();
        using var fresh = new SimulatedSession(profile, first);
        Observation[] expected = [.. fresh.Run([script])[0].Observations];
        Assert.All(expected, seen => Assert.Equal((Status.Ok, 0), (seen.Status, seen.Fault)));
        foreach (Alphabet alphabet in (Alphabet[])[Alphabet.Api, Alphabet.Switcher])
        {
            var looker = new Looker();
            using var used = new SimulatedSession(profile, looker);
            var generator = new ScriptGenerator(used.Capabilities, alphabet);
            for (int i = 0; i < Scripts; i++)
            {
                Script before = generator.Generate(new ScriptSeed(11, i), 40);
                looker.Random = new Random(i);
                _ = used.Run([before]);
                looker.Random = null;
                IReadOnlyList<Observation> seen = used.Run([script])[0].Observations;
                Assert.True(first.Words.AsSpan().SequenceEqual(looker.Words), $"3.{minor}: {Differences(first.Words, looker.Words)} after {before}");
                Assert.Equal(expected.Length, seen.Count);
                Assert.All(expected.Zip(seen), pair => Assert.Equal(Channels.None, pair.First.Differs(pair.Second)));
            }
        }
    }

    [Fact]
    public void What_nothing_was_allocated_in_is_no_memory()
    {
        using var session = new SimulatedSession(Profiles.All[^1], new Stray());
        ScriptResult result = session.Run([new Script(Alphabet.Api, [.. ShortScripts.Parsed("new 0 0; call 1")])])[0];
        Assert.Equal(FaultNumbers.Of(Fault.WildPointer), Assert.Single(result.Observations).Fault);
    }

    private static string Differences(long[] expected, long[] actual) => string.Join(
        ", ", Enumerable.Range(0, Math.Min(expected.Length, actual.Length)).Where(i => expected[i] != actual[i]).Select(i => $"word {i} is {actual[i]:x} for {expected[i]:x}"));

    // Reads far behind everything that there is.
    private sealed class Stray : StateLiar
    {
        public override SimStatus New(SimThread thread, out ulong handle)
        {
            _ = thread.Load((ulong)thread.MemoryWords - 100, 0);
            return base.New(thread, out handle);
        }
    }

    // Sees all memory before anything is run.
    private sealed class Looker : Vandal
    {
        internal long[] Words { get; private set; } = [];

        public override SimStatus New(SimThread thread, out ulong handle)
        {
            Words = new long[thread.MemoryWords];
            Marshal.Copy(thread.MemoryAddress, Words, 0, Words.Length);
            return base.New(thread, out handle);
        }
    }
}
