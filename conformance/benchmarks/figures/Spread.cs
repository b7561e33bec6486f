using System.Globalization;

namespace PyState.Benchmarks.Figures;

/// <summary>Several measurements of one thing.</summary>
/// <param name="Values">At least one.</param>
internal sealed record Spread(IReadOnlyList<double> Values)
{
    /// <summary>The one in the middle.</summary>
    internal double Middle => Values.Order().ElementAt(Values.Count / 2);

    /// <summary>The middle, and the lowest and the highest.</summary>
    /// <param name="format">How a number is written.</param>
    internal string Text(string format)
    {
        string One(double v) => v.ToString(format, CultureInfo.InvariantCulture);
        string low = One(Values.Min());
        string high = One(Values.Max());
        return low == high ? low : $"{One(Middle)} ({low} to {high})";
    }

    /// <summary>A number with two digits that count, for what is worked out on paper.</summary>
    /// <param name="value">The number.</param>
    internal static string Rough(double value)
    {
        if (value >= 100)
        {
            double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
            return (Math.Round(value / unit) * unit).ToString("#,0", CultureInfo.InvariantCulture);
        }

        return value.ToString(value >= 10 ? "0" : value >= 1 ? "0.#" : value >= 0.1 ? "0.##" : "0.###", CultureInfo.InvariantCulture);
    }

    /// <summary>A number of bytes.</summary>
    /// <param name="bytes">The number.</param>
    internal static string Bytes(double bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        for (; bytes >= 1000 && unit < units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return $"{Rough(bytes)} {units[unit]}";
    }

    /// <summary>A length of time.</summary>
    /// <param name="seconds">In seconds.</param>
    internal static string Time(double seconds) => seconds switch
    {
        < 1 => $"{Rough(seconds * 1000)} ms",
        < 120 => $"{Rough(seconds)} s",
        < 7200 => $"{Rough(seconds / 60)} min",
        < 86400 * 4 => $"{Rough(seconds / 3600)} h",
        < 86400.0 * 1000 => $"{Rough(seconds / 86400)} days",
        _ => $"{Rough(seconds / 86400 / 365.25)} years",
    };
}
