using PyState.Conformance.Plugins;

namespace PyState.Conformance.Engine;

/// <summary>Threads that check generated scripts of an implementation inside this process, each on one of its own, round by round. What the scripts came to is handed
/// out one by one and in their order, so that whoever takes it cannot tell how many threads there were.</summary>
internal sealed class ScriptCrew
{
    // What a thread takes at once: half a millisecond. A round begins with as much for each thread and gets longer while everything conforms: what is checked beyond the
    // end of a campaign is thrown away.
    private const int Portion = 64;
    private const int LongestRound = 4096;

    private readonly Func<ScriptChecker>[] makers;
    private readonly ScriptChecker?[] checkers;
    private readonly Func<long, ScriptSeed> seedAt;
    private CheckedScript[] round = [];
    private int length;
    private int taken;
    private int size = Portion;

    /// <summary>A crew that has checked nothing yet.</summary>
    /// <param name="cores">How many threads at most, at least 1. Where there cannot be another implementation just like it, there is one.</param>
    /// <param name="implementation">The implementation.</param>
    /// <param name="checkerOn">Makes what checks scripts on one of them.</param>
    /// <param name="seedAt">The script at a position of the campaign.</param>
    internal ScriptCrew(int cores, ISteppable implementation, Func<ISteppable, ScriptChecker> checkerOn, Func<long, ScriptSeed> seedAt)
    {
        this.seedAt = seedAt;
        makers = [() => checkerOn(implementation), .. implementation.Another is { } another ? Enumerable.Repeat(() => checkerOn(another()), cores - 1) : []];
        checkers = new ScriptChecker?[makers.Length];
    }

    /// <summary>Whether all that was checked has been taken.</summary>
    internal bool IsEmpty => taken == length;

    /// <summary>Checks the next scripts. All of those before are taken.</summary>
    /// <param name="position">The first one's position in the campaign.</param>
    /// <param name="most">How many at most, at least 1.</param>
    internal void Begin(long position, long most)
    {
        length = (int)Math.Min(most, (long)size * makers.Length);
        taken = 0;
        size = Math.Min(2 * size, LongestRound);
        if (round.Length < length)
        {
            round = new CheckedScript[LongestRound * makers.Length];
        }

        int next = 0;

        void Work(int worker)
        {
            // Made by the thread that uses it first: what two threads write does not lie side by side then.
            ScriptChecker checker = checkers[worker] ??= makers[worker]();
            for (int from; (from = Interlocked.Add(ref next, Portion) - Portion) < length;)
            {
                int to = Math.Min(from + Portion, length);
                for (int i = from; i < to; i++)
                {
                    round[i] = checker.Check(seedAt(position + i));
                }
            }
        }

        int workers = Math.Min(makers.Length, (length + Portion - 1) / Portion);
        Task[] others = [.. Enumerable.Range(1, workers - 1).Select(w => Task.Run(() => Work(w)))];
        Work(0);
        Task.WaitAll(others);
    }

    /// <summary>What the next script came to.</summary>
    /// <exception cref="InvalidOperationException">All of them are taken.</exception>
    internal CheckedScript Take()
    {
        CheckedScript next = IsEmpty ? throw new InvalidOperationException("nothing is left of this round") : round[taken++];
        if (!next.Conforms)
        {
            size = Portion; // what is found decides when the campaign ends
        }

        return next;
    }
}
