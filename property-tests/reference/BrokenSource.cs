// The source of the reference's Restore, broken one line at a time, and compiled.

using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PyState.Reference;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace PyState.PropertyTests.Reference;

/// <summary>One line of Restore, or of a method that Restore reaches, and one way to break it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Line">The line, without its indentation; a number after it where the method has it more than once.</param>
/// <param name="Change">What was done to it.</param>
/// <param name="IsRequired">Whether the line must have a variant; where not, the change is a further one that may not compile.</param>
/// <param name="Alternatives">The program with the line broken: the first that compiles counts.</param>
internal sealed record BrokenLine(string Method, string Line, string Change, bool IsRequired, IReadOnlyList<Func<SyntaxTree[]>> Alternatives)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Method}: {Line} [{Change}]";
}

/// <summary>Finds the lines, breaks them and compiles what is left.</summary>
internal static class BrokenSource
{
    private const string Deleted = "deleted";

    private static readonly SyntaxTree[] Original =
    [
        .. typeof(BrokenSource).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Parsed),
        CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.Linq;"),
    ];

    private static readonly MetadataReference[] References =
    [
        .. new[] { "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Linq" }
            .Select(n => MetadataReference.CreateFromFile(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, n + ".dll"))),
        MetadataReference.CreateFromFile(typeof(IPyState).Assembly.Location),
    ];

    /// <summary>Every line of Restore and of what it reaches, in the order of the files.</summary>
    public static IReadOnlyList<BrokenLine> Lines()
    {
        var lines = new List<BrokenLine>();
        foreach (MethodDeclarationSyntax method in Reached())
        {
            foreach (BrokenLine line in method.DescendantNodes().SelectMany(n => OfNode(method, n)))
            {
                int same = lines.Count(l => l.Method == line.Method && l.Change == line.Change && (l.Line == line.Line || l.Line.StartsWith($"{line.Line} (", StringComparison.Ordinal)));
                lines.Add(same == 0 ? line : line with { Line = $"{line.Line} ({same + 1})" });
            }
        }

        return lines;
    }

    /// <summary>Compiles the first alternative that compiles.</summary>
    /// <param name="line">The broken line.</param>
    /// <returns>Makes an implementation; null when none compiles.</returns>
    public static Func<IPyState>? Compile(BrokenLine line) => line.Alternatives.Select(a => Compile(a())).FirstOrDefault(a => a is not null);

    /// <summary>The reference from its source, with nothing broken.</summary>
    public static Func<IPyState>? Unbroken() => Compile(Original);

    private static Func<IPyState>? Compile(SyntaxTree[] trees)
    {
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: false);
        using var image = new MemoryStream();
        SyntaxTree[] guarded = [.. trees.Select(t => t.WithRootAndOptions(new LoopGuard().Visit(t.GetRoot()), t.Options))];
        if (!CSharpCompilation.Create($"Broken{Guid.NewGuid():N}", guarded, References, options).Emit(image).Success)
        {
            return null;
        }

        Type type = Assembly.Load(image.ToArray()).GetType(typeof(ReferenceState).FullName!, throwOnError: true)!;
        return () => (IPyState)Activator.CreateInstance(type)!;
    }

    private static SyntaxTree Parsed(string resource)
    {
        using var reader = new StreamReader(typeof(BrokenSource).Assembly.GetManifestResourceStream(resource)!);
        return CSharpSyntaxTree.ParseText(reader.ReadToEnd());
    }

    // The methods that a call of Restore can run; no two methods of the class share a name.
    private static IEnumerable<MethodDeclarationSyntax> Reached()
    {
        MethodDeclarationSyntax[] all =
        [
            .. Original.SelectMany(t => t.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>())
                .Where(c => c.Identifier.Text == nameof(ReferenceState)).SelectMany(c => c.Members.OfType<MethodDeclarationSyntax>()),
        ];
        var reached = new HashSet<string>();
        var open = new Stack<string>([nameof(IPyState.Restore)]);
        while (open.TryPop(out string? name))
        {
            foreach (MethodDeclarationSyntax method in all.Where(m => m.Identifier.Text == name && reached.Add(name)))
            {
                foreach (InvocationExpressionSyntax call in method.DescendantNodes().OfType<InvocationExpressionSyntax>())
                {
                    if (call.Expression is IdentifierNameSyntax called)
                    {
                        open.Push(called.Identifier.Text);
                    }
                }
            }
        }

        return all.Where(m => reached.Contains(m.Identifier.Text)).OrderBy(m => m.Identifier.Text != nameof(IPyState.Restore));
    }

    private static IEnumerable<BrokenLine> OfNode(MethodDeclarationSyntax method, SyntaxNode node)
    {
        BrokenLine Line(string change, params SyntaxNode[] instead) => new(
            method.Identifier.Text, FirstLine(node), change, node is StatementSyntax && change != "always", [.. instead.Select(n => With(node, n))]);

        switch (node)
        {
            case IfStatementSyntax i:
                yield return Line(i.Else is null ? Deleted : "never", i.Else?.Statement ?? EmptyStatement());
                yield return Line("always", i.Statement);
                break;
            case LocalDeclarationStatementSyntax local:
                yield return Line("initialized to nothing", Uninitialized(local));
                break;
            case ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax a } statement:
                yield return Line(Deleted, EmptyStatement(), statement.WithExpression(a.WithRight(ParseExpression("default"))));
                break;
            case ReturnStatementSyntax { Expression: RefExpressionSyntax } or ReturnStatementSyntax { Expression: null }:
                yield return Line(Deleted, EmptyStatement(), ParseStatement("return ref _states[0];"));
                break;
            case ReturnStatementSyntax r:
                string other = Other(method, r.Expression!);
                yield return Line($"returns {other}", ParseStatement($"return {other};"));
                break;
            case ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax } arrow:
                yield return IsVoid(method)
                    ? Line(Deleted, arrow.WithExpression(ParseExpression("_ = 0")))
                    : Line($"returns {Other(method, arrow.Expression)}", arrow.WithExpression(ParseExpression(Other(method, arrow.Expression))));
                break;
            case StatementSyntax and not BlockSyntax:
                yield return Line(Deleted, EmptyStatement());
                break;
            case ConditionalExpressionSyntax c:
                yield return Line("never", Parenthesized(c.WhenFalse));
                yield return Line("always", Parenthesized(c.WhenTrue));
                break;
            case SwitchExpressionArmSyntax { Pattern: not DiscardPatternSyntax, Parent: SwitchExpressionSyntax s } arm:
                yield return new(method.Identifier.Text, FirstLine(arm), Deleted, true, [With(s, s.WithArms(s.Arms.Remove(arm)))]);
                break;
            case BinaryExpressionSyntax b when b.IsKind(SyntaxKind.LogicalAndExpression) || b.IsKind(SyntaxKind.LogicalOrExpression):
                yield return Line($"only {FirstLine(b.Left)}", Parenthesized(b.Left));
                yield return Line($"only {FirstLine(b.Right)}", Parenthesized(b.Right));
                break;
        }
    }

    private static ParenthesizedExpressionSyntax Parenthesized(ExpressionSyntax expression) => ParenthesizedExpression(expression.WithoutTrivia());

    private static bool IsVoid(MethodDeclarationSyntax method) => method.ReturnType is PredefinedTypeSyntax p && p.Keyword.IsKind(SyntaxKind.VoidKeyword);

    // Another result than the one at hand: an error becomes success, success an error.
    private static string Other(MethodDeclarationSyntax method, ExpressionSyntax expression) =>
        method.ReturnType.ToString() != nameof(SimStatus) ? "default"
        : expression.ToString() == "SimStatus.Ok" ? "SimStatus.NoMemory"
        : "SimStatus.Ok";

    // ulong x = default; and for a reference to a state the first one, found without a check.
    private static StatementSyntax Uninitialized(LocalDeclarationStatementSyntax local)
    {
        VariableDeclaratorSyntax variable = local.Declaration.Variables.Single();
        if (variable.Initializer!.Value is not RefExpressionSyntax)
        {
            return local.WithDeclaration(local.Declaration.WithVariables([variable.WithInitializer(EqualsValueClause(ParseExpression("default")))]));
        }

        IEnumerable<string> outs = local.DescendantNodes().OfType<DeclarationExpressionSyntax>().Select(d => $"{d} = default;");
        IEnumerable<string> assigned = local.DescendantNodes().OfType<ArgumentSyntax>().Where(a => a.RefKindKeyword.IsKind(SyntaxKind.OutKeyword) && a.Expression is IdentifierNameSyntax).Select(a => $"{a.Expression} = default;");
        return Spliced($"ref SavedState {variable.Identifier.Text} = ref _states[0]; {string.Concat(outs)} {string.Concat(assigned)}");
    }

    // Several statements where one was: marked, because a block would hide what they declare.
    private static BlockSyntax Spliced(string statements) => ((BlockSyntax)ParseStatement($"{{ {statements} }}")).WithAdditionalAnnotations(Splice);

    private static readonly SyntaxAnnotation Splice = new("splice");

    private static string FirstLine(SyntaxNode node) => node.ToString().Split('\n')[0].Trim();

    private static Func<SyntaxTree[]> With(SyntaxNode old, SyntaxNode instead) => () =>
    {
        SyntaxTree tree = old.SyntaxTree;
        SyntaxNode root = instead.HasAnnotation(Splice)
            ? tree.GetRoot().ReplaceNode(old, ((BlockSyntax)instead).Statements)
            : tree.GetRoot().ReplaceNode(old, instead.WithTriviaFrom(old));
        return [.. Original.Select(t => t == tree ? t.WithRootAndOptions(root, t.Options) : t)];
    };

    // A broken loop must not hang the test: it throws, which is a verdict.
    private sealed class LoopGuard : CSharpSyntaxRewriter
    {
        public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node) => Guarded(node.WithStatement(Counted(node.Statement)));

        public override SyntaxNode? VisitForStatement(ForStatementSyntax node) => Guarded(node.WithStatement(Counted(node.Statement)));

        private static BlockSyntax Guarded(StatementSyntax loop) => Block(ParseStatement("int turns = 0;"), loop);

        private static BlockSyntax Counted(StatementSyntax body) =>
            Block(ParseStatement("if (++turns > 10_000) throw new InvalidOperationException(\"a loop does not end\");"), body);
    }
}
