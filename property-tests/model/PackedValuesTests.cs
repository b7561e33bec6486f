using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Model;

/// <summary>What the model packs into words, against what it stands for.</summary>
public sealed class PackedValuesTests
{
    [Property(MaxTest = 500)]
    public Property A_stack_of_blocks_counts_as_a_list_does()
    {
        Gen<byte> blocks = from kind in Gen.Choose(1, 11) from argument in Gen.Choose(0, 7) select new Block((BlockKind)kind, argument).Packed;
        Gen<byte> handlers = Gen.Constant(new Block(BlockKind.Handler, 3).Packed);
        return Prop.ForAll(
            Gen.ArrayOf(Gen.Frequency((1, blocks), (1, handlers))).Where(a => a.Length <= Machine.MaximumBlocks).ToArbitrary(),
            innermostFirst =>
            {
                ByteStack stack = innermostFirst.Reverse().Aggregate(default(ByteStack), (s, b) => s.Push(b));
                return stack.Count == innermostFirst.Length
                    && stack.IsEmpty == (innermostFirst.Length == 0)
                    && Enumerable.Range(1, ByteStack.Capacity).All(n => stack.HoldsAtLeast(n) == innermostFirst.Length >= n)
                    && Enum.GetValues<BlockKind>().Where(k => k != BlockKind.None)
                        .All(k => stack.CountInnermost(k) == innermostFirst.TakeWhile(b => new Block(b).Kind == k).Count());
            });
    }

    [Property(MaxTest = 200)]
    public bool Every_count_of_a_flow_is_its_own(byte[] values)
    {
        byte At(int i) => values.Length == 0 ? (byte)0 : values[i % values.Length];
        var flow = new Flow { CDepth = At(0), Tracing = At(1), DataStack = At(2), Trash = At(3), Overflow = At(4), Executor = At(5) };
        flow.Trash = At(6);
        return (flow.CDepth, flow.Tracing, flow.DataStack, flow.Trash, flow.Overflow, flow.Executor) == (At(0), At(1), At(2), At(6), At(4), At(5));
    }

    [Fact]
    public void What_a_version_has_is_said_by_each_property_alone()
    {
        (string Name, Func<Semantics, bool> Get, Func<Semantics, bool, Semantics> With)[] all =
        [
            ("c depth", s => s.HasCDepth, (s, v) => s with { HasCDepth = v }),
            ("trash nesting", s => s.HasTrashNesting, (s, v) => s with { HasTrashNesting = v }),
            ("data stack", s => s.HasDataStack, (s, v) => s with { HasDataStack = v }),
            ("trace event", s => s.HasTraceEvent, (s, v) => s with { HasTraceEvent = v }),
            ("executor", s => s.HasExecutor, (s, v) => s with { HasExecutor = v }),
        ];
        foreach (VersionProfile profile in Profiles.All)
        {
            Semantics semantics = Semantics.For(profile);
            foreach ((string name, _, Func<Semantics, bool, Semantics> with) in all)
            {
                foreach (bool value in (bool[])[true, false])
                {
                    Semantics changed = with(semantics, value);
                    Assert.All(all, other => Assert.Equal(other.Name == name ? value : other.Get(semantics), other.Get(changed)));
                }
            }
        }
    }

    [Fact]
    public void No_byte_of_an_observation_can_differ_unnoticed()
    {
        for (int i = 0; i < Unsafe.SizeOf<Observation>(); i++)
        {
            Observation one = default;
            Observation other = default;
            Unsafe.Add(ref Unsafe.As<Observation, byte>(ref other), i) = 1;
            bool isPadding = Fields(in other).SequenceEqual(Fields(in one));
            Assert.Equal(!isPadding, one.Differs(in other) != Channels.None);
        }
    }

    private static IEnumerable<object> Fields(in Observation o)
    {
        object[] raw = [.. ((ReadOnlySpan<short>)o.Raw).ToArray()];
        return [o.Frames.Packed, o.Probe, o.Status, o.Running, o.Handled, o.Vars, o.Trace, o.Profile, o.Event, o.Local, o.Fault, .. raw];
    }
}
