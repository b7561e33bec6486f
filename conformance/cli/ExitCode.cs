// The exit codes, as SPEC.md and the README promise them.

namespace PyState.Conformance.Cli;

/// <summary>How the program ends. 2 outranks 1, and 1 outranks 3.</summary>
public static class ExitCode
{
    /// <summary>Every verdict equals its expectation; the facts asked for were printed.</summary>
    public const int Ok = 0;

    /// <summary>A deviation, crash, hang or babble that nobody expected, an expected one that did not show, a document that is out of date, or a thread-state field that no class covers or that is gone.</summary>
    public const int Deviation = 1;

    /// <summary>The harness or its set-up failed; bad input included.</summary>
    public const int Setup = 2;

    /// <summary>Nothing was run or observed, or a clause that could have been judged was never exercised.</summary>
    public const int Nothing = 3;

    /// <summary>A second Ctrl-C ended it at once: 128 and the number of the signal, as shells count; 143 with SIGTERM.</summary>
    public const int Signal = 130;
}
