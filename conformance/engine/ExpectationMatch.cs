using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>Whether an expectation speaks of an implementation, and whether it covers a counterexample.</summary>
public static class ExpectationMatch
{
    /// <summary>Whether an expectation holds for this version of the implementation and of the interpreter.</summary>
    /// <param name="expectation">The expectation.</param>
    /// <param name="capabilities">What the implementation declares.</param>
    public static bool AppliesTo(Expectation expectation, Capabilities capabilities)
    {
        string[] interpreter = expectation.Interpreter.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (interpreter.Length == 0 || interpreter[0] == capabilities.Interpreter)
            && InRange(interpreter.Skip(1), capabilities.InterpreterVersion)
            && (expectation.Build.Length == 0 || expectation.Build == capabilities.Build)
            && expectation.Versions.Split("||").Any(range => InRange(range.Split(' ', StringSplitOptions.RemoveEmptyEntries), capabilities.ImplementationVersion));
    }

    /// <summary>The deviation of the model that stands for an expectation.</summary>
    /// <param name="expectation">The expectation.</param>
    /// <exception cref="Plugins.SetupException">It names a deviation that the model does not have.</exception>
    public static Deviations DeviationOf(Expectation expectation) =>
        expectation.Deviation is null ? Deviations.None
        : Enum.TryParse(expectation.Deviation, out Deviations deviation) ? deviation
        : throw new Plugins.SetupException(
            $"the expectation for {expectation.Clause.Text()}: the model has no deviation '{expectation.Deviation}'; use one of {string.Join(", ", Enum.GetNames<Deviations>())}");

    /// <summary>Whether a counterexample is the expected one: clause, verdict, channel, commands and value.</summary>
    /// <param name="expectation">The expectation.</param>
    /// <param name="counterexample">The counterexample.</param>
    public static bool Covers(Expectation expectation, Counterexample counterexample) =>
        expectation.Clause == counterexample.Clause
        && expectation.Verdict == counterexample.Kind
        && (expectation.Channel is null
            || (counterexample.Divergence is { } d && ChannelNames(d.Channels).Contains(expectation.Channel)))
        && (expectation.Observed is null
            || (counterexample.Divergence is { } e && ObservedIn(expectation.Channel, e) == expectation.Observed))
        && HasPattern(expectation, counterexample.Script);

    /// <summary>Whether a script has the commands of an expectation, in their order.</summary>
    /// <param name="expectation">The expectation.</param>
    /// <param name="script">The script.</param>
    public static bool HasPattern(Expectation expectation, Script script) => IsSubsequence(expectation.Pattern, script.Commands.Select(c => c.Info.Name));

    /// <summary>The names of a set of channels, as the protocol writes them.</summary>
    /// <param name="channels">The set.</param>
    public static IEnumerable<string> ChannelNames(Channels channels) =>
        Enum.GetValues<Channels>()
            .Where(c => c is not (Channels.None or Channels.All) && channels.HasFlag(c))
            .Select(c => c.ToString().ToLowerInvariant());

    /// <summary>What was seen in a channel, as an expectation writes it; null where one cannot.</summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="divergence">Where it was seen.</param>
    internal static string? ObservedIn(string? channel, Divergence divergence) => channel switch
    {
        "status" => StatusText.Of(divergence.Actual.Status),
        "frames" => FrameText(divergence.Actual.Frames),
        "probe" => $"{divergence.Actual.Probe}",
        "trace" => $"{divergence.Actual.Trace >> 4} {divergence.Actual.Trace & 15}",
        "profile" => $"{divergence.Actual.Profile >> 4} {divergence.Actual.Profile & 15}",
        "event" => $"{divergence.Actual.Event}",
        "local" => $"{divergence.Actual.Local}",
        "vars" => $"{divergence.Actual.Vars & 15} {divergence.Actual.Vars >> 4}",
        "handled" => $"{divergence.Actual.Handled >> 4} {divergence.Actual.Handled & 15}",
        "running" => $"{divergence.Actual.Running}",
        _ => null,
    };

    private static string FrameText(ByteStack frames) =>
        string.Join(' ', Enumerable.Range(0, frames.Count).Select(i => new Block(frames[i]).Text));

    private static bool IsSubsequence(IReadOnlyList<string> pattern, IEnumerable<string> names)
    {
        int at = 0;
        foreach (string name in names)
        {
            at += at < pattern.Count && pattern[at] == name ? 1 : 0;
        }

        return at == pattern.Count;
    }

    /// <summary>Whether a bound of a range can be read: a comparison, or none, and a version; what has a letter in it is a pre-release, and is compared as it is.</summary>
    /// <param name="bound">The bound.</param>
    internal static bool IsBound(string bound)
    {
        string digits = bound.TrimStart('<', '>', '=');
        return digits.Length > 0 && digits.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+') && char.IsAsciiDigit(digits[0])
            && bound[..^digits.Length] is (">=" or "<" or "<=" or ">" or "=" or "==" or "");
    }

    private static bool InRange(IEnumerable<string> bounds, string version)
    {
        Version actual = VersionOf(version);
        return bounds.All(bound =>
        {
            string digits = bound.TrimStart('<', '>', '=');
            if (bound.Any(char.IsAsciiLetter))
            {
                return bound == version; // a release candidate or the like, and no other
            }

            int order = actual.CompareTo(VersionOf(digits));
            return bound[..^digits.Length] switch { ">=" => order >= 0, "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order == 0 };
        });
    }

    // The numbers of a version, without what follows them: 3.15.0rc1 is 3.15.0.
    private static Version VersionOf(string text)
    {
        int[] parts = [.. text.Split('.').Take(3).Select(p => int.TryParse(string.Concat(p.TakeWhile(char.IsAsciiDigit)), out int n) ? n : 0)];
        return new Version(parts.ElementAtOrDefault(0), parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
    }
}
