using PyState.Conformance.Engine;
using PyState.Spec.Model;

namespace PyState.Conformance.Plugins;

/// <summary>How a script ended on an implementation.</summary>
public enum Ending
{
    /// <summary>Every command was observed.</summary>
    Completed,

    /// <summary>The process died.</summary>
    Crashed,

    /// <summary>No answer within the time limit; the process was killed.</summary>
    Hung,

    /// <summary>The answer was not what the protocol says.</summary>
    Garbled,
}

/// <summary>What one script showed.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="Observations">One per command that was observed, then one for the teardown when it completed.</param>
/// <param name="Detail">Where it did not complete: signal, exit code, the tail of standard error, in one line.</param>
/// <param name="LastCommand">Where it did not complete: the index of the command during which it happened, if known; the number of commands for the teardown.</param>
public sealed record ScriptResult(Ending Ending, IReadOnlyList<Observation> Observations, string? Detail = null, int? LastCommand = null)
{
    /// <summary>Where it did not complete: the last lines of standard error, where there are any.</summary>
    public string? Tail { get; init; }

    /// <summary>How many scripts the same process had run before this one: those that were asked for just before it. 0 where each starts afresh.</summary>
    public long Before { get; init; }
}

/// <summary>A running implementation. One script after another, each from a clean start.</summary>
public interface ISession : IDisposable
{
    /// <summary>What it declared.</summary>
    Capabilities Capabilities { get; }

    /// <summary>How long it takes to start afresh; zero where that costs next to nothing.</summary>
    TimeSpan StartTime => TimeSpan.Zero;

    /// <summary>Whether its manifest says that it takes long to start; null where that is measured.</summary>
    bool? StartsSlowly => null;

    /// <summary>Runs scripts in order. Never throws for what the implementation does: a death, a hang or babble is a result, and the scripts
    /// after it run in a fresh process.</summary>
    /// <param name="scripts">The scripts.</param>
    /// <returns>One result per script, in order.</returns>
    IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts);

    /// <summary>The same, with less time for each command, for scripts of which most are expected to hang. That one hung is worth no more than a guess
    /// until <see cref="Run(IReadOnlyList{Script})"/> says so as well.</summary>
    /// <param name="scripts">The scripts.</param>
    /// <returns>One result per script, in order.</returns>
    IReadOnlyList<ScriptResult> RunHastily(IReadOnlyList<Script> scripts) => Run(scripts);

    /// <summary>Makes sure that it answers in the way in which it is reached, before any of its answers is judged.</summary>
    /// <exception cref="SetupException">It does not: one line in the words of whoever wrote the plug-in.</exception>
    void Verify()
    {
    }

    /// <summary>Starts afresh: a new process where there is one. What does not repeat after it is unstable.</summary>
    void Restart();
}

/// <summary>A session inside this process that can be stepped command by command without allocating: the hot loop's way in.</summary>
public interface ISteppable
{
    /// <summary>Makes another one just like it, for another thread; null where there can be only this one. It is nobody's to dispose of.</summary>
    Func<ISteppable>? Another => null;

    /// <summary>Begins a script.</summary>
    /// <param name="alphabet">Its alphabet.</param>
    void Begin(Alphabet alphabet);

    /// <summary>Executes one command and observes.</summary>
    /// <param name="command">The command.</param>
    /// <param name="observation">What was seen.</param>
    void Step(Command command, ref Observation observation);
}

/// <summary>An implementation as a folder describes it: what it needs, whether it is ready here, and how to start it.</summary>
public interface IImplementation
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>One line that says what it is.</summary>
    string Summary { get; }

    /// <summary>What it needs to run, in a few words.</summary>
    string Needs => "nothing but .NET";

    /// <summary>What it runs on when no interpreter is asked for, one after another; their verdicts are drawn together. One null: whatever it finds.</summary>
    IReadOnlyList<string?> Interpreters => [null];

    /// <summary>The versions that can be asked for with <c>--python</c> by name; empty where it takes the path of an interpreter, or nothing.</summary>
    IReadOnlyList<string> Versions => [];

    /// <summary>What is missing here and the command that provides it; null when it is ready.</summary>
    /// <param name="interpreter">The interpreter asked for with <c>--python</c>, or null.</param>
    Missing? WhatIsMissing(string? interpreter);

    /// <summary>Starts it.</summary>
    /// <param name="interpreter">The interpreter asked for with <c>--python</c>, or null for the manifest's first that is ready.</param>
    /// <exception cref="SetupException">It cannot be started: one line that says what to do.</exception>
    ISession Start(string? interpreter);
}

/// <summary>Why an implementation is not ready.</summary>
/// <param name="What">What is missing.</param>
/// <param name="Command">The command that provides it.</param>
public sealed record Missing(string What, string Command);

/// <summary>The harness or its set-up failed (exit code 2). The message is one line that says what to do.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">What caused it.</param>
public sealed class SetupException(string message, Exception? inner = null) : Exception(message, inner);
