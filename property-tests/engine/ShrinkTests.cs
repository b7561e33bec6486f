// How a script that shows something becomes one of a few commands.

using FsCheck.Xunit;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.PropertyTests.Model;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Engine;

public class ShrinkTests
{
    [Property(MaxTest = 60)]
    public bool Every_candidate_is_smaller_so_that_shrinking_ends(ulong seed)
    {
        Script script = Generated(seed);
        return ScriptShrinker.Candidates(script).All(c => c.Alphabet == script.Alphabet && Size(c).CompareTo(Size(script)) < 0);
    }

    [Property(MaxTest = 60)]
    public bool Every_command_and_every_two_commands_are_left_out_once_at_least(ulong seed)
    {
        Script script = Generated(seed);
        HashSet<string> candidates = [.. ScriptShrinker.Candidates(script).Select(c => c.ToString())];
        int count = script.Commands.Count;
        return Enumerable.Range(0, count).All(i => Enumerable.Range(i, count - i).All(j =>
            candidates.Contains(new Script(script.Alphabet, [.. script.Commands.Where((_, k) => k != i && k != j)]).ToString())));
    }

    [Property(MaxTest = 60)]
    public bool Every_command_is_made_simpler_by_itself(ulong seed)
    {
        Script script = Generated(seed);
        Command[][] sameLength = [.. ScriptShrinker.Candidates(script).Where(c => c.Commands.Count == script.Commands.Count).Select(c => c.Commands.ToArray())];
        return script.Commands.Select((command, i) => (command, i)).All(p =>
            Size(new Script(script.Alphabet, [p.command])) is (_, var complex, var arguments)
            && (complex + arguments - Lowest(p.command) == 0) == !sameLength.Any(c => c[p.i] != p.command && c.Where((_, k) => k != p.i).SequenceEqual(script.Commands.Where((_, k) => k != p.i))));
    }

    [Theory]
    [InlineData("throw 0 1", "switch 0")]
    [InlineData("throw 4 7", "switch 4")]
    [InlineData("fail 1", "finish")]
    [InlineData("generator 0", "call 0")]
    [InlineData("ctrace", "call 0")]
    [InlineData("save 0 1", "save 0 0")]
    [InlineData("save 1 0", "save 0 0")]
    public void What_a_plainer_command_can_stand_for_is_tried_with_it(string command, string plainer) =>
        Assert.Contains(plainer, ScriptShrinker.Candidates(new Script(Alphabet.Api, [.. ShortScripts.Parsed(command)])).Select(c => c.ToString()));

    [Theory]
    [InlineData(VerdictKind.Crashed)]
    [InlineData(VerdictKind.Hung)]
    public void Nothing_is_left_but_what_it_takes_to_die(VerdictKind how)
    {
        using var session = new Dies(how);
        (Script script, Minimizer.Finding finding) = Shrunk(session, Long);
        Assert.Equal([new Command(Op.Collect)], script.Commands);
        Assert.Equal((how, "all the time there is"), (finding.Kind, finding.Detail));
        Assert.Equal(0, finding.LastCommand);
    }

    [Fact]
    public void A_hang_is_waited_for_hastily_while_it_is_made_smaller_and_once_more_when_it_is()
    {
        using var session = new Dies(VerdictKind.Hung);
        _ = Shrunk(session, Long);
        Assert.InRange(session.Hasty, 3, 24);
        Assert.Equal(3, session.Whole); // as it was found, cut after the command that hung, and what is reported
    }

    [Fact]
    public void A_crash_is_never_a_matter_of_time_and_is_not_looked_at_again()
    {
        using var session = new Dies(VerdictKind.Crashed);
        (Script script, _) = Shrunk(session, Long);
        Assert.Equal(0, session.Hasty);
        Assert.Single(session.Scripts, s => s.Commands.SequenceEqual(script.Commands));
    }

    [Theory]
    [InlineData(0, 1)] // nothing comes after it
    [InlineData(1, 2)]
    public void What_comes_after_a_crash_is_cut_off_where_there_is_something(int after, int whole)
    {
        using var session = new Dies(VerdictKind.Crashed);
        (Script script, _) = Shrunk(session, new Script(Alphabet.Api, [new(Op.Collect), .. Enumerable.Repeat(new Command(Op.Leave), after)]));
        Assert.Equal("collect", script.ToString());
        Assert.Equal(whole + 1, session.Whole); // and the empty one
    }

    // Every call counts, so that nothing can be left out: there are thousands of candidates.
    [Theory]
    [InlineData(VerdictKind.Hung, 1, 24)] // as it was found, and each try for two seconds
    [InlineData(VerdictKind.Crashed, 201, 0)] // a process each
    [InlineData(VerdictKind.Violates, 6017, 0)] // by the batch: the last one is begun before the tries are over
    public void How_much_is_tried_depends_on_what_it_costs(VerdictKind how, int whole, int hasty)
    {
        const int Calls = 120;
        using var session = new Dies(how) { Others = Calls, OthersInHaste = Calls };
        var script = new Script(Alphabet.Api, [.. Enumerable.Repeat(new Command(Op.Call), Calls), new Command(Op.Collect)]);
        (Script shrunk, Minimizer.Finding finding) = Shrunk(session, script);
        Assert.Same(script, shrunk);
        Assert.Equal((how, whole, hasty), (finding.Kind, session.Whole, session.Hasty));
        Assert.Equal(how == VerdictKind.Violates ? 1 + ((whole - 1) / 32) : whole, session.Asked);
    }

    [Fact]
    public void Where_haste_saw_a_hang_that_is_none_the_script_stays_as_it_was()
    {
        using var session = new Dies(VerdictKind.Hung) { Others = 13 };
        (Script script, Minimizer.Finding finding) = Shrunk(session, Long);
        Assert.Equal(Long.Commands.Take(14), script.Commands);
        Assert.Equal("all the time there is", finding.Detail);
    }

    [Fact]
    public void A_script_that_shows_something_else_is_not_taken_for_a_smaller_one()
    {
        using var session = new Dies(VerdictKind.Crashed) { DiesToo = Op.Reraise };
        (Script script, _) = Shrunk(session, new Script(Alphabet.Api, [new(Op.Call, 1), new(Op.Collect), new(Op.Reraise)]));
        Assert.Equal([new Command(Op.Collect)], script.Commands);
    }

    [Fact]
    public void A_plainer_command_that_is_not_offered_is_not_tried()
    {
        using var session = new HidesFrames();
        var script = new Script(Alphabet.Api, [new(Op.Reraise), new(Op.Generator, 1), new(Op.Yield)]);
        Minimizer.Finding finding = Minimizer.Judged(session.Capabilities, script, session.Run([script])[0], out _)!;
        (Script shrunk, _) = new Minimizer(session, session.Capabilities).Shrink(script, finding);
        Assert.Equal("generator 0", shrunk.ToString());
        Assert.All(session.Scripts, s => Assert.True(Campaign.Offers(session.Capabilities, s), s.ToString()));
    }

    private static readonly Script Long = new(
        Alphabet.Api, [.. Enumerable.Range(0, 13).Select(i => new Command(Op.Call, (byte)(i % 8))), new(Op.Collect), .. Enumerable.Repeat(new Command(Op.Leave), 20)]);

    private static (Script Script, Minimizer.Finding Finding) Shrunk(Dies session, Script script)
    {
        Minimizer.Finding finding = Minimizer.Judged(session.Capabilities, script, session.Run([script])[0], out _)!;
        return new Minimizer(session, session.Capabilities).Shrink(script, finding);
    }

    private static Script Generated(ulong seed)
    {
        Alphabet alphabet = seed % 2 == 0 ? Alphabet.Api : Alphabet.Switcher;
        return new ScriptGenerator(SimulatedCapabilities.For(Profiles.All[^1]), alphabet).Generate(new ScriptSeed(seed, 0), 30);
    }

    // Fewer commands, then fewer of those that a plainer one can stand for, then smaller arguments.
    private static (int Commands, int Complex, int Arguments) Size(Script script) =>
        (script.Commands.Count, script.Commands.Count(c => IsComplex(c.Op)), script.Commands.Sum(c => c.A + c.B));

    private static bool IsComplex(Op op) =>
        op is Op.Finalizer or Op.Repr or Op.Trashcan or Op.Jit or Op.Generator or Op.Callback or Op.CTrace or Op.Throw or Op.Fail;

    private static int Lowest(Command command) => command.Info.Parameters.Sum(p => p.Low);

    // The reference, but that no frame is ever shown, and that it offers no calls.
    private sealed class HidesFrames : ISession
    {
        private readonly SimulatedSession honest = new(Profiles.All[^1], new ReferenceState());

        public Capabilities Capabilities => honest.Capabilities with { Commands = honest.Capabilities.Commands.Where(o => o != Op.Call).ToHashSet() };

        internal List<Script> Scripts { get; } = [];

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts)
        {
            Scripts.AddRange(scripts);
            return [.. honest.Run(scripts).Select(r => r with { Observations = [.. r.Observations.Select(o => o with { Frames = default })] })];
        }

        public void Restart() => honest.Restart();

        public void Dispose() => honest.Dispose();
    }

    // The reference, but for one command: there it is gone, or its probe is wrong, after so many others. In haste that takes too long after few as well.
    private sealed class Dies(VerdictKind how) : ISession
    {
        private readonly SimulatedSession honest = new(Profiles.All[^1], new ReferenceState());

        public Capabilities Capabilities => honest.Capabilities;

        internal int Others { get; init; }

        internal int OthersInHaste { get; init; }

        internal Op DiesToo { get; init; } = Op.Collect;

        internal int Hasty { get; private set; }

        internal int Whole { get; private set; }

        internal List<Script> Scripts { get; } = [];

        /// <summary>How often it was asked for anything, in all the time there is.</summary>
        internal int Asked { get; private set; }

        public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts)
        {
            Asked++;
            Whole += scripts.Count;
            Scripts.AddRange(scripts);
            return [.. scripts.Select(s => Run(s, "all the time there is", Others))];
        }

        public IReadOnlyList<ScriptResult> RunHastily(IReadOnlyList<Script> scripts)
        {
            Hasty += scripts.Count;
            return [.. scripts.Select(s => Run(s, "a little time", OthersInHaste))];
        }

        public void Restart() => honest.Restart();

        public void Dispose() => honest.Dispose();

        private ScriptResult Run(Script script, string detail, int others)
        {
            int at = script.Commands.TakeWhile(c => c.Op != Op.Collect && c.Op != DiesToo).Count();
            ScriptResult result = honest.Run([script])[0];
            if (at == script.Commands.Count || at < others)
            {
                return result;
            }

            if (how == VerdictKind.Violates)
            {
                Observation[] seen = [.. result.Observations];
                seen[at].Probe++;
                return result with { Observations = seen };
            }

            return result with
            {
                Observations = [.. result.Observations.Take(at)],
                Ending = how == VerdictKind.Hung ? Ending.Hung : Ending.Crashed,
                LastCommand = at,
                Detail = detail,
            };
        }
    }
}
