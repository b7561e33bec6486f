using System.Diagnostics;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Spec.Model;

namespace PyState.Benchmarks;

/// <summary>Observed commands a second, end to end: generated, sent, executed on a real interpreter, observed, sent back, judged.</summary>
internal static class RealInterpreters
{
    internal static readonly Op[] Expensive = [Op.Headroom, Op.Census, Op.Collect, Op.Fork, Op.ExitThread, Op.Async];

    /// <summary>A measurement for every implementation that is ready here.</summary>
    internal static IEnumerable<(string Name, Func<TimeSpan, Rates> Rate)> All()
    {
        foreach (IImplementation implementation in new Registry().All.Where(i => i.WhatIsMissing(null) is null))
        {
            yield return ($"{implementation.Name}, end to end", time => Rate(implementation, time));
        }
    }

    private static Rates Rate(IImplementation implementation, TimeSpan time)
    {
        using ISession session = implementation.Start(null);
        Capabilities cheap = session.Capabilities with { Commands = session.Capabilities.Commands.Except(Expensive).ToHashSet() };
        var campaign = new Campaign(session, cheap, new RunOptions { Time = time });
        var clock = Stopwatch.StartNew();
        campaign.Run(long.MaxValue, time, () => false, () => { }, CancellationToken.None);
        double rate = campaign.Commands / clock.Elapsed.TotalSeconds;
        return new Rates(rate, rate);
    }
}
