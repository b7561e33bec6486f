using PyState.Conformance.Plugins;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Finds what has to run before a script, in the same process, for it to show a deviation that it does not show alone; and makes both as small as a
/// bounded number of fresh processes allows.</summary>
/// <param name="session">The implementation.</param>
/// <param name="capabilities">What is judged.</param>
public sealed class Predecessors(ISession session, Capabilities capabilities)
{
    /// <summary>How many scripts back it looks. A process has run more than that only where no script is ever red; then a count decides, not a script.</summary>
    public const int Furthest = 4096;

    // Each try costs a process; one that hangs costs the whole time limit too.
    private const int MostTries = 200;
    private const int MostTriesThatHang = 16;
    private const int Growth = 8;
    private int tries;

    /// <summary>A deviation with what it needs.</summary>
    /// <param name="Before">The scripts that have to run first, in order.</param>
    /// <param name="Script">The script that shows it.</param>
    /// <param name="Finding">What it shows.</param>
    public sealed record Needed(IReadOnlyList<Script> Before, Script Script, Minimizer.Finding Finding);

    /// <summary>Looks for what a script needs: the few just before it first, then ever more.</summary>
    /// <param name="script">The script.</param>
    /// <param name="wanted">What it must show.</param>
    /// <param name="available">How many scripts the process had run before it.</param>
    /// <param name="at">The script that ran so many before it, from 1.</param>
    /// <returns>What it needs, or null where it does not show again.</returns>
    public Needed? Find(Script script, Minimizer.Finding wanted, long available, Func<int, Script> at)
    {
        tries = MostTriesFor(wanted);
        int most = (int)Math.Min(available, Furthest);
        for (int count = 1; most > 0; count = Math.Min(most, count * Growth))
        {
            Script[] before = [.. Enumerable.Range(0, count).Select(i => at(count - i))];
            if (Shows(before, script, wanted) is { } needed)
            {
                return Smaller(needed);
            }

            if (count == most)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Makes a script that shows a deviation smaller, each try in a process of its own.</summary>
    /// <param name="script">The script.</param>
    /// <param name="finding">What it shows.</param>
    /// <returns>The smaller script; null where it does not show it any more.</returns>
    public Needed? ShrinkAlone(Script script, Minimizer.Finding finding)
    {
        tries = MostTriesFor(finding);
        return Shows([], script, finding) is { } needed ? Smaller(needed) : null;
    }

    /// <summary>Whether a script shows a deviation after others, in a fresh process.</summary>
    /// <param name="session">The implementation.</param>
    /// <param name="capabilities">What is judged.</param>
    /// <param name="before">The others.</param>
    /// <param name="script">The script.</param>
    /// <param name="ran">How many of the others ran in the process that ran the script: the last ones, where one of them ended a process.</param>
    /// <returns>What it shows; null where it conforms.</returns>
    public static Minimizer.Finding? After(ISession session, Capabilities capabilities, IReadOnlyList<Script> before, Script script, out int ran)
    {
        session.Restart();
        ScriptResult result = session.Run([.. before, script])[^1];
        ran = (int)Math.Min(result.Before, before.Count);
        return Minimizer.Judged(capabilities, script, result, out _);
    }

    private int MostTriesFor(Minimizer.Finding wanted) => Patience.Tries(session, wanted.Kind == VerdictKind.Hung ? MostTriesThatHang : MostTries);

    private Needed? Shows(IReadOnlyList<Script> before, Script script, Minimizer.Finding wanted)
    {
        tries--;
        return After(session, capabilities, before, script, out int ran) is { } found && found.Clause == wanted.Clause && found.Kind == wanted.Kind
            ? new Needed([.. before.TakeLast(ran)], script, found)
            : null;
    }

    private Needed Smaller(Needed needed)
    {
        int last = needed.Finding.Divergence?.Step ?? needed.Script.Commands.Count;
        if (last + 1 < needed.Script.Commands.Count)
        {
            // Nothing after the first difference matters.
            needed = Shows(needed.Before, needed.Script with { Commands = [.. needed.Script.Commands.Take(last + 1)] }, needed.Finding) ?? needed;
        }

        // Whole scripts first: each that goes takes its commands with it.
        needed = Without(needed, n => n.Before, (n, before) => Shows(before, n.Script, n.Finding));
        needed = Without(needed, n => n.Script.Commands, (n, commands) => Shows(n.Before, n.Script with { Commands = commands }, n.Finding));
        for (int i = 0; i < needed.Before.Count; i++)
        {
            int index = i;
            if (index < needed.Before.Count)
            {
                needed = Without(
                    needed,
                    n => index < n.Before.Count ? n.Before[index].Commands : [],
                    (n, commands) => Shows([.. n.Before.Select((b, j) => j == index ? b with { Commands = commands } : b)], n.Script, n.Finding));
            }
        }

        return needed;
    }

    // Delta debugging: halves, quarters, … single items are left out while the deviation stays (Zeller and Hildebrandt 2002).
    private Needed Without<T>(Needed needed, Func<Needed, IReadOnlyList<T>> items, Func<Needed, T[], Needed?> shows)
    {
        for (int size = items(needed).Count; size >= 1; size /= 2)
        {
            for (int at = 0; at < items(needed).Count && tries > 0;)
            {
                IReadOnlyList<T> all = items(needed);
                T[] rest = [.. all.Take(at), .. all.Skip(at + size)];
                if (shows(needed, rest) is { } smaller)
                {
                    needed = smaller;
                }
                else
                {
                    at += size;
                }
            }
        }

        return needed;
    }
}
