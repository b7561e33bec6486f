namespace PyState.Spec.Model;

// Context objects (PEP 567) and the values of the two ContextVars in them.
public static partial class Machine
{
    private static Outcome SetVariable(ref State state, int variable, int value)
    {
        ref Flow flow = ref state.Threads[state.Active].Flow;
        if (flow.Context == 0)
        {
            flow.Context = NewContext(ref state, 0);
        }

        int shift = (4 * flow.Context) + (2 * variable);
        state.ContextValues = (state.ContextValues & ~(3UL << shift)) | ((ulong)value << shift);
        return Ended(Status.Ok);
    }

    /// <summary>The ContextVar values of a Context object as the vars channel packs them: variable 0 low, variable 1 high.</summary>
    /// <param name="state">The state.</param>
    /// <param name="context">The Context object.</param>
    public static byte VariablesOf(in State state, int context) => Variables((int)(state.ContextValues >> (4 * context)) & 15);

    private static byte Variables(int values) => (byte)((values & 3) | ((values >> 2) << 4));

    private static byte UserContextOf(ref State state, int k)
    {
        if (state.UserContext[k] == 0)
        {
            state.UserContext[k] = NewContext(ref state, 0);
        }

        return state.UserContext[k];
    }

    private static byte NewContext(ref State state, int copyOf)
    {
        if (state.ContextsInUse == ushort.MaxValue)
        {
            state.ContextsInUse = ReferencedContexts(in state);
        }

        // Fifteen objects and at most twelve references to them: there is always a free one (law: a Context object is always to be had).
        int id = System.Numerics.BitOperations.TrailingZeroCount(~(uint)state.ContextsInUse);
        state.ContextsInUse |= (ushort)(1 << id);
        ulong values = copyOf == 0 ? 0 : (state.ContextValues >> (4 * copyOf)) & 15;
        state.ContextValues = (state.ContextValues & ~(15UL << (4 * id))) | (values << (4 * id));
        return (byte)id;
    }

    private static ushort ReferencedContexts(in State state)
    {
        int used = 1;
        for (int t = 0; t < 3; t++)
        {
            used |= 1 << state.Threads[t].Flow.Context;
        }

        for (int s = 0; s < 5; s++)
        {
            used |= 1 << state.Slots[s].Flow.Context;
        }

        for (int k = 0; k < 2; k++)
        {
            used |= (1 << state.UserContext[k]) | (1 << state.UserPrevious[k]);
        }

        return (ushort)used;
    }

    // Whether a Context object is entered by Context.run, anywhere.
    private static bool IsEntered(in State state, int context)
    {
        for (int k = 0; k < 2; k++)
        {
            if (context != 0 && state.UserContext[k] == context && state.UserEntered[k] != 0)
            {
                return true;
            }
        }

        return false;
    }
}
