using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using PyState.Conformance.Plugins.Build;
using PyState.Conformance.Plugins.Process;
using SystemProcess = System.Diagnostics.Process;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>Builds a plug-in with the command of its own manifest, when what it makes is missing or older than a file of the folder.</summary>
internal static partial class Making
{
    /// <summary>Stands in a command for the folder with PyState.Reference.dll and pystate_plugin.h.</summary>
    internal const string Here = "{pystate}";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);
    private static readonly string[] NotSources = ["bin", "obj", "pystate-results", "__pycache__"];

    /// <summary>What is missing to have it built.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="target">What is built.</param>
    internal static Missing? WhatIsMissing(Manifest manifest, string folder, string target)
    {
        if (manifest.Make.Count == 0)
        {
            return File.Exists(target) ? null : new Missing($"there is no {target}", $"build it, or say in {Manifest.FileName} under \"make\" how it is built");
        }

        if (IsUpToDate(folder, target) || Builder(manifest, out Fault? fault) is not null)
        {
            return null;
        }

        return fault is { } none && Environment.GetEnvironmentVariable("CC") is not null
            ? new Missing(none.Sentence, none.Remedy)
            : new Missing($"the program {manifest.Make[0]} that builds it is not on PATH", manifest.Needs.FirstOrDefault(n => n.What == manifest.Make[0])?.Command ?? $"install {manifest.Make[0]}");
    }

    // The program and its first arguments: for cc what the variable CC names, as for extension modules.
    private static IReadOnlyList<string>? Builder(Manifest manifest, out Fault? fault)
    {
        fault = null;
        return manifest.Make[0] == "cc" ? Compiler.Find(out fault)?.Words : Programs.Resolve(manifest.Make[0]) is { } program ? [program] : null;
    }

    /// <summary>Builds it, unless what is there is newer than its sources.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="target">What is built.</param>
    /// <exception cref="SetupException">It does not build: the compiler's first error in a line.</exception>
    internal static void Make(Manifest manifest, string folder, string target)
    {
        if (manifest.Make.Count == 0 || IsUpToDate(folder, target))
        {
            return;
        }

        (int code, string words) = Run(manifest, folder);
        if (code != 0)
        {
            throw new SetupException($"{manifest.Name} does not build: {FirstError(words)} ({Command(manifest)})");
        }

        if (!File.Exists(target))
        {
            throw new SetupException($"\"make\" of {manifest.Name} made no {Path.GetRelativePath(folder, target)}: correct it, or the path, in {Manifest.FileName} ({Command(manifest)})");
        }

        // A compiler that has nothing to do leaves an older file.
        File.SetLastWriteTimeUtc(target, DateTime.UtcNow);
    }

    private static bool IsUpToDate(string folder, string target) =>
        File.Exists(target) && Sources(new DirectoryInfo(folder), target).All(f => f.LastWriteTimeUtc <= File.GetLastWriteTimeUtc(target));

    private static IEnumerable<FileInfo> Sources(DirectoryInfo folder, string target) =>
        folder.EnumerateFiles().Where(f => f.FullName != target && f.Name[0] != '.')
            .Concat(folder.EnumerateDirectories().Where(d => d.Name[0] != '.' && !NotSources.Contains(d.Name)).SelectMany(d => Sources(d, target)));

    private static (int Code, string Words) Run(Manifest manifest, string folder)
    {
        IReadOnlyList<string> builder = Builder(manifest, out _)!;
        var info = new ProcessStartInfo(builder[0])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in builder.Skip(1).Concat(manifest.Make.Skip(1).Select(Filled)))
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment["LC_ALL"] = "C"; // "error" in the language that it is looked for in

        // A build server of dotnet would outlive the build and hold these pipes open.
        info.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        info.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        info.Environment["UseSharedCompilation"] = "false";
        info.Environment["DOTNET_NOLOGO"] = "1";
        var words = new StringBuilder();
        TaskCompletionSource[] ended = [new(), new()];
        using SystemProcess process = SystemProcess.Start(info)!;
        process.OutputDataReceived += (_, line) => Add(ended[0], line.Data);
        process.ErrorDataReceived += (_, line) => Add(ended[1], line.Data);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new SetupException($"{manifest.Name} was not built within {Patience.TotalMinutes:0} minutes ({Command(manifest)})");
        }

        // Its last words may still be on their way; a process that it left behind may hold the pipes open for ever.
        _ = Task.WaitAll([.. ended.Select(e => e.Task)], Drain);
        int code = process.ExitCode;
        lock (words)
        {
            return (code, words.ToString());
        }

        void Add(TaskCompletionSource end, string? line)
        {
            if (line is null)
            {
                end.SetResult();
                return;
            }

            lock (words)
            {
                _ = words.Append(line).Append('\n');
            }
        }
    }

    private static string FirstError(string words)
    {
        string[] lines = words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(l => ErrorLine().IsMatch(l)) ?? lines.LastOrDefault() ?? "it said nothing";
    }

    // As it can be typed in its folder.
    private static string Command(Manifest manifest) => string.Join(' ', manifest.Make.Select(Filled));

    private static string Filled(string argument) => argument.Replace(Here, AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar), StringComparison.Ordinal);

    // gcc, clang and ld, dotnet's "error CS0103:", rustc's "error[E0425]:"; not a function that is called caller_error.
    [GeneratedRegex(@"\berror( \w+|\[\w+\])?:", RegexOptions.IgnoreCase)]
    private static partial Regex ErrorLine();
}
