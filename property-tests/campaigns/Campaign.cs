// A small run, whole and as a campaign whose second shard is killed in the middle, the first time.

using PyState.PropertyTests.Gate;
using PyState.PropertyTests.Plugins;
using PyState.PropertyTests.Shards;
using Xunit;

namespace PyState.PropertyTests.Campaigns;

/// <summary>A folder in which an engine runs shards.</summary>
internal sealed class Campaign : IDisposable
{
    /// <summary>What is run: enough that a shard takes a while.</summary>
    internal static readonly string[] Run = ["reference", "--commands", "900_000", "--seed", "6"];

    private static readonly Lazy<(int Code, string Report)> Undisturbed = new(() =>
    {
        using var call = new RealCall();
        int code = call.Invoke(["run", .. Run, "--report", "json=whole.json"]);
        return (code, File.ReadAllText(Path.Combine(call.Folder, "whole.json")));
    });

    /// <summary>Where the examples are.</summary>
    internal static string Examples { get; } = Path.Combine(Repository.Root, "conformance", "campaigns");

    /// <summary>Where the engine works.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("pystate-campaign-").FullName;

    /// <summary>A folder with a program <c>pystate</c> that is killed as said.</summary>
    internal string Bin { get; }

    internal Campaign()
    {
        Bin = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        File.WriteAllText(Program, $$"""
            #!/bin/sh
            case "$*" in *"--shard 2/"*)
                if mkdir "{{Folder}}/killed" 2>/dev/null; then
                    "{{Shell.Program}}" "$@" &
                    pid=$!
                    # In the middle: it has started, and computed for a while.
                    ticks() { set -- $(cat /proc/$pid/stat 2>/dev/null); echo $((${14:-0} + ${15:-0})); }
                    while kill -0 $pid 2>/dev/null && [ "$(ticks)" -lt 60 ]; do sleep 0.02; done
                    kill -KILL $pid
                    wait $pid
                    code=$?
                    echo $code > "{{Folder}}/killed/code"
                    ls -A > "{{Folder}}/killed/left"
                    exit $code
                fi ;;
            esac
            exec "{{Shell.Program}}" "$@"
            """);
        Assert.Equal(0, Tool.Run("chmod", "+x", Program).Code);
    }

    /// <summary>That program.</summary>
    internal string Program => Path.Combine(Bin, "pystate");

    /// <summary>Makes a folder for an engine.</summary>
    /// <param name="name">Its name.</param>
    internal string Make(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    /// <summary>Asserts that a shard was killed, that it left nothing, and that the report is the one of a run that nobody disturbed.</summary>
    /// <param name="report">The file of the report.</param>
    /// <param name="code">The exit code of the merge.</param>
    internal void AssertIsWhole(string report, int code)
    {
        AssertWasKilled();
        Assert.Equal(Undisturbed.Value.Code, code);
        Assert.Equal(Split.WithoutTimes(Undisturbed.Value.Report), Split.WithoutTimes(File.ReadAllText(report)));
    }

    /// <summary>Asserts that the shard was killed by SIGKILL while it ran, and left no report, nor a part of one.</summary>
    internal void AssertWasKilled()
    {
        Assert.Equal("137", File.ReadAllText(Path.Combine(Folder, "killed", "code")).Trim());
        Assert.DoesNotContain(File.ReadAllLines(Path.Combine(Folder, "killed", "left")), f => f.StartsWith("2.json", StringComparison.Ordinal) || f.StartsWith(".pystate", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
