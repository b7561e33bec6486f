using PyState.Benchmarks;

// Ratios measured side by side in one run: `dotnet run -c Release --project conformance/benchmarks [-- --write]`.
return args.Contains(PlugIns.Argument) ? PlugIns.Run(args) : Report.Run(args);
