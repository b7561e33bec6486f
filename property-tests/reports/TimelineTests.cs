// The film of a counterexample is what the model says, and ends where the judgement does.

using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Cli;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Reports;

/// <summary>Timelines.</summary>
public sealed class TimelineTests
{
    /// <summary>For any script, what a moment expects is what the judge expects.</summary>
    /// <param name="seed">Chooses the script.</param>
    [Property(MaxTest = 200)]
    public void A_moment_expects_what_the_judge_expects(ulong seed)
    {
        using var session = new ReferenceImplementation().Start("3.12");
        foreach (Alphabet alphabet in session.Capabilities.Alphabets)
        {
            Script script = new ScriptGenerator(session.Capabilities, alphabet).Generate(new ScriptSeed(seed, 0), 30);
            IReadOnlyList<Observation> expected = Judge.Expected(session.Capabilities.Semantics, script);
            IReadOnlyList<Moment> film = Timeline.Of(new Counterexample(ClauseId.Base01, VerdictKind.Crashed, script, 30, default, null, "", null), session.Capabilities);
            Assert.Equal(script.Commands.Select(c => c.ToString()), film.Select(m => m.Command));
            for (int i = 0; i < film.Count; i++)
            {
                Assert.Equal(ObservationText.Of(Channels.Frames, expected[i]), film[i].Expected["frames"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
                Assert.Equal(StatusText.Of(expected[i].Status), (string?)film[i].Expected["status"]);
                Lane running = film[i].Lanes.Single(l => l.Name == film[i].Running);
                Assert.Equal(expected[i].Vars, (running.Vars?[0] ?? 0) | ((running.Vars?[1] ?? 0) << 4));
                Assert.Equal(expected[i].Raw[(int)RawValue.TracingNesting], running.Tracing ?? 0);
            }
        }
    }

    /// <summary>The last moment is the one that deviates, with all that was seen.</summary>
    [Fact]
    public void The_last_moment_is_the_one_that_deviates()
    {
        Counterexample found = Canned.Violation(ClauseId.Ready05);
        IReadOnlyList<Moment> film = Timeline.Of(found, Canned.Capabilities("greenlet"));
        Assert.Equal(["trace 1", "callback 0", "spawn 1", "switch 1"], film.Select(m => m.Command));
        Assert.All(film.SkipLast(1), m => Assert.Null(m.Seen));
        Assert.Equal("""["gen0","call1"]""", film[^1].Seen!["frames"]!.ToJsonString());
        Assert.Equal(["running", "new"], film[2].Lanes.Select(l => l.State));
        Assert.Equal(["suspended", "running"], film[3].Lanes.Select(l => l.State));
    }

    /// <summary>A deviation found by a model with known deviations is filmed with that model.</summary>
    [Fact]
    public void A_film_is_made_with_the_deviations_that_the_model_had()
    {
        var script = new Script(Alphabet.Switcher, [new Command(Op.Call, 1), new Command(Op.Spawn, 1), new Command(Op.Switch, 1)]);
        Counterexample plain = new(ClauseId.Base01, VerdictKind.Crashed, script, 3, default, null, "", null);
        Capabilities declared = Canned.Capabilities("greenlet");
        Assert.Equal("[]", Timeline.Of(plain, declared)[^1].Expected["frames"]!.ToJsonString());
        Assert.Equal("""["call1"]""", Timeline.Of(plain with { Under = Deviations.FramesRunOn }, declared)[^1].Expected["frames"]!.ToJsonString());
    }
}
