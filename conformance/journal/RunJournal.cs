using System.Buffers;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Traces;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Journal;

/// <summary>Where a run is, noted as it goes, so that it can be killed at any moment and go on from there. The file is there from the first note until the report is
/// written.</summary>
public sealed class RunJournal : IDisposable
{
    private const int Version = 1;
    private const string StartAnew = "leave out --resume to start anew";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly string path;
    private readonly string name;
    private readonly JournalKey key;
    private readonly Dictionary<(int Part, int Campaign), CampaignState> restored = [];
    private readonly Dictionary<int, string> declared = [];
    private JournalFile? file;
    private bool isBroken;

    private RunJournal(string path, string name, JournalKey key)
    {
        this.path = path;
        this.name = name;
        this.key = key;
    }

    /// <summary>Why nothing is noted any more, in words; null where all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether there was something to go on from.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>A journal of a run that begins. Nothing is written before the first note.</summary>
    /// <param name="path">The file; one that an earlier run left is replaced by the first note.</param>
    /// <param name="name">How it is called in messages.</param>
    /// <param name="key">What the run depends on.</param>
    public static RunJournal New(string path, string name, JournalKey key) => new(path, name, key);

    /// <summary>The journal of an interrupted run, to go on from; a new one where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">How it is called in messages.</param>
    /// <param name="key">What the run depends on.</param>
    /// <exception cref="SetupException">It is another run's.</exception>
    public static RunJournal Resume(string path, string name, JournalKey key)
    {
        var journal = new RunJournal(path, name, key);
        if (!File.Exists(path))
        {
            return journal;
        }

        try
        {
            journal.file = JournalFile.Open(path, keep: true, out IReadOnlyList<byte[]> lines);
            if (lines.Count == 0)
            {
                journal.file.Dispose(); // it was killed while it wrote the first
                journal.file = null;
                return journal;
            }

            journal.Read(lines);
            journal.IsResumed = true;
            return journal;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"the journal {name} cannot be read, or another run has it ({Reports.SafeText.OneLine(e.Message).TrimEnd('.')}): wait for that run, or {StartAnew}", e);
        }
        catch (Exception e) when (e is JsonException or MalformedException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new SetupException($"{name} is no journal of this program: {StartAnew}", e);
        }
        catch (SetupException)
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>The part of it that one implementation on one interpreter has.</summary>
    /// <param name="part">The number of the part in the run, from 0.</param>
    /// <param name="capabilities">What the implementation declares.</param>
    /// <exception cref="SetupException">It declared something else in the interrupted run.</exception>
    public IRunJournal Part(int part, Capabilities capabilities)
    {
        string digest = JournalKey.Of(capabilities);
        return declared.TryGetValue(part, out string? there) && there != digest
            ? throw new SetupException($"the journal {name} is of another {capabilities.Implementation} than this, {capabilities.Title}: {StartAnew}")
            : new PartJournal(this, part, digest);
    }

    /// <summary>The run has ended and its reports are written: nothing is left to go on from.</summary>
    public void Complete()
    {
        bool isOurs = file is not null || (!isBroken && IsNobodys());
        Dispose();
        if (!isOurs)
        {
            return;
        }

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
            // It does no harm: only --resume reads it, and it says that the run has ended.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    // Left by a run that is over: one that goes on has the file open for itself.
    private bool IsNobodys()
    {
        try
        {
            using var there = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Read(IReadOnlyList<byte[]> lines)
    {
        using (var header = JsonDocument.Parse(lines[0]))
        {
            JsonElement root = header.RootElement;
            if (root.GetProperty("journal").GetInt32() != Version)
            {
                throw new SetupException($"the journal {name} was written by another version of this program: {StartAnew}");
            }

            var there = new JournalKey([.. root.GetProperty("key").EnumerateObject().Select(p => (p.Name, p.Value.GetString()!))]);
            if (key.Difference(there) is { } difference)
            {
                throw new SetupException($"the journal {name} is {difference}: give the same arguments as then, or {StartAnew}");
            }
        }

        foreach (byte[] line in lines.Skip(1))
        {
            using var document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            int part = root.GetProperty("part").GetInt32();
            int campaign = root.GetProperty("campaign").GetInt32();
            declared[part] = root.GetProperty("declared").GetString()!;
            restored[(part, campaign)] = State(root, restored.GetValueOrDefault((part, campaign)));
        }
    }

    private static CampaignState State(JsonElement line, CampaignState? before) => new()
    {
        Scripts = line.GetProperty("scripts").GetInt64(),
        Commands = line.GetProperty("commands").GetInt64(),
        Planned = line.GetProperty("planned").GetInt64(),
        Milliseconds = line.GetProperty("milliseconds").GetInt64(),
        IsFinished = line.GetProperty("finished").GetBoolean(),
        Exercised = line.GetProperty("exercised").EnumerateObject().ToDictionary(p => Clause(p.Name), p => p.Value.GetInt64()),
        RedScripts = line.GetProperty("redScripts").EnumerateObject().ToDictionary(p => Clause(p.Name), p => p.Value.GetInt32()),
        Reds = line.TryGetProperty("reds", out JsonElement reds) ? [.. reds.EnumerateArray().Select(TraceReader.Found)] : before?.Reds ?? [],
    };

    private static ClauseId Clause(string text) => ClauseIdText.TryParse(text, out ClauseId clause) ? clause : throw new MalformedException($"there is no clause '{text}'");

    // A run whose journal cannot be written goes on: its verdicts are worth more. It only cannot be taken up again.
    private void Write(Action<Utf8JsonWriter> write, bool durable)
    {
        if (isBroken)
        {
            return;
        }

        try
        {
            if (file is null)
            {
                file = JournalFile.Open(path, keep: false, out _);
                file.Append(Line(WriteHeader), durable: true);
            }

            file.Append(Line(write), durable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            isBroken = true;
            Trouble = $"the journal {name} could not be written ({Reports.SafeText.OneLine(e.Message).TrimEnd('.')}): this run cannot be resumed";
        }
    }

    private void WriteHeader(Utf8JsonWriter json)
    {
        json.WriteNumber("journal", Version);
        json.WriteStartObject("key");
        foreach ((string fact, string value) in key.Facts)
        {
            json.WriteString(fact, value);
        }

        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Line(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan;
    }

    private sealed class PartJournal(RunJournal journal, int part, string digest) : IRunJournal
    {
        private int lastCampaign = -1;
        private int lastChanges = -1;
        private long lastWritten = Environment.TickCount64;

        public CampaignState? Restored(int campaign) => journal.restored.GetValueOrDefault((part, campaign));

        public void Note(int campaign, int changes, Func<CampaignState> state)
        {
            bool decides = campaign == lastCampaign ? changes != lastChanges : changes != 0;
            if (!decides && Environment.TickCount64 - lastWritten < Interval.TotalMilliseconds)
            {
                return;
            }

            bool withReds = campaign != lastCampaign || decides;
            (lastCampaign, lastChanges, lastWritten) = (campaign, changes, Environment.TickCount64);
            journal.Write(json => Write(json, campaign, state(), withReds), durable: decides);
        }

        private void Write(Utf8JsonWriter json, int campaign, CampaignState state, bool withReds)
        {
            json.WriteNumber("part", part);
            json.WriteString("declared", digest);
            json.WriteNumber("campaign", campaign);
            json.WriteNumber("scripts", state.Scripts);
            json.WriteNumber("commands", state.Commands);
            json.WriteNumber("planned", state.Planned);
            json.WriteNumber("milliseconds", state.Milliseconds);
            json.WriteBoolean("finished", state.IsFinished);
            json.WriteStartObject("exercised");
            foreach ((ClauseId clause, long count) in state.Exercised)
            {
                json.WriteNumber(clause.Text(), count);
            }

            json.WriteEndObject();
            json.WriteStartObject("redScripts");
            foreach ((ClauseId clause, int count) in state.RedScripts)
            {
                json.WriteNumber(clause.Text(), count);
            }

            json.WriteEndObject();
            if (withReds)
            {
                json.WriteStartArray("reds");
                foreach (Counterexample red in state.Reds)
                {
                    TraceWriter.WriteFound(json, red);
                }

                json.WriteEndArray();
            }
        }
    }
}
