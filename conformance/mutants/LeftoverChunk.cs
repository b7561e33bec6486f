// What a finished flow leaves of its data stack.

using PyState.Conformance.Liars;
using PyState.Reference;

namespace PyState.Conformance.Mutants;

/// <summary>The empty chunk that a flow leaves which has ended (RESTORE-24) is not freed, or freed twice.</summary>
/// <param name="isLeak">Not freed.</param>
internal sealed class LeftoverChunk(bool isLeak) : StateLiar
{
    public override SimStatus Restore(SimThread thread, ulong handle)
    {
        ulong chunk = thread.Load(Field.DataStackChunk);
        if (!IsLive(thread, handle) || chunk == 0 || thread.TopFrame() != 0)
        {
            return base.Restore(thread, handle);
        }

        if (isLeak)
        {
            thread.Store(Field.DataStackChunk, 0);
        }

        SimStatus status = base.Restore(thread, handle);
        if (status != SimStatus.Ok && isLeak)
        {
            thread.Store(Field.DataStackChunk, chunk);
        }
        else if (status == SimStatus.Ok && !isLeak)
        {
            thread.FreeChunk(chunk);
        }

        return status;
    }
}
