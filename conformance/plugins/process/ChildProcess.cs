using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using SystemProcess = System.Diagnostics.Process;

namespace PyState.Conformance.Plugins.Process;

/// <summary>One child: started without a shell in a clean environment, spoken to over its standard streams, and ended with all it has started.</summary>
internal sealed class ChildProcess : IDisposable
{
    // What a program needs to find its libraries, its user and its language. Everything else could change what a script shows.
    private static readonly string[] Kept = ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT", "TEMP"];
    private static readonly string[] KeptInOtherRoot = ["HOME", "LANG"];
    private static readonly ConcurrentDictionary<ChildProcess, bool> Alive = new();
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);
    private const int TailLines = 20;
    private const int TailLength = 2000;
    private readonly SystemProcess process;
    private readonly string mark;
    private readonly LineReader output;
    private readonly StringBuilder errors = new();
    private readonly int errorLimit;
    private readonly Thread errorReader;
    private volatile string? excess;
    private bool ended;

    static ChildProcess()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (ChildProcess child in Alive.Keys)
            {
                child.End();
            }
        };
    }

    private ChildProcess(SystemProcess process, string mark, ChildStart start)
    {
        this.process = process;
        this.mark = mark;
        Id = process.Id;
        output = new LineReader(process.StandardOutput.BaseStream, start.LineLimit);
        errorLimit = start.ErrorLimit;
        errorReader = new Thread(ReadErrors) { IsBackground = true, Name = "child errors" };
        errorReader.Start();
        Alive[this] = true;
    }

    /// <summary>Starts a child.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="more">Arguments after those.</param>
    /// <exception cref="SetupException">There is no such program, or it cannot be executed.</exception>
    internal static ChildProcess Start(ChildStart start, params IEnumerable<string> more) => Start(start, null, more);

    /// <summary>Starts a child.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="beside">The child that it shall wait beside, or null; see <see cref="ChildWatch"/>.</param>
    /// <param name="more">Arguments after those.</param>
    /// <exception cref="SetupException">There is no such program, or it cannot be executed.</exception>
    internal static ChildProcess Start(ChildStart start, ChildProcess? beside, params IEnumerable<string> more)
    {
        string[] words = [.. Launcher.Prefix(start.Limits), .. start.Root?.Entry ?? [], start.Root?.Inside(start.Program) ?? start.Program, .. start.Arguments, .. more];
        var info = new ProcessStartInfo(words[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in words.Skip(1))
        {
            info.ArgumentList.Add(argument);
        }

        var environment = (start.Root is null ? Kept : KeptInOtherRoot).Select(k => (k, System.Environment.GetEnvironmentVariable(k))).Where(v => v.Item2 is not null).ToList();
        info.Environment.Clear();
        foreach ((string name, string? value) in environment)
        {
            info.Environment[name] = value;
        }

        if (start.Root is not null)
        {
            info.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; // where a Debian system has its programs
        }

        info.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        info.Environment["PYTHONHASHSEED"] = "0";
        foreach ((string name, string value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        string mark = ProcessTree.NewMark();
        info.Environment[ProcessTree.MarkName] = mark;
        try
        {
            var child = new ChildProcess(Launcher.Start(info), mark, start);
            ChildWatch.Add(child, start.Limits, beside);
            return child;
        }
        catch (Win32Exception e)
        {
            throw new SetupException($"{start.Program} cannot be started ({e.Message}): name a program that can be executed", e);
        }
    }

    /// <summary>Its process id, which is its session's too.</summary>
    internal int Id { get; }

    /// <summary>The last lines of <see cref="Errors"/>, for a report; null when there are none.</summary>
    internal string? Tail
    {
        get
        {
            string tail = string.Join('\n', Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(TailLines));
            return tail.Length == 0 ? null : tail.Length <= TailLength ? tail : tail[^TailLength..];
        }
    }

    /// <summary>What the child has written to its standard error, or the end of it (<see cref="ChildStart.ErrorLimit"/>).</summary>
    internal string Errors
    {
        get
        {
            if (ended)
            {
                _ = errorReader.Join(TimeSpan.FromSeconds(1));
            }

            lock (errors)
            {
                return errors.ToString().Trim();
            }
        }
    }

    /// <summary>The last line of <see cref="Errors"/>: of a Python that dies of an exception, the exception.</summary>
    internal string LastError => LastLine(Errors);

    /// <summary>Whether the child has written something that was not asked for.</summary>
    internal bool HasBabbled => output.HasMore;

    /// <summary>The last line of a text that has something in it.</summary>
    /// <param name="text">The text.</param>
    internal static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? string.Empty;

    /// <summary>The first line of a text that has something in it.</summary>
    /// <param name="text">The text.</param>
    internal static string FirstLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? string.Empty;

    /// <summary>Writes one line and waits for one line.</summary>
    /// <param name="line">The line, its end included.</param>
    /// <param name="patience">How long the child may take without getting on.</param>
    /// <param name="hasMoved">Whether the child got on since the last time this was asked; then it has as much time again.</param>
    /// <returns>The answer without its end.</returns>
    /// <exception cref="ChildFailure">It died, hung, closed its output or wrote too long a line.</exception>
    internal byte[] Ask(ReadOnlyMemory<byte> line, TimeSpan patience, Func<bool> hasMoved)
    {
        Say(line, patience);
        return Answer(patience, hasMoved);
    }

    /// <summary>Writes one line.</summary>
    /// <param name="line">The line, its end included.</param>
    /// <param name="patience">How long the child may take to read it.</param>
    /// <exception cref="ChildFailure">It did not.</exception>
    internal void Say(ReadOnlyMemory<byte> line, TimeSpan patience)
    {
        Stream input = process.StandardInput.BaseStream;
        try
        {
            Task writing = Task.Run(() =>
            {
                input.Write(line.Span);
                input.Flush();
            });
            if (!writing.Wait(patience))
            {
                throw Hung(patience, "did not read its input");
            }
        }
        catch (AggregateException e) when (e.InnerException is IOException or ObjectDisposedException)
        {
            // It reads no more. What it has written, or how it has ended, says more than the broken pipe.
        }
    }

    /// <summary>Waits for one line.</summary>
    /// <param name="patience">How long the child may take without getting on.</param>
    /// <param name="hasMoved">Whether the child got on since the last time this was asked; then it has as much time again.</param>
    /// <returns>The line without its end.</returns>
    /// <exception cref="ChildFailure">It died, hung, closed its output or wrote too long a line.</exception>
    internal byte[] Answer(TimeSpan patience, Func<bool> hasMoved)
    {
        byte[]? answer = Await(patience, hasMoved);
        return answer ?? throw (output.TooLong
            ? new ChildFailure(Ending.Garbled, $"wrote a line of more than the allowed length, beginning {Quoted(output.Unfinished)}")
            : EndOfOutput());
    }

    /// <summary>A part of an answer, fit for a message.</summary>
    /// <param name="bytes">The bytes.</param>
    internal static string Quoted(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 80)]);
        return $"'{string.Concat(text.Select(c => char.IsControl(c) ? '.' : c))}{(bytes.Length > 80 ? "…" : string.Empty)}'";
    }

    /// <summary>Waits for a line of output.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="line">The line, or null at the end: of the output, or of the child, for what it has started may hold its pipe open long after it has died.</param>
    /// <returns>False when the time was up.</returns>
    internal bool TryReadLine(TimeSpan patience, out byte[]? line)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            TimeSpan left = patience - Stopwatch.GetElapsedTime(begun);
            if (output.TryTake(left > Glance ? Glance : left > TimeSpan.Zero ? left : TimeSpan.Zero, out line))
            {
                return true;
            }

            if (process.HasExited)
            {
                _ = output.TryTake(LastWords, out line);
                return true;
            }

            if (left <= TimeSpan.Zero)
            {
                return false;
            }
        }
    }

    /// <summary>Waits a moment for the child to end by itself.</summary>
    /// <param name="patience">How long.</param>
    /// <returns>How it ended, in words; null when it has not.</returns>
    internal string? WaitForEnd(TimeSpan patience)
    {
        ended = process.WaitForExit(patience);
        return ended ? HowItEnded() : null;
    }

    /// <summary>Says a last word and gives the child half a second to end by itself, so that what it does at its end is done.</summary>
    /// <param name="line">The line, its end included.</param>
    internal void Dismiss(ReadOnlyMemory<byte> line)
    {
        try
        {
            _ = Ask(line, TimeSpan.FromSeconds(0.5), () => false);
        }
        catch (ChildFailure)
        {
            // It has ended, or will be made to.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        output.Close();
        process.Dispose();
    }

    // Null at the end of the output.
    private byte[]? Await(TimeSpan patience, Func<bool> hasMoved)
    {
        byte[]? answer;
        while (!TryReadLine(patience, out answer))
        {
            if (!hasMoved())
            {
                throw Hung(patience, "did not answer");
            }
        }

        return answer;
    }

    private ChildFailure EndOfOutput()
    {
        string? how = WaitForEnd(TimeSpan.FromSeconds(2));
        string unfinished = output.HasMore ? $" in the middle of {Quoted(output.Unfinished)}" : string.Empty;
        return how is null
            ? new ChildFailure(Ending.Garbled, $"closed its standard output{unfinished} and went on")
            : new ChildFailure(Ending.Crashed, $"{how}{unfinished}{Said()}");
    }

    // What was ended for what it used may as well have been seen to hang first.
    private ChildFailure Hung(TimeSpan patience, string what) => excess is not null
        ? EndOfOutput()
        : new ChildFailure(Ending.Hung, $"{what} for {patience.TotalSeconds:0.#} s{Said()}");

    private string Said() => LastError.Length == 0 ? string.Empty : $": {LastError}";

    // .NET reports the signal that ended a process as 128 plus its number, as a shell does.
    private string HowItEnded() => excess ?? process.ExitCode switch
    {
        128 + 4 => "died of SIGILL",
        128 + 6 => "died of SIGABRT",
        128 + 7 => "died of SIGBUS",
        128 + 8 => "died of SIGFPE",
        128 + 9 => "died of SIGKILL",
        128 + 11 => "died of SIGSEGV",
        128 + 13 => "died of SIGPIPE",
        128 + 15 => "died of SIGTERM",
        > 128 and < 128 + 65 => $"died of signal {process.ExitCode - 128}",
        0 => "ended (exit code 0)",
        _ => $"ended with exit code {process.ExitCode}",
    };

    private void ReadErrors()
    {
        char[] chunk = new char[4096];
        try
        {
            for (int read; (read = process.StandardError.Read(chunk)) > 0;)
            {
                lock (errors)
                {
                    _ = errors.Append(chunk, 0, read);
                    if (errors.Length > 2 * errorLimit)
                    {
                        _ = errors.Remove(0, errors.Length - errorLimit);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Nothing more will be said.
        }
    }

    private void End()
    {
        if (!Alive.TryRemove(this, out _))
        {
            return;
        }

        ChildWatch.Remove(this);
        EndTree();
    }

    /// <summary>Ends the child because it, with all that it has started, uses too much.</summary>
    /// <param name="what">What it uses, in words.</param>
    internal void EndFor(string what)
    {
        excess = what;
        EndTree();
    }

    private void EndTree()
    {
        try
        {
            ProcessTree.Kill(Id, mark); // also what has lost its parent
            process.Kill(entireProcessTree: !OperatingSystem.IsLinux());
            _ = process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException or AggregateException)
        {
            // It has ended already.
        }
    }
}
