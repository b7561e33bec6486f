using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.PropertyTests.Model;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;
using Alphabet = PyState.Spec.Model.Alphabet;
using FinishTo = PyState.Reference.FinishTo;
using FreshContext = PyState.Reference.FreshContext;
using FreshDepth = PyState.Reference.FreshDepth;

namespace PyState.PropertyTests.Reference;

/// <summary>The reference against the model, with FsCheck's generation and shrinking: on every version, in both alphabets, with every choice.</summary>
public class ReferenceConformsTests
{
    public static TheoryData<int, Alphabet> Cases()
    {
        var cases = new TheoryData<int, Alphabet>();
        foreach (VersionProfile profile in Profiles.All)
        {
            cases.Add(profile.Minor, Alphabet.Api);
            cases.Add(profile.Minor, Alphabet.Switcher);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_script_shows_what_the_model_expects(int minor, Alphabet alphabet)
    {
        using var session = new SimulatedSession(Profiles.Of(minor), new ReferenceState());
        Prop.ForAll(ScriptArbitrary.For(session.Capabilities, alphabet, 60), script => Shows(session, script))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(60));
    }

    [Property(MaxTest = 300)]
    public void Every_choice_shows_what_the_model_expects_of_it(FreshContext context, FinishTo finish, FreshDepth depth, bool separate, ulong seed, byte minor)
    {
        VersionProfile profile = Profiles.Of(Profiles.Oldest + (minor % Profiles.All.Length));
        using var session = new SimulatedSession(profile, new ReferenceState(), choices: new SimChoices(context, finish, depth, separate));
        Script script = new ScriptGenerator(session.Capabilities, Alphabet.Switcher).Generate(new ScriptSeed(seed, 0), 60);
        Assert.True(Shows(session, script), $"{profile.Version} {context} {finish} {depth} separate {separate}\n{script}");
    }

    // Random scripts come by these ends seldom, and by what follows there hardly ever.
    [Theory]
    [InlineData("")]
    [InlineData("generator 0; except 1; except 2")]
    [InlineData("call 1; except 3; generator 0; except 1; yield")]
    [InlineData("call 1; call 2; call 3; call 4; call 5; call 6; call 7; call 1; call 2; call 3")] // two more blocks fit
    [InlineData("limit 2; call 1; call 2; call 3; call 4")] // two more levels do
    [InlineData("thread 1; call 1; call 2; call 3; call 4; call 5; call 6; call 7; thread 0; limit 2; thread 1")] // and none here: the limit was set elsewhere
    public void Every_short_script_from_where_room_handlers_and_levels_run_out(string from)
    {
        Command[] commands =
        [
            new(Op.Call, 1), new(Op.Leave), new(Op.Except, 1), new(Op.Generator, 0), new(Op.Yield), new(Op.Async, 2), new(Op.Context), new(Op.Native),
        ];
        foreach (VersionProfile profile in (VersionProfile[])[Profiles.Of(10), Profiles.All[^1]])
        {
            AssertConforms(profile, default, Alphabet.Api, from, ShortScripts.Of(commands, 5));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("spawn 1; switch 1; generator 0; except 1; except 2; except 3; switch 0")] // no handler more
    [InlineData("call 1; call 2; call 3; call 4; call 5; call 6; call 7; call 1; call 2; call 3; call 4; call 5; spawn 1; switch 1")] // no block more in the root
    [InlineData("spawn 1; switch 1; spawn 2; switch 2; call 1; switch 1; trace 1")]
    [InlineData("thread 1; spawn 3; switch 3; call 1; thread 0; spawn 1; switch 1")]
    [InlineData("spawn 1; spawn 2; switch 1; switch 2")] // who resumed whom is not who spawned whom
    [InlineData("thread 1; spawn 1; spawn 2; switch 1; switch 2")]
    [InlineData("spawn 1; switch 1; spawn 2; switch 2; spawn 3; switch 3; switch 2")] // a child of one that ends before it
    public void Every_short_script_of_a_switcher_whoever_control_goes_to_in_the_end(string from)
    {
        Command[] commands =
        [
            new(Op.Switch, 0), new(Op.Switch, 1), new(Op.Throw, 0, 1), new(Op.Throw, 1, 2), new(Op.Finish), new(Op.Fail, 3), new(Op.Kill, 1), new(Op.Kill, 3), new(Op.Spawn, 2),
            new(Op.Switch, 2), new(Op.Call, 6), new(Op.Thread, 1), new(Op.Walk, 1), new(Op.Generator, 0), new(Op.Switch, 3),
        ];
        foreach (FinishTo finish in Enum.GetValues<FinishTo>())
        {
            int length = finish == default ? 4 : 3;
            AssertConforms(Profiles.All[^1], new SimChoices(default, finish, default, SeparateStacks: true), Alphabet.Switcher, from, ShortScripts.Of(commands, length));
        }
    }

    private static void AssertConforms(VersionProfile profile, SimChoices choices, Alphabet alphabet, string from, IEnumerable<Command[]> scripts)
    {
        Command[] start = [.. ShortScripts.Parsed(from)];
        using var session = new SimulatedSession(profile, new ReferenceState(), choices: choices);
        var loop = new HotLoop(session.Capabilities, session);
        foreach (Command[] script in scripts)
        {
            Command[] whole = [.. start, .. script];
            Assert.True(loop.Conforms(alphabet, whole), $"{profile.Version} {choices}: {string.Join("; ", whole)}");
        }
    }

    private static bool Shows(SimulatedSession session, Script script) =>
        Judge.Check(session.Capabilities, script, session.Run([script])[0].Observations, out _) is null;
}
