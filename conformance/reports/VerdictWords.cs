// The words and signs for verdicts, the same in every report.

using PyState.Conformance.Engine;

namespace PyState.Conformance.Reports;

/// <summary>How verdicts are written.</summary>
public static class VerdictWords
{
    /// <summary>Whether the verdict says that the implementation deviates.</summary>
    /// <param name="kind">The verdict.</param>
    public static bool IsRed(this VerdictKind kind) => kind
        is VerdictKind.Violates or VerdictKind.Crashed or VerdictKind.Hung or VerdictKind.Garbled or VerdictKind.Unstable;

    /// <summary>Whether the implementation was judged at all: something was exercised, and it held or did not.</summary>
    /// <param name="kind">The verdict.</param>
    public static bool IsJudged(this VerdictKind kind) => kind == VerdictKind.Conforms || kind.IsRed();

    /// <summary>The verdict as reports write it, for machines: <c>not-observable</c>.</summary>
    /// <param name="kind">The verdict.</param>
    public static string Key(this VerdictKind kind) => Vocabulary.Of(kind);

    /// <summary>The verdict in words, for people: <c>not observable</c>.</summary>
    /// <param name="kind">The verdict.</param>
    public static string Word(this VerdictKind kind) => kind.Key().Replace('-', ' ');

    /// <summary>What stands in a row: the verdict, and how it compares with what is expected.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="narrow">Whether there is little room.</param>
    public static string Cell(this ClauseVerdict verdict, bool narrow) => verdict switch
    {
        { Kind: var kind, Expectation: not null } when narrow && kind.IsRed() => "≈ expected",
        { IsUnexpected: true, Expectation: not null } when narrow => "✗ unexpected",
        { Kind: var kind, Expectation: not null } when kind.IsRed() => kind == VerdictKind.Violates ? "≈ deviates as expected" : $"≈ {kind.Word()} as expected",
        { IsUnexpected: true, Expectation: not null } => $"✗ {verdict.Kind.Word()} unexpectedly",
        { Kind: var kind } when kind.IsRed() => $"✗ {kind.Word()}",
        { Kind: VerdictKind.Conforms } => "✓ conforms",
        { Kind: VerdictKind.NotExercised } => "? not exercised",
        _ => $"- {verdict.Kind.Word()}",
    };

    /// <summary>The tone of a row.</summary>
    /// <param name="verdict">The verdict.</param>
    public static Tone Tone(this ClauseVerdict verdict) => verdict switch
    {
        { IsUnexpected: true } => Reports.Tone.Bad,
        { Kind: VerdictKind.Conforms } => Reports.Tone.Good,
        { Kind: VerdictKind.NotExercised } => Reports.Tone.Warn,
        { Expectation: not null } => Reports.Tone.Warn,
        _ => Reports.Tone.Dim,
    };
}
