// The GitHub Actions example, carried out: its jobs, the matrix, and the steps in shell, with artifacts as folders.

using PyState.PropertyTests.Gate;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace PyState.PropertyTests.Campaigns;

public sealed class WorkflowTests
{
    private static readonly YamlMappingNode Workflow = CompositeAction.Load(Path.Combine(Campaign.Examples, "github", "campaign.yml"));

    [Fact]
    public void A_killed_shard_fails_its_job_and_run_again_with_the_merge_it_comes_to_the_report_of_one_run()
    {
        using var campaign = new Campaign();
        var runner = new Runner(campaign);
        runner.PutProgram();
        string[] shards = [.. ((YamlSequenceNode)CompositeAction.Map(CompositeAction.Map(Job("shard"), "strategy"), "matrix")["shard"]).Select(s => s.ToString())];
        string[] failed = [.. shards.Where(s => runner.Run(Job("shard"), s, shards.Length) != 0)];
        Assert.Equal(["2"], failed);
        Assert.Equal(2, runner.Run(Job("merge"), null, shards.Length));
        Assert.Contains("1 of 4 shards of reference is missing: 2", runner.Log, StringComparison.Ordinal);

        // "Re-run failed jobs"
        Assert.All(failed, s => Assert.Equal(0, runner.Run(Job("shard"), s, shards.Length)));
        int code = runner.Run(Job("merge"), null, shards.Length);
        campaign.AssertIsWhole(Path.Combine(campaign.Folder, "artifacts", "report", "report.json"), code);
    }

    [Fact]
    public void Jobs_wait_for_each_other_and_no_shard_ends_the_others()
    {
        Assert.Equal(["build", "shard", "merge"], CompositeAction.Map(Workflow, "jobs").Children.Keys.Select(k => k.ToString()));
        Assert.Equal(("build", "shard", "always()"), (CompositeAction.Text(Job("shard"), "needs"), CompositeAction.Text(Job("merge"), "needs"), CompositeAction.Text(Job("merge"), "if")));
        Assert.Equal("false", CompositeAction.Text(CompositeAction.Map(Job("shard"), "strategy"), "fail-fast"));
    }

    private static YamlMappingNode Job(string name) => CompositeAction.Map(CompositeAction.Map(Workflow, "jobs"), name);

    // As much of a runner as the example uses; anything else is an error.
    private sealed class Runner(Campaign campaign)
    {
        private readonly string artifacts = campaign.Make("artifacts");
        private int jobs;

        public string Log { get; private set; } = string.Empty;

        // What the job that builds would upload.
        public void PutProgram()
        {
            string folder = Directory.CreateDirectory(Path.Combine(artifacts, "program")).FullName;
            Assert.Equal(0, Shell.Bash($"tar -cf '{folder}/program.tar' -C '{campaign.Bin}' .", campaign.Folder, new Dictionary<string, string>()).Code);
        }

        public int Run(YamlMappingNode job, string? shard, int total)
        {
            string folder = campaign.Make($"job{++jobs}");
            var variables = new Dictionary<string, string> { ["GITHUB_STEP_SUMMARY"] = Path.Combine(folder, "summary.md") };
            string Filled(string text) => CompositeAction.Expressions(text).Distinct().Aggregate(text, (t, e) => t.Replace($"${{{{ {e} }}}}", e switch
            {
                "matrix.shard" => shard!,
                "strategy.job-total" => $"{total}",
                "inputs.run" => string.Join(' ', Campaign.Run),
                _ => throw new NotSupportedException($"the expression {e}"),
            }, StringComparison.Ordinal));
            foreach ((YamlNode name, YamlNode value) in CompositeAction.Map(job, "env").Children)
            {
                variables[name.ToString()] = Filled(value.ToString());
            }

            int failed = 0;
            foreach (YamlMappingNode step in ((YamlSequenceNode)job["steps"]).Cast<YamlMappingNode>())
            {
                if (failed != 0 && CompositeAction.Text(step, "if") != "always()")
                {
                    continue;
                }

                if (CompositeAction.Text(step, "run") is { } script)
                {
                    (int code, string output, string error) = Shell.Bash(Filled(script), folder, variables);
                    Log += output + error;
                    failed = failed == 0 ? code : failed;
                    continue;
                }

                YamlMappingNode with = CompositeAction.Map(step, "with");
                switch (CompositeAction.Text(step, "uses"))
                {
                    case "actions/upload-artifact@v4":
                        Upload(folder, Filled(CompositeAction.Text(with, "name")!), Filled(CompositeAction.Text(with, "path")!));
                        break;
                    case "actions/download-artifact@v4":
                        Download(Path.Combine(folder, CompositeAction.Text(with, "path") ?? "."), CompositeAction.Text(with, "name") ?? CompositeAction.Text(with, "pattern")!);
                        break;
                    case var other:
                        throw new NotSupportedException($"the action {other}");
                }
            }

            return failed;
        }

        private void Upload(string folder, string name, string pattern)
        {
            string into = Directory.CreateDirectory(Path.Combine(artifacts, name)).FullName;
            foreach (string file in Directory.EnumerateFiles(folder, pattern))
            {
                File.Copy(file, Path.Combine(into, Path.GetFileName(file)), overwrite: true);
            }
        }

        private void Download(string into, string pattern)
        {
            Directory.CreateDirectory(into);
            foreach (string file in Directory.EnumerateDirectories(artifacts, pattern).SelectMany(Directory.EnumerateFiles))
            {
                File.Copy(file, Path.Combine(into, Path.GetFileName(file)), overwrite: true);
            }
        }
    }
}
