// The quick way of looking at everything: for a thread state to which nothing has happened that a wrong implementation does.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PyState.Reference;

public sealed partial class SimMachine
{
    // Of a chain of more labels than eight.
    private const ulong TooLong = 1UL << 32;

    // What a careful look sees, if nothing is gone that is looked at; else false, nothing reported, and anything written.
    //
    // It is taken after every command, and two things decide how fast it is (docs/decisions/0018 and 0019). What a random command did is not branched on where that can
    // be helped: nobody can predict it. And a word is not compared with the patterns: what is read here are labels, small values and addresses, so that all of
    // them or-ed together say whether one was a pattern.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Glance(SimThread thread, ref SimObservation seen, ref short raw)
    {
        if (!thread.IsSound)
        {
            return false;
        }

        SimThread.Fields fields = thread.Sound();
        ulong end = _memory.Half;
        Vector512<ulong> pointers = fields.Eight(Field.ExcInfo); // to CurrentFrame
        if (!Vector512.LessThanAll(pointers, Vector512.Create(end)))
        {
            return false;
        }

        ref ulong memory = ref _memory.At(0);
        ulong zeros = (ulong)_memory.Length;
        pointers = Vector512.Min(pointers - Vector512<ulong>.One, Vector512.Create(zeros - 1)) + Vector512<ulong>.One; // a null pointer becomes that of zeros

        // The frames; of no more than eight labels, nearly always.
        ulong frame = _isWalk ? _walked
            : _version <= CPythonVersion.V3_10 ? fields[Field.Frame]
            : _version >= CPythonVersion.V3_13 ? fields[Field.CurrentFrame]
            : Unsafe.Add(ref memory, (nuint)fields[Field.Cframe] + CframeOffset.CurrentFrame);
        ulong none = thread.NoFrame();
        (ulong labels, ulong words) = Chain(ref memory, frame, _isWalk ? 0 : thread.Flow.Links, none, end);
        seen.Frames = labels;
        seen.OuterFrames = 0;
        if (words > uint.MaxValue)
        {
            if (words != TooLong)
            {
                return false;
            }

            WalkAll(ref seen, _isWalk ? _walked : RunningFrame(), none);
            words = 0;
        }

        // The exception that is handled, and the one that was when it was raised.
        ref ulong item = ref Unsafe.Add(ref memory, (nuint)fields[Field.ExcInfo] + ExcItemOffset.Value);
        ulong exception = item;
        ulong previous = Unsafe.Add(ref item, ExcItemOffset.Previous);
        for (int bound = 1; previous != 0 && exception == 0; bound++)
        {
            if (previous >= end || bound == Evaluator.MaxChain)
            {
                return false;
            }

            item = ref Unsafe.Add(ref memory, (nuint)previous + ExcItemOffset.Value);
            exception = item;
            previous = Unsafe.Add(ref item, ExcItemOffset.Previous);
        }

        if ((exception | previous) >= end)
        {
            return false;
        }

        ref ulong handled = ref Unsafe.Add(ref memory, (nuint)OrZeros(exception, zeros));
        ulong link = Unsafe.Add(ref handled, ObjectOffset.ExceptionContext);
        if (link >= end)
        {
            return false;
        }

        ulong label = Unsafe.Add(ref handled, ObjectOffset.ExceptionLabel);
        ulong linkLabel = Unsafe.Add(ref memory, (nuint)OrZeros(link, zeros) + ObjectOffset.ExceptionLabel);
        words |= label | linkLabel;
        seen.Handled = (byte)((label << 4) | linkLabel);

        // Variables, as they are in the Context object: what a cache shows is hardly ever anything else.
        ulong context = fields[Field.Context];
        ref ulong values = ref Unsafe.Add(ref memory, (nuint)Of(ref pointers, Field.Context) + ObjectOffset.ContextValues);
        ulong first = values;
        ulong second = Unsafe.Add(ref values, 1);
        words |= first | second;
        seen.Variables = (byte)(first | (second << 4));
        int current = Flag(context != 0);
        Put(ref raw, RawComponent.ContextObject, current + (long)first + (4 * (long)second));
        ref VariableCaches caches = ref thread.Interp.Caches;
        Vector128<ulong> key = fields.CacheKey;
        ulong unlike = caches[0].Unlike(first, key) | caches[1].Unlike(second, key);

        // What traces, and the thread-local value.
        long useTracing = 0;
        int fires = Flag(fields[Field.Tracing] == 0);
        if (_version < CPythonVersion.V3_12)
        {
            ulong value = _version <= CPythonVersion.V3_9 ? (ulong)Flag(fields[Field.UseTracing] != 0)
                : Unsafe.Add(ref memory, (nuint)fields[Field.Cframe] + CframeOffset.UseTracing);
            words |= value;
            useTracing = UseTracing(value);
            fires &= Flag(useTracing != 0);
        }

        ulong function = (ulong)-(long)fires;
        seen.Trace = (byte)((fields[Field.TraceObj] << 4) | (fields[Field.TraceFunc] & function));
        seen.Profile = (byte)((fields[Field.ProfileObj] << 4) | (fields[Field.ProfileFunc] & function));
        Put(ref raw, RawComponent.UseTracing, useTracing);
        ulong local = Unsafe.Add(ref memory, (nuint)Of(ref pointers, Field.Dict) + ObjectOffset.DictValue);
        words |= local;
        seen.Local = (byte)local;
        ulong pending = Unsafe.Add(ref memory, (nuint)Of(ref pointers, Field.PendingException) + ObjectOffset.ExceptionLabel);
        words |= pending;
        Put(ref raw, RawComponent.PendingException, (long)pending);

        // The data stack, chunk by chunk.
        ulong chunk = fields[Field.DataStackChunk];
        int frames = DataStack.Frames(fields[Field.DataStackTop] - chunk - ChunkOffset.Data) & -Flag(chunk != 0);
        chunk = Unsafe.Add(ref memory, (nuint)Of(ref pointers, Field.DataStackChunk) + ChunkOffset.Previous);
        for (int bound = 0; chunk != 0 && bound < Evaluator.MaxChain; bound++)
        {
            if (chunk >= end)
            {
                return false;
            }

            ulong top = Unsafe.Add(ref memory, (nuint)chunk + ChunkOffset.Top);
            words |= top;
            frames += DataStack.Frames(top);
            chunk = Unsafe.Add(ref memory, (nuint)chunk + ChunkOffset.Previous);
        }

        if (words > uint.MaxValue)
        {
            return false;
        }

        if ((unlike & (ulong)-(long)current) != 0)
        {
            seen.Variables = Variables(thread, (first, second));
        }

        // What needs nothing but the thread state. A field that this version lacks reads 0, and so does what is made of it. The first eight are made at one go, and
        // two of them put right: the depth needs the limit in force, and the data stack was counted.
        Vector512<ulong> eight = Vector512.Min(fields.Eight(Field.RecursionRemaining) ^ _atRest, _mostShown) + _limits;
        ToShorts(eight).StoreUnsafe(ref raw);
        Put(ref raw, RawComponent.DataStack, frames);
        if (fields.Has(Field.RecursionLimit))
        {
            long limit = (long)fields[Field.RecursionLimit];
            Put(ref raw, RawComponent.RecursionLimit, limit);
            Put(ref raw, RawComponent.Depth, limit - (long)fields[Field.RecursionRemaining]);
        }
        else
        {
            Put(ref raw, RawComponent.RecursionLimit, thread.Interp.RecursionLimit);
            Put(ref raw, RawComponent.Depth, (long)fields[Field.RecursionDepth]);
        }

        if (_version < CPythonVersion.V3_10)
        {
            Put(ref raw, RawComponent.OverflowState, OverflowState(fields));
        }

        Put(ref raw, RawComponent.Cframe, fields.Has(Field.Cframe) ? CframePlace(thread, fields[Field.Cframe]) : 0);
        Put(ref raw, RawComponent.CStackBounds, Flag(!fields.Has(Field.CStackTop) || HasRightBounds(thread, fields)));
        Put(ref raw, RawComponent.AsyncException, (long)fields[Field.AsyncExc]);
        Put(ref raw, RawComponent.Allocations, _saveCost);
        Put(ref raw, RawComponent.Wide, thread.FirstTouched());
        return true;
    }

    // The labels of a chain of frames, and all words of labels or-ed together: more than 32 bits if something is wrong. As many frames are followed as the machine
    // has linked, and only then it is asked whether that was the end: the processor guesses a chain's length wrong every other time, and learns it at once if it
    // does not depend on what lies in memory. Written as one loop that asks both it is slower (docs/decisions/0019).
    private (ulong Labels, ulong Words) Chain(ref ulong memory, ulong frame, int links, ulong none, ulong end)
    {
        ulong words = 0;
        ulong labels = 0;
        int shift = 0;
        if (links > 0)
        {
            do
            {
                if (frame >= end)
                {
                    return (0, ulong.MaxValue);
                }

                Take(ref memory, ref frame, ref words, ref labels, ref shift);
            }
            while (--links != 0);
        }

        int bound = 2 * CStack.MaxBlocks;
        while (frame != none)
        {
            if (frame >= end || --bound == 0)
            {
                return (0, ulong.MaxValue);
            }

            Take(ref memory, ref frame, ref words, ref labels, ref shift);
        }

        return (labels, shift <= 64 || words > uint.MaxValue ? words : TooLong);
    }

    // One frame's label is taken, and the frame below it is the next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(ref ulong memory, ref ulong frame, ref ulong words, ref ulong labels, ref int shift)
    {
        ref ulong label = ref Unsafe.Add(ref memory, (nuint)(frame + _frameBody));
        frame = Unsafe.Add(ref label, FrameOffset.Previous);
        words |= label;
        labels |= (ulong)(byte)label << shift;
        shift += Flag((byte)label != 0) << 3;
    }

    // The pointer in a field, one of the eight from ExcInfo on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Of(ref Vector512<ulong> pointers, Field field) =>
        Unsafe.Add(ref Unsafe.As<Vector512<ulong>, ulong>(ref pointers), Layout.Place(field) - Layout.Place(Field.ExcInfo));

    // An address, or that of words that are 0 for 0: nothing else becomes negative by one less. Written with ?: it is a branch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong OrZeros(ulong address, ulong zeros) => address | (zeros & (ulong)((long)(address - 1) >> 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long CframePlace(SimThread thread, ulong cframe)
    {
        Flow flow = thread.Flow;
        ulong low = flow.Stack.Low;
        int outside = Flag(cframe - low >= flow.Top - low);
        return (1 + outside) & -Flag(cframe != thread.AddressOf(Field.RootCframe));
    }

    // The fields that the first eight raw components are made of lie in the same order in the thread state (Layout.Places). A limit less what remains of it is one
    // more than the limit and the complement of what remains. Of the trace event and the executor only whether there is one is shown, and of a field that this version
    // lacks nothing, whatever was written where others have it.
    private static (Vector512<ulong> AtRest, Vector512<ulong> Most, Vector512<ulong> Limits) EightOf(Layout layout)
    {
        ulong All(Field field) => layout.Has(field) ? ulong.MaxValue : 0;
        ulong One(Field field) => layout.Has(field) ? 1UL : 0;
        ulong noTraceEvent = layout.Version >= CPythonVersion.V3_12 ? ulong.MaxValue : 0;
        ulong cLimit = layout.Has(Field.CRecursionRemaining) ? (ulong)SimThread.CRecursionLimit + 1 : 0;
        return (
            Vector512.Create(0, All(Field.CRecursionRemaining), 0, noTraceEvent, 0, 0, 0, 0),
            Vector512.Create(
                0, All(Field.CRecursionRemaining), All(Field.Tracing), One(Field.TraceEvent), 0, All(Field.TrashDeleteNesting), All(Field.RecursionHeadroom), One(Field.CurrentExecutor)),
            Vector512.Create(0, cLimit, 0, 0, 0, 0, 0, 0));
    }

    // The lower quarters of eight words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> ToShorts(Vector512<ulong> eight)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.ConvertToVector128Int16(eight.AsInt64());
        }

        Vector256<uint> halves = Vector256.Narrow(eight.GetLower(), eight.GetUpper());
        return Vector128.Narrow(halves.GetLower(), halves.GetUpper()).AsInt16();
    }
}
