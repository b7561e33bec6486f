using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Smaller scripts than a given one, the boldest first: chunks left out, then single commands, then simpler operations, then smaller arguments.
/// Every command is total, so any of them can be dropped.</summary>
public static class ScriptShrinker
{
    /// <summary>The smaller scripts, lazily.</summary>
    /// <param name="script">The script.</param>
    public static IEnumerable<Script> Candidates(Script script) =>
        WithoutChunks(script.Commands).Concat(Simpler(script.Commands)).Select(commands => script with { Commands = commands });

    private static IEnumerable<Command[]> WithoutChunks(IReadOnlyList<Command> commands)
    {
        for (int size = Math.Max(1, commands.Count / 2); size >= 1; size /= 2)
        {
            for (int at = 0; at + size <= commands.Count; at += size)
            {
                yield return [.. commands.Take(at), .. commands.Skip(at + size)];
            }
        }

        // A block and its end, a spawn and its switch: pairs that have to go together.
        for (int first = 0; first < commands.Count; first++)
        {
            for (int second = first + 1; second < commands.Count; second++)
            {
                yield return [.. commands.Where((_, i) => i != first && i != second)];
            }
        }
    }

    private static IEnumerable<Command[]> Simpler(IReadOnlyList<Command> commands)
    {
        for (int i = 0; i < commands.Count; i++)
        {
            foreach (Command simpler in SimplerThan(commands[i]))
            {
                var copy = commands.ToArray();
                copy[i] = simpler;
                yield return copy;
            }
        }
    }

    private static IEnumerable<Command> SimplerThan(Command command)
    {
        if (command.Op is Op.Finalizer or Op.Repr or Op.Trashcan or Op.Jit or Op.Generator or Op.Callback or Op.CTrace)
        {
            yield return new Command(Op.Call);
        }

        if (command.Op == Op.Throw)
        {
            yield return new Command(Op.Switch, command.A);
        }

        if (command.Op == Op.Fail)
        {
            yield return new Command(Op.Finish);
        }

        Parameter[] parameters = command.Info.Parameters;
        if (parameters.Length > 0)
        {
            for (int a = parameters[0].Low; a < command.A; a++)
            {
                yield return command with { A = (byte)a };
            }
        }

        if (parameters.Length > 1)
        {
            for (int b = parameters[1].Low; b < command.B; b++)
            {
                yield return command with { B = (byte)b };
            }
        }
    }
}
