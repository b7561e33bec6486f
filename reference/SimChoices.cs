// The implementation-defined choices of a switcher that the machine can play.
namespace PyState.Reference;

/// <summary>The Context object that a fresh context starts with (CHOICE-01).</summary>
public enum FreshContext : byte
{
    /// <summary>None.</summary>
    Empty,

    /// <summary>A copy of the starter's.</summary>
    Copy,

    /// <summary>The starter's own.</summary>
    Shared,
}

/// <summary>Where control goes when a context finishes (SWITCH-03).</summary>
public enum FinishTo : byte
{
    /// <summary>To the nearest live ancestor.</summary>
    Spawner,

    /// <summary>To the root of its thread.</summary>
    Main,

    /// <summary>To the context that resumed it last; to the nearest live ancestor if that one is dead.</summary>
    Resumer,
}

/// <summary>The recursion depth that a fresh context starts with (CHOICE-02).</summary>
public enum FreshDepth : byte
{
    /// <summary>Zero.</summary>
    Zero,

    /// <summary>The starter's depth at the first switch.</summary>
    Inherit,
}

/// <summary>The choices of one switcher.</summary>
/// <param name="FreshContext">The Context object of a fresh context.</param>
/// <param name="FinishTo">Where control goes on finish.</param>
/// <param name="FreshDepth">The depth of a fresh context.</param>
/// <param name="SeparateStacks">Each spawned context has a C stack of its own; otherwise all contexts of a thread share its stack by eviction.</param>
public readonly record struct SimChoices(
    FreshContext FreshContext = FreshContext.Empty,
    FinishTo FinishTo = FinishTo.Spawner,
    FreshDepth FreshDepth = FreshDepth.Zero,
    bool SeparateStacks = false);
