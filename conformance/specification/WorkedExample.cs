// The worked example of section 3: two flows with interleaved except blocks, stepped through the model.

using System.Globalization;
using PyState.Spec.Clauses;
using PyState.Spec.Model;
using PyState.Spec.Versions;

namespace PyState.Conformance.Specification;

/// <summary>Runs the example on the model and prints what is true after each step.</summary>
public static class WorkedExample
{
    private static readonly (string Flow, string Does, string Command)[] Steps =
    [
        ("A", "calls a function", "call 0"),
        ("A", "raises e1 and is in its `except` block", "except 1"),
        ("A", "`PyState_New(&a)`", "new 0 0"),
        ("A", "`PyState_Save(a, &stack_of_b)`, and the C stack is switched", "save 0 1"),
        ("B", "starts, and calls a function", "call 1"),
        ("B", "raises e2 and is in its `except` block", "except 2"),
        ("B", "by mistake: `PyState_Restore(a)`", "restore 0"),
        ("B", "`PyState_New(&b)`", "new 1 0"),
        ("B", "`PyState_Save(b, NULL)`, and A's C stack comes back", "save 1 0"),
        ("A", "`PyState_Restore(a)`", "restore 0"),
        ("A", "`raise` without an argument, caught at once", "reraise"),
        ("A", "leaves its `except` block", "leave"),
        ("A", "leaves its function: it has ended", "leave"),
        ("B", "B's C stack comes back: `PyState_Restore(b)`", "restore 1"),
        ("B", "`raise` without an argument, caught at once", "reraise"),
        ("B", "by mistake: `PyState_Restore(a)` once more", "restore 0"),
        ("B", "`PyState_Drop(a)`", "drop 0"),
    ];

    /// <summary>The example as a line of a file of scripts.</summary>
    public static string Script => $"api: {string.Join("; ", Steps.Select(s => s.Command))}";

    /// <summary>The table.</summary>
    public static string Render()
    {
        Semantics semantics = Semantics.For(Profiles.All[^1]) with { SeparateStacks = true };
        State state = State.Initial(semantics, Alphabet.Api);
        var table = new MarkdownTable("", "flow", "does", "answer", "frames", "handled", "`a`", "`b`", "decided by");
        for (int i = 0; i < Steps.Length; i++)
        {
            State before = state;
            Command command = CommandOf(Steps[i].Command);
            Outcome outcome = Machine.Step(semantics, ref state, command);
            ClauseSet decided = Exercise.Of(semantics, in before, command, in state, in outcome, rawShown: false);
            ref readonly Flow flow = ref state.Threads[0].Flow;
            table.Row(
                $"{i + 1}", Steps[i].Flow, Steps[i].Does, Answer(command, outcome), Frames(flow.Blocks), Handled(flow.Handled), Slot(state.Slots[0]), Slot(state.Slots[1]),
                string.Join(", ", Catalogue.All.Where(c => c.Id != ClauseId.Base01 && decided.Has(c.Id)).Select(c => Phrases.Link(c.Id))));
        }

        return table.ToString();
    }

    private static Command CommandOf(string text)
    {
        string[] words = text.Split(' ');
        return CommandTable.TryMake(words[0], [.. words.Skip(1).Select(w => int.Parse(w, CultureInfo.InvariantCulture))], out Command command)
            ? command
            : throw new InvalidOperationException($"'{text}' is no command");
    }

    private static string Answer(Command command, Outcome outcome) =>
        command.Op == Op.Reraise ? $"e{outcome.Probe}" : CommandTable.AlphabetOf(command.Op) == Alphabet.Api ? $"`{StatusText.Of(outcome.Status)}`" : string.Empty;

    private static string Frames(ByteStack blocks) =>
        Or(string.Join(" ", Enumerable.Range(0, blocks.Count).Select(i => new Block(blocks[i])).Where(b => b.HasFrame).Select(b => b.Text)));

    private static string Handled(ByteStack handled) => handled.Top == 0 ? "–" : $"e{handled.Top >> 4}";

    private static string Slot(in Slot slot) => slot.Status switch
    {
        SlotStatus.None => "–",
        SlotStatus.Live => $"Live: {Frames(slot.Flow.Blocks)}, {Handled(slot.Flow.Handled)}",
        _ => slot.Status.ToString(),
    };

    private static string Or(string text) => text.Length == 0 ? "–" : text;
}
