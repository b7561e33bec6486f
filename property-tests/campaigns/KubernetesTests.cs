// The manifests of the Kubernetes example: valid by the classes of the API, and carried out as its Job controller would.

using k8s;
using k8s.Models;
using PyState.PropertyTests.Gate;
using Xunit;

namespace PyState.PropertyTests.Campaigns;

public sealed class KubernetesTests
{
    private static readonly string[] Actions = ["FailIndex", "FailJob", "Ignore", "Count"];
    private static readonly string Folder = Path.Combine(Campaign.Examples, "kubernetes");

    [Theory]
    [InlineData("shards.yaml")]
    [InlineData("merge.yaml")]
    public void A_manifest_has_no_field_that_the_API_does_not_know_and_none_of_a_wrong_type(string file)
    {
        V1Job job = Load(file);
        Assert.Equal(("batch/v1", "Job"), (job.ApiVersion, job.Kind));
        V1PersistentVolumeClaim claim = KubernetesYaml.Deserialize<V1PersistentVolumeClaim>(File.ReadAllText(Path.Combine(Folder, "claim.yaml")), strict: true);
        V1PodSpec pod = job.Spec.Template.Spec;
        Assert.Equal([claim.Metadata.Name], pod.Volumes.Select(v => v.PersistentVolumeClaim.ClaimName));
        Assert.All(pod.Containers, c => Assert.Equal(pod.Volumes.Select(v => v.Name), c.VolumeMounts.Select(m => m.Name)));
        string misspelt = File.ReadAllText(Path.Combine(Folder, file)).Replace("restartPolicy", "restartPolice", StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.Deserialize<V1Job>(misspelt, strict: true)); // or the line above says nothing
    }

    // What the API server demands of a Job beyond the types of its fields.
    [Fact]
    public void The_Job_is_one_that_the_API_server_takes()
    {
        V1JobSpec spec = Load("shards.yaml").Spec;
        Assert.Equal("Indexed", spec.CompletionMode);
        Assert.NotNull(spec.Completions);
        Assert.NotNull(spec.BackoffLimitPerIndex); // FailIndex needs it
        Assert.Null(spec.Selector);
        Assert.Equal("Never", spec.Template.Spec.RestartPolicy); // podFailurePolicy and backoffLimitPerIndex need it
        V1Container container = Assert.Single(spec.Template.Spec.Containers);
        Assert.Equal($"{spec.Completions}", Assert.Single(container.Env, e => e.Name == "SHARDS").Value);
        foreach (V1PodFailurePolicyRule rule in spec.PodFailurePolicy.Rules)
        {
            Assert.Contains(rule.Action, Actions);
            Assert.NotEqual(rule.OnExitCodes is null, rule.OnPodConditions is null);
            Assert.True(rule.OnExitCodes is null || (rule.OnExitCodes.ContainerName == container.Name && !rule.OnExitCodes.Values.Contains(0)));
        }
    }

    [Fact]
    public void A_killed_pod_is_made_again_for_its_index_alone_and_the_report_is_that_of_one_run()
    {
        using var campaign = new Campaign();
        string results = campaign.Make("results");
        V1Job job = Load("shards.yaml");
        var pods = new List<int>();
        for (int index = 0; index < job.Spec.Completions; index++)
        {
            Assert.Equal(0, Complete(job, index, campaign, results, pods));
        }

        Assert.Equal([0, 1, 1, 2, 3], pods);
        campaign.AssertIsWhole(Path.Combine(results, "report.json"), Pod(Load("merge.yaml"), 0, campaign, results, []));
    }

    [Fact]
    public void A_mistake_in_the_arguments_is_not_tried_again()
    {
        using var campaign = new Campaign();
        var pods = new List<int>();
        V1Job job = Load("shards.yaml");
        job.Spec.Template.Spec.Containers[0].Args = ["no-such-implementation", "--commands", "5"];
        Assert.Equal(2, Complete(job, 0, campaign, campaign.Make("results"), pods, job.Spec.Template.Spec.Containers[0].Args));
        Assert.Equal([0], pods);
    }

    private static V1Job Load(string file) => KubernetesYaml.Deserialize<V1Job>(File.ReadAllText(Path.Combine(Folder, file)), strict: true);

    // As the controller does: another pod for the index until one succeeds, the limit is reached, or a rule says that it is over.
    private static int Complete(V1Job job, int index, Campaign campaign, string results, List<int> pods, IEnumerable<string>? arguments = null)
    {
        for (int failures = 0; ;)
        {
            pods.Add(index);
            int code = Pod(job, index, campaign, results, arguments ?? Campaign.Run);
            bool isOver = job.Spec.PodFailurePolicy.Rules.Any(r => r.Action == "FailIndex" && r.OnExitCodes is { OperatorProperty: "In" } codes && codes.Values.Contains(code));
            if (code == 0 || isOver || ++failures > job.Spec.BackoffLimitPerIndex)
            {
                return code;
            }
        }
    }

    private static int Pod(V1Job job, int index, Campaign campaign, string results, IEnumerable<string> arguments)
    {
        V1Container container = job.Spec.Template.Spec.Containers[0];
        Assert.Equal(Assert.Single(container.VolumeMounts).MountPath, container.WorkingDir); // this folder
        var variables = (container.Env ?? []).ToDictionary(e => e.Name, e => e.Value);
        variables["JOB_COMPLETION_INDEX"] = $"{index}";
        variables["PATH"] = $"{campaign.Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        string quoted = string.Join(' ', container.Command.Concat(arguments).Select(a => $"'{a.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        return Shell.Bash(quoted, results, variables).Code;
    }
}
