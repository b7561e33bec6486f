// A process that comes in versions: the manifest lists them, --python names one, and what is missing is said for that one.

using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Process;
using Xunit;

namespace PyState.PropertyTests.Plugins;

/// <summary>Versions of a process plug-in, as its manifest gives them.</summary>
public sealed class VersionedProcessTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pystate-versions-").FullName;

    [Fact]
    public void A_version_that_the_manifest_does_not_have_is_answered_with_those_it_has()
    {
        Missing? missing = Implementation("sh").WhatIsMissing("3.0");
        Assert.Equal("versioned has no version '3.0'; did you mean '2.0'?", missing?.What);
        Assert.Equal("name one of 2.0, 1.0 with --python", missing?.Command);
    }

    [Fact]
    public void What_a_version_keeps_in_the_cache_is_missing_with_the_command_for_that_version()
    {
        Missing? missing = Implementation("{cache}/versioned-tests-have-none/{version}/program").WhatIsMissing("1.0");
        Assert.Equal("the package for 1.0", missing?.What);
        Assert.Equal("provision.sh 1.0", missing?.Command);
    }

    [Fact]
    public void A_program_that_every_version_needs_is_missing_with_its_command()
    {
        Missing? missing = Implementation("sh", needs: """{ "what": "no-such-program", "command": "apt-get install it" }""").WhatIsMissing("1.0");
        Assert.Equal("the program no-such-program", missing?.What);
        Assert.Equal("apt-get install it", missing?.Command);
    }

    [Fact]
    public void The_versions_are_listed_in_the_order_of_preference() =>
        Assert.Equal(["2.0", "1.0"], Implementation("sh").Versions);

    [Fact]
    public void Versions_are_for_a_process_and_each_has_a_name()
    {
        SetupException nameless = Assert.Throws<SetupException>(() => Implementation("sh", """[{ "node": "26" }]"""));
        Assert.Contains("each needs a \"version\"", nameless.Message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ProcessImplementation Implementation(string program, string versions = """[{ "version": "2.0" }, { "version": "1.0" }]""", string needs = """{ "what": "the package", "command": "provision.sh {version}" }""")
    {
        string path = Path.Combine(folder, Manifest.FileName);
        File.WriteAllText(path, $$"""
            { "name": "versioned", "title": "versioned", "summary": "comes in versions", "kind": "process", "command": ["{{program}}"],
              "versions": {{versions}}, "needs": [{{needs}}] }
            """);
        return new ProcessImplementation(Manifest.Read(path), folder);
    }
}
