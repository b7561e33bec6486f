using PyState.Conformance.Cli;
using PyState.Conformance.Exploration;
using PyState.Spec.Exploration;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Xunit;

namespace PyState.PropertyTests.Exploration;

/// <summary>The verb explore from its arguments to its exit code.</summary>
public sealed class ExploreVerbTests
{
    [Theory]
    [InlineData("--threads cannot be '9'", "--threads", "9")]
    [InlineData("'var' cannot be explored", "--commands", "var")]
    [InlineData("there is no seeded error 'nonsense'", "--seeded", "nonsense")]
    [InlineData("are allowed", "--memory", "1K")]
    [InlineData("is for handles", "--contexts", "2", "--symmetry")]
    [InlineData("give one of them", "--contexts", "2", "--handles", "1")]
    [InlineData("--seeded looks for one script", "--seeded", "restore-twice", "--check", "1")]
    [InlineData("--extra is for --suite checking", "--extra", "2")]
    [InlineData("more than 60,000,000 entries", "--threads", "3", "--handles", "4", "--depth", "6")]
    public void A_bound_that_cannot_be_explored_is_one_line_and_exit_code_2(string part, params string[] arguments)
    {
        (int code, string output, string error) = Explore(arguments);

        Assert.Equal(ExitCode.Setup, code);
        Assert.Empty(output);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_seeded_error_ends_in_exit_code_1_and_names_the_clause()
    {
        (int code, string output, _) = Explore("--handles", "1", "--seeded", "restore-twice", "--commands", "new,save,restore");

        Assert.Equal(ExitCode.Deviation, code);
        Assert.Contains("violates RESTORE-14", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suite_that_is_written_runs_on_the_reference_and_conforms()
    {
        string file = Path.Combine(Path.GetTempPath(), $"pystate-{Guid.NewGuid():N}.txt");
        try
        {
            Assert.Equal(ExitCode.Ok, Explore("--contexts", "1", "--suite", "transitions", "-o", file).Code);
            Assert.Equal(ExitCode.Ok, Invoke("run", "--scripts", file).Code);

            File.WriteAllText(file, "api: save nowhere\n");
            (int code, _, string error) = Invoke("run", "--scripts", file);
            Assert.Equal(ExitCode.Setup, code);
            Assert.Contains("line 1 is no script", error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The laws, the edges and the suite take their time too.
    [Fact]
    public void A_search_that_is_stopped_after_its_end_is_kept_until_all_is_done()
    {
        string folder = Directory.CreateTempSubdirectory("pystate-").FullName;
        try
        {
            var bound = new Bound { Alphabet = Alphabet.Api, Version = Profiles.All[^1], Threads = 1, Slots = 1, Depth = 1, Values = 1, Operations = [.. Bound.Default(Alphabet.Api)] };
            var space = new PackedSpace(PackedModel.Of(bound), Symmetry.None);
            var search = new Search(space);
            search.Run(1, CancellationToken.None);
            string checkpoint = Path.Combine(folder, Checkpoint.NameOf(space));
            Checkpoint.Write(checkpoint, space, search);

            (int code, string error) = In(folder, new CancellationToken(canceled: true));
            Assert.Equal(ExitCode.Setup, code);
            Assert.Contains("stopped after the search, which is kept in ", error, StringComparison.Ordinal);
            Assert.True(File.Exists(checkpoint));

            Assert.Equal(ExitCode.Ok, In(folder, CancellationToken.None).Code);
            Assert.False(File.Exists(checkpoint));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static (int Code, string Error) In(string folder, CancellationToken cancellation)
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            int code = CommandLine.Invoke(["explore", "--handles", "1", "--resume"], Hosts.Of(output, error, Terminal.Plain, cancellation) with { Folder = folder });
            return (code, error.ToString());
        }
    }

    // A model of one state has nothing to tell apart, and transitions all the same.
    [Fact]
    public void A_checking_suite_of_one_state_has_its_transitions()
    {
        string file = Path.Combine(Path.GetTempPath(), $"pystate-{Guid.NewGuid():N}.txt");
        try
        {
            Assert.Equal(ExitCode.Ok, Explore("--handles", "1", "--commands", "top,traverse", "--suite", "checking", "-o", file).Code);
            Assert.Equal(ExitCode.Ok, Invoke("run", "--scripts", file, "--clause", "HANDLE-01").Code);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_law_that_nothing_is_about_is_not_said_to_hold()
    {
        (int code, string output, _) = Explore("--contexts", "1");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("- single use", output, StringComparison.Ordinal);
        Assert.DoesNotContain("; 0 checked", output, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error) Explore(params string[] arguments) => Invoke(["explore", .. arguments]);

    private static (int Code, string Output, string Error) Invoke(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Invoke(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
