// list, explain, replay and spec: what they print, for people and for programs.

using System.Text.Json;
using PyState.Conformance.Cli;
using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Specification;
using PyState.PropertyTests.Plugins;
using PyState.Spec.Clauses;
using Xunit;

namespace PyState.PropertyTests.Cli;

/// <summary>The verbs that print facts.</summary>
public sealed class FactVerbTests
{
    /// <summary>What is not ready has the command that makes it so.</summary>
    [Fact]
    public void List_says_what_is_missing_and_what_provides_it()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("list"));
        Assert.Contains("reference  ✓ ready", call.Out, StringComparison.Ordinal);
        Assert.Contains("missing no pypy3 on the path", call.Out, StringComparison.Ordinal);
        Assert.Contains("do      apt-get install pypy3", call.Out, StringComparison.Ordinal);
    }

    /// <summary>The same for programs.</summary>
    [Fact]
    public void List_says_the_same_to_programs()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("list", "--format", "json"));
        using JsonDocument list = JsonDocument.Parse(call.Out);
        JsonElement[] all = [.. list.RootElement.GetProperty("implementations").EnumerateArray()];
        Assert.Equal(["reference", "greenlet", "pypy"], all.Select(i => i.GetProperty("name").GetString()));
        Assert.Equal([true, true, false], all.Select(i => i.GetProperty("ready").GetBoolean()));
        Assert.Equal("apt-get install pypy3", all[2].GetProperty("command").GetString());
    }

    /// <summary>An interpreter that is asked about has a row for each implementation.</summary>
    [Fact]
    public void List_answers_for_the_interpreters_it_is_asked_about()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("list", "--python", "python3.12", "--python", "pypy3", "--python", "python3.12", "--format", "json"));
        using JsonDocument list = JsonDocument.Parse(call.Out);
        Assert.Equal(
            ["reference python3.12", "reference pypy3", "greenlet python3.12", "greenlet pypy3", "pypy python3.12", "pypy pypy3"],
            list.RootElement.GetProperty("implementations").EnumerateArray().Select(i => $"{i.GetProperty("name")} {i.GetProperty("python")}"));
    }

    /// <summary>An interpreter of a provisioned root is shown with what runs on it.</summary>
    [Fact]
    public void List_shows_the_interpreters_of_provisioned_roots()
    {
        using var call = new Call();
        call.Host = call.Host with { Provisioned = ["/roots/forky/usr/bin/python3.15"] };
        Assert.Equal(0, call.Invoke("list"));
        Assert.Contains("  /roots/forky/usr/bin/python3.15  ✓ reference, greenlet\n", call.Out, StringComparison.Ordinal);
        Assert.Equal(0, call.Invoke("list", "--format", "json"));
        Assert.Contains("\"python\": \"/roots/forky/usr/bin/python3.15\"", call.Out, StringComparison.Ordinal);
    }

    /// <summary>Every clause of the catalogue can be explained, in any letter case.</summary>
    [Fact]
    public void Every_clause_can_be_explained()
    {
        foreach (Clause clause in Catalogue.All)
        {
            using var call = new Call();
            Assert.Equal(0, call.Invoke("explain", clause.Id.Text().ToLowerInvariant()));
            string text = string.Join(' ', call.Out.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith($"{clause.Id.Text()} {clause.Title} {clause.Statement}", text, StringComparison.Ordinal);
            Assert.Contains(clause.Intent, text, StringComparison.Ordinal);
            Assert.All(clause.Evidence, s => Assert.Contains(s.Key, text, StringComparison.Ordinal));
        }
    }

    /// <summary>The liars behind a clause are named.</summary>
    [Fact]
    public void Explain_names_the_liars()
    {
        using var call = new Call();
        call.Host = call.Host with { LiarsOf = c => c == ClauseId.Restore05 ? [("forgets-tracing", "leaves the nesting of trace callbacks at 0")] : [] };
        Assert.Equal(0, call.Invoke("explain", "RESTORE-05"));
        Assert.Contains("liar      forgets-tracing: leaves the nesting of trace callbacks at 0", call.Out, StringComparison.Ordinal);
    }

    /// <summary>A family is all its clauses.</summary>
    [Fact]
    public void A_family_is_explained_clause_by_clause()
    {
        using var call = new Call();
        Assert.Equal(0, call.Invoke("explain", "stack", "--format", "json"));
        using JsonDocument document = JsonDocument.Parse(call.Out);
        Assert.Equal(
            Catalogue.InGroup("STACK").Select(c => c.Id.Text()),
            document.RootElement.GetProperty("clauses").EnumerateArray().Select(c => c.GetProperty("id").GetString()));
    }

    /// <summary>What still deviates is shown and answers with 1.</summary>
    [Fact]
    public void A_replay_that_deviates_is_1()
    {
        using Call call = Replaying(ClauseId.Ready05);
        Assert.Equal(1, call.Invoke("replay", "t.json"));
        Assert.Contains("▸ 4  switch 1", call.Out, StringComparison.Ordinal);
        Assert.Contains("✗ violates READY-05", call.Out, StringComparison.Ordinal);
        Assert.Equal(1, call.Invoke("replay", "t.json", "reference", "greenlet", "--format", "json"));
    }

    /// <summary>What does not is said, and answers with 0.</summary>
    [Fact]
    public void A_replay_that_conforms_is_0()
    {
        using Call call = Replaying(ClauseId.None);
        Assert.Equal(0, call.Invoke("replay", "t.json"));
        Assert.StartsWith("greenlet: greenlet 2.0.2 on CPython 3.11.2\n", call.Out, StringComparison.Ordinal);
        Assert.Contains("✓ conforms: every step is as the model expects", call.Out, StringComparison.Ordinal);
    }

    /// <summary>For programs.</summary>
    [Fact]
    public void A_replay_says_the_same_to_programs()
    {
        using Call call = Replaying(ClauseId.Ready05);
        Assert.Equal(1, call.Invoke("replay", "t.json", "--format", "json"));
        using JsonDocument document = JsonDocument.Parse(call.Out);
        JsonElement one = document.RootElement.GetProperty("implementations")[0];
        Assert.Equal(("violates", "READY-05", 4), (one.GetProperty("verdict").GetString(), one.GetProperty("clause").GetString(), one.GetProperty("divergence").GetProperty("step").GetInt32()));
    }

    /// <summary>As a program, which says itself what it needs.</summary>
    [Fact]
    public void A_replay_as_python_prints_a_program_and_runs_nothing()
    {
        using Call call = Replaying(ClauseId.Ready05);
        Assert.Equal(0, call.Invoke("replay", "t.json", "--as", "python"));
        Assert.Equal("# of greenlet\n", call.Out);
        Assert.Equal(2, call.Invoke("replay", "t.json", "greenlet", "--as", "python"));
        Assert.Contains("leave out what to run it on", call.Error, StringComparison.Ordinal);
    }

    /// <summary>A switcher of one's own is replayed as it was run.</summary>
    [Fact]
    public void A_deviation_of_a_switcher_file_is_replayed_with_that_file()
    {
        using Call call = Replaying(ClauseId.Ready05).WithReport(Canned.Mixed);
        File.WriteAllText(Path.Combine(call.Folder, "mine.py"), string.Empty);
        Assert.Equal(1, call.Invoke("run", "--switcher", "mine.py", "--python", "python3"));
        Assert.Contains("mine-CPython-3.11.2-READY-05.json --switcher mine.py", string.Join(' ', call.Out.Split(["\\\n", " ", "\n"], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(1, call.Invoke("replay", "t.json", "--switcher", "mine.py", "--python", "python3"));
        call.Host = call.Host with { ReadTrace = _ => Canned.Trace("mine") };
        Assert.Equal(2, call.Invoke("replay", "t.json"));
        Assert.Contains("name an implementation or a --switcher", call.Error, StringComparison.Ordinal);
    }

    /// <summary>In a checkout, from any folder in it: up to date, out of date and named, written anew.</summary>
    [Fact]
    public void Spec_finds_the_repository_names_what_is_stale_and_writes_it()
    {
        using var call = new Call();
        string below = Directory.CreateDirectory(Path.Combine(call.Folder, "a", "b")).FullName;
        string path = Path.Combine(call.Folder, SpecDocument.FileName);
        File.WriteAllText(Path.Combine(call.Folder, "Spec.sln"), string.Empty);
        string fresh = SpecDocument.Render(string.Concat(SpecDocument.Blocks.Select(b => $"<!-- generated:{b.Name} begin -->\n<!-- generated:{b.Name} end -->\n")) + $"\n| {SpecVersion.Current} | this one |\n");
        Directory.CreateDirectory(Path.Combine(call.Folder, "docs"));
        File.Copy(Path.Combine(Repository.Root, Traceability.MutantsPath), Path.Combine(call.Folder, Traceability.MutantsPath));
        File.WriteAllText(path, fresh.Replace("generated:clauses begin -->\n", "generated:clauses begin -->\nstale\n", StringComparison.Ordinal));
        call.Host = call.Host with { Folder = below };
        Assert.Equal(1, call.Invoke("spec", "--check"));
        Assert.Contains("out of date: SPEC.md: clauses, ", call.Out, StringComparison.Ordinal);
        Assert.NotEqual(fresh, File.ReadAllText(path));
        Assert.False(File.Exists(Path.Combine(call.Folder, MeaningLock.Path)));
        Assert.Equal(0, call.Invoke("spec"));
        Assert.Equal(fresh, File.ReadAllText(path));
        Assert.Equal(0, call.Invoke("spec", "--check", "--format", "json"));
        Assert.Empty(call.Error);
    }

    /// <summary>What has to be put right by hand is said, and nothing is written.</summary>
    [Fact]
    public void Spec_writes_nothing_while_a_meaning_has_changed_under_the_same_version()
    {
        using var call = new Call();
        string path = Path.Combine(call.Folder, SpecDocument.FileName);
        string stale = string.Concat(SpecDocument.Blocks.Select(b => $"<!-- generated:{b.Name} begin -->\n<!-- generated:{b.Name} end -->\n")) + $"\n| {SpecVersion.Current} | this one |\n";
        string written = MeaningLock.Render(SpecVersion.Current, [.. Meanings.All.Select(m => m.Id == "clause RESTORE-05" ? m with { DemandHash = "0123456789abcdef" } : m)]);
        File.WriteAllText(Path.Combine(call.Folder, "Spec.sln"), string.Empty);
        File.WriteAllText(path, stale);
        Directory.CreateDirectory(Path.Combine(call.Folder, "docs"));
        File.Copy(Path.Combine(Repository.Root, Traceability.MutantsPath), Path.Combine(call.Folder, Traceability.MutantsPath));
        Directory.CreateDirectory(Path.Combine(call.Folder, "spec", "clauses"));
        File.WriteAllText(Path.Combine(call.Folder, MeaningLock.Path), written);

        Assert.Equal(1, call.Invoke("spec", "--check"));
        Assert.Contains("clause RESTORE-05 demands something else, which is a major change: raise the version", string.Join(' ', call.Out.Split('\n')), StringComparison.Ordinal);
        Assert.Equal(1, call.Invoke("spec"));
        Assert.Equal(stale, File.ReadAllText(path));
        Assert.Equal(written, File.ReadAllText(Path.Combine(call.Folder, MeaningLock.Path)));
    }

    /// <summary>A document whose markers do not fit is a mistake in the set-up.</summary>
    [Fact]
    public void Spec_refuses_a_document_without_its_markers()
    {
        using var call = new Call();
        File.WriteAllText(Path.Combine(call.Folder, "Spec.sln"), string.Empty);
        File.WriteAllText(Path.Combine(call.Folder, SpecDocument.FileName), "<!-- generated:x begin -->\n");
        Assert.Equal(2, call.Invoke("spec"));
        Assert.StartsWith("pystate: SPEC.md: ", call.Error, StringComparison.Ordinal);
        Assert.Equal(1, call.Error.Count(c => c == '\n'));
    }

    /// <summary>What to do, where it is a sentence, is not broken as a command is.</summary>
    [Fact]
    public void A_sentence_in_the_list_has_no_backslash()
    {
        using Call call = new Call().WithWidth(60);
        call.Host = call.Host with { Implementations = [new FakeImplementation("reference"), new FakeImplementation("gevent", new Missing("no gevent", "python3 -m pip install gevent, or name another interpreter with --python"))] };
        Assert.Equal(0, call.Invoke("list"));
        Assert.Contains("gevent, or name another interpreter", string.Join(' ', call.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("\\\n", call.Out, StringComparison.Ordinal);
    }

    private static Call Replaying(ClauseId clause)
    {
        var call = new Call();
        call.Host = call.Host with
        {
            ReadTrace = _ => Canned.Trace("greenlet"),
            Replay = (_, _, _) => clause == ClauseId.None ? null : new Minimizer.Finding(clause, VerdictKind.Violates, Canned.Violation(clause).Divergence, null),
        };
        return call;
    }
}
