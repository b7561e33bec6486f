// The worked examples of campaigns on the engines themselves, with a shard that is killed and run again by its engine.

using System.Globalization;
using PyState.PropertyTests.Gate;
using Xunit;

namespace PyState.PropertyTests.Campaigns;

public sealed class EngineTests
{
    [RequiresProgramFact("parallel")]
    public void GNU_parallel_runs_a_killed_shard_again_and_the_report_is_that_of_one_run()
    {
        using var campaign = new Campaign();
        string work = campaign.Make("work");
        var variables = new Dictionary<string, string> { ["PYSTATE"] = campaign.Program, ["JOBS"] = "2", ["PARALLEL_HOME"] = campaign.Make("home") };
        (int code, string _, string error) = Shell.Bash($"'{Campaign.Examples}/parallel/campaign.sh' 3 {string.Join(' ', Campaign.Run)}", work, variables);
        Assert.True(File.Exists(Path.Combine(work, "report.json")), error);
        campaign.AssertIsWhole(Path.Combine(work, "report.json"), code);

        // Started again it finds that nothing is left to do but to merge.
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(work, "1.json"));
        Assert.Equal(code, Shell.Bash($"'{Campaign.Examples}/parallel/campaign.sh' 3 {string.Join(' ', Campaign.Run)}", work, variables).Code);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(work, "1.json")));
    }

    [RequiresProgramFact("slurmctld")]
    public void A_Slurm_array_requeues_a_killed_shard_and_the_report_is_that_of_one_run()
    {
        using var campaign = new Campaign();
        string cluster = Path.Combine(campaign.Make("cluster"));
        string work = campaign.Make("work");
        var variables = new Dictionary<string, string> { ["PYSTATE"] = campaign.Program, ["SLURM_CONF"] = Path.Combine(cluster, "slurm.conf") };
        try
        {
            (int started, string _, string why) = Shell.Bash($"'{Campaign.Examples}/slurm/cluster.sh' start '{cluster}'", work, variables);
            Assert.True(started == 0, why);
            (int _, string submitted, string error) = Shell.Bash(
                $$"""
                merge=$('{{Campaign.Examples}}/slurm/submit.sh' 3 {{string.Join(' ', Campaign.Run)}})
                for _ in $(seq 400); do
                    state=$(scontrol show job "$merge" | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p')
                    case $state in PENDING|RUNNING|CONFIGURING|COMPLETING) sleep 0.2 ;; *) break ;; esac
                done
                scontrol show job "$merge" | sed -n 's/.*ExitCode=\([0-9]*\):0.*/\1/p'
                """,
                work,
                variables);
            Assert.True(File.Exists(Path.Combine(work, "report.json")), submitted + error + string.Concat(Directory.EnumerateFiles(work, "*.log").Concat(Directory.EnumerateFiles(cluster, "*.log")).Select(File.ReadAllText)));
            campaign.AssertIsWhole(Path.Combine(work, "report.json"), int.Parse(submitted.Trim(), CultureInfo.InvariantCulture));
        }
        finally
        {
            Shell.Bash($"'{Campaign.Examples}/slurm/cluster.sh' stop '{cluster}'", work, variables);
        }
    }
}
