namespace PyState.Conformance.Engine;

/// <summary>A small fast generator of random numbers (SplitMix64, public domain algorithm by S. Vigna): the same seed gives the same script on every machine.</summary>
/// <param name="seed">The seed.</param>
public struct Rng(ulong seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    /// <summary>The generator of one script of a run.</summary>
    /// <param name="seed">Which script.</param>
    public static Rng For(ScriptSeed seed) => For(OfRun(seed.Run), seed.Number);

    /// <summary>What all scripts of a run have in common.</summary>
    /// <param name="run">The seed of the run.</param>
    internal static ulong OfRun(ulong run) => new Rng(run).Next();

    /// <summary>The generator of one script of a run.</summary>
    /// <param name="ofRun">What all of its scripts have in common.</param>
    /// <param name="number">Which script.</param>
    internal static Rng For(ulong ofRun, long number) => new(ofRun ^ ((ulong)number * 0xD1342543DE82EF95));

    /// <summary>The next sixty-four bits.</summary>
    public ulong Next()
    {
        state += Increment;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Goes on as if so many numbers had been drawn.</summary>
    /// <param name="count">How many, at least 0.</param>
    public void Skip(int count) => state += (ulong)count * Increment;

    /// <summary>A number from 0 to below a bound.</summary>
    /// <param name="bound">At least 1.</param>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>True once in so many times.</summary>
    /// <param name="times">At least 1.</param>
    public bool Once(int times) => Below(times) == 0;
}
