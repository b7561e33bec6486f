// The text form of a clause id and back: Parse(Text(id)) is the identity, and nothing else parses.

namespace PyState.Spec.Clauses;

/// <summary>Text form of <see cref="ClauseId"/>: <c>GROUP-NN</c>, for example <c>READY-01</c>.</summary>
public static class ClauseIdText
{
    /// <summary>How many clauses there are; ids run from 1 to this number without a gap.</summary>
    public const int Count = (int)ClauseId.Base01;

    private static readonly string[] Texts = BuildTexts();

    private static readonly Dictionary<string, ClauseId> ByText = BuildIndex();

    /// <summary>The text form of a clause id.</summary>
    /// <param name="id">Any clause id; <see cref="ClauseId.None"/> gives the empty string.</param>
    /// <exception cref="ArgumentOutOfRangeException">The byte is no clause id.</exception>
    public static string Text(this ClauseId id) =>
        (int)id < Texts.Length ? Texts[(int)id] : throw new ArgumentOutOfRangeException(nameof(id), id, "not a clause id");

    /// <summary>The group of a clause id, for example <c>READY</c>; empty for <see cref="ClauseId.None"/>.</summary>
    /// <param name="id">Any clause id.</param>
    public static string Group(this ClauseId id)
    {
        var text = id.Text();
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? text : text[..dash];
    }

    /// <summary>The id with this text form, letter case ignored.</summary>
    /// <param name="text">For example <c>READY-01</c>.</param>
    /// <exception cref="FormatException">No clause has that id; the message names the nearest ones.</exception>
    public static ClauseId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException(Catalogue.UnknownMessage(text));

    /// <summary>The id with this text form, letter case ignored.</summary>
    /// <param name="text">For example <c>READY-01</c>.</param>
    /// <param name="id">The id, or <see cref="ClauseId.None"/> where the answer is false.</param>
    /// <returns>Whether a clause has that id.</returns>
    public static bool TryParse(string? text, out ClauseId id)
    {
        id = ClauseId.None;
        return text is not null && ByText.TryGetValue(text.Trim(), out id);
    }

    private static string[] BuildTexts()
    {
        var ids = Enum.GetValues<ClauseId>();
        var texts = new string[ids.Length];
        texts[0] = "";
        foreach (var id in ids)
        {
            if (id == ClauseId.None)
            {
                continue;
            }

            var name = Enum.GetName(id)!;
            texts[(int)id] = $"{name[..^2].ToUpperInvariant()}-{name[^2..]}";
        }

        return texts;
    }

    private static Dictionary<string, ClauseId> BuildIndex()
    {
        var index = new Dictionary<string, ClauseId>(StringComparer.OrdinalIgnoreCase);
        for (var i = 1; i < Texts.Length; i++)
        {
            index.Add(Texts[i], (ClauseId)i);
        }

        return index;
    }
}
