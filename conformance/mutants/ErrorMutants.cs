// Mutants of preconditions and errors, derived from the rules of the totality table.

using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Lifecycle;
using PyState.Spec.Model;
using PyState.Spec.Versions;

using Operation = PyState.Spec.Lifecycle.Operation;

namespace PyState.Conformance.Mutants;

/// <summary>For every error of every call: not checked, checked too late, wrong code, saved state changed.</summary>
public static class ErrorMutants
{
    /// <summary>The version on which a fault is tried that does not depend on one: it has more of the components than any other.</summary>
    public static VersionProfile AnyVersion { get; } = Profiles.All.MaxBy(p => p.Components.Count(c => Components.ClassOf(c) is FieldClass.ContextLocal or FieldClass.StackBound && c != Component.Executor))!;

    /// <summary>All of them.</summary>
    public static IEnumerable<Mutant> All =>
        Cases.Select(c => new Mutant(MutantSet.Errors, c.Fault, c.Target, AnyVersion, c.Summary, c.May, () => FieldMutants.Session(AnyVersion, c.Simulated())));

    /// <summary>What can be wrong with the errors of the totality table, whoever has it wrong.</summary>
    public static IEnumerable<ErrorCase> Cases =>
        Errors.GroupBy(e => (e.Call, e.Error)).SelectMany(g => Of(g.Key.Call, g.Key.Error, g.Select(e => e.Rule)));

    private static IEnumerable<(ApiCall Call, SimStatus Error, Rule<Operation> Rule)> Errors =>
        from rule in Totality.Rules
        where Attribution.IsRefusal(rule.Status)
        from operation in rule.Events
        let call = ApiCalls.Of(operation)
        where call is not null
        select (call.Value, (SimStatus)(byte)rule.Status, rule);

    private static IEnumerable<ErrorCase> Of(ApiCall call, SimStatus error, IEnumerable<Rule<Operation>> rules)
    {
        Rule<Operation>[] decisive = [.. rules.Distinct()];
        IReadOnlySet<ClauseId> clauses = Blame.Ids(decisive.Select(r => r.Clause));
        SimStatus[] others = [.. Errors.Where(e => e.Call == call).Select(e => e.Error).Distinct().Order()];
        SimStatus other = others.Length > 1 ? others[(Array.IndexOf(others, error) + 1) % others.Length] : SimStatus.BadStack;
        yield return Make("not-checked", $"{call} goes on where it must end {error}", clauses, () => new CheckMutant(call, error, CheckFault.NotChecked, other));
        yield return Make("wrong-code", $"{call} ends {other} where it must end {error}", clauses, () => new CheckMutant(call, error, CheckFault.WrongCode, other));
        yield return Make("checked-too-late", $"{call} has written to the thread state when it ends {error}", new HashSet<ClauseId> { ClauseId.Atom01 }, () => new CheckMutant(call, error, CheckFault.CheckedTooLate, other));
        if (decisive.Any(r => r.Handles.Any(h => h is not (HandleState.Null or HandleState.Dropped))) && call != ApiCall.New)
        {
            IReadOnlySet<ClauseId> may = Blame.Of([.. decisive.SelectMany(r => r.Handles).Distinct()]).Append(ClauseId.Atom01).Append(ClauseId.Leak01).ToHashSet();
            yield return Make("state-changed", $"{call} has discarded the state when it ends {error}", may, () => new SpoilingMutant(call, error));
        }

        ErrorCase Make(string fault, string summary, IReadOnlySet<ClauseId> may, Func<IPyState> simulated) => new(fault, call, error, other, summary, may, simulated);
    }
}

/// <summary>One thing that is wrong with one error.</summary>
/// <param name="Fault">What.</param>
/// <param name="Call">The call.</param>
/// <param name="Error">Its error.</param>
/// <param name="Other">Another error, for the one that is answered instead.</param>
/// <param name="Summary">In a line.</param>
/// <param name="May">The clauses that may convict it.</param>
/// <param name="Simulated">The reference with it.</param>
public sealed record ErrorCase(string Fault, ApiCall Call, SimStatus Error, SimStatus Other, string Summary, IReadOnlySet<ClauseId> May, Func<IPyState> Simulated)
{
    /// <summary>The call and the error: <c>Save/Pending</c>.</summary>
    public string Target => $"{Call}/{Error}";
}
