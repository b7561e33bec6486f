using System.Globalization;
using System.Text;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace PyState.Benchmarks;

/// <summary>Has BenchmarkDotNet measure what is inside this process: by the clock, one thing after another, with its own judgement of noise.</summary>
internal static class InsideTable
{
    /// <summary>Measures, and writes the table.</summary>
    /// <param name="text">Where to.</param>
    internal static void Measure(StringBuilder text)
    {
        DirectoryInfo artifacts = Directory.CreateTempSubdirectory("pystate-benchmarks-");
        Job job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(4).WithIterationCount(12).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(400));
        Summary summary = BenchmarkRunner.Run<Inside>(ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(artifacts.FullName)
            .WithOptions(ConfigOptions.DisableLogFile));
        artifacts.Delete(recursive: true);
        text.AppendLine();
        text.AppendLine("## BenchmarkDotNet");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"The same work, all of it inside one process, measured by BenchmarkDotNet {typeof(BenchmarkRunner).Assembly.GetName().Version?.ToString(3)} (in-process toolchain, {job.Run.WarmupCount} iterations to warm up, {job.Run.IterationCount} of {job.Run.IterationTime} each): by the clock, and one thing after another,");
        text.AppendLine("so that what else the machine does goes into the ratios, and what was measured before into how code is compiled; those above are taken in turn, of CPU time, and in a process each. The error is half of the interval that has the mean with 99.9 %.");
        text.AppendLine();
        text.AppendLine("| what | alphabet | ns per command: mean | error | standard deviation | bytes per command | commands beside the first of these |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (bool structural in new[] { true, false })
        {
            double first = double.NaN;
            foreach (string name in Inside.Names)
            {
                BenchmarkReport report = summary.Reports.Single(r => Equals(r.BenchmarkCase.Parameters[nameof(Inside.Name)], name) && Equals(r.BenchmarkCase.Parameters[nameof(Inside.Structural)], structural));
                double commands = Inside.CommandsOfPass(name, structural);
                var interval = report.ResultStatistics!.ConfidenceInterval;
                double mean = report.ResultStatistics.Mean / commands;
                first = double.IsNaN(first) ? mean : first;
                double bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) / commands ?? 0;
                text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {(structural ? Report.Structural : Report.AllCommands)} | {mean:0.0} | {interval.Margin / commands:0.0} | {report.ResultStatistics.StandardDeviation / commands:0.0} | {bytes:0} | {first / mean:0.00} |");
            }
        }
    }
}
