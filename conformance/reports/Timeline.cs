// A counterexample as a film: after every step, every context as the model has it, and what was seen where it differs.

using System.Text.Json;
using System.Text.Json.Nodes;
using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Reports;

/// <summary>What is true after one step.</summary>
/// <param name="Step">Its number, from 1; one more than there are steps is the teardown.</param>
/// <param name="Command">The command.</param>
/// <param name="Summary">What it does, in a few words.</param>
/// <param name="Running">The name of the lane that runs.</param>
/// <param name="Lanes">Every context, or every thread and saved state, as the model has it.</param>
/// <param name="Expected">What the model expects to be seen: a member for each declared channel. The raw values only where the step diverges.</param>
/// <param name="Seen">Where the step diverges, what was seen in the channels that differ; everything else that was looked at was as expected, as it was at every step before.</param>
public sealed record Moment(int Step, string Command, string Summary, string Running, IReadOnlyList<Lane> Lanes, JsonNode Expected, JsonNode? Seen);

/// <summary>One context, thread or saved state at one moment. What it has none of is null.</summary>
/// <param name="Name">c0 to c4 for contexts, t0 to t2 for threads, h0 to h3 for saved states.</param>
/// <param name="State">running, suspended, new, finished, …</param>
/// <param name="Frames">Its frames, innermost first.</param>
/// <param name="Handled">The exceptions it handles, innermost first.</param>
/// <param name="Vars">Its two context variables, 0 for unset.</param>
/// <param name="Tracing">How many trace callbacks it is inside of.</param>
public sealed record Lane(string Name, string State, IReadOnlyList<string>? Frames, IReadOnlyList<string>? Handled, IReadOnlyList<int>? Vars, int? Tracing);

/// <summary>Runs the model over a counterexample's script once more and keeps what it went through.</summary>
public static class Timeline
{
    private const int SecondRoot = 4;

    /// <summary>The moments up to the one that diverges; all of them where nothing was observed that could.</summary>
    /// <param name="counterexample">The counterexample.</param>
    /// <param name="declared">What the implementation declared.</param>
    public static IReadOnlyList<Moment> Of(Counterexample counterexample, Capabilities declared)
    {
        Script script = counterexample.Script;
        Semantics semantics = declared.Semantics with { Deviations = counterexample.Under };
        State state = State.Initial(semantics, script.Alphabet);
        int last = counterexample.Divergence?.Step ?? script.Commands.Count - 1;
        bool usesThreads = script.Commands.Any(c => c.Op == Op.Thread || (c.Op is Op.Switch or Op.Throw or Op.Kill or Op.Walk && c.A == SecondRoot));
        var moments = new List<Moment>();
        for (int i = 0; i <= last; i++)
        {
            Command command = i < script.Commands.Count ? script.Commands[i] : new Command(Op.End);
            Outcome outcome = Machine.Step(semantics, ref state, command);
            Machine.Observe(semantics, in state, in outcome, out Observation expected);
            Divergence? here = counterexample.Divergence?.Step == i ? counterexample.Divergence : null;
            Channels shown = Judge.Looked(declared, command.Op) & (here is null ? ~Channels.Raw : Channels.All);
            moments.Add(new Moment(
                i + 1,
                command.ToString(),
                command.Info.Summary,
                script.Alphabet == Alphabet.Api ? Name('t', state.Active) : Name('c', state.Threads[state.Active].Current),
                [.. script.Alphabet == Alphabet.Api ? ThreadsAndStates(state, usesThreads) : Contexts(state, usesThreads)],
                Node(shown, expected, declared),
                here is null ? null : Node(here.Channels, here.Actual, declared)));
        }

        return moments;
    }

    private static IEnumerable<Lane> Contexts(State state, bool usesThreads)
    {
        for (int c = 0; c <= SecondRoot; c++)
        {
            Slot slot = state.Slots[c];
            if (slot.Status != SlotStatus.None && (c != SecondRoot || usesThreads))
            {
                bool isCurrent = c == state.Threads[state.Active].Current; // once the interpreter finalizes, the context that runs is given up too
                bool runs = isCurrent || slot.Status == SlotStatus.Running;
                Flow flow = isCurrent ? state.Threads[state.Active].Flow : runs ? state.Threads[slot.Thread].Flow : slot.Flow;
                string word = slot.Status switch
                {
                    _ when isCurrent && state.Finalizing => "finalizing",
                    SlotStatus.Running => state.Active == slot.Thread ? "running" : "on another thread",
                    SlotStatus.Live => "suspended",
                    SlotStatus.Born => "new",
                    _ => Vocabulary.Of(slot.Status),
                };
                yield return runs || slot.Status == SlotStatus.Live ? Of(Name('c', c), word, in state, in flow) : new Lane(Name('c', c), word, null, null, null, null);
            }
        }
    }

    private static IEnumerable<Lane> ThreadsAndStates(State state, bool usesThreads)
    {
        for (int t = 0; t < 3; t++)
        {
            if (t == 0 || usesThreads)
            {
                Flow flow = state.Threads[t].Flow;
                yield return Of(Name('t', t), state.Active != t ? "waiting" : state.Detached ? "detached" : state.Finalizing ? "finalizing" : "running", in state, in flow);
            }
        }

        for (int h = 0; h < SecondRoot; h++)
        {
            Slot slot = state.Slots[h];
            if (slot.Status != SlotStatus.None)
            {
                Flow flow = slot.Flow;
                yield return slot.Status == SlotStatus.Live
                    ? Of(Name('h', h), "live", in state, in flow)
                    : new Lane(Name('h', h), Vocabulary.Of(slot.Status), null, null, null, null);
            }
        }
    }

    private static Lane Of(string name, string word, in State state, in Flow flow)
    {
        byte variables = Machine.VariablesOf(in state, flow.Context);
        return new Lane(
            name,
            word,
            flow.Frames.IsEmpty ? null : [.. Labels(flow.Frames).Select(Vocabulary.Frame)],
            flow.Handled.IsEmpty ? null : [.. Labels(flow.Handled).Where(e => e != 0).Select(Handled)],
            variables == 0 ? null : [variables & 15, variables >> 4],
            flow.Tracing == 0 ? null : flow.Tracing);
    }

    private static IEnumerable<byte> Labels(ByteStack stack)
    {
        for (int i = 0; i < stack.Count; i++)
        {
            yield return stack[i];
        }
    }

    private static string Handled(byte packed) =>
        (packed & 15) == 0 ? Vocabulary.Exception(packed >> 4) : $"{Vocabulary.Exception(packed >> 4)} (context {Vocabulary.Exception(packed & 15)})";

    private static string Name(char kind, int number) => $"{kind}{number}";

    private static JsonNode Node(Channels channels, in Observation observation, Capabilities declared)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            ObservationText.WriteObject(json, channels, observation);
        }

        JsonNode node = JsonNode.Parse(stream.ToArray())!;
        if (node[Vocabulary.Of(Channels.Raw)] is JsonObject raw)
        {
            foreach (RawValue value in Enum.GetValues<RawValue>().Where(v => !declared.RawValues.Contains(v)))
            {
                _ = raw.Remove(Vocabulary.Of(value));
            }
        }

        return node;
    }
}
