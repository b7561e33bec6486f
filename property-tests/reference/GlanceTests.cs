using System.Runtime.CompilerServices;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.PropertyTests.Reference;

/// <summary>After every command the simulated thread state is looked at quickly, and carefully where that does not do. A Debug build does both and throws where
/// they differ: here on thread states in which anything is anywhere.</summary>
public sealed class GlanceTests
{
    private const int Scripts = 1500;

    public static TheoryData<int> Minors => [.. Profiles.All.Select(p => p.Minor)];

    [Theory]
    [MemberData(nameof(Minors))]
    public void A_glance_sees_what_a_careful_look_sees(int minor)
    {
        VersionProfile profile = Profiles.Of(minor);
        int faults = 0;
        int sound = 0;
        foreach (Alphabet alphabet in (Alphabet[])[Alphabet.Api, Alphabet.Switcher])
        {
            var vandal = new Vandal();
            var session = new SimulatedSession(profile, vandal);
            var generator = new ScriptGenerator(session.Capabilities, alphabet);
            for (int i = 0; i < Scripts; i++)
            {
                Script script = generator.Generate(new ScriptSeed(7, i), 40);
                vandal.Random = new Random(i);
                ScriptResult result = session.Run([script])[0];
                Assert.True(result.Ending == Ending.Completed, $"3.{minor}, {script}: {result}");
                faults += result.Observations[^1].Fault != 0 ? 1 : 0;
                sound += result.Observations[^1].Fault == 0 ? 1 : 0;
            }
        }

        Assert.True(faults > Scripts / 10 && sound > Scripts / 10, $"{faults} faults, {sound} without");
    }

    [Fact]
    public void An_observation_begins_with_what_the_machine_shows()
    {
        Observation whole = default;
        SimObservation seen = default;
        Assert.Equal(0, Place(ref whole, ref whole.Frames));
        Assert.Equal(0, Place(ref seen, ref seen.Frames));
        Assert.Equal(8, Place(ref seen, ref seen.OuterFrames));
        Assert.Equal(Place(ref whole, ref whole.Running), Place(ref seen, ref seen.Running));
        Assert.Equal(Place(ref whole, ref whole.Handled), Place(ref seen, ref seen.Handled));
        Assert.Equal(Place(ref whole, ref whole.Vars), Place(ref seen, ref seen.Variables));
        Assert.Equal(Place(ref whole, ref whole.Trace), Place(ref seen, ref seen.Trace));
        Assert.Equal(Place(ref whole, ref whole.Profile), Place(ref seen, ref seen.Profile));
        Assert.Equal(Place(ref whole, ref whole.Local), Place(ref seen, ref seen.Local));

        // The machine may write all of its own, padding included: the next channel lies behind that.
        Assert.True(Place(ref whole, ref whole.Probe) >= Unsafe.SizeOf<SimObservation>());
        Assert.True(Place(ref whole, ref whole.Probe) < Math.Min(Place(ref whole, ref whole.Status), Place(ref whole, ref whole.Raw)));
    }

    private static int Place<TWhole, TField>(ref TWhole whole, ref TField field) =>
        (int)Unsafe.ByteOffset(ref Unsafe.As<TWhole, byte>(ref whole), ref Unsafe.As<TField, byte>(ref field));
}
