using System.Diagnostics;
using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Runs generated scripts on one implementation until a bound is reached, and keeps the smallest counterexample of every clause that turned red.</summary>
public sealed class Campaign
{
    private const int BatchScripts = 64;
    private const int RedsKeptPerClause = 2;

    // How often a script that may show a known crash is drawn anew, and where the numbers begin that stand for further draws.
    private const int Draws = 32;
    private const long FurtherDraws = 1L << 48;

    private readonly ISession session;
    private readonly Capabilities capabilities;
    private readonly RunOptions options;
    private readonly ScriptGenerator[] generators;
    private readonly Script[]? given;
    private readonly long[] exercised = new long[ClauseIdText.Count + 1];
    private readonly Dictionary<ClauseId, Counterexample> reds = [];
    private readonly Dictionary<ClauseId, int> redScripts = [];
    private readonly List<Counterexample> examined = [];
    private readonly List<PassedOver> passed = [];
    private readonly List<BlockTally> blocks = [];
    private readonly Slice slice;
    private readonly IReadOnlyList<BatchWorker> workers;
    private Tally atBlock = Tally.None; // what there was when the block began
    private long planned;
    private bool isFinished;
    private bool isStopped;
    private Func<bool> isLate = () => false;

    /// <summary>A campaign that has not started.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="capabilities">What is judged: the session's declaration, or a variant of it with known deviations.</param>
    /// <param name="options">The seed, the length of scripts and the clauses wanted.</param>
    public Campaign(ISession session, Capabilities capabilities, RunOptions options)
        : this(session, capabilities, options, [new BatchWorker(() => session)])
    {
    }

    /// <summary>A campaign that runs its batches in several sessions.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="capabilities">What is judged.</param>
    /// <param name="options">The seed, the length of scripts and the clauses wanted.</param>
    /// <param name="workers">The sessions, at least one; the first is <paramref name="session"/>.</param>
    internal Campaign(ISession session, Capabilities capabilities, RunOptions options, IReadOnlyList<BatchWorker> workers)
    {
        this.session = session;
        this.workers = workers;
        this.capabilities = capabilities;
        this.options = options;
        given = options.Scripts.Count == 0 ? null : [.. options.Scripts.Where(s => Offers(capabilities, s))];
        generators = [.. capabilities.Alphabets.Select(a => new ScriptGenerator(capabilities, a))];
        slice = new Slice(options.Shard, BlockOf(capabilities));
    }

    /// <summary>Whether an implementation offers all that a script asks of it.</summary>
    /// <param name="capabilities">What it declares.</param>
    /// <param name="script">The script.</param>
    public static bool Offers(Capabilities capabilities, Script script) =>
        capabilities.Alphabets.Contains(script.Alphabet) && script.Commands.All(c => Offers(capabilities, c));

    /// <summary>Whether an implementation offers a command, and the thread that it passes the baton to.</summary>
    /// <param name="capabilities">What it declares.</param>
    /// <param name="command">The command.</param>
    internal static bool Offers(Capabilities capabilities, Command command) =>
        capabilities.Commands.Contains(command.Op) && (command.Op != Op.Thread || command.A < capabilities.Threads);

    /// <summary>The clauses that turned red, each with its counterexample.</summary>
    public IReadOnlyDictionary<ClauseId, Counterexample> Reds => reds;

    /// <summary>Commands checked.</summary>
    public long Commands { get; private set; }

    /// <summary>Scripts run.</summary>
    public long Scripts { get; private set; }

    /// <summary>What it found, for a verdict.</summary>
    public Findings Findings => new(Tally, reds);

    /// <summary>What it found, for a verdict on the whole of which it has run one shard.</summary>
    public CampaignShare Share => new(Tally, blocks, examined, passed, MostExamined(VerdictKind.Violates));

    /// <summary>Whether it ends between blocks only, and keeps what each came to: whether it is enough can then be asked of the whole of several shards too.
    /// It ends one block after it was enough, because a child is given the next one before the answers to this one are judged.</summary>
    public bool HasBlocks { get; init; }

    private Tally Tally => new(Scripts, Commands, Enum.GetValues<ClauseId>().Where(c => exercised[(int)c] > 0).ToDictionary(c => c, c => exercised[(int)c]));

    /// <summary>How often something changed that decides a verdict: a counterexample, or the end.</summary>
    public int Changes { get; private set; }

    /// <summary>Where it is. Only between batches, which is when <c>progress</c> is told.</summary>
    /// <param name="elapsed">How long it took so far.</param>
    public CampaignState State(TimeSpan elapsed) => new()
    {
        Scripts = Scripts,
        Commands = Commands,
        Planned = planned,
        Milliseconds = (long)elapsed.TotalMilliseconds,
        IsFinished = isFinished,
        Exercised = Enum.GetValues<ClauseId>().Where(c => exercised[(int)c] > 0).ToDictionary(c => c, c => exercised[(int)c]),
        RedScripts = new Dictionary<ClauseId, int>(redScripts),
        Reds = [.. reds.Values.OrderBy(r => r.Clause)],
    };

    /// <summary>Goes to where an interrupted campaign was.</summary>
    /// <param name="state">Where it was.</param>
    public void Restore(CampaignState state)
    {
        (Scripts, Commands, planned, isFinished) = (state.Scripts, state.Commands, state.Planned, state.IsFinished);
        foreach ((ClauseId clause, long count) in state.Exercised)
        {
            exercised[(int)clause] = count;
        }

        foreach ((ClauseId clause, int count) in state.RedScripts)
        {
            redScripts[clause] = count;
        }

        foreach (Counterexample red in state.Reds)
        {
            reds[red.Clause] = red with { Under = capabilities.Semantics.Deviations };
        }

        atBlock = Tally;
    }

    /// <summary>On how many scripts a violation of a clause would have shown.</summary>
    /// <param name="clause">The clause.</param>
    public long Exercised(ClauseId clause) => exercised[(int)clause];

    /// <summary>Runs until a bound is reached.</summary>
    /// <param name="commands">Commands at most, those of a restored state included.</param>
    /// <param name="time">Time at most, from now on.</param>
    /// <param name="enough">Asked between scripts; ends the campaign early.</param>
    /// <param name="progress">Told between scripts.</param>
    /// <param name="cancellation">Stops between scripts.</param>
    public void Run(long commands, TimeSpan time, Func<bool> enough, Action progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        isLate = () => clock.Elapsed >= time;
        isStopped = false;
        bool inProcess = given is null && session is ISteppable;
        bool wasEnough = HasBlocks && inProcess && enough();
        bool isEnough = false;
        bool GoesOn()
        {
            bool hasMore = planned < commands && !isLate() && !(HasBlocks && inProcess ? isEnough : enough());
            isStopped |= hasMore && cancellation.IsCancellationRequested; // it has not ended: it can be taken up again
            return hasMore && !isStopped;
        }

        if (isFinished)
        {
            return;
        }

        if (given is not null || session is not ISteppable steppable)
        {
            RunBatches(commands, GoesOn, progress);
            return;
        }

        var crew = new ScriptCrew(
            options.Cores, steppable, s => new ScriptChecker(capabilities, generators, s, options.MaximumLength), p => new ScriptSeed(options.Seed, slice.NumberAt(p)));
        while (GoesOn() && RunInProcess(crew, commands))
        {
            if (HasBlocks && Scripts % slice.Block == 0)
            {
                EndBlock();
                isEnough = wasEnough;
                wasEnough = enough();
            }

            progress();
        }

        EndBlock();
        isFinished = !isStopped;
        Changes++;
        progress();
    }

    // A simulated interpreter in another process runs millions of scripts too.
    private bool IsSimulated => IsSimulation(capabilities);

    private static bool IsSimulation(Capabilities capabilities) => capabilities.Interpreter == Plugins.Simulated.SimulatedCapabilities.Interpreter;

    /// <summary>How many scripts are generated and sent together, and how many a shard takes in turn.</summary>
    /// <param name="capabilities">What is judged.</param>
    internal static int BlockOf(Capabilities capabilities) => IsSimulation(capabilities) ? 8 * BatchScripts : BatchScripts;

    // Up to the end of a round, or to a deviation: whether it is enough is asked outside. False when nothing is left for it to run.
    private bool RunInProcess(ScriptCrew crew, long last)
    {
        if (crew.IsEmpty)
        {
            Skip(ref planned, Scripts, last);
            if (planned >= last)
            {
                return false;
            }

            // As many at once as cannot reach the bound, or one.
            long most = Math.Max(1, (last - planned) / (options.MaximumLength + 1));
            crew.Begin(Scripts, HasBlocks || slice.Shard.Count > 1 ? Math.Min(most, slice.Block - (Scripts % slice.Block)) : most);
        }

        while (!crew.IsEmpty)
        {
            CheckedScript result = crew.Take();
            var seed = new ScriptSeed(options.Seed, slice.NumberAt(Scripts));
            Count(result.Exercised);
            Scripts++;
            Commands += result.Length + 1;
            planned += result.Length + 1;
            if (!result.Conforms)
            {
                Script script = Drawn(seed.Number, 0);
                if (Minimizer.Judged(capabilities, script, session.Run([script])[0], out _) is { } finding)
                {
                    Examine(script, finding, seed, before: 0, worker: 0);
                    return true;
                }
            }
        }

        return true;
    }

    // The scripts that other shards run count towards the bound too. Of them only the lengths are needed.
    private void Skip(ref long commands, long position, long last)
    {
        if (position % slice.Block == 0 && last != long.MaxValue)
        {
            long to = Math.Min(slice.NumberAt(position), given?.Length ?? long.MaxValue);
            for (long number = position == 0 ? 0 : slice.NumberAt(position - 1) + 1; number < to && commands < last;)
            {
                // As many at once as cannot reach the bound, or one.
                long many = Math.Min(to - number, (last - commands) / (options.MaximumLength + 1));
                bool isOne = many < generators.Length || given is not null || options.Rationed.Count > 0;
                commands += isOne ? LengthOf(number) + 1 : LengthsOf(number, many) + many;
                number += isOne ? 1 : many;
            }
        }
    }

    // The generators take turns.
    private long LengthsOf(long first, long count)
    {
        long sum = 0;
        for (int i = 0; i < generators.Length; i++)
        {
            sum += generators[(first + i) % generators.Length].LengthsOf(new ScriptSeed(options.Seed, first + i), generators.Length, (count - i + generators.Length - 1) / generators.Length, options.MaximumLength);
        }

        return sum;
    }

    private int LengthOf(long number) =>
        given is null && options.Rationed.Count == 0
            ? generators[number % generators.Length].LengthOf(new ScriptSeed(options.Seed, number), options.MaximumLength)
            : Numbered(number).Commands.Count;

    private void EndBlock()
    {
        if (HasBlocks && Scripts > atBlock.Scripts)
        {
            Tally now = Tally;
            blocks.Add(new BlockTally(slice.NumberAt(Scripts - 1) / slice.Block, now.Less(atBlock)));
            atBlock = now;
        }
    }

    // The children execute batches while this process generates the next ones and judges those before: the workers take turns. What they have begun beyond the end is
    // thrown away, so that it ends where it would have ended with one.
    private void RunBatches(long last, Func<bool> goesOn, Action progress)
    {
        long generated = planned;
        long next = Scripts;
        bool isOver = false;
        var sent = new Queue<Sent>();

        bool SendNext()
        {
            int worker = (int)(next / slice.Block % workers.Count);
            Batch batch = Generate(ref generated, ref next, last);
            if (batch.Scripts.Count > 0)
            {
                sent.Enqueue(new Sent(batch, worker, Answered(batch, workers[worker].Send(batch.Scripts, () => !Volatile.Read(ref isOver)))));
            }

            return batch.Scripts.Count > 0;
        }

        isFinished = !SendNext();
        try
        {
            while (sent.Count > 0 && !isOver)
            {
                bool hasFollowing = goesOn();
                while (hasFollowing && sent.Count < 2 * workers.Count && SendNext())
                {
                }

                Sent current = sent.Dequeue();
                Answers(current.Batch, current.Judged.GetAwaiter().GetResult(), current.Worker);
                EndBlock();
                Volatile.Write(ref isOver, !hasFollowing);
                isFinished = (isOver || sent.Count == 0) && !isStopped;
                Changes += isFinished ? 1 : 0;
                progress();
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            foreach (BatchWorker worker in workers)
            {
                worker.Wait();
            }
        }
    }

    private sealed record Sent(Batch Batch, int Worker, Task<Answer[]> Judged);

    private readonly record struct Answer(ScriptResult Result, Minimizer.Finding? Finding, ClauseSet Exercised);

    private sealed record Batch(List<Script> Scripts, List<ScriptSeed> Seeds);

    private Batch Generate(ref long generated, ref long next, long last)
    {
        var batch = new Batch([], []);
        while (batch.Scripts.Count < slice.Block)
        {
            Skip(ref generated, next, last);
            var seed = new ScriptSeed(options.Seed, slice.NumberAt(next));
            if (generated >= last || seed.Number >= (given?.Length ?? long.MaxValue))
            {
                break;
            }

            next++;
            Script script = Numbered(seed.Number);
            batch.Seeds.Add(seed);
            batch.Scripts.Add(script);
            generated += script.Commands.Count + 1;
        }

        return batch;
    }

    // A script's number is all that has to be kept of it.
    private Script Numbered(long number)
    {
        if (given is not null)
        {
            return given[number];
        }

        Script script = Drawn(number, 0);
        for (int draw = 1; draw < Draws && !MayCrash(number) && options.Rationed.Any(e => KnownCrash.MayShow(e, capabilities.Semantics, script)); draw++)
        {
            script = Drawn(number, draw);
        }

        return script;
    }

    // Enough of those that may, to see whether it still crashes; a few more, to see whether it crashes in other ways too.
    private bool MayCrash(long number) => options.RationedEvery > 0 && number / generators.Length % (number < 256 ? options.RationedEvery : 1024) == 0;

    private Script Drawn(long number, int draw) =>
        generators[number % generators.Length].Generate(new ScriptSeed(options.Seed, number + (draw * FurtherDraws)), options.MaximumLength);

    private Task<Answer[]> Answered(Batch batch, Task<IReadOnlyList<ScriptResult>> running) =>
        running.ContinueWith(r => r.GetAwaiter().GetResult().Select((result, i) => Judged(batch, i, result)).ToArray(), TaskScheduler.Default);

    private Answer Judged(Batch batch, int index, ScriptResult result)
    {
        ClauseSet exercised = default;
        Minimizer.Finding? finding = IsSimulated && ((batch.Seeds[index].Number + 1) / generators.Length) % ScriptChecker.SampleEvery != 0 && Judge.Conforms(capabilities, batch.Scripts[index], result)
            ? null
            : Minimizer.Judged(capabilities, batch.Scripts[index], result, out exercised);
        return new Answer(result, finding, exercised);
    }

    private void Answers(Batch batch, Answer[] answers, int worker)
    {
        for (int i = 0; i < answers.Length; i++)
        {
            Scripts++;
            Commands += answers[i].Result.Observations.Count;
            planned += batch.Scripts[i].Commands.Count + 1;
            Count(answers[i].Exercised);
        }

        for (int i = 0; i < answers.Length; i++)
        {
            if (answers[i].Finding is { } finding)
            {
                Examine(batch.Scripts[i], finding, batch.Seeds[i], answers[i].Result.Before, worker);
            }
        }
    }

    private void Examine(Script script, Minimizer.Finding finding, ScriptSeed seed, long before, int worker)
    {
        if (options.Clauses.Count > 0 && !options.Clauses.Contains(finding.Clause))
        {
            return;
        }

        int seen = redScripts.GetValueOrDefault(finding.Clause);
        redScripts[finding.Clause] = seen + 1;
        if (seen < MostExamined(finding.Kind) && !(isLate() && IsShown(finding.Clause)))
        {
            workers[worker].Wait(); // shrinking needs the session
            Keep(Confirmed(workers[worker].Session, slice.Part(worker, workers.Count), script, finding, seed, before) with { Seen = finding.Kind });
            workers[worker].Session.Restart(); // what ran meanwhile has no number: the next script begins in a process of its own
        }
        else if (seen < RedsKeptPerClause)
        {
            passed.Add(new PassedOver(finding.Clause, seed.Number));
        }
    }

    // A second deviation may show it in fewer commands; nobody waits for that once the time is up.
    private bool IsShown(ClauseId clause) => reds.TryGetValue(clause, out Counterexample? known) && known.Kind != VerdictKind.Unstable;

    // A hang costs many times the time limit.
    private int MostExamined(VerdictKind kind) => kind == VerdictKind.Hung || Patience.IsSlow(session) ? 1 : RedsKeptPerClause;

    // Shrunk, then run once more in a fresh process. Where a red needs what ran before it, that is part of the finding; what shows neither way is unstable.
    private Counterexample Confirmed(ISession session, Slice slice, Script script, Minimizer.Finding finding, ScriptSeed seed, long before)
    {
        var minimizer = new Minimizer(session, capabilities);
        session.Restart();
        if (minimizer.Shows([script], finding) is null)
        {
            long position = slice.PositionOf(seed.Number);
            before = Math.Min(before, position);
            return new Predecessors(session, capabilities).Find(script, finding, before, back => Numbered(slice.NumberAt(position - back))) is { } needed
                ? Make(needed.Finding, needed.Script, script, seed, needed.Finding.Detail) with { Before = needed.Before }
                : Unstable(finding, script, script, seed, before);
        }

        if (IsKnownDeath(finding) && Make(finding, script, script, seed, finding.Detail) is var drawn && options.Expectations.Any(e => ExpectationMatch.AppliesTo(e, capabilities) && ExpectationMatch.Covers(e, drawn)))
        {
            return drawn; // every candidate would cost a process, and nobody waits for a shorter one
        }

        (Script shrunk, Minimizer.Finding smallest) = minimizer.Shrink(script, finding);
        session.Restart();
        return minimizer.Shows([shrunk], smallest) is { } again ? Make(again.Finding, shrunk, script, seed, again.Finding.Detail)

            // It was shrunk in a process that had run the candidates before it, and needs one of them: once more, each candidate in its own.
            : new Predecessors(session, capabilities).ShrinkAlone(script, finding) is { } alone ? Make(alone.Finding, alone.Script, script, seed, alone.Finding.Detail)
            : Unstable(finding, script, script, seed, 0);
    }

    private bool IsKnownDeath(Minimizer.Finding finding) => finding.Kind is VerdictKind.Crashed or VerdictKind.Hung && Patience.IsSlow(session);

    private static Counterexample Unstable(Minimizer.Finding finding, Script script, Script original, ScriptSeed seed, long before)
    {
        long tried = Math.Min(before, Predecessors.Furthest);
        string where = tried == 0 ? "did not repeat in a fresh process"
            : $"did not repeat in a fresh process, neither alone nor after the {(tried == 1 ? "script" : $"{tried} scripts")} that had run before it";
        string detail = finding.Kind == VerdictKind.Violates ? where : $"{Vocabulary.Of(finding.Kind)}, not reproduced: {finding.Detail}; it {where}";
        return Make(finding with { Kind = VerdictKind.Unstable }, script, original, seed, detail);
    }

    private static Counterexample Make(Minimizer.Finding finding, Script script, Script original, ScriptSeed seed, string? detail)
    {
        string words = finding.Divergence is { } divergence ? Words.Of(divergence) : finding.Kind.ToString().ToLowerInvariant();
        return new Counterexample(finding.Clause, finding.Kind, script, original.Commands.Count, seed, finding.Divergence, words, detail) { Tail = finding.Tail };
    }

    private void Keep(Counterexample found)
    {
        found = found with { Under = capabilities.Semantics.Deviations };
        examined.Add(found);
        if (!reds.TryGetValue(found.Clause, out Counterexample? known) || IsBetter(found, known))
        {
            reds[found.Clause] = found;
            Changes++;
        }
    }

    /// <summary>Whether one counterexample is kept instead of another: what repeats before what does not, then what takes fewer commands.</summary>
    /// <param name="found">The one found later.</param>
    /// <param name="known">The one kept so far.</param>
    internal static bool IsBetter(Counterexample found, Counterexample known)
    {
        bool unstable = found.Kind == VerdictKind.Unstable;
        bool knownUnstable = known.Kind == VerdictKind.Unstable;
        return unstable == knownUnstable ? Size(found) < Size(known) : knownUnstable;
    }

    private static int Size(Counterexample found) => found.Script.Commands.Count + found.Before.Sum(b => b.Commands.Count + 1);

    private void Count(ClauseSet set)
    {
        for (UInt128 bits = set.Bits; bits != UInt128.Zero; bits &= bits - UInt128.One)
        {
            exercised[(int)UInt128.TrailingZeroCount(bits)]++;
        }
    }
}
