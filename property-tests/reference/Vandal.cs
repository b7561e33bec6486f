using PyState.Conformance.Liars;
using PyState.Reference;
using Field = PyState.Reference.Field;

namespace PyState.PropertyTests.Reference;

/// <summary>Saves and restores, and then writes something somewhere, into a field, or into what a field points to; or releases what it does not own.</summary>
internal class Vandal : StateLiar
{
    private static readonly Field[] Fields = [.. Enum.GetValues<Field>().Where(f => f != Field.Untouched)];
    private static readonly ulong[] Patterns = [0xDDDD_DDDD_DDDD_DDDD, 0xDDDD_DDDD_DDDD_DDDE, 0xDDDD_DDDD_DDDD_DDDF, 0xDDDD_DDDD_DDDD_DDE0];

    /// <summary>What decides what, and where; without it nothing is written.</summary>
    public Random? Random { get; set; }

    public override SimStatus Save(SimThread thread, ulong handle, CStackSpec next) => Vandalize(thread, base.Save(thread, handle, next));

    public override SimStatus Restore(SimThread thread, ulong handle) => Vandalize(thread, base.Restore(thread, handle));

    private SimStatus Vandalize(SimThread thread, SimStatus status)
    {
        if (status == SimStatus.Ok && Random is { } random && random.Next(2) == 0)
        {
            Field[] fields = [.. Fields.Where(thread.Has)];
            Field field = fields[random.Next(fields.Length)];

            ulong target = thread.Load(field);
            switch (random.Next(12))
            {
                case 0:
                    thread.DecRef(random.Next(2) == 0 ? target : Value(thread, random));
                    return status;
                case 1:
                    thread.FreeChunk(random.Next(2) == 0 ? target : Value(thread, random));
                    return status;
                case 2:
                    thread.FreeState(random.Next(2) == 0 ? target : Value(thread, random));
                    return status;
                default:
                    break;
            }

            if (random.Next(2) == 0 || !IsAddress(thread, target))
            {
                thread.Store(field, Value(thread, random));
                return status;
            }

            ulong further = random.Next(3) == 0 ? thread.Load(target, 2) : 0; // what is behind an object's header
            thread.Store(IsAddress(thread, further) ? further : target, random.Next(8), Value(thread, random));
        }

        return status;
    }

    private static bool IsAddress(SimThread thread, ulong word) => word >= 64 && word < (ulong)thread.MemoryWords - 8;

    private static ulong Value(SimThread thread, Random random)
    {
        ulong words = (ulong)thread.MemoryWords;
        return random.Next(10) switch
        {
            0 => 0,
            1 => Patterns[random.Next(Patterns.Length)],
            2 => ulong.MaxValue - (ulong)random.Next(3),
            3 => words - (ulong)random.Next(20), // the end of memory
            4 => (words / 2) - 10 + (ulong)random.Next(20), // and the end of what a glance follows
            5 => 1UL << random.Next(64),
            6 => (ulong)random.Next(256), // a label
            7 => thread.Load(Fields[random.Next(Fields.Length)]),
            _ => (ulong)random.Next(3000), // an address
        };
    }
}
