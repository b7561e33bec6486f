namespace PyState.Conformance.Plugins.Process;

/// <summary>Why an interpreter cannot run a switcher.</summary>
/// <param name="Sentence">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Fault(string Sentence, string Remedy);
