// The header reader on small texts: each oddity of CPython's headers once.

using PyState.Conformance.Plugins;
using PyState.Conformance.Radar;
using Xunit;

namespace PyState.PropertyTests.Versions;

/// <summary>What the reader makes of the C that CPython's headers use.</summary>
public sealed class HeaderReaderTests
{
    private const string Embedded =
        """
        typedef struct _cframe { struct _cframe *previous; } CFrame;
        typedef struct _item { int value; struct _item *previous; } Item;
        typedef struct { int pending; char path[4]; } Nameless;
        #define FIELDS int first; int second
        """;

    [ClangTheory]
    [InlineData("int a;", "a")]
    [InlineData("PyObject *a, *b, *c;", "a b c")]
    [InlineData("/* int x; */ int a; // int y;\n int b;", "a b")]
    [InlineData("void (*on_delete)(void *); int (*table[2])(int, char);", "on_delete table")]
    [InlineData("char path[3 + 1]; PyObject * data[1];", "path data")]
    [InlineData("struct { unsigned int one:1; unsigned int :31; } status;", "status.one")]
    [InlineData("enum { A = 0, B = 1, } kind;", "kind")]
    [InlineData("struct _item item; struct _item *top; Item other; const Item third;", "item.value item.previous top other.value other.previous third.value third.previous")]
    [InlineData("Nameless remote;", "remote.pending remote.path")]
    [InlineData("struct { struct { int deep; } inner; } outer;", "outer.inner.deep")]
    [InlineData("struct { int anonymous; }; union { int u; long v; } either;", "anonymous either.u either.v")]
    [InlineData("CFrame *cframe;", "cframe cframe->previous")]
    [InlineData("FIELDS;", "first second")]
    [InlineData("NotDeclaredHere *a; NotDeclaredHere b; struct nowhere c;", "a b c")]
    [InlineData("#define inside int\n inside a;", "a")]
    public void Members_are_found(string body, string expected)
    {
        using var headers = new SyntheticHeaders("3.16.0", body, before: Embedded);
        Assert.Equal(expected, string.Join(' ', headers.Read().ThreadState.Select(m => m.Name)));
    }

    [ClangTheory]
    [InlineData("int a;\n#ifdef X\n int b;\n#  if defined(Y) // why\n int c;\n#  endif\n#else\n int d;\n#endif\n int e;", "a: b:X c:X && defined(Y) d:!(X) e:")]
    [InlineData("#ifndef X\nint a;\n#elif Y > 1\nint b;\n#else /* neither */\nint c;\n#endif", "a:!X b:!(!X) && Y > 1 c:!(!(!X) && Y > 1)")]
    [InlineData("#if A && \\\n    B\nint a;\n#endif\nint b;", "a:A && B b:")]
    [InlineData("#ifdef X\nint a;\n#else\nlong a;\n#endif", "a:X a:!(X)")]
    [InlineData("struct {\n#ifdef X\nint a;\n#endif\nint b; } s;", "s.a:X s.b:")]
    [InlineData("#ifdef X\nstruct {\n#ifdef Y\nint a;\n#endif\n} s;\n#endif", "s.a:X && Y")]
    [InlineData("#ifdef X\n# define NOTHING 1\n#endif\nint a;", "a:")]
    public void A_member_says_under_which_condition_it_exists_whatever_is_defined_here(string body, string expected)
    {
        using var headers = new SyntheticHeaders("3.16.0", body);
        Assert.Equal(expected, string.Join(' ', headers.Read().ThreadState.Select(m => $"{m.Name}:{m.Condition}")));
    }

    [ClangTheory]
    [InlineData("int (a;")]
    [InlineData("int a\n#ifdef X\n, b\n#endif\n;")]
    [InlineData("#ifdef X\nint a;")]
    [InlineData("#include \"nowhere.h\"")]
    [InlineData("int a; long a;")]
    [InlineData("UNDECLARED_MACRO(3) int a;")]
    public void What_is_not_understood_is_an_error_and_not_a_gap(string body)
    {
        using var headers = new SyntheticHeaders("3.16.0", body);
        SetupException error = Assert.Throws<SetupException>(headers.Read);
        Assert.StartsWith("clang does not understand the headers in ", error.Message, StringComparison.Ordinal);
    }

    [ClangFact]
    public void A_structure_of_a_third_header_is_one_member()
    {
        using var headers = new SyntheticHeaders("3.16.0", "struct elsewhere a; int b;", before: "#include \"third.h\"");
        File.WriteAllText(Path.Combine(headers.Directory, "third.h"), "struct elsewhere { int x; };\n");
        Assert.Equal(["a", "b"], headers.Read().ThreadState.Select(m => m.Name));
    }

    [ClangFact]
    public void A_thread_state_that_has_moved_into_another_header_is_an_error()
    {
        using var headers = new SyntheticHeaders("3.16.0", "int a;");
        File.Move(Path.Combine(headers.Directory, "cpython", "pystate.h"), Path.Combine(headers.Directory, "elsewhere.h"));
        File.WriteAllText(Path.Combine(headers.Directory, "cpython", "pystate.h"), "#include \"elsewhere.h\"\n");
        Assert.Contains("struct _ts has moved into another header", Assert.Throws<SetupException>(headers.Read).Message, StringComparison.Ordinal);
    }

    [ClangFact]
    public void The_version_and_the_type_are_read_as_well()
    {
        using var headers = new SyntheticHeaders("3.16.0a2", "PyObject **a; NotDeclaredHere *b; enum { A } c;");
        ThreadStateHeaders read = headers.Read();
        Assert.Equal("3.16.0a2", read.Version);
        Assert.Equal(["PyObject **", "", "enum"], read.ThreadState.Select(m => m.Type));
    }
}
