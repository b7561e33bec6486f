using FsCheck;
using FsCheck.Fluent;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Scripts for FsCheck: its generator draws the seed of ours and the length grows with its size; its shrinker is the engine's.</summary>
public static class ScriptArbitrary
{
    /// <summary>Scripts that an implementation can run.</summary>
    /// <param name="capabilities">What it declares.</param>
    /// <param name="alphabet">The alphabet, one of those declared.</param>
    /// <param name="maximumLength">At least 2.</param>
    public static Arbitrary<Script> For(Capabilities capabilities, Alphabet alphabet, int maximumLength = 40)
    {
        var generator = new ScriptGenerator(capabilities, alphabet);
        Gen<Script> scripts =
            from run in ArbMap.Default.GeneratorFor<ulong>()
            from size in Gen.Sized(s => Gen.Constant(Math.Clamp(2 + s, 2, maximumLength)))
            select generator.Generate(new ScriptSeed(run, 0), size);
        return Arb.From(scripts, ScriptShrinker.Candidates);
    }
}
