// The switch between C stacks, without Python: compiled and run by itself, on this machine's processor and on an emulated one.

using System.Diagnostics;
using Xunit;

namespace PyState.PropertyTests.Plugins;

public sealed class CStackTests
{
    [RequiresProgramFact("cc")]
    public void Flows_find_their_stacks_and_registers_as_they_left_them() => Run("cc", [], []);

    /// <summary>The other machine whose assembly there is (cstack_machine.S).</summary>
    [RequiresProgramFact("qemu-aarch64")]
    public void Flows_on_aarch64_find_them_as_well() => Run("aarch64-linux-gnu-gcc", ["-static"], ["qemu-aarch64"]);

    private static void Run(string compiler, string[] flags, string[] under)
    {
        string native = Path.Combine(Repository.Root, "reference", "native");
        string program = Path.Combine(Directory.CreateTempSubdirectory("pystate-cstack-").FullName, "cstack_test");
        try
        {
            Finish([
                compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", .. flags, "-I" + native, "-Wl,--wrap=realloc",
                .. Directory.GetFiles(native, "cstack*.c"), .. Directory.GetFiles(native, "*.S"),
                Path.Combine(native, "tests", "cstack_test.c"), "-o", program, "-lm",
            ]);
            Assert.Contains("all finished: yes", Finish([.. under, program, "50000"]), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
        }
    }

    private static string Finish(string[] command)
    {
        using var run = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = run.StandardError.ReadToEndAsync();
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, output + errors.Result);
        return output;
    }
}
