// A state of the bounded model in words, one canonical line: what an edge dump is made of. docs/explore.md describes it.

using System.Globalization;
using System.Text;
using PyState.Spec.Model;

namespace PyState.Spec.Exploration;

/// <summary>Writes states. Two states of a bounded model are the same exactly where their lines are.</summary>
public static class StateText
{
    /// <summary>The line of a state.</summary>
    /// <param name="model">The bounded model.</param>
    /// <param name="state">One of its states.</param>
    public static string Of(PackedModel model, in State state)
    {
        ArgumentNullException.ThrowIfNull(model);
        var text = new StringBuilder();
        Bound bound = model.Bound;
        _ = text.Append(CultureInfo.InvariantCulture, $"active=t{state.Active}");
        if (state.Detached)
        {
            _ = text.Append(",detached");
        }

        if (state.Finalizing)
        {
            _ = text.Append(",finalizing");
        }

        for (int i = 0; i < (bound.Threads > 2 ? 2 : 1); i++)
        {
            if (state.Limit[i] != 0)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $",limit{i}={state.Limit[i]}");
            }
        }

        if (bound.Operations.Contains(Op.Context) || bound.Operations.Contains(Op.SetContext))
        {
            _ = text.Append(",context=").Append(state.UserContext[0] == 0 ? "none" : state.UserEntered[0] == 0 ? "left" : state.UserPrevious[0] == 0 ? "entered" : "entered-within");
        }

        for (int g = 0; g < 2; g++)
        {
            if (state.Generators[g].Exists)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $",gen{g}=");
                _ = state.Generators[g].Running ? text.Append("running") : AppendHandled(text, state.Generators[g].Handled);
            }
        }

        for (int t = 0; t < bound.Threads; t++)
        {
            ref readonly Model.ThreadState thread = ref state.Threads[t];
            _ = text.Append(CultureInfo.InvariantCulture, $" t{t}=");
            _ = bound.Alphabet == Alphabet.Api ? Append(text, in thread.Flow) : text.Append(CultureInfo.InvariantCulture, $"c{thread.Current}");
            foreach ((string name, byte value) in new[] { ("pending", thread.Pending), ("trace", thread.Trace), ("profile", thread.Profile), ("local", thread.Local), ("async", thread.Async) })
            {
                if (value != 0)
                {
                    _ = text.Append(CultureInfo.InvariantCulture, $",{name}={value}");
                }
            }
        }

        for (int i = 0; i < model.Columns; i++)
        {
            int s = model.Parts.SlotOf(i);
            ref readonly Slot slot = ref state.Slots[s];
            bool isApi = bound.Alphabet == Alphabet.Api;
            _ = text.Append(' ').Append(isApi ? 'h' : 'c').Append(s).Append('=').Append(isApi && slot.Status == SlotStatus.None ? "null" : slot.Status.ToString().ToLowerInvariant());
            if (isApi ? slot.Status == SlotStatus.Live : slot.Status is not (SlotStatus.None or SlotStatus.Finished))
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"@t{slot.Thread}");
                if (!isApi && s is not (0 or 4))
                {
                    _ = text.Append(CultureInfo.InvariantCulture, $"<c{slot.Parent}");
                }
            }

            if (slot.Status is SlotStatus.Live)
            {
                _ = Append(text.Append(':'), in slot.Flow);
            }
            else if (slot.Status is SlotStatus.Running)
            {
                _ = Append(text.Append(':'), in state.Threads[slot.Thread].Flow);
            }
        }

        return text.ToString();
    }

    // The handlers of a suspended generator, outermost first, as the blocks of a flow are.
    private static StringBuilder AppendHandled(StringBuilder text, ByteStack handled)
    {
        _ = text.Append('[');
        for (int i = handled.Count - 1; i >= 0; i--)
        {
            _ = AppendRaisedWithin(text.Append(new Block(BlockKind.Handler, handled[i] >> 4).Text), handled, i).Append(i > 0 ? " " : string.Empty);
        }

        return text.Append(']');
    }

    // What was handled when an exception was raised, where it is not what the handler around it handles: a generator was resumed elsewhere since.
    private static StringBuilder AppendRaisedWithin(StringBuilder text, ByteStack handled, int which)
    {
        int context = handled[which] & 15;
        int around = which + 1 < handled.Count ? handled[which + 1] >> 4 : 0;
        return context == around ? text : context == 0 ? text.Append("<none") : text.Append('<').Append(new Block(BlockKind.Handler, context).Text);
    }

    // The blocks, outermost first, and what a flow has that does not follow from them.
    private static StringBuilder Append(StringBuilder text, in Flow flow)
    {
        _ = text.Append('[');
        int handlers = 0;
        for (int i = 0; i < flow.Blocks.Count; i++)
        {
            handlers += new Block(flow.Blocks[i]).Kind == BlockKind.Handler ? 1 : 0;
        }

        for (int i = flow.Blocks.Count - 1; i >= 0; i--)
        {
            var block = new Block(flow.Blocks[i]);
            _ = text.Append(block.Text);
            if (block.Kind == BlockKind.Handler)
            {
                handlers--;
                if (flow.Handled[handlers] >> 4 != block.Argument)
                {
                    _ = text.Append("!cleared");
                }
                else
                {
                    _ = AppendRaisedWithin(text, flow.Handled, handlers);
                }
            }

            _ = text.Append(i > 0 ? " " : string.Empty);
        }

        _ = text.Append(']');
        if (flow.Context != 0)
        {
            _ = text.Append("+context");
        }

        if (flow.BaseDepth != 0)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"+base{flow.BaseDepth}");
        }

        if (flow.BaseCDepth != 0)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"+cbase{flow.BaseCDepth}");
        }

        return text;
    }
}
