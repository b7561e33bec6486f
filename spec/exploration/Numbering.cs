// Numbers for the values that a part of a state takes, in the order in which they are met.

namespace PyState.Spec.Exploration;

/// <summary>A value for each number and a number for each value.</summary>
/// <typeparam name="T">What is numbered.</typeparam>
internal sealed class Numbering<T>
    where T : notnull
{
    private readonly Dictionary<T, int> numbers = [];
    private readonly List<T> values = [];

    internal int Count => values.Count;

    internal T this[int number] => values[number];

    internal int Of(T value)
    {
        if (!numbers.TryGetValue(value, out int number))
        {
            number = values.Count;
            numbers.Add(value, number);
            values.Add(value);
        }

        return number;
    }

    internal int Find(T value) => numbers.GetValueOrDefault(value, -1);
}
