using PyState.Conformance.Cli;
using PyState.Conformance.Exploration;
using PyState.Spec.Exploration;
using PyState.Spec.Model;
using Xunit;

namespace PyState.PropertyTests.Exploration;

/// <summary>Two graphs are compared edge by edge: an error in either one is found, also where the counts stay the same.</summary>
public sealed class EdgeComparisonTests : IDisposable
{
    private static readonly string[] Life = ["--handles", "1", "--commands", "call,leave,except,new,save,restore,drop"];
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-edges-").FullName;

    /// <summary>Every seeded error.</summary>
    public static TheoryData<string> Errors => [.. SeededErrors.All.Select(e => e.Name)];

    private string Edges => Path.Combine(folder, "edges.tsv");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_model_agrees_with_the_file_it_wrote()
    {
        Write(Life);

        (int code, string output, string error) = Explore([.. Life, "--against", Edges]);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Empty(error);
        Assert.Contains($"{File.ReadLines(Edges).Count() - 1} edges equal", output.Replace(",", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Every_error_seeded_in_this_model_is_caught_by_a_file_that_has_none(string name)
    {
        (Bound bound, SeededError error) = For(name);
        (PackedSpace right, Search rightSearch) = Searched(bound, null);
        (PackedSpace wrong, Search wrongSearch) = Searched(bound, error.Step);
        _ = EdgeFile.Write(Edges, right, rightSearch, CancellationToken.None);

        EdgeComparison comparison = EdgeComparison.Of(Edges, Edges, wrong, wrongSearch, 1, CancellationToken.None);

        Assert.NotEqual(0, comparison.Different);
        Assert.NotNull(Assert.Single(comparison.First).Script);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Every_error_seeded_in_the_other_model_is_caught_by_this_one(string name)
    {
        (Bound bound, SeededError error) = For(name);
        (PackedSpace right, Search rightSearch) = Searched(bound, null);
        (PackedSpace wrong, Search wrongSearch) = Searched(bound, error.Step);
        _ = EdgeFile.Write(Edges, wrong, wrongSearch, CancellationToken.None);

        EdgeComparison comparison = EdgeComparison.Of(Edges, Edges, right, rightSearch, 1, CancellationToken.None);

        Assert.NotEqual(0, comparison.Different);
        Assert.NotNull(Assert.Single(comparison.First).Script);
    }

    [Fact]
    public void A_seeded_error_is_shown_with_the_shortest_script_to_its_state()
    {
        Write(Life);

        (int code, string output, _) = Explore([.. Life, "--seeded", "restore-twice", "--against", Edges]);

        Assert.Equal(ExitCode.Deviation, code);
        Assert.Matches(@"(?s)edges differ: 0 in their outcome, .*\n\nnew 0 0; save 0 0\n\s+state .*\n\s+command  restore 0\n\s+here     ok, then the same state\n\s+file     ok, then .*h0=consumed", output);
    }

    [Fact]
    public void An_altered_outcome_is_caught()
    {
        string line = Alter("\trestore 0\tnot-saved\t", "\trestore 0\tconsumed\t");

        EdgeDifference found = Assert.Single(Compare(outcomes: 1).First);

        Assert.Equal(line.Split('\t')[0], found.State);
        Assert.Equal(("restore 0", "not-saved", "consumed"), (found.Command, found.Here!.Outcome, found.There!.Outcome));
    }

    [Fact]
    public void An_altered_next_state_is_caught_and_what_it_leads_to_is_told()
    {
        _ = Alter("h0=null\tnew 0 0\tok\tactive=t0 t0=[] h0=empty", "h0=null\tnew 0 0\tok\tactive=t0 t0=[] h0=full");
        Insert("active=t0 t0=[] h0=full\tdrop 0\tok\tactive=t0 t0=[] h0=dropped");

        EdgeComparison comparison = Compare(nextStates: 1, onlyThere: 1);

        Assert.Equal(["new 0 0"], comparison.First.Single(d => d.Command == "drop 0").Script!);
    }

    [Fact]
    public void A_missing_edge_is_caught()
    {
        string[] lines = File.ReadAllLines(Written());
        File.WriteAllText(Edges, string.Join('\n', lines.Where((_, i) => i != 7)) + "\n");

        EdgeDifference found = Assert.Single(Compare(onlyHere: 1).First);

        Assert.Null(found.There);
        Assert.StartsWith(found.Here!.Key, lines[7], StringComparison.Ordinal);
    }

    [Fact]
    public void An_edge_too_many_is_caught_also_where_nothing_leads_to_it()
    {
        _ = Written();
        Insert("nowhere\tnew 0 0\tok\tnowhere");

        Assert.Null(Assert.Single(Compare(onlyThere: 1).First).Script);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_alterations_that_leave_every_count_as_it_was_are_caught(int field)
    {
        string[] lines = File.ReadAllLines(Written());
        string[] Fields(int i) => lines[i].Split('\t');
        int other = Enumerable.Range(2, lines.Length - 2).First(i => Fields(i)[field] != Fields(1)[field] && Fields(i)[5 - field] == Fields(1)[5 - field]);
        (string[] one, string[] two) = (Fields(1), Fields(other));
        (one[field], two[field]) = (two[field], one[field]);
        (lines[1], lines[other]) = (string.Join('\t', one), string.Join('\t', two));
        File.WriteAllText(Edges, string.Join('\n', lines) + "\n");

        EdgeComparison comparison = field == 2 ? Compare(outcomes: 2) : Compare(nextStates: 2);

        Assert.Equal(2, comparison.First.Count);
    }

    [Theory]
    [InlineData("# pystate-edges 1 api 3.15 threads=1\n", "is of another bound, 'api 3.15 threads=1'")]
    [InlineData("# pystate-edges 2 x\n", "is no edge file of version 1")]
    [InlineData("", "is no edge file of version 1")]
    [InlineData("{HEADING}\na\tb\tc\n", "line 2 is no edge")]
    [InlineData("{HEADING}\na\tb\t\td\n", "line 2 is no edge")]
    [InlineData("{HEADING}\nb\tb\tc\td\na\tb\tc\td\n", "line 3 is out of order")]
    [InlineData("{HEADING}\na\tb\tc\td\na\tb\tx\td\n", "line 3 has the state and the command of the line before")]
    [InlineData("{HEADING}\na\tb\tc\td", "ends in the middle of line 2")]
    public void A_file_that_cannot_be_compared_is_one_line_and_exit_code_2(string content, string part)
    {
        string heading = File.ReadLines(Written()).First();
        File.WriteAllText(Edges, content.Replace("{HEADING}", heading, StringComparison.Ordinal));

        Refused(part, Edges);
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_line_and_exit_code_2() => Refused("cannot read", Path.Combine(folder, "none.tsv"));

    private void Refused(string part, string file)
    {
        (int code, string output, string error) = Explore([.. Life, "--against", file]);

        Assert.Equal(ExitCode.Setup, code);
        Assert.Empty(output);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    private static (Bound Bound, SeededError Error) For(string name)
    {
        SeededError error = SeededErrors.Find(name)!;
        return (PackedModelTests.Showing(error), error);
    }

    private static (PackedSpace Space, Search Search) Searched(Bound bound, StepFunction? step)
    {
        var space = new PackedSpace(PackedModel.Of(bound, step), Symmetry.None);
        var search = new Search(space);
        search.Run(1, CancellationToken.None);
        return (space, search);
    }

    private EdgeComparison Compare(long outcomes = 0, long nextStates = 0, long onlyHere = 0, long onlyThere = 0)
    {
        (PackedSpace space, Search search) = Searched(BoundOfLife(), null);
        EdgeComparison comparison = EdgeComparison.Of(Edges, Edges, space, search, 10, CancellationToken.None);
        Assert.Equal((outcomes, nextStates, onlyHere, onlyThere), (comparison.Outcomes, comparison.NextStates, comparison.OnlyHere, comparison.OnlyThere));
        Assert.Equal(ExitCode.Deviation, Explore([.. Life, "--against", Edges]).Code);
        return comparison;
    }

    private static Bound BoundOfLife() => PackedModelTests.Small("Api", 15, 1, 1, 1) with { Operations = [Op.Call, Op.Leave, Op.Except, Op.New, Op.Save, Op.Restore, Op.Drop] };

    private string Written()
    {
        Write(Life);
        return Edges;
    }

    private void Write(string[] arguments) => Assert.Equal(ExitCode.Ok, Explore([.. arguments, "--check", "0", "--edges", Edges]).Code);

    private string Alter(string part, string other)
    {
        string[] lines = File.ReadAllLines(Written());
        int at = Array.FindIndex(lines, l => l.Contains(part, StringComparison.Ordinal));
        string before = lines[at];
        lines[at] = before.Replace(part, other, StringComparison.Ordinal);
        File.WriteAllText(Edges, string.Join('\n', lines) + "\n");
        return before;
    }

    private void Insert(string line) =>
        File.WriteAllText(Edges, string.Join('\n', File.ReadAllLines(Edges).Append(line).Order(StringComparer.Ordinal)) + "\n");

    private static (int Code, string Output, string Error) Explore(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Invoke(["explore", .. arguments], output, error);
        string[] said = [.. error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.Contains("states of", StringComparison.Ordinal))];
        return (code, output.ToString(), string.Concat(said.Select(l => l + "\n")));
    }
}
