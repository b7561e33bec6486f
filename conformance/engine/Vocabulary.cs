using System.Collections.Frozen;
using System.Text.Json;
using PyState.Spec.Model;

namespace PyState.Conformance.Engine;

/// <summary>The words of the protocol for what the model packs in bytes: statuses, channels, raw values, choices, labels. The one place that spells them.</summary>
public static class Vocabulary
{
    /// <summary>Stands in an observation for a handled exception that is none of a script's, for example one of the implementation's own.</summary>
    public const int ForeignException = 15;

    /// <summary>The channels one by one, in the order in which the protocol lists them.</summary>
    public static IReadOnlyList<Channels> EachChannel { get; } =
        [.. Enum.GetValues<Channels>().Where(c => c is not (Channels.None or Channels.All))];

    /// <summary>The word for a status, channel, raw value, alphabet or choice, for example <c>recursion-error</c>.</summary>
    /// <param name="value">The value; of a set of channels, exactly one.</param>
    /// <typeparam name="T">Its type.</typeparam>
    public static string Of<T>(T value)
        where T : struct, Enum => Table<T>.Words[value];

    /// <summary>Finds a status, channel, raw value, alphabet or choice by its word.</summary>
    /// <param name="word">The word.</param>
    /// <param name="value">The value.</param>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse<T>(string? word, out T value)
        where T : struct, Enum
    {
        value = default;
        return word is not null && Table<T>.Values.TryGetValue(word, out value);
    }

    /// <summary>Every word of a type, for messages.</summary>
    /// <typeparam name="T">The type.</typeparam>
    public static string All<T>()
        where T : struct, Enum => string.Join(", ", Table<T>.Words.Keys.Order().Select(Of));

    /// <summary>The words of a set of channels.</summary>
    /// <param name="channels">The set.</param>
    public static IEnumerable<string> Each(Channels channels) => EachChannel.Where(c => (channels & c) != 0).Select(Of);

    /// <summary>The byte of a frame label, for example of <c>call3</c>; 0 when it is none.</summary>
    /// <param name="label">The label, UTF-8.</param>
    public static byte Frame(ReadOnlySpan<byte> label) => label.Length switch
    {
        3 when label.SequenceEqual("del"u8) => new Block(BlockKind.Finalizer, 0).Packed,
        4 when label.SequenceEqual("repr"u8) => new Block(BlockKind.Repr, 0).Packed,
        4 when label[3] is >= (byte)'0' and <= (byte)'1' && label.StartsWith("gen"u8) => new Block(BlockKind.Generator, label[3] - '0').Packed,
        4 when label[3] is >= (byte)'0' and <= (byte)'7' && label.StartsWith("jit"u8) => new Block(BlockKind.Jit, label[3] - '0').Packed,
        5 when label[4] is >= (byte)'0' and <= (byte)'7' && label.StartsWith("call"u8) => new Block(BlockKind.Call, label[4] - '0').Packed,
        5 when label.SequenceEqual("trace"u8) => new Block(BlockKind.Callback, 0).Packed,
        5 when label.SequenceEqual("trash"u8) => new Block(BlockKind.Trashcan, 0).Packed,
        7 when label.SequenceEqual("profile"u8) => new Block(BlockKind.Callback, 1).Packed,
        _ => 0,
    };

    /// <summary>The label of a frame byte, for example <c>call3</c>; an ellipsis where a chain was too long.</summary>
    /// <param name="frame">The byte.</param>
    public static string Frame(byte frame) => frame == Observation.Truncated ? "…" : new Block(frame).Text;

    /// <summary>The label of an exception number, for example <c>e3</c>; <c>other</c> for one that no script raised.</summary>
    /// <param name="number">The number, not 0.</param>
    public static string Exception(int number) => number == ForeignException ? "other" : $"e{number}";

    /// <summary>The number of an exception label <c>e1</c> to <c>e7</c>; 0 when it is none.</summary>
    /// <param name="label">The label, UTF-8.</param>
    public static int Exception(ReadOnlySpan<byte> label) =>
        label.Length == 2 && label[0] == 'e' && label[1] is >= (byte)'1' and <= (byte)'7' ? label[1] - '0' : 0;

    private static class Table<T>
        where T : struct, Enum
    {
        internal static readonly FrozenDictionary<T, string> Words = Single().ToFrozenDictionary(v => v, v => JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()));
        internal static readonly FrozenDictionary<string, T> Values = Single().ToFrozenDictionary(v => Words[v]);

        private static IEnumerable<T> Single() => typeof(T) == typeof(Channels) ? EachChannel.Cast<T>() : Enum.GetValues<T>();
    }
}
