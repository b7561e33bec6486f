// A run that is interrupted anywhere and taken up again ends as if it had not been.

using System.Text;
using PyState.Conformance.Engine;
using PyState.Conformance.Journal;
using PyState.Conformance.Liars;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Conformance.Reports;
using PyState.PropertyTests.Cli;
using PyState.PropertyTests.Engine;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Journal;

public sealed class JournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-journal-").FullName;

    private string File_ => Path.Combine(folder, "results", "x.journal");

    public void Dispose()
    {
        if (Directory.Exists(folder)) // a run that is complete takes an empty folder with its journal
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void A_run_of_a_wrong_implementation_stopped_after_any_batch_ends_with_the_same_report(int batches)
    {
        Liar liar = AllLiars.Of(ClauseId.Ready02).First();
        ISession Start() => new Batched(liar.Start(liar.Versions.Last()));
        var options = new RunOptions { Commands = 480_000, Seed = 5 };
        string undisturbed = Report(Runner.Run(Start(), options, null, CancellationToken.None));

        using var stop = new CancellationTokenSource();
        using (RunJournal journal = RunJournal.New(File_, "x.journal", Key()))
        {
            using ISession first = Start();
            int seen = 0;
            void Count(RunProgress p)
            {
                if (++seen == batches)
                {
                    stop.Cancel();
                }
            }

            Assert.Throws<OperationCanceledException>(() => Runner.Run(first, options with { Journal = journal.Part(0, first.Capabilities) }, Count, stop.Token));
        }

        Tear(File_);
        using RunJournal again = RunJournal.Resume(File_, "x.journal", Key());
        Assert.True(again.IsResumed);
        using ISession second = Start();
        string resumed = Report(Runner.Run(second, options with { Journal = again.Part(0, second.Capabilities) }, null, CancellationToken.None));
        Assert.Equal(undisturbed, resumed);
        again.Complete();
        Assert.False(File.Exists(File_));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_that_ends_leaves_the_journal_of_another_run_alone(bool hasNoted)
    {
        using RunJournal first = RunJournal.New(File_, "x.journal", Key());
        Note(first);
        using (RunJournal second = RunJournal.New(File_, "x.journal", Key()))
        {
            if (hasNoted)
            {
                Note(second);
                Assert.Contains("could not be written", second.Trouble, StringComparison.Ordinal);
            }

            second.Complete();
        }

        Assert.True(File.Exists(File_));
        first.Dispose();
        using (RunJournal third = RunJournal.New(File_, "x.journal", Key()))
        {
            third.Complete(); // what a killed run has left is nobody's
        }

        Assert.False(File.Exists(File_));
    }

    private static void Note(RunJournal journal) => journal.Part(0, Canned.Capabilities("x")).Note(0, 1, () => new CampaignState { IsFinished = true });

    [Fact]
    public void Lines_after_a_torn_or_changed_one_are_not_believed()
    {
        using (JournalFile file = JournalFile.Open(File_, keep: false, out _))
        {
            for (int i = 0; i < 5; i++)
            {
                file.Append(Encoding.UTF8.GetBytes($"{{\"line\":{i}}}"), durable: i == 4);
            }
        }

        byte[] whole = File.ReadAllBytes(File_);
        for (int cut = 0; cut <= whole.Length; cut++)
        {
            IReadOnlyList<byte[]> lines = JournalFile.Whole(whole.AsSpan(0, cut), out int length);
            Assert.Equal(cut * 5 / whole.Length, lines.Count);
            Assert.Equal(lines.Count * whole.Length / 5, length);
        }

        whole[whole.Length / 2] ^= 1;
        Assert.Equal(2, JournalFile.Whole(whole, out _).Count);
    }

    [Fact]
    public void A_journal_of_another_run_is_refused_in_one_line()
    {
        Interrupted();
        Refused(Key(seed: 2), "the journal x.journal is of another seed (1, and not 2): give the same arguments as then, or leave out --resume to start anew");
        Refused(Key(name: "greenlet"), "is of another implementation (fake, and not greenlet)");
        Refused(Key() with { Facts = [("specification", "older"), .. Key().Facts.Skip(1)] }, "is of another specification");
    }

    [Fact]
    public void A_journal_of_an_implementation_that_declares_something_else_now_is_refused()
    {
        Interrupted();
        using RunJournal journal = RunJournal.Resume(File_, "x.journal", Key());
        Capabilities now = Canned.Capabilities("fake") with { ImplementationVersion = "3" };
        Assert.Contains("is of another fake than this, fake 3 on", Assert.Throws<SetupException>(() => journal.Part(0, now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_journal_starts_anew_and_one_that_another_run_has_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File_)!);
        File.WriteAllText(File_, "Dear diary");
        using (RunJournal journal = RunJournal.Resume(File_, "x.journal", Key()))
        {
            Assert.False(journal.IsResumed);
        }

        using JournalFile other = JournalFile.Open(File_, keep: true, out _);
        Refused(Key(), "another run has it");
    }

    [Fact]
    public void A_counterexample_with_all_it_can_have_comes_back_from_the_journal_as_it_was()
    {
        Counterexample red = Canned.Violation(ClauseId.Ready05) with { Before = [Canned.Script, Canned.Script], Tail = "one\ntwo", Detail = "died" };
        using (RunJournal journal = RunJournal.New(File_, "x.journal", Key()))
        {
            journal.Part(0, Canned.Capabilities("fake")).Note(0, 1, () => new CampaignState { Reds = [red], Scripts = 3 });
        }

        using RunJournal again = RunJournal.Resume(File_, "x.journal", Key());
        CampaignState state = again.Part(0, Canned.Capabilities("fake")).Restored(0)!;
        string Written(Counterexample c) => Report(Canned.Of(Canned.Capabilities("fake"), id => new ClauseVerdict(id, c.Kind, 1, c with { Clause = id })));
        Assert.Equal(Written(red), Written(Assert.Single(state.Reds)));
    }

    private static JournalKey Key(ulong seed = 1, string name = "fake") => JournalKey.Of([name], seed, 1000, null, [], []);

    private static string Report(ImplementationReport report) =>
        JsonReport.Text(new RunReport("0", [new RunEntry("x", null, [new RunPart("x", ["x"], null, report with { Elapsed = TimeSpan.Zero })])]));

    private void Interrupted()
    {
        using RunJournal journal = RunJournal.New(File_, "x.journal", Key());
        journal.Part(0, Canned.Capabilities("fake")).Note(0, 1, () => new CampaignState());
    }

    private void Refused(JournalKey key, string words)
    {
        SetupException e = Assert.Throws<SetupException>(() => RunJournal.Resume(File_, "x.journal", key).Dispose());
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    // As a machine that fails would: half of a line at the end.
    private static void Tear(string path) => File.AppendAllText(path, "0badcafe {\"part\":0,\"camp");
}
