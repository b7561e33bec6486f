using PyState.Benchmarks;
using PyState.Benchmarks.Figures;
using PyState.Benchmarks.Robustness;

// `--all --write` runs every one and writes docs/benchmarks.md, docs/benchmarks-plug-ins.md, and the figures of docs/explore.md and docs/campaigns.md.
// Ratios measured side by side in one run: `dotnet run -c Release --project conformance/benchmarks [-- --write]`.
// `-- robustness [liars] [kills] [fuzz] [soak]` writes docs/robustness.md instead.
// `--rounds N` is for all but robustness: fewer rounds, a wider spread.
const string All = "--all";
Computer.Begin();
return args is [Apart.Argument, ..] ? Apart.Serve(args)
    : args is ["robustness", ..] ? Robustness.Run(args[1..])
    : args.Contains(All) ? new[] { Report.Run(args), PlugIns.Run(args), FiguresPage.Run(args) }.Max()
    : args.Contains(FiguresPage.Argument) ? FiguresPage.Run(args)
    : args.Contains(PlugIns.Argument) ? PlugIns.Run(args)
    : Report.Run(args);
