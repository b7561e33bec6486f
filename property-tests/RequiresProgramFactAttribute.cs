// A fact that needs a program, and says, where it is missing, which command provides it.

using PyState.Conformance.Plugins;
using Xunit;

namespace PyState.PropertyTests;

/// <summary>As <see cref="RequiresFactAttribute"/>, for a compiler or the interpreter of a worked example.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresProgramFactAttribute : FactAttribute
{
    /// <param name="program">The program, by its name on PATH.</param>
    public RequiresProgramFactAttribute(string program)
    {
        Program = program;
        Skip = RequiredProgram.ReasonToSkip(program);
    }

    /// <summary>The program.</summary>
    public string Program { get; }
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresProgramTheoryAttribute : TheoryAttribute
{
    /// <param name="program">The program, by its name on PATH.</param>
    public RequiresProgramTheoryAttribute(string program)
    {
        Program = program;
        Skip = RequiredProgram.ReasonToSkip(program);
    }

    /// <summary>The program.</summary>
    public string Program { get; }
}

/// <summary>Whether a program is here.</summary>
internal static class RequiredProgram
{
    /// <summary>Why a test that needs it is skipped; null when it is not.</summary>
    /// <param name="program">The program.</param>
    public static string? ReasonToSkip(string program)
    {
        string[] demanded = (Environment.GetEnvironmentVariable("PYSTATE_REQUIRE") ?? string.Empty).Split(',', StringSplitOptions.TrimEntries);
        return demanded.Contains(program) || demanded.Contains("all") || Programs.Find(program) is not null
            ? null
            : $"there is no {program} on PATH; apt-get install {program switch { "cc" => "gcc libc6-dev", "rst2html5" => "python3-docutils", "script" => "bsdutils", "qemu-aarch64" => "qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross", "slurmctld" => "slurm-wlm munge", _ => program }} provides it";
    }
}
