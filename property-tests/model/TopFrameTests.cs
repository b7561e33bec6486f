// What the frame of a saved state shows.

using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Model;

/// <summary>INTRO-01: the frame that <c>top</c> answers with is that of the handle it names.</summary>
public sealed class TopFrameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Top_shows_the_frames_of_the_handle_that_it_names(int handle)
    {
        var semantics = Semantics.For(Profiles.All[^1]);
        State state = State.Initial(semantics, Alphabet.Api);
        Outcome Do(Op what, int a, int b = 0) => Machine.Step(semantics, ref state, new Command(what, (byte)a, (byte)b));
        for (int h = 0; h < 4; h++)
        {
            Assert.Equal(Status.Ok, Do(Op.Call, h).Status); // another function for each
            Assert.Equal(Status.Ok, Do(Op.New, h).Status);
            Assert.Equal(Status.Ok, Do(Op.Save, h, 1).Status);
        }

        Outcome top = Do(Op.Top, handle);
        Machine.Observe(semantics, in state, in top, out Observation seen);

        Assert.Equal(Status.Ok, top.Status);
        Assert.Equal(new ByteStack(new Block(BlockKind.Call, handle).Packed), seen.Frames);
    }
}
