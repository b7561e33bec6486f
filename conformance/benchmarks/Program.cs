using PyState.Benchmarks;
using PyState.Benchmarks.Robustness;

// Ratios measured side by side in one run: `dotnet run -c Release --project conformance/benchmarks [-- --write]`.
// `-- robustness [liars] [kills] [fuzz] [soak]` writes docs/robustness.md instead.
return args is ["robustness", ..] ? Robustness.Run(args[1..])
    : args.Contains(PlugIns.Argument) ? PlugIns.Run(args)
    : Report.Run(args);
