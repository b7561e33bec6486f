// Where the trials are, noted one by one, so that they can be stopped at any moment and go on from there.

using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Journal;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Mutants;

/// <summary>The journal of the verb <c>mutants</c>.</summary>
public sealed class TrialJournal : IDisposable
{
    private readonly string path;
    private readonly Dictionary<(string Name, ulong Seed), Noted> done = [];
    private JournalFile? file;

    private TrialJournal(string path) => this.path = path;

    /// <summary>Why nothing is noted any more, in words; null where all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>How many trials there were to go on from.</summary>
    public int Restored => done.Count;

    /// <summary>How long those took.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Opens it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What the trials depend on.</param>
    /// <param name="goesOn">Whether to go on from what it holds.</param>
    /// <exception cref="SetupException">It is another run's, or cannot be written.</exception>
    public static TrialJournal Open(string path, JournalKey key, bool goesOn)
    {
        var journal = new TrialJournal(path);
        try
        {
            journal.file = JournalFile.Open(path, goesOn, out IReadOnlyList<byte[]> lines);
            if (lines.Count == 0)
            {
                journal.file.Append(JsonSerializer.SerializeToUtf8Bytes(key.Facts.ToDictionary(f => f.Name, f => f.Value)), durable: true);
                return journal;
            }

            using (var header = JsonDocument.Parse(lines[0]))
            {
                var there = new JournalKey([.. header.RootElement.EnumerateObject().Select(p => (p.Name, p.Value.GetString()!))]);
                if (key.Difference(there) is { } difference)
                {
                    journal.Dispose();
                    throw new SetupException($"the journal {Path.GetFileName(path)} is {difference}: give the same arguments as then, or leave out --resume to start anew");
                }
            }

            foreach (byte[] line in lines.Skip(1))
            {
                using var document = JsonDocument.Parse(line);
                JsonElement root = document.RootElement;
                journal.done[(root.GetProperty("mutant").GetString()!, root.GetProperty("seed").GetUInt64())] = new Noted(
                    [.. root.GetProperty("convictions").EnumerateArray().Select(Read)], root.GetProperty("commands").GetInt64(), root.GetProperty("milliseconds").GetDouble());
                journal.Elapsed = TimeSpan.FromSeconds(root.GetProperty("elapsed").GetDouble());
            }

            return journal;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"the journal {path} cannot be used, or another run has it ({SafeText.OneLine(e.Message).TrimEnd('.')}): wait for that run, or choose another folder", e);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            journal.Dispose();
            throw new SetupException($"{Path.GetFileName(path)} is no journal of this program: leave out --resume to start anew", e);
        }
    }

    /// <summary>A trial that was made before; null where it was not.</summary>
    /// <param name="mutant">The mutant.</param>
    /// <param name="seed">The seed.</param>
    public TrialResult? Find(Mutant mutant, ulong seed) => done.TryGetValue((mutant.Name, seed), out Noted? trial)
        ? new TrialResult(mutant, seed, trial.Convictions is [var first, ..] ? first : null, [.. trial.Convictions.Skip(1)], trial.Commands, trial.Milliseconds)
        : null;

    /// <summary>Notes a trial.</summary>
    /// <param name="result">What came of it.</param>
    /// <param name="elapsed">How long all took until then, with what was restored.</param>
    public void Note(TrialResult result, TimeSpan elapsed)
    {
        if (Trouble is not null)
        {
            return;
        }

        try
        {
            file?.Append(
                JsonSerializer.SerializeToUtf8Bytes(new
                {
                    mutant = result.Mutant.Name,
                    seed = result.Seed,
                    elapsed = Math.Round(elapsed.TotalSeconds, 1),
                    commands = result.Commands,
                    milliseconds = Math.Round(result.Milliseconds, 1),
                    convictions = result.Convictions.Select(c => new { clause = c.Clause.Text(), verdict = Vocabulary.Of(c.Kind), words = c.Words, steps = c.Steps, script = c.Script }),
                }),
                durable: false);
        }
        catch (IOException e)
        {
            // The trials go on, as a run does: what they find is worth more than that they can be taken up again. What is noted stays.
            Trouble = $"the journal {Path.GetFileName(path)} could not be written ({SafeText.OneLine(e.Message).TrimEnd('.')}): --resume goes on from what it has";
        }
    }

    /// <summary>All is done: nothing is left to go on from.</summary>
    public void Complete()
    {
        Dispose();
        try
        {
            File.Delete(path);
            if (Path.GetDirectoryName(path) is { } folder && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It does no harm: only --resume reads it, and finds all made.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    private static Conviction Read(JsonElement line) => new(
        ClauseIdText.TryParse(line.GetProperty("clause").GetString()!, out ClauseId id) ? id : throw new JsonException("a clause that is none"),
        Vocabulary.TryParse(line.GetProperty("verdict").GetString(), out VerdictKind kind) ? kind : throw new JsonException("a verdict that is none"),
        line.GetProperty("words").GetString()!,
        line.GetProperty("steps").GetInt32(),
        line.GetProperty("script").GetString()!);

    private sealed record Noted(IReadOnlyList<Conviction> Convictions, long Commands, double Milliseconds);
}
