// Headers made for a test: those of a version profile, with something changed.

using PyState.Conformance.Radar;
using PyState.Spec.Versions;

namespace PyState.PropertyTests.Versions;

/// <summary>An include directory in a temporary folder, as little of CPython's headers as the radar needs.</summary>
internal sealed class SyntheticHeaders : IDisposable
{
    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("pystate-headers-");

    /// <summary>Writes the directory.</summary>
    /// <param name="version">The version it claims to be.</param>
    /// <param name="threadState">The body of <c>struct _ts</c>.</param>
    /// <param name="implementation">The body of <c>_PyThreadStateImpl</c> after its base; null for none.</param>
    /// <param name="before">What stands before <c>struct _ts</c>.</param>
    public SyntheticHeaders(string version, string threadState, string? implementation = null, string before = "")
    {
        Write("patchlevel.h", $"#define PY_VERSION \"{version}\"\n");
        Write("Python.h", "#include \"patchlevel.h\"\ntypedef struct _object PyObject;\ntypedef struct _ts PyThreadState;\n#include \"cpython/pystate.h\"\n");
        Write("cpython/pystate.h", $"#ifndef GUARD\n#define GUARD\n{before}\nstruct _ts {{\n{threadState}\n}};\n#endif\n");
        if (implementation is not null)
        {
            Write("internal/pycore_tstate.h", $"typedef struct _PyThreadStateImpl {{\n    PyThreadState base;\n{implementation}\n}} _PyThreadStateImpl;\n");
        }
    }

    /// <summary>Where it is.</summary>
    public string Directory => folder.FullName;

    /// <summary>The headers of a profile, every member an int.</summary>
    /// <param name="minor">Which profile.</param>
    /// <param name="version">The version they claim to be.</param>
    /// <param name="edit">Changes the text of either body.</param>
    public static SyntheticHeaders Of(int minor, string version, Func<string, string>? edit = null)
    {
        edit ??= text => text;
        Field[] outer = [.. Profiles.Of(minor).Fields.Where(f => f.Holder == Holder.Implementation)];
        Field[] own = [.. Profiles.Of(minor).Fields.Where(f => f.Holder == Holder.ThreadState)];
        return new SyntheticHeaders(version, edit(Body(own, "")), outer.Length > 0 ? edit(Body(outer, "")) : null);
    }

    /// <summary>What the radar reads of it.</summary>
    public ThreadStateHeaders Read() => Headers.Reader.Read(Directory);

    public void Dispose() => folder.Delete(recursive: true);

    private static string Body(IEnumerable<Field> fields, string prefix) => string.Concat(fields.GroupBy(f => f.Name[prefix.Length..].Split('.')[0]).Select(g =>
        g.First().Name == prefix + g.Key ? Under(g.First(), $"    int {g.Key};\n")
        : Under(g.First(), $"    struct {{\n{Body(g.Select(f => f with { Condition = "" }), $"{prefix}{g.Key}.")}    }} {g.Key};\n")));

    private static string Under(Field field, string declaration) => field.Condition.Length == 0 ? declaration : $"#if {field.Condition}\n{declaration}#endif\n";

    private void Write(string name, string text)
    {
        string path = Path.Combine(folder.FullName, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
