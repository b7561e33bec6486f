// A Markdown table, row by row.

using System.Text;

namespace PyState.Conformance.Specification;

/// <summary>Writes a Markdown table; a bar inside a cell is escaped.</summary>
public sealed class MarkdownTable
{
    private readonly StringBuilder text = new();
    private readonly int columns;

    /// <summary>A table with these headings.</summary>
    /// <param name="headings">One per column.</param>
    public MarkdownTable(params string[] headings)
    {
        columns = headings.Length;
        Row(headings);
        text.Append('|').Insert(text.Length, " --- |", columns).Append('\n');
    }

    /// <summary>Adds a row.</summary>
    /// <param name="cells">As many as there are headings.</param>
    /// <exception cref="ArgumentException">More or fewer.</exception>
    public void Row(params string[] cells)
    {
        if (cells.Length != columns)
        {
            throw new ArgumentException($"{cells.Length} cells in a table of {columns} columns", nameof(cells));
        }

        text.Append('|');
        foreach (var cell in cells)
        {
            text.Append(' ').Append(cell.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |");
        }

        text.Append('\n');
    }

    /// <summary>The table, ending in a line feed.</summary>
    public override string ToString() => text.ToString();
}
