// One test class at a time: tests that time a child out, or compile two hundred variants, would starve each other on two cores.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
